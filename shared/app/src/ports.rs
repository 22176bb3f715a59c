//! What the use cases need from the world, one trait per capability.
//!
//! Every port has a stateful fake and one contract suite (feature `testing`); each adapter
//! passes the suite. A method's error means "could not", never "there is none".

mod installations;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use oracle::{BranchName, Fact, ObjectId, RepoPath, Report, Snapshot};
use serde::{Deserialize, Serialize};

use crate::check::{CheckOutput, CheckRun, CheckUpdate, Conclusion, ExternalId};
use crate::error::{GitHubError, StoreError};
use crate::event::{DeliveryId, Head, Login, MergeGroup, Message, Repository};

pub use installations::{Access, Installations, Purge, Purged};

/// The time, as a port: use cases are tested under a clock that they don't own.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Where the webhook leaves its messages.
#[async_trait]
pub trait EventQueue: Send + Sync {
    /// Returns once the message can't be lost by a crash of this process.
    async fn send(&self, message: &Message) -> Result<(), StoreError>;
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// Its effect is there (made by this delivery or by an equal one).
    Done,
    /// The head has moved on; its own event brings the check.
    Superseded,
    /// It can't be worked on: installation or repository unknown to us, permission missing.
    Refused,
    /// Nothing is to be done for it.
    Ignored,
}

impl DeliveryOutcome {
    /// The word for it in metrics and spans.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Superseded => "superseded",
            Self::Refused => "refused",
            Self::Ignored => "ignored",
        }
    }
}

/// The record of a delivery that is finished with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedDelivery {
    /// How it ended.
    pub outcome: DeliveryOutcome,
    /// One sentence for the operator; never text from a payload.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// Which deliveries are finished with. Kept for 7 days (GitHub redelivers for 3).
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// How the delivery ended; `None`: it has not.
    async fn finished(&self, id: &DeliveryId) -> Result<Option<FinishedDelivery>, StoreError>;
    /// Records the end. The first record stands; later ones change nothing.
    async fn finish(&self, id: &DeliveryId, end: &FinishedDelivery) -> Result<(), StoreError>;
}

/// A lease that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What it is on.
    pub head: Head,
    /// Its fencing epoch: grows with every grant on this head, so that a write by an earlier
    /// holder can be told and refused.
    pub epoch: u64,
    /// When it ends unless renewed.
    pub until: Timestamp,
}

/// The answer to a wish for a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// Ours.
    Granted(Lease),
    /// Somebody else's until then.
    Held {
        /// When the other's lease ends.
        until: Timestamp,
    },
}

/// One worker at a time on one head.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes the lease for `ttl` from `now` if it is free or has ended. Not re-entrant.
    async fn acquire(
        &self,
        head: &Head,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Acquired, StoreError>;
    /// Extends a lease of ours to `ttl` from `now`, even one that has run out;
    /// [`Stale`](crate::StoreErrorKind::Stale) when it was released or another epoch was
    /// granted since.
    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, StoreError>;
    /// Ends a lease of ours; no effect when it is not ours any more. The epoch lives on.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;
    /// Ends a lease of ours and keeps nothing of it, the epoch included: for a head of which nothing
    /// is stored, nor will be. No effect when it is not ours any more.
    async fn abandon(&self, lease: &Lease) -> Result<(), StoreError>;
}

/// A pull request that has this head, as last seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HeadPullRequest {
    /// Its number.
    pub number: u64,
    /// The branch it would be merged into.
    pub base: BranchName,
}

/// One evaluation of a head: one Check Run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// From 1; a re-evaluation is the next.
    pub number: u32,
    /// What is judged: the open pull requests of this head when it began, sorted.
    pub pull_requests: Vec<HeadPullRequest>,
    /// The merge group that has this head and is judged, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_group: Option<MergeGroup>,
    /// When it began: the reports' time, so that a resumed evaluation says the same.
    pub began_at: Timestamp,
    /// GitHub's id of its Check Run, once known.
    pub check_run_id: Option<u64>,
    /// The conclusion of its Check Run once that is completed; `None` while it is not.
    pub conclusion: Option<Conclusion>,
    /// The deliveries that wanted the check again and are answered by this generation or one
    /// before, the latest last; at most [`REMEMBERED_RERUNS`]. A generation of an earlier version
    /// has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reruns: Vec<DeliveryId>,
    /// Whether its Check Run also lists what rules in mode `observe` found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_observed: bool,
}

