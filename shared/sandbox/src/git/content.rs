//! What a story puts at a path.

use super::oid::ObjectId;

/// What a push leaves at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A regular file (mode 100644).
    File(Vec<u8>),
    /// An executable file (mode 100755).
    Executable(Vec<u8>),
    /// A symbolic link (mode 120000) to this target.
    Symlink(String),
    /// A submodule (mode 160000) at this commit of another repository.
    Submodule(ObjectId),
    /// Nothing: the path is removed.
    Deleted,
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::File(text.as_bytes().to_vec())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::File(text.into_bytes())
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::File(bytes)
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Self::File(bytes.to_vec())
    }
}
