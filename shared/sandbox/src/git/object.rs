//! The three kinds of object and their canonical bytes
//! (<https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>).

use std::sync::Arc;

use jiff::Timestamp;

use super::oid::ObjectId;

/// What a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// A regular file.
    File,
    /// An executable file.
    Executable,
    /// A symbolic link; its blob holds the target.
    Symlink,
    /// A commit of another repository.
    Submodule,
    /// A directory.
    Tree,
}

impl Mode {
    /// As GitHub's API shows it: six digits.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
            Self::Tree => "040000",
        }
    }

    /// The kind of object that it points at.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::File | Self::Executable | Self::Symlink => "blob",
            Self::Submodule => "commit",
            Self::Tree => "tree",
        }
    }

    /// As it stands in a tree object: without the leading zero.
    fn canonical(self) -> &'static str {
        self.as_str().trim_start_matches('0')
    }
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeEntry {
    /// Its name, without slashes.
    pub(crate) name: String,
    /// What it is.
    pub(crate) mode: Mode,
    /// What it points at.
    pub(crate) id: ObjectId,
}

impl TreeEntry {
    /// Git sorts directories as if their names ended in a slash.
    pub(crate) fn sort_key(&self) -> Vec<u8> {
        let mut key = self.name.clone().into_bytes();
        if self.mode == Mode::Tree {
            key.push(b'/');
        }
        key
    }
}

/// Who did it, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    /// A person's name.
    pub(crate) name: String,
    /// Their address.
    pub(crate) email: String,
    /// When; shown in UTC.
    pub(crate) at: Timestamp,
}

impl Signature {
    fn canonical(&self) -> String {
        format!(
            "{} <{}> {} +0000",
            self.name,
            self.email,
            self.at.as_second()
        )
    }
}

/// A commit. Its author is its committer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// The tree it records.
    pub(crate) tree: ObjectId,
    /// None for a root, two for a merge.
    pub(crate) parents: Vec<ObjectId>,
    /// Who and when.
    pub(crate) author: Signature,
    /// Why.
    pub(crate) message: String,
}

/// A stored object.
#[derive(Debug, Clone)]
pub(crate) enum Object {
    /// A file's content, or a link's target.
    Blob(Arc<[u8]>),
    /// A directory, sorted as Git sorts.
    Tree(Vec<TreeEntry>),
    /// A commit.
    Commit(Commit),
}

impl Object {
    /// The object's id.
    pub(crate) fn id(&self) -> ObjectId {
        match self {
            Self::Blob(bytes) => ObjectId::of("blob", bytes),
            Self::Tree(entries) => ObjectId::of("tree", &tree_bytes(entries)),
            Self::Commit(commit) => ObjectId::of("commit", commit_text(commit).as_bytes()),
        }
    }
}

fn tree_bytes(entries: &[TreeEntry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(entry.mode.canonical().as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(entry.name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    bytes
}

fn commit_text(commit: &Commit) -> String {
    let signature = commit.author.canonical();
    let mut lines = vec![format!("tree {}", commit.tree)];
    lines.extend(commit.parents.iter().map(|it| format!("parent {it}")));
    lines.push(format!("author {signature}\ncommitter {signature}"));
    lines.push(format!("\n{}\n", commit.message));
    lines.join("\n")
}