/// How many answered wishes a generation remembers. One that is older and still comes back would
/// be answered once more; by then its delivery has long been recorded as finished.
pub const REMEMBERED_RERUNS: usize = 20;

impl Generation {
    /// Whether this delivery's wish for another check is answered, now or before.
    pub fn answers(&self, delivery: &DeliveryId) -> bool {
        self.reruns.contains(delivery)
    }

    /// The same, also as the answer to this delivery.
    #[must_use]
    pub fn answering(mut self, delivery: &DeliveryId) -> Self {
        if !self.answers(delivery) {
            if self.reruns.len() >= REMEMBERED_RERUNS {
                self.reruns.remove(0);
            }
            self.reruns.push(delivery.clone());
        }
        self
    }

    /// Whether its Check Run is completed.
    pub fn is_finished(&self) -> bool {
        self.conclusion.is_some()
    }

    /// Whether its Check Run is completed with a judgement, so that the same pull requests
    /// need no other: giving up (`action_required`) and `cancelled` are none.
    pub fn is_judged(&self) -> bool {
        use Conclusion::{Failure, Neutral, Success};
        matches!(self.conclusion, Some(Success | Neutral | Failure))
    }
}

/// What is known of heads: pull requests for 30 days, generations for 91, longer than the
/// evaluations, since their number must not come again while what they said is kept.
///
/// Every write is made under a lease on the head; it is
/// [`Stale`](crate::StoreErrorKind::Stale), and nothing is written, when a newer epoch was
/// granted on that head. That a lease has run out, or was released, is no reason to refuse.
#[async_trait]
pub trait Heads: Send + Sync {
    /// Remembers that an open pull request has this head (idempotent; a new base replaces).
    async fn watch(&self, lease: &Lease, pull_request: &HeadPullRequest) -> Result<(), StoreError>;
    /// Forgets a pull request: closed, or its head moved on (idempotent).
    async fn forget(&self, lease: &Lease, number: u64) -> Result<(), StoreError>;
    /// The pull requests of this head, by number.
    async fn watched(&self, head: &Head) -> Result<Vec<HeadPullRequest>, StoreError>;
    /// The latest generation.
    async fn generation(&self, head: &Head) -> Result<Option<Generation>, StoreError>;
    /// Writes a generation: a new one, or the latest again.
    async fn save_generation(
        &self,
        lease: &Lease,
        generation: &Generation,
    ) -> Result<(), StoreError>;
}

/// What an evaluation came to, stored before it is published, so that a resumed publication
/// says the same to the byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvaluation {
    /// One report per pull request, by number; [`MERGE_GROUP`] is that of the merge group.
    pub reports: Vec<(u64, Report)>,
    /// What the Check Run says.
    pub output: CheckOutput,
}

/// Evaluations, by head and generation. Kept for 90 days.
#[async_trait]
pub trait Evaluations: Send + Sync {
    /// Stores an evaluation; the first stored for a generation stands and is returned.
    async fn put(
        &self,
        head: &Head,
        generation: u32,
        evaluation: &StoredEvaluation,
    ) -> Result<StoredEvaluation, StoreError>;
    /// The evaluation of a generation.
    async fn load(
        &self,
        head: &Head,
        generation: u32,
    ) -> Result<Option<StoredEvaluation>, StoreError>;
}

/// Whose policy a stored one is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PolicyOf {
    /// An installation's account: the policy of all its repositories.
    Account {
        /// The installation's id.
        installation_id: u64,
    },
    /// A repository, at one of its branches.
    Branch {
        /// The repository's id.
        repository_id: u64,
        /// The branch.
        branch: BranchName,
    },
}

/// A policy as it was when it was last valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPolicy {
    /// The file; `None`: there was none, which is valid.
    pub content: Option<String>,
    /// When this was first seen.
    pub at: Timestamp,
}

