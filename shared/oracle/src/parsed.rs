//! The workflow files of a tree, parsed once for all rules.

use std::collections::BTreeMap;

use workflows::{ParseError, Workflow};

use crate::registry::{FILE_LIMIT, wants};
use crate::{Entry, EntryKind, Fact, Reason, RepoPath, Tree, Unavailable};

/// The workflow files of one tree: parsed, not parsable, or not readable at all.
pub type Workflows = BTreeMap<RepoPath, Fact<Result<Workflow, ParseError>>>;

/// Directories that hide workflows when they are something else than a directory.
const WORKFLOW_DIRECTORIES: [&str; 2] = [".github", ".github/workflows"];

/// Parses every workflow file of a tree.
///
/// A symlink or a submodule in the place of a file, or of the directory, is unreadable: Git
/// stores a target or a commit there, and neither is followed. A file over [`FILE_LIMIT`] is
/// too large, whether or not the edge fetched it.
pub(crate) fn parse(tree: &Tree) -> Workflows {
    let mut parsed = Workflows::new();
    if let Fact::Known(entries) = &tree.entries {
        for (path, entry) in entries {
            if wants(path) || WORKFLOW_DIRECTORIES.contains(&path.as_str()) {
                parsed.insert(path.clone(), read(tree, path, Some(entry)));
            }
        }
    } else {
        // The platform cut the tree short, but the edge may have listed the directory itself.
        for path in tree.files.keys().filter(|path| wants(path)) {
            parsed.insert(path.clone(), read(tree, path, None));
        }
    }
    parsed
}

fn read(tree: &Tree, path: &RepoPath, entry: Option<&Entry>) -> Fact<Result<Workflow, ParseError>> {
    let unavailable = |reason, detail: &str| {
        Fact::Unavailable(Unavailable {
            fact: path.to_string(),
            reason,
            detail: detail.to_owned(),
        })
    };
    match entry.map(|entry| entry.kind) {
        Some(EntryKind::Symlink) => {
            return unavailable(
                Reason::Unreadable,
                "It is a symbolic link, which is never followed; commit the file itself.",
            );
        }
        Some(EntryKind::Submodule) => {
            return unavailable(
                Reason::Unreadable,
                "It is a submodule, which is never entered; commit the file itself.",
            );
        }
        Some(EntryKind::File | EntryKind::Executable) | None => {}
    }
    let too_large = || {
        let detail = format!("It is larger than {FILE_LIMIT} bytes; make it smaller.");
        unavailable(Reason::TooLarge, &detail)
    };
    if entry.and_then(|entry| entry.size) > Some(FILE_LIMIT) {
        return too_large();
    }
    match tree.files.get(path) {
        Some(Fact::Known(content)) if content.len() as u64 > FILE_LIMIT => too_large(),
        Some(Fact::Known(content)) => Fact::Known(workflows::parse(content)),
        Some(Fact::Unavailable(why)) => Fact::Unavailable(why.clone()),
        None => unavailable(Reason::Failed, "Its content was not fetched."),
    }
}
