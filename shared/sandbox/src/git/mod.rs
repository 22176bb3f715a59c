//! Git's object model, as far as GitHub's API shows it: content-addressed blobs, trees and
//! commits with real SHA-1 ids, merge bases, three-way merges and diffs.

mod content;
mod diff;
mod merge;
mod object;
mod oid;
mod store;
#[cfg(test)]
mod tests;

pub use content::Content;
pub use oid::{ObjectId, ParseObjectIdError};

pub(crate) use diff::{ChangeKind, FileChange};
pub(crate) use object::{Commit, Mode, Object, Signature, TreeEntry};
pub(crate) use store::{Files, ObjectStore};