/// The last valid policies. Kept as long as the account is ours.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The last valid policy; `None`: none was ever kept.
    async fn last_valid(&self, of: &PolicyOf) -> Result<Option<StoredPolicy>, StoreError>;
    /// Keeps a policy in place of the one before.
    async fn keep(&self, of: &PolicyOf, policy: &StoredPolicy) -> Result<(), StoreError>;
}

/// What GitHub limits of an installation.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Budget {
    /// REST's hourly budget.
    Core,
    /// GraphQL's.
    Graphql,
    /// Everything: a secondary limit.
    All,
}

impl Budget {
    /// Each of them.
    pub const EACH: [Self; 3] = [Self::Core, Self::Graphql, Self::All];

    /// The word for it in stores.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
            Self::All => "all",
        }
    }

    /// The one with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|budget| budget.word() == word)
    }
}

/// GitHub has said to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// With calls of which budget.
    pub budget: Budget,
    /// Until when nobody calls.
    pub until: Timestamp,
    /// How many secondary limits came one after the other, this one included; 0 for an hourly
    /// budget that is spent.
    pub strikes: u32,
}

/// What GitHub has said to one worker of an installation's limits, for all of them. A pause is
/// kept for 15 minutes after its end, so that who is refused again knows how often before.
#[async_trait]
pub trait Budgets: Send + Sync {
    /// The latest pause of each budget, in any order, be it over or not; none where none is kept.
    async fn pauses(&self, installation_id: u64, now: Timestamp) -> Result<Vec<Pause>, StoreError>;
    /// Lets everybody know of a pause. Of two on the same budget the one that ends later stands,
    /// whoever wrote it, and is returned.
    async fn pause(&self, installation_id: u64, pause: &Pause) -> Result<Pause, StoreError>;
}

/// An account's policy as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountPolicy {
    /// The file of the repository `.github`, on its default branch.
    File(Vec<u8>),
    /// That repository has no such file.
    NoFile,
    /// There is no such repository, or the App is not installed on it: GitHub does not say
    /// which.
    NotInstalled,
}

/// Reads policies of accounts; an answer may be some minutes old.
#[async_trait]
pub trait AccountPolicies: Send + Sync {
    /// The policy of the account that owns the repository.
    async fn account_policy(&self, repository: &Repository) -> Result<AccountPolicy, GitHubError>;
}

/// The number by which a merge group is told from pull requests, whose numbers begin at 1.
pub const MERGE_GROUP: u64 = 0;

/// A pull request as GitHub has it now; or a merge group, which is judged as a pull request with a
/// clean test merge is (docs/adr/0011-merge-groups.md).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number; [`MERGE_GROUP`] for a merge group.
    pub number: u64,
    /// Whether it is open.
    pub open: bool,
    /// Its head commit.
    pub head: ObjectId,
    /// Whether the head is in another repository.
    pub from_fork: bool,
    /// The branch it would be merged into.
    pub base: BranchName,
    /// The tip of that branch.
    pub base_tip: ObjectId,
    /// The repository's default branch.
    pub default_branch: BranchName,
    /// What merging it would give.
    pub test_merge: TestMerge,
}

/// GitHub's test merge of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestMerge {
    /// Merged cleanly.
    Clean {
        /// The merge commit.
        commit: ObjectId,
        /// Its first parent: the base it was merged with.
        base: ObjectId,
    },
    /// Conflicts: head is judged against the merge base.
    Conflicting,
    /// GitHub has not made it yet: ask again in a moment, or judge as if it conflicted.
    Pending,
}

/// Open pull requests of one base branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenInto {
    /// Number and head of each, the latest changed first; at most [`MOST_INTO`].
    pub pull_requests: Vec<(u64, ObjectId)>,
    /// Whether there are others.
    pub more: bool,
}

/// How many open pull requests of one branch are looked at together: a page of GitHub's, and at
/// some seven calls each a good part of an hour's budget.
pub const MOST_INTO: usize = 100;

