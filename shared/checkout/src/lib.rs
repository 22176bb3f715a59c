//! A repository on this machine as the oracle's trees: the working tree as it is, commits as
//! Git has them.
//!
//! Git itself (the `git` command) answers what it knows best: which files belong to the
//! repository, what a revision names, where two histories meet. A folder that is no Git
//! repository is walked instead, and has no revisions.
//!
//! **Invariant.** Nothing is written, and nothing that the repository holds is run: no hook, no
//! filter, no file system monitor. Symbolic links are never followed.
//!
//! **Invariant.** A file that can't be read is [`Fact::Unavailable`](oracle::Fact) with its
//! reason, never left out.

mod error;
mod folder;
mod git;
mod objects;
mod remote;
mod working_tree;

pub use error::CheckoutError;
pub use remote::Remote;

use std::path::{Path, PathBuf};

use oracle::{BranchName, ObjectId, RepoPath, Tree};

use git::Git;

/// Which files a tree holds the contents of; [`oracle::registry::wants`].
pub type Wants = fn(&RepoPath) -> bool;

/// A repository on this machine, or a folder without one.
#[derive(Debug)]
pub struct Checkout {
    root: PathBuf,
    /// `None`: a folder that is no Git repository.
    git: Option<Git>,
}

impl Checkout {
    /// The repository that a path is in: its folder at the top. A folder outside of any
    /// repository stands for itself.
    pub fn open(path: &Path) -> Result<Self, CheckoutError> {
        let found = std::fs::metadata(path).map_err(|source| CheckoutError::Folder {
            path: path.to_owned(),
            source,
        })?;
        if !found.is_dir() {
            return Err(CheckoutError::NotAFolder {
                path: path.to_owned(),
            });
        }
        Ok(match Git::at(path)? {
            Some(git) => Self {
                root: git.root().to_owned(),
                git: Some(git),
            },
            None => Self {
                root: path.to_owned(),
                git: None,
            },
        })
    }

    /// The folder at the top.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that is checked out; `None` before the first commit, and without Git.
    pub fn head(&self) -> Result<Option<ObjectId>, CheckoutError> {
        match &self.git {
            Some(git) => git.resolve_if_there("HEAD"),
            None => Ok(None),
        }
    }

    /// The branch that is checked out; `None` on a detached head, and without Git.
    pub fn branch(&self) -> Option<BranchName> {
        let name = self.git.as_ref()?.symbolic("HEAD", "refs/heads/")?;
        BranchName::new(&name).ok()
    }

    /// The default branch of the remote `origin`, as of the last clone or
    /// `git remote set-head origin --auto`.
    pub fn default_branch(&self) -> Option<BranchName> {
        let git = self.git.as_ref()?;
        let name = git.symbolic("refs/remotes/origin/HEAD", "refs/remotes/origin/")?;
        BranchName::new(&name).ok()
    }

    /// Where `origin` is on the web.
    pub fn remote(&self) -> Option<Remote> {
        Remote::parse(&self.git.as_ref()?.remote_url()?)
    }

    /// The tip of a branch: of the remote `origin`, else the local one.
    pub fn tip(&self, branch: &BranchName) -> Result<Option<ObjectId>, CheckoutError> {
        let Some(git) = &self.git else {
            return Ok(None);
        };
        match git.resolve_if_there(&format!("refs/remotes/origin/{branch}"))? {
            Some(tip) => Ok(Some(tip)),
            None => git.resolve_if_there(&format!("refs/heads/{branch}")),
        }
    }

    /// Where the history of a revision (a branch, a tag, a commit) and that of the commit that
    /// is checked out meet: what a change is compared with.
    pub fn merge_base(&self, revision: &str) -> Result<ObjectId, CheckoutError> {
        self.git(revision)?.merge_base(revision)
    }

    /// The tree of a commit, with the contents of the files that `wants` names.
    pub fn tree_of(&self, commit: &ObjectId, wants: Wants) -> Result<Tree, CheckoutError> {
        objects::tree(self.git(commit.as_str())?, commit, wants)
    }

    /// The files as they are on the disk now: those that Git tracks, and those that it would
    /// take (not ignored). Without Git, every file below the folder.
    pub fn working_tree(&self, wants: Wants) -> Result<Tree, CheckoutError> {
        match &self.git {
            Some(git) => working_tree::tree(git, wants),
            None => folder::tree(&self.root, wants),
        }
    }

    fn git(&self, revision: &str) -> Result<&Git, CheckoutError> {
        self.git
            .as_ref()
            .ok_or_else(|| CheckoutError::NoRepository {
                path: self.root.clone(),
                revision: revision.to_owned(),
            })
    }
}
