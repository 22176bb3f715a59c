//! Everything rules may read, fetched before evaluation.

use std::collections::{BTreeMap, BTreeSet};

use crate::{BranchName, Fact, ObjectId, RepoPath, RepositoryName, Settings, Unavailable};

/// All facts of one evaluation: what merging would give (`after`), what is there already
/// (`before`), and the settings that hold for the base branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What is judged.
    pub subject: Subject,
    /// The settings of the repository and its base branch.
    pub settings: Settings,
    /// The tree that merging would give.
    pub after: Tree,
    /// The tree that is there now. `None` when nothing is compared: every finding is new.
    pub before: Option<Tree>,
    /// Where workflows live that GitHub always reads from the default branch.
    pub default_branch: DefaultBranch,
}

/// What is judged, in the words of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `owner/name`; `None` for a checkout whose remote is unknown.
    pub repository: Option<RepositoryName>,
    /// The head commit that the check belongs to.
    pub commit: ObjectId,
    /// The commit of `before`.
    pub base_commit: Option<ObjectId>,
    /// The branch that would be merged into, whose protection counts.
    pub base_branch: BranchName,
    /// The repository's default branch.
    pub default_branch: BranchName,
}

/// The default branch's tree: `pull_request_target` and other workflows are read from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultBranch {
    /// The base branch is the default branch: `after` will be its tree once merged.
    IsBase,
    /// Another branch, with its own tree (only the files that rules want).
    Other(Fact<Tree>),
}

/// One Git tree: all its entries, and the contents of the files that rules want
/// ([`crate::registry::wants`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Every path of the recursive tree; unavailable when the platform truncated it.
    pub entries: Fact<BTreeMap<RepoPath, Entry>>,
    /// Contents by path. A wanted path that is an entry but not here was not fetched, which
    /// is a bug of the edge; one that could not be read is here as unavailable.
    pub files: BTreeMap<RepoPath, Fact<FileContent>>,
    /// Folders whose own files were listed in full although `entries` is not known: a wanted
    /// file of theirs that is not in `files` is not there.
    pub whole_folders: BTreeSet<RepoPath>,
    /// What GitHub finds wrong with the CODEOWNERS file that counts in this tree; empty where
    /// the tree has none.
    pub codeowners_errors: Fact<Vec<CodeownersError>>,
}

/// One of GitHub's own findings about a CODEOWNERS file
/// (<https://docs.github.com/en/rest/repos/repos#list-codeowners-errors>). An owner who does
/// not exist and one who may not push are the same to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeownersError {
    /// The file, as GitHub names it.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column of what is wrong, in characters from 1.
    pub column: u32,
    /// `Invalid pattern`, `Invalid owner`, `Unknown owner`; others may come.
    pub kind: String,
    /// What to do about it, where GitHub has an idea; for an unknown owner it names them.
    pub suggestion: Option<String>,
}

/// The raw bytes of a file as Git stores them; encoding is the parser's business.
pub type FileContent = Vec<u8>;

/// One entry of a recursive tree (directories themselves are left out).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its blob's id, or for a submodule the commit's.
    pub id: ObjectId,
    /// Bytes of a blob, where the platform says.
    pub size: Option<u64>,
}

/// The kinds of entry that a Git tree has, by its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// `100644`
    File,
    /// `100755`
    Executable,
    /// `120000`: the blob holds the link's target. Never followed.
    Symlink,
    /// `160000`: a commit of another repository. Never entered.
    Submodule,
}

impl Tree {
    /// A tree with nothing in it, as of an empty repository.
    pub fn empty() -> Self {
        Self {
            entries: Fact::Known(BTreeMap::new()),
            files: BTreeMap::new(),
            whole_folders: BTreeSet::new(),
            codeowners_errors: Fact::Known(Vec::new()),
        }
    }

    /// Whether a wanted file that is not in `files` is known not to be there, for the files of
    /// this folder; if not, why not.
    pub fn is_whole(&self, folder: &str) -> Result<(), &Unavailable> {
        let whole = |known: &RepoPath| known.as_str() == folder;
        match &self.entries {
            Fact::Unavailable(why) if !self.whole_folders.iter().any(whole) => Err(why),
            Fact::Known(_) | Fact::Unavailable(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    #[test]
    fn a_folder_that_was_walked_is_whole_though_the_tree_is_not() {
        let mut tree = Tree::empty();
        assert_eq!(tree.is_whole(".github/workflows"), Ok(()));
        let why = Unavailable {
            fact: "the tree".to_owned(),
            reason: Reason::Truncated,
            detail: "Too many files.".to_owned(),
        };
        tree.entries = Fact::Unavailable(why.clone());
        assert_eq!(tree.is_whole(".github/workflows"), Err(&why));
        let walked = RepoPath::new(".github/workflows").unwrap();
        tree.whole_folders.insert(walked);
        assert_eq!(tree.is_whole(".github/workflows"), Ok(()));
        assert_eq!(tree.is_whole(".github"), Err(&why));
    }
}
