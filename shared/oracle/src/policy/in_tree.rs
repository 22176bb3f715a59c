//! The policy file of a tree.

use super::{MAX_POLICY_BYTES, PATH, PolicyError, PolicyFile, parse};
use crate::{EntryKind, Fact, Reason, RepoPath, Tree, Unavailable};

/// The folder that holds it.
const FOLDER: &str = ".github";

/// The policy file of a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum InTree<'a> {
    /// It has none.
    Absent,
    /// It has one, with these bytes.
    Valid(PolicyFile, &'a [u8]),
    /// It has one with errors, or something else in its place. A policy with errors is not
    /// used: the last valid one is, or else the default.
    Invalid(Vec<PolicyError>),
    /// Nobody could look, which is not "it has none".
    NotSeen(Unavailable),
}

/// Looks for the policy file of a tree, and reads it.
pub fn in_tree(tree: &Tree) -> InTree<'_> {
    match content(tree) {
        Fact::Known(None) => InTree::Absent,
        Fact::Known(Some(bytes)) => match parse(PATH, bytes) {
            Ok(file) => InTree::Valid(file, bytes),
            Err(errors) => InTree::Invalid(errors),
        },
        Fact::Unavailable(why) => match why.reason {
            Reason::Unreadable | Reason::TooLarge => InTree::Invalid(vec![PolicyError {
                path: PATH.to_owned(),
                line: None,
                column: None,
                key: None,
                message: why.detail.trim_end_matches('.').to_owned(),
                remedy: format!(
                    "Commit it as an ordinary file of at most {MAX_POLICY_BYTES} bytes."
                ),
            }]),
            _ => InTree::NotSeen(why),
        },
    }
}

/// The bytes of a tree's policy file; `None`: it has none.
fn content(tree: &Tree) -> Fact<Option<&[u8]>> {
    let unavailable = |reason, detail: &str| {
        Fact::Unavailable(Unavailable {
            fact: PATH.to_owned(),
            reason,
            detail: detail.to_owned(),
        })
    };
    let entry = |path: &str| {
        let path = RepoPath::new(path).ok()?;
        tree.entries.known().ok()?.get(&path)
    };
    let own = entry(PATH);
    match own.or_else(|| entry(FOLDER)).map(|entry| entry.kind) {
        Some(EntryKind::Symlink) => {
            let detail = "It is a symbolic link, which is never followed.";
            return unavailable(Reason::Unreadable, detail);
        }
        Some(EntryKind::Submodule) => {
            let detail = "It is a submodule, which is never entered.";
            return unavailable(Reason::Unreadable, detail);
        }
        Some(EntryKind::File | EntryKind::Executable) | None => {}
    }
    let content = RepoPath::new(PATH).ok();
    let content = content.and_then(|path| tree.files.get(&path));
    let too_large = || {
        let detail = format!("It is larger than {MAX_POLICY_BYTES} bytes.");
        unavailable(Reason::TooLarge, &detail)
    };
    match content {
        Some(Fact::Known(content)) if content.len() > MAX_POLICY_BYTES => too_large(),
        Some(Fact::Known(content)) => Fact::Known(Some(content)),
        Some(Fact::Unavailable(why)) => Fact::Unavailable(why.clone()),
        None if own.is_some() => unavailable(Reason::Failed, "Its content was not fetched."),
        None => match tree.is_whole(FOLDER) {
            Ok(()) => Fact::Known(None),
            Err(why) => Fact::Unavailable(why.clone()),
        },
    }
}
