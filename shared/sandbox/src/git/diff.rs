//! What changed between two lists of files, as GitHub's file lists show it.

use std::collections::BTreeMap;

use super::oid::ObjectId;
use super::store::{Files, ObjectStore};

/// GitHub shows no patch where one is longer than this many bytes.
const LONGEST_PATCH: usize = 1 << 20;

/// How a file changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its content or mode changed.
    Modified,
    /// It came from this path with its content unchanged.
    Renamed(String),
}

impl ChangeKind {
    /// GitHub's word.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Modified => "modified",
            Self::Renamed(_) => "renamed",
        }
    }
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileChange {
    /// Where it is now, or was where it is removed.
    pub(crate) path: String,
    /// How it changed.
    pub(crate) kind: ChangeKind,
    /// The blob that it is now, or was where it is removed.
    pub(crate) id: ObjectId,
    /// Lines added.
    pub(crate) additions: usize,
    /// Lines removed.
    pub(crate) deletions: usize,
    /// Its hunks; `None` for binary and very large files and where nothing changed.
    pub(crate) patch: Option<String>,
}

impl ObjectStore {
    /// The files that differ, by path. Renames are found only where the content is equal.
    pub(crate) fn changes(&self, before: &Files, after: &Files) -> Vec<FileChange> {
        let mut removed: BTreeMap<ObjectId, Vec<&str>> = BTreeMap::new();
        for (path, (_, id)) in before {
            if !after.contains_key(path) {
                removed.entry(*id).or_default().push(path);
            }
        }
        let mut changes = BTreeMap::new();
        for (path, (mode, id)) in after {
            let change = match before.get(path) {
                Some(old) if old == &(*mode, *id) => continue,
                Some((_, old)) => self.change(path, ChangeKind::Modified, Some(*old), Some(*id)),
                None => match removed.get_mut(id).and_then(Vec::pop) {
                    Some(source) => {
                        let kind = ChangeKind::Renamed(source.to_owned());
                        self.change(path, kind, Some(*id), Some(*id))
                    }
                    None => self.change(path, ChangeKind::Added, None, Some(*id)),
                },
            };
            changes.insert(path.clone(), change);
        }
        for (id, paths) in removed {
            for path in paths {
                let change = self.change(path, ChangeKind::Removed, Some(id), None);
                changes.insert(path.to_owned(), change);
            }
        }
        changes.into_values().collect()
    }

    fn change(
        &self,
        path: &str,
        kind: ChangeKind,
        before: Option<ObjectId>,
        after: Option<ObjectId>,
    ) -> FileChange {
        let text = |id: Option<ObjectId>| match id {
            Some(id) => self
                .blob(id)
                .and_then(|bytes| std::str::from_utf8(bytes).ok()),
            None => Some(""),
        };
        let hunks = match (text(before), text(after)) {
            (Some(before), Some(after)) if before != after => hunks(before, after),
            _ => String::new(),
        };
        let count = |sign: char| hunks.lines().filter(|line| line.starts_with(sign)).count();
        FileChange {
            path: path.to_owned(),
            kind,
            id: after.or(before).unwrap_or(ObjectId::ZERO),
            additions: count('+'),
            deletions: count('-'),
            patch: Some(hunks).filter(|text| !text.is_empty() && text.len() <= LONGEST_PATCH),
        }
    }
}

/// A unified diff without its two header lines, as GitHub gives it.
fn hunks(before: &str, after: &str) -> String {
    let patch = diffy::create_patch(before, after).to_string();
    match patch.find("@@") {
        Some(start) => patch[start..].trim_end_matches('\n').to_owned(),
        None => String::new(),
    }
}
