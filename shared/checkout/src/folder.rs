//! A folder that is no Git repository: every file below it.

use std::collections::BTreeMap;
use std::path::Path;

use oracle::{Entry, RepoPath, Tree};

use crate::working_tree::{entry_of, with_files};
use crate::{CheckoutError, Wants};

/// Folders nested deeper than this are not entered: only loops that are no links are so deep.
const DEPTH: usize = 64;

/// The tree below a folder.
pub(crate) fn tree(root: &Path, wants: Wants) -> Result<Tree, CheckoutError> {
    let mut entries = BTreeMap::new();
    walk(root, "", DEPTH, &mut entries)?;
    Ok(with_files(root, entries, wants))
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    entries: &mut BTreeMap<RepoPath, Entry>,
) -> Result<(), CheckoutError> {
    let failed = |source| CheckoutError::Folder {
        path: folder.to_owned(),
        source,
    };
    for found in std::fs::read_dir(folder).map_err(failed)? {
        let found = found.map_err(failed)?;
        let path = format!("{prefix}{}", found.file_name().to_string_lossy());
        let metadata = found.metadata().map_err(failed)?;
        if metadata.is_dir() {
            if depth > 0 && path != ".git" {
                walk(&found.path(), &format!("{path}/"), depth - 1, entries)?;
            }
        } else if let (Some(entry), Ok(path)) = (entry_of(&metadata), RepoPath::new(&path)) {
            entries.insert(path, entry);
        }
    }
    Ok(())
}