/// Reads pull requests.
#[async_trait]
pub trait PullRequests: Send + Sync {
    /// The pull request now; [`NotFound`](crate::GitHubErrorKind::NotFound) when the
    /// installation, the repository or the pull request is not there for us.
    async fn pull_request(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<PullRequest, GitHubError>;
    /// The merge group with this head; `None` when it is gone, or its branch has another head.
    /// [`NotFound`](crate::GitHubErrorKind::NotFound) as above.
    async fn merge_group(
        &self,
        repository: &Repository,
        head: &ObjectId,
        group: &MergeGroup,
    ) -> Result<Option<PullRequest>, GitHubError>;
    /// The numbers of the open pull requests that have this head, those of forks among them, in
    /// order. Where more are open than can be looked through that is unavailable, whether some
    /// were found or not. [`NotFound`](crate::GitHubErrorKind::NotFound) when the installation or
    /// the repository is not there for us.
    async fn open_with_head(
        &self,
        repository: &Repository,
        head: &ObjectId,
    ) -> Result<Fact<Vec<u64>>, GitHubError>;
    /// The open pull requests that would be merged into this branch.
    /// [`NotFound`](crate::GitHubErrorKind::NotFound) as above.
    async fn open_into(
        &self,
        repository: &Repository,
        base: &BranchName,
    ) -> Result<OpenInto, GitHubError>;
}

/// Which files a snapshot holds the contents of.
pub type Wants = fn(&RepoPath) -> bool;

/// Fetches snapshots.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// Everything rules may read about merging this pull request, with the contents of the
    /// files that `wants` names. Without a clean test merge the head is compared with the
    /// merge base. What GitHub does not let us see, or cuts short, is
    /// unavailable inside; an error means that there is no snapshot worth judging.
    async fn snapshot(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
        wants: Wants,
    ) -> Result<Snapshot, GitHubError>;
    /// Forgets what is remembered of a repository and its account that may have changed since:
    /// settings, policies, permissions that were lacking. Whoever asks for a check again has often
    /// just changed one of these.
    async fn forget(&self, repository: &Repository);
}

/// Knows who may do what.
#[async_trait]
pub trait Collaborators: Send + Sync {
    /// Whether this user or bot may push to the repository, by whatever gives that right.
    async fn may_push(&self, repository: &Repository, login: &Login) -> Result<bool, GitHubError>;
}

/// An attempt of GitHub's at a delivery to the App's webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookDelivery {
    /// GitHub's id of the attempt; each has its own.
    pub id: u64,
    /// The delivery's id, which all attempts share.
    pub guid: DeliveryId,
    /// As in `X-GitHub-Event`.
    pub event: String,
    /// The body's `action`.
    pub action: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The receiver's answer; `None`: there was none.
    pub status: Option<u16>,
    /// Whether somebody asked for it: it is not the first.
    pub is_redelivery: bool,
}

impl HookDelivery {
    /// Whether the receiver said that it has it.
    pub fn is_taken(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// What GitHub has delivered to the App, whoever took it.
#[async_trait]
pub trait HookDeliveries: Send + Sync {
    /// Every attempt since then, as far as GitHub remembers (three days), in any order. Of more than
    /// can be listed, the latest.
    async fn sent_since(&self, since: Timestamp) -> Result<Vec<HookDelivery>, GitHubError>;
    /// Lets GitHub try a delivery again, by the id of one of its attempts. Asked for twice, it comes
    /// twice.
    async fn redeliver(&self, id: u64) -> Result<(), GitHubError>;
}

/// Writes Check Runs.
#[async_trait]
pub trait CheckRuns: Send + Sync {
    /// Creates a run in progress. Never repeats by itself: after an error the run may exist,
    /// and [`find`](Self::find) tells.
    async fn create(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<u64, GitHubError>;
    /// Our run with this external id on this commit, if there is one.
    async fn find(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<Option<CheckRun>, GitHubError>;
    /// Our run as GitHub has it now.
    async fn read(&self, repository: &Repository, id: u64) -> Result<CheckRun, GitHubError>;
    /// Updates a run. Annotations are appended at GitHub: after an error they may be there,
    /// and [`read`](Self::read) tells how many.
    async fn update(
        &self,
        repository: &Repository,
        id: u64,
        update: &CheckUpdate<'_>,
    ) -> Result<(), GitHubError>;
}
