//! The workflow files of a tree, parsed once for all rules.

use std::collections::BTreeMap;

use workflows::{ParseError, Workflow};

use crate::registry::file_limit;
use crate::{Entry, EntryKind, Fact, FileContent, Reason, RepoPath, Tree, Unavailable};

/// The workflow files of one tree: parsed, not parsable, or not readable at all.
pub type Workflows = BTreeMap<RepoPath, Fact<Result<Workflow, ParseError>>>;

/// Directories that hide workflows when they are something else than a directory.
const WORKFLOW_DIRECTORIES: [&str; 2] = [".github", ".github/workflows"];

/// Parses every workflow file of a tree.
///
/// A symlink or a submodule in the place of a file, or of the directory, is unreadable: Git
/// stores a target or a commit there, and neither is followed. A file over [`file_limit`] is
/// too large, whether or not the edge fetched it.
pub(crate) fn parse(tree: &Tree) -> Workflows {
    let mut parsed = Workflows::new();
    if let Fact::Known(entries) = &tree.entries {
        for (path, entry) in entries {
            if is_workflow(path) || WORKFLOW_DIRECTORIES.contains(&path.as_str()) {
                parsed.insert(path.clone(), read(tree, path, Some(entry)));
            }
        }
    } else {
        // The platform cut the tree short, but the edge may have listed the directory itself.
        for path in tree.files.keys().filter(|path| is_workflow(path)) {
            parsed.insert(path.clone(), read(tree, path, None));
        }
    }
    parsed
}

fn is_workflow(path: &RepoPath) -> bool {
    workflows::is_workflow_path(path.as_str())
}

fn read(tree: &Tree, path: &RepoPath, entry: Option<&Entry>) -> Fact<Result<Workflow, ParseError>> {
    match content(tree, path, entry) {
        Fact::Known(content) => Fact::Known(workflows::parse(content)),
        Fact::Unavailable(why) => Fact::Unavailable(why),
    }
}

/// The content of a wanted file, if rules may read it.
pub(crate) fn content<'a>(
    tree: &'a Tree,
    path: &RepoPath,
    entry: Option<&Entry>,
) -> Fact<&'a FileContent> {
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
    if WORKFLOW_DIRECTORIES.contains(&path.as_str()) {
        return unavailable(
            Reason::Unreadable,
            "It is a file in the place of a directory, so that there are no workflows.",
        );
    }
    let limit = file_limit(path);
    let too_large = || {
        let detail = format!("It is larger than {limit} bytes; make it smaller.");
        unavailable(Reason::TooLarge, &detail)
    };
    if entry.and_then(|entry| entry.size) > Some(limit) {
        return too_large();
    }
    match tree.files.get(path) {
        Some(Fact::Known(content)) if content.len() as u64 > limit => too_large(),
        Some(content) => content.as_ref(),
        None => unavailable(Reason::Failed, "Its content was not fetched."),
    }
}
