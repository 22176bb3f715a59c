//! Git objects.

use super::arguments::Arguments;
use super::checks::RollupNode;
use super::connection::Connection;
use super::object::{FieldError, Object, Resolved};
use super::view::View;
use crate::git::{self, ObjectId};

/// GitHub cuts the text of a blob after so many bytes and says `isTruncated`.
const LONGEST_TEXT: usize = 512 * 1024;
/// Git calls a file binary that has a zero byte among so many first ones.
const SNIFFED: usize = 8_000;
/// How much of an id is enough for people.
const ABBREVIATED: usize = 7;

/// The object with this id; null where the repository has none.
pub(super) fn resolve<'v>(view: &'v View<'_>, repository: u64, id: ObjectId) -> Resolved<'v> {
    match view.state.objects(repository).object(id) {
        None => Resolved::NULL,
        Some(git::Object::Blob(bytes)) => Resolved::object(BlobNode { id, bytes }),
        Some(git::Object::Tree(_)) => Resolved::object(TreeNode { id }),
        Some(git::Object::Commit(commit)) => Resolved::object(CommitNode {
            view,
            repository,
            id,
            commit,
        }),
    }
}

/// The commit with this id.
pub(super) fn commit<'v, 's>(
    view: &'v View<'s>,
    repository: u64,
    id: ObjectId,
) -> Option<CommitNode<'v, 's>> {
    let commit = view.state.objects(repository).commit(id)?;
    Some(CommitNode {
        view,
        repository,
        id,
        commit,
    })
}

/// What every Git object has.
fn common(id: ObjectId, name: &str) -> Result<Resolved<'static>, FieldError> {
    let text = id.to_string();
    match name {
        "oid" => Ok(Resolved::scalar(text)),
        "abbreviatedOid" => Ok(Resolved::scalar(&text[..ABBREVIATED])),
        _ => Err(FieldError::Unimplemented),
    }
}

/// `Commit`.
pub(super) struct CommitNode<'v, 's> {
    view: &'v View<'s>,
    repository: u64,
    id: ObjectId,
    commit: &'s git::Commit,
}

impl Object for CommitNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "Commit"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["GitObject", "Node", "UniformResourceLocatable"]
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "message" => Ok(Resolved::scalar(self.commit.message.as_str())),
            "committedDate" | "authoredDate" => {
                Ok(Resolved::scalar(self.commit.author.at.to_string()))
            }
            "tree" => Ok(Resolved::object(TreeNode {
                id: self.commit.tree,
            })),
            "parents" => {
                let parents = self.commit.parents.iter();
                let nodes = parents
                    .filter_map(|id| commit(self.view, self.repository, *id))
                    .map(|node| Ok(Box::new(node) as Box<dyn Object>))
                    .collect();
                Connection::of("CommitConnection", name, arguments, nodes)
            }
            "statusCheckRollup" => RollupNode::of(self.view, self.repository, self.id),
            _ => common(self.id, name),
        }
    }
}

/// `Tree`.
struct TreeNode {
    id: ObjectId,
}

impl Object for TreeNode {
    fn type_name(&self) -> &'static str {
        "Tree"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["GitObject", "Node"]
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        common(self.id, name)
    }
}

/// `Blob`.
struct BlobNode<'s> {
    id: ObjectId,
    bytes: &'s [u8],
}

impl BlobNode<'_> {
    fn is_binary(&self) -> bool {
        self.bytes.iter().take(SNIFFED).any(|byte| *byte == 0)
    }

    /// Null for a binary. GitHub replaces what is not UTF-8, and cuts between characters.
    fn text(&self) -> Option<String> {
        if self.is_binary() {
            return None;
        }
        let mut end = self.bytes.len().min(LONGEST_TEXT);
        let splits_character = |end: usize| {
            self.bytes
                .get(end)
                .is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000)
        };
        while end > 0 && splits_character(end) {
            end -= 1;
        }
        Some(String::from_utf8_lossy(&self.bytes[..end]).into_owned())
    }
}

impl Object for BlobNode<'_> {
    fn type_name(&self) -> &'static str {
        "Blob"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["GitObject", "Node"]
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "byteSize" => Ok(Resolved::scalar(self.bytes.len())),
            "isBinary" => Ok(Resolved::scalar(self.is_binary())),
            "isTruncated" => Ok(Resolved::scalar(self.bytes.len() > LONGEST_TEXT)),
            "text" => Ok(Resolved::scalar(self.text())),
            _ => common(self.id, name),
        }
    }
}
