//! How much of one tree is read: files that rules can parse, in the order of their paths, until
//! their number or their bytes are more than an evaluation may cost.

use oracle::registry::{CODEOWNERS_LOCATIONS, file_limit};
use oracle::{Entry, EntryKind, Reason, RepoPath, Unavailable};

/// How many wanted files of a tree are read: 17 queries of calls. Large repositories have some
/// hundred workflows.
pub(super) const FILES_PER_TREE: usize = 1_000;

/// How many bytes of them. A workflow has 1 to 10 KB.
pub(super) const BYTES_PER_TREE: u64 = 16 << 20;

/// What is left of a tree's allowance.
#[derive(Debug)]
pub(super) struct Budget {
    files: usize,
    bytes: u64,
}

/// Why a wanted file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    Symlink,
    Submodule,
    /// By itself.
    TooLarge,
    /// The files before it were as much as is read.
    TooMany,
}

impl Budget {
    pub(super) fn of_a_tree() -> Self {
        Self {
            files: FILES_PER_TREE,
            bytes: BYTES_PER_TREE,
        }
    }

    /// Whether the next file, in the order of paths, is to be read. CODEOWNERS always is, within
    /// its own limit, however many workflows there are, and takes no room of theirs. After the first that has no
    /// room none has: what is left out does not depend on sizes that nobody would look at.
    pub(super) fn admit(&mut self, path: &RepoPath, entry: &Entry) -> Result<(), Unread> {
        match entry.kind {
            EntryKind::Symlink => return Err(Unread::Symlink),
            EntryKind::Submodule => return Err(Unread::Submodule),
            EntryKind::File | EntryKind::Executable => {}
        }
        // GitHub gives the size of every blob; one without is bounded by the number of files.
        let size = entry.size.unwrap_or(0);
        if size > file_limit(path) {
            return Err(Unread::TooLarge);
        }
        if CODEOWNERS_LOCATIONS.contains(&path.as_str()) {
            return Ok(());
        }
        let left = (self.files.checked_sub(1), self.bytes.checked_sub(size));
        let (Some(files), Some(bytes)) = left else {
            self.files = 0;
            return Err(Unread::TooMany);
        };
        *self = Self { files, bytes };
        Ok(())
    }
}

impl Unread {
    /// What the report says of the file.
    pub(super) fn of(self, path: &RepoPath) -> Unavailable {
        let (reason, detail) = match self {
            Self::Symlink => (
                Reason::Unreadable,
                "It is a symbolic link, which is not followed; put the file itself here."
                    .to_owned(),
            ),
            Self::Submodule => (
                Reason::Unreadable,
                "It is a submodule, which is not entered; put the file itself here.".to_owned(),
            ),
            Self::TooLarge => (
                Reason::TooLarge,
                format!(
                    "It is larger than {} bytes; make it smaller.",
                    file_limit(path)
                ),
            ),
            Self::TooMany => (
                Reason::TooLarge,
                format!(
                    "The workflows before it, in the order of paths, are all that is read of one \
                     tree (at most {FILES_PER_TREE} files and {} MiB); have fewer or smaller ones.",
                    BYTES_PER_TREE >> 20
                ),
            ),
        };
        Unavailable {
            fact: path.to_string(),
            reason,
            detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use oracle::ObjectId;

    use super::*;

    /// The limit of a workflow.
    const LIMIT: u64 = 1 << 20;

    fn admitted(budget: &mut Budget, kind: EntryKind, size: u64) -> Result<(), Unread> {
        at(budget, ".github/workflows/ci.yml", kind, size)
    }

    fn at(budget: &mut Budget, path: &str, kind: EntryKind, size: u64) -> Result<(), Unread> {
        let entry = Entry {
            kind,
            id: ObjectId::new(&"a".repeat(40)).unwrap(),
            size: Some(size),
        };
        budget.admit(&RepoPath::new(path).unwrap(), &entry)
    }

    #[test]
    fn codeowners_has_a_limit_of_its_own() {
        let mut budget = Budget { files: 0, bytes: 0 };
        for (size, admitted) in [(2_999_999, Ok(())), (3_000_000, Err(Unread::TooLarge))] {
            assert_eq!(
                at(&mut budget, "docs/CODEOWNERS", EntryKind::File, size),
                admitted
            );
        }
        let workflow = admitted(&mut budget, EntryKind::File, 1);
        assert_eq!(workflow, Err(Unread::TooMany));
    }

    #[test]
    fn files_are_admitted_up_to_their_number() {
        let mut budget = Budget::of_a_tree();
        for _ in 0..FILES_PER_TREE {
            assert_eq!(admitted(&mut budget, EntryKind::File, 1), Ok(()));
        }
        let next = admitted(&mut budget, EntryKind::Executable, 0);
        assert_eq!(next, Err(Unread::TooMany));
    }

    #[test]
    fn after_the_first_that_has_no_room_none_has() {
        let mut budget = Budget::of_a_tree();
        for _ in 0..BYTES_PER_TREE / LIMIT {
            assert_eq!(admitted(&mut budget, EntryKind::File, LIMIT), Ok(()));
        }
        for size in [1, 0] {
            let next = admitted(&mut budget, EntryKind::File, size);
            assert_eq!(next, Err(Unread::TooMany));
        }
    }

    #[test]
    fn what_is_not_read_anyway_takes_no_room() {
        let mut budget = Budget::of_a_tree();
        for _ in 0..2 * FILES_PER_TREE {
            for (kind, size, unread) in [
                (EntryKind::Symlink, 10, Unread::Symlink),
                (EntryKind::Submodule, 0, Unread::Submodule),
                (EntryKind::File, LIMIT + 1, Unread::TooLarge),
            ] {
                assert_eq!(admitted(&mut budget, kind, size), Err(unread));
            }
        }
        assert_eq!(admitted(&mut budget, EntryKind::File, LIMIT), Ok(()));
    }
}
