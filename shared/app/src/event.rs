//! What GitHub told us, reduced to ids: the closed set of events that are worked on, and the
//! message that carries one to a worker.

use std::fmt;

use oracle::{BranchName, ObjectId, RepositoryName};
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

/// A merge queue's group: pull requests merged, in a branch of GitHub's own, with what they are to be
/// merged into. Its head, and these, never change; whether it is still there does.
/// <https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeGroup {
    /// The queue's own branch, `gh-readonly-queue/main/pr-7-…`, whose tip is the group's head.
    pub branch: BranchName,
    /// The branch that the queue is for.
    pub base: BranchName,
    /// What the group is merged with: the tip of `base`, or the head of the group before it.
    pub base_sha: ObjectId,
}

/// The name of a user or a bot, such as `octocat`, `mona_acme` or `dependabot[bot]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// Checks and wraps a name: 1 to 100 letters, digits, hyphens and underscores, and `[bot]` at
    /// the end of a bot's. GitHub's own limit is 39 for people; Apps' names may be longer.
    pub fn new(text: &str) -> Option<Self> {
        let name = text.strip_suffix("[bot]").unwrap_or(text);
        let fine = (1..=100).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fine.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Login {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("a login is 1 to 100 letters, digits, hyphens and underscores")
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

/// What is wanted of a check that is to be made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// The same, as things are now.
    #[default]
    Again,
    /// The same, with what rules in mode `observe` found.
    Observed,
    /// The checks of everything that is open against the same branches.
    Branch {
        /// Who wants it: only who may push may.
        by: Login,
    },
}

impl Wish {
    fn is_again(&self) -> bool {
        *self == Self::Again
    }
}

/// The most pull requests that a [`Event::Rerequested`] names, and the most repositories that a
/// [`Concern::Left`] does, so that a message keeps its bound.
pub const MOST_NAMED: usize = 50;

/// What an installation is looked at for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// The App was removed from the account.
    Removed,
    /// These repositories are its no more, by id; none named: any may have left it. Made by
    /// [`Concern::left`].
    Left(Vec<u64>),
    /// What it may see has become more, or less.
    Access,
}

impl Concern {
    /// These repositories have left. Where there are too many to be named none is.
    pub fn left(mut repositories: Vec<u64>) -> Self {
        repositories.sort_unstable();
        repositories.dedup();
        if repositories.len() > MOST_NAMED {
            repositories.clear();
        }
        Self::Left(repositories)
    }
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
        /// The base that another has replaced (`edited`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_before: Option<BranchName>,
    },
    /// `merge_group`: a queue wants the check of a group (`checks_requested`), or has taken the
    /// group back (`destroyed`): merged, or dissolved.
    MergeGroup {
        /// The repository.
        repository: Repository,
        /// The group's head.
        head: ObjectId,
        /// The rest of it.
        group: MergeGroup,
    },
    /// Somebody wants our check of a commit made again: `check_run` or `check_suite`, action
    /// `rerequested`, or `check_run`, action `requested_action`: one of its buttons. Made by
    /// [`Event::rerequested`].
    Rerequested {
        /// The repository that has the check.
        repository: Repository,
        /// The commit.
        head: ObjectId,
        /// Pull requests that GitHub names for it; none for a fork's, nor where there are more
        /// than [`MOST_NAMED`]. Hints, as everything in an event.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pull_requests: Vec<u64>,
        /// What exactly.
        #[serde(default, skip_serializing_if = "Wish::is_again")]
        wish: Wish,
    },
    /// `push` that may have changed the policy of a branch: what is open against it is to be
    /// judged by the new one.
    PolicyPushed {
        /// The repository.
        repository: Repository,
        /// The branch.
        branch: BranchName,
        /// Its tip before: as long as GitHub shows that, it does not show the push.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<ObjectId>,
    },
    /// `installation`, or `installation_repositories`: an installation has changed, or is gone.
    Installation {
        /// Its id.
        installation_id: u64,
        /// In what respect.
        concern: Concern,
    },
    /// `repository`, with an action after which it may have another name or owner, or be gone
    /// (`renamed`, `transferred`, `deleted`).
    Repository {
        /// The repository, as this installation sees it, or saw it.
        repository: Repository,
    },
}

/// What an event is about, and so which function (and which queue of its own, where there is
/// more than one) it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Pull requests and merge groups that change.
    PullRequest,
    /// Checks that are wanted again.
    CheckRun,
    /// What concerns a repository or an installation as a whole; may take long, and nobody waits
    /// for it.
    Lifecycle,
}

impl Event {
    /// A wish for our check of a commit. Names that would make the message too large are left
    /// out, all of them: who is left with a part would take it for the whole.
    pub fn rerequested(
        repository: Repository,
        head: ObjectId,
        mut pull_requests: Vec<u64>,
        wish: Wish,
    ) -> Self {
        pull_requests.sort_unstable();
        pull_requests.dedup();
        if pull_requests.len() > MOST_NAMED {
            pull_requests.clear();
        }
        Self::Rerequested {
            repository,
            head,
            pull_requests,
            wish,
        }
    }

