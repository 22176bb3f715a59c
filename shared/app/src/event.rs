//! What GitHub told us, reduced to ids: the closed set of events that are worked on, and the
//! message that carries one to a worker.

use std::fmt;

use oracle::{ObjectId, RepositoryName};
use serde::{Deserialize, Serialize};

use crate::trace::TraceId;

/// `X-GitHub-Delivery`: the GUID of the event. A redelivery has the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryId(String);

impl DeliveryId {
    /// Checks and wraps a GUID: 1 to 64 hex digits and hyphens (GitHub sends 36).
    pub fn new(text: &str) -> Option<Self> {
        let fine = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        fine.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The GUID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DeliveryId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("a delivery id is 1 to 64 hex digits and hyphens")
    }
}

impl From<DeliveryId> for String {
    fn from(id: DeliveryId) -> Self {
        id.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository as the App addresses it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Repository {
    /// The installation through which we may see it.
    pub installation_id: u64,
    /// Its id, which survives renames; stores key by it.
    pub id: u64,
    /// Its name when the event was sent; GitHub redirects an old one.
    pub name: RepositoryName,
}

/// A commit that pull requests have as their head: what a lease and a Check Run belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Head {
    /// The repository's id.
    pub repository_id: u64,
    /// The commit.
    pub sha: ObjectId,
}

/// An event that is worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// `pull_request` with an action that can change what its check should say
    /// (`opened`, `reopened`, `synchronize`, `ready_for_review`, `closed`, `edited` where the
    /// base changed).
    PullRequest {
        /// The base repository.
        repository: Repository,
        /// The pull request.
        number: u64,
        /// Its head when the event was sent.
        head: ObjectId,
        /// The head that a push replaced (`before` of `synchronize`): other pull requests may
        /// still have it, and a check of theirs may become better.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<ObjectId>,
    },
}

/// An event on its way to a worker (at most 2 KB as JSON; ids only, never a payload).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The delivery that caused it.
    pub delivery: DeliveryId,
    /// The trace it belongs to, so that the worker's log lines are found with the webhook's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceId>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_from_before_traces_is_still_read() {
        let queued = r#"{"delivery":"72d3162e-cc78-11e3-81ab-4c9367dc0958","event":"pull_request",
            "repository":{"installation_id":1,"id":2,"name":"octo-org/hello"},"number":3,
            "head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
        let message: Message = serde_json::from_str(queued).unwrap();
        assert_eq!(message.trace, None);
        let sent = serde_json::to_string(&message).unwrap();
        assert!(!sent.contains("trace"), "{sent}");
    }
}
