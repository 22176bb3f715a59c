//! Three-way merges, per path and then per line.
//!
//! Unlike Git's own strategy this one follows no renames: a file renamed on one side and
//! changed on the other conflicts here.

use std::collections::BTreeSet;

use super::object::{Mode, Object};
use super::oid::ObjectId;
use super::store::{Files, ObjectStore};

impl ObjectStore {
    /// The files that a merge of two commits gives; `None`: they conflict, or have nothing in
    /// common.
    pub(crate) fn merged_files(&mut self, ours: ObjectId, theirs: ObjectId) -> Option<Files> {
        let base = self.merge_base(ours, theirs)?;
        let (base, ours, theirs) = (self.files(base), self.files(ours), self.files(theirs));
        let paths: BTreeSet<&String> = base
            .keys()
            .chain(ours.keys())
            .chain(theirs.keys())
            .collect();
        let mut merged = Files::new();
        for path in paths {
            let sides =
                [base.get(path), ours.get(path), theirs.get(path)].map(Option::<&_>::copied);
            if let Some(entry) = self.merge_entry(sides)? {
                merged.insert(path.clone(), entry);
            }
        }
        (!file_and_directory_clash(&merged)).then_some(merged)
    }

    /// What stands at one path after the merge: `None` is a conflict, `Some(None)` is nothing.
    #[expect(
        clippy::option_option,
        reason = "a conflict is not the same as a path that both sides agree to remove"
    )]
    fn merge_entry(
        &mut self,
        [base, ours, theirs]: [Option<(Mode, ObjectId)>; 3],
    ) -> Option<Option<(Mode, ObjectId)>> {
        if ours == theirs || base == theirs {
            return Some(ours);
        }
        if base == ours {
            return Some(theirs);
        }
        let ((base_mode, base), (our_mode, ours), (their_mode, theirs)) = (base?, ours?, theirs?);
        let mode = if our_mode == base_mode {
            their_mode
        } else {
            our_mode
        };
        if ours == theirs || theirs == base {
            return Some(Some((mode, ours)));
        }
        if ours == base {
            return Some(Some((mode, theirs)));
        }
        if !matches!(mode, Mode::File | Mode::Executable) {
            return None;
        }
        let merged =
            diffy::merge_bytes(self.blob(base)?, self.blob(ours)?, self.blob(theirs)?).ok()?;
        Some(Some((mode, self.put(Object::Blob(merged.into())))))
    }
}

/// Whether a path is a file for one side and a directory for the other.
fn file_and_directory_clash(files: &Files) -> bool {
    files.keys().any(|path| {
        path.match_indices('/')
            .any(|(end, _)| files.contains_key(&path[..end]))
    })
}