    /// What it is about.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::PullRequest { .. } | Self::MergeGroup { .. } => EventKind::PullRequest,
            Self::Rerequested {
                wish: Wish::Branch { .. },
                ..
            }
            | Self::PolicyPushed { .. }
            | Self::Installation { .. }
            | Self::Repository { .. } => EventKind::Lifecycle,
            Self::Rerequested { .. } => EventKind::CheckRun,
        }
    }

    /// Where it happened; `None` where that is not one repository.
    pub fn repository(&self) -> Option<&Repository> {
        match self {
            Self::PullRequest { repository, .. }
            | Self::MergeGroup { repository, .. }
            | Self::Rerequested { repository, .. }
            | Self::PolicyPushed { repository, .. }
            | Self::Repository { repository } => Some(repository),
            Self::Installation { .. } => None,
        }
    }

    /// The installation that it came through.
    pub fn installation_id(&self) -> u64 {
        match self {
            Self::Installation {
                installation_id, ..
            } => *installation_id,
            Self::PullRequest { repository, .. }
            | Self::MergeGroup { repository, .. }
            | Self::Rerequested { repository, .. }
            | Self::PolicyPushed { repository, .. }
            | Self::Repository { repository } => repository.installation_id,
        }
    }
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

    fn message(event: Event) -> Message {
        Message {
            delivery: DeliveryId::new(&"f".repeat(64)).unwrap(),
            trace: TraceId::from_bytes([0xff; 16]),
            event,
        }
    }

    fn widest_repository() -> Repository {
        Repository {
            installation_id: u64::MAX,
            id: u64::MAX,
            name: RepositoryName::new(&format!("{}/{}", "o".repeat(39), "r".repeat(100))).unwrap(),
        }
    }

    #[test]
    fn no_message_is_larger_than_two_kilobytes() {
        let sha = ObjectId::new(&"a".repeat(64)).unwrap();
        for named in [MOST_NAMED, MOST_NAMED + 1, 100_000] {
            let numbers = (0..named).map(|back| u64::MAX - back as u64).collect();
            let by = Login::new(&format!("{}[bot]", "l".repeat(100))).unwrap();
            let wish = Wish::Branch { by };
            let event = Event::rerequested(widest_repository(), sha.clone(), numbers, wish);
            let json = serde_json::to_string(&message(event)).unwrap();
            assert!(json.len() <= 2_048, "{} bytes for {named}", json.len());
        }
        // The worst of names: each byte is two in JSON.
        let name = BranchName::new(&"\"".repeat(255)).unwrap();
        let event = Event::MergeGroup {
            repository: widest_repository(),
            head: sha.clone(),
            group: MergeGroup {
                branch: name.clone(),
                base: name,
                base_sha: sha,
            },
        };
        let json = serde_json::to_string(&message(event)).unwrap();
        assert!(json.len() <= 2_048, "{} bytes for a group", json.len());
    }

    #[test]
    fn repositories_that_left_are_all_named_or_none_is() {
        for (count, named) in [(2, 2), (MOST_NAMED, MOST_NAMED), (MOST_NAMED + 1, 0)] {
            let ids = (0..count).map(|back| u64::MAX - back as u64);
            // GitHub may name one twice.
            let concern = Concern::left(ids.clone().chain(ids).collect());
            let Concern::Left(left) = &concern else {
                panic!("{concern:?}");
            };
            assert_eq!(left.len(), named);
            let event = Event::Installation {
                installation_id: u64::MAX,
                concern,
            };
            let json = serde_json::to_string(&message(event)).unwrap();
            assert!(json.len() <= 2_048, "{} bytes for {count}", json.len());
        }
    }

    #[test]
    fn a_wish_from_before_buttons_is_for_the_same_again() {
        let queued = r#"{"delivery":"72d3162e","event":"rerequested","repository":
            {"installation_id":1,"id":2,"name":"octo-org/hello"},
            "head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
        let message: Message = serde_json::from_str(queued).unwrap();
        let sent = serde_json::to_string(&message).unwrap();
        assert!(!sent.contains("wish"), "{sent}");
        assert_eq!(message.event.kind(), EventKind::CheckRun);
    }

    #[test]
    fn a_login_is_a_name_and_nothing_that_steers_a_path() {
        for fine in ["octocat", "mona_acme", "a-b", "dependabot[bot]"] {
            assert_eq!(Login::new(fine).unwrap().as_str(), fine);
        }
        for wrong in [
            "",
            "[bot]",
            "a/b",
            "..",
            "a b",
            "ü",
            "a[bot]b",
            &"a".repeat(101),
        ] {
            assert_eq!(Login::new(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_are_there_once_or_not_at_all() {
        let sha = ObjectId::new(&"a".repeat(40)).unwrap();
        let named = |numbers| {
            let (repository, sha) = (widest_repository(), sha.clone());
            match Event::rerequested(repository, sha, numbers, Wish::Again) {
                Event::Rerequested { pull_requests, .. } => pull_requests,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(named(vec![3, 1, 3]), [1, 3]);
        assert_eq!(named((1..=50).collect()).len(), 50);
        assert_eq!(named((1..=51).collect()), [0; 0]);
    }
}
