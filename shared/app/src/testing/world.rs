//! Everything outside the use cases, in memory, with a clock that stands until it is moved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use oracle::{ObjectId, Snapshot};

use super::fault::{Fault, Suspend};
use super::secrets::KeptSecrets;
use crate::check::{Annotation, Conclusion, ExternalId};
use crate::error::GitHubErrorKind;
use crate::event::{DeliveryId, Head, Login, Message};
use crate::ports::{
    AccountPolicy, Budget, Clock, FinishedDelivery, Generation, HeadPullRequest, HookDelivery,
    Pause, PolicyOf, PullRequest, StoredEvaluation, StoredPolicy,
};

/// A Check Run as the fake GitHub keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRun {
    /// Its id.
    pub id: u64,
    /// Its repository's id.
    pub repository_id: u64,
    /// Its commit.
    pub sha: ObjectId,
    /// Ours.
    pub external_id: ExternalId,
    /// The title of the latest update.
    pub title: String,
    /// The summary of the latest update.
    pub summary: String,
    /// Everything that was appended.
    pub annotations: Vec<Annotation>,
    /// The conclusion, once completed.
    pub conclusion: Option<Conclusion>,
}

/// A GitHub, the stores, a clock and the webhook's secrets. Implements every port.
pub struct World {
    state: Mutex<State>,
}

/// What the world knows.
pub(super) struct State {
    pub(super) now: Timestamp,
    pub(super) queue: Vec<Message>,
    pub(super) deliveries: BTreeMap<DeliveryId, FinishedDelivery>,
    pub(super) leases: BTreeMap<Head, HeldLease>,
    pub(super) watched: BTreeMap<Head, BTreeMap<u64, HeadPullRequest>>,
    pub(super) generations: BTreeMap<Head, Generation>,
    pub(super) evaluations: BTreeMap<(Head, u32), StoredEvaluation>,
    pub(super) pull_requests: BTreeMap<(u64, u64), PullRequest>,
    /// Commits stay known when no pull request has them as its head any more.
    pub(super) commits: BTreeSet<(u64, ObjectId)>,
    pub(super) too_many_open: bool,
    pub(super) snapshot: Option<fn(&PullRequest) -> Snapshot>,
    pub(super) policies: BTreeMap<PolicyOf, StoredPolicy>,
    /// By installation.
    pub(super) pauses: BTreeMap<(u64, Budget), Pause>,
    /// By repository and head.
    pub(super) merge_groups: BTreeMap<(u64, ObjectId), PullRequest>,
    /// Who may push, by repository.
    pub(super) pushers: BTreeMap<u64, BTreeSet<Login>>,
    /// The repositories' installations, on record.
    pub(super) on_record: BTreeMap<u64, u64>,
    /// Repositories by installation, on record or not.
    pub(super) announced: BTreeSet<(u64, u64)>,
    /// Installations that are gone, and repositories that left theirs.
    pub(super) uninstalled: BTreeSet<u64>,
    pub(super) left: BTreeSet<(u64, u64)>,
    /// Repositories of which what is remembered was to be forgotten, in order.
    pub(super) forgotten: Vec<u64>,
    /// Attempts at deliveries.
    pub(super) sent: Vec<HookDelivery>,
    /// Those that GitHub does not send again, by id.
    pub(super) not_again: BTreeMap<u64, GitHubErrorKind>,
    /// By the account's name.
    pub(super) account_policies: BTreeMap<String, AccountPolicy>,
    pub(super) secrets: KeptSecrets,
    pub(super) runs: Vec<RecordedRun>,
    pub(super) checks_forbidden: BTreeSet<u64>,
    /// Names of the calls made so far, in order.
    pub(super) calls: Vec<&'static str>,
    faults: BTreeMap<usize, Fault>,
    outages: BTreeSet<&'static str>,
}

/// A lease as the fake store keeps it: the epoch outlives the holder.
pub(super) struct HeldLease {
    pub(super) epoch: u64,
    pub(super) until: Option<Timestamp>,
}

impl World {
    /// Longer than this a client waits for no answer of GitHub: a request whose time has run
    /// out while it was suspended never arrives.
    pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

    /// An empty world at a fixed time.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                now: Timestamp::constant(1_767_225_600, 0),
                queue: Vec::new(),
                deliveries: BTreeMap::new(),
                leases: BTreeMap::new(),
                watched: BTreeMap::new(),
                generations: BTreeMap::new(),
                evaluations: BTreeMap::new(),
                pull_requests: BTreeMap::new(),
                merge_groups: BTreeMap::new(),
                pushers: BTreeMap::new(),
                on_record: BTreeMap::new(),
                announced: BTreeSet::new(),
                uninstalled: BTreeSet::new(),
                left: BTreeSet::new(),
                forgotten: Vec::new(),
                sent: Vec::new(),
                not_again: BTreeMap::new(),
                commits: BTreeSet::new(),
                too_many_open: false,
                snapshot: None,
                policies: BTreeMap::new(),
                pauses: BTreeMap::new(),
                account_policies: BTreeMap::new(),
                secrets: KeptSecrets::default(),
                runs: Vec::new(),
                checks_forbidden: BTreeSet::new(),
                calls: Vec::new(),
                faults: BTreeMap::new(),
                outages: BTreeSet::new(),
            }),
        })
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        let mut state = self.lock();
        state.now = later(state.now, by);
    }

    /// Lets the call with this number (from 0, over all ports) go wrong.
    pub fn fault_at(&self, call: usize, fault: Fault) {
        self.lock().faults.insert(call, fault);
    }

    /// Lets every call of this name (`CheckRuns::update`) fail without effect from now on.
    pub fn outage_of(&self, call: &'static str) {
        self.lock().outages.insert(call);
    }

    /// Ends every outage.
    pub fn recover(&self) {
        self.lock().outages.clear();
    }

    /// The calls made so far, as `Port::method`.
    pub fn calls(&self) -> Vec<&'static str> {
        self.lock().calls.clone()
    }

    /// Lets somebody push to a repository.
    pub fn put_pusher(&self, repository_id: u64, login: Login) {
        let mut state = self.lock();
        let pushers = state.pushers.entry(repository_id).or_default();
        pushers.insert(login);
    }

    /// The repositories of which what is remembered was to be forgotten, in order.
    pub fn forgotten(&self) -> Vec<u64> {
        self.lock().forgotten.clone()
    }

    /// Puts a pull request into a repository, in place of the one with its number.
    pub fn put_pull_request(&self, repository_id: u64, pull_request: PullRequest) {
        let key = (repository_id, pull_request.number);
        let mut state = self.lock();
        state
            .commits
            .insert((repository_id, pull_request.head.clone()));
        state.pull_requests.insert(key, pull_request);
    }

    /// Lets a merge queue make a group.
    pub fn put_merge_group(&self, repository_id: u64, group: PullRequest) {
        let key = (repository_id, group.head.clone());
        let mut state = self.lock();
        state.commits.insert(key.clone());
        state.merge_groups.insert(key, group);
    }

    /// Lets the queue take a group back.
    pub fn destroy_merge_group(&self, repository_id: u64, head: &ObjectId) {
        let key = (repository_id, head.clone());
        self.lock().merge_groups.remove(&key);
    }

    /// Lets GitHub have sent this.
    pub fn put_sent(&self, sent: HookDelivery) {
        self.lock().sent.push(sent);
    }

    /// Lets GitHub refuse to send this attempt again.
    pub fn refuse_to_redeliver(&self, id: u64, kind: GitHubErrorKind) {
        self.lock().not_again.insert(id, kind);
    }

    /// Every attempt of GitHub's so far.
    pub fn sent(&self) -> Vec<HookDelivery> {
        self.lock().sent.clone()
    }

    /// The pull request as GitHub has it.
    pub fn pull_request_now(&self, repository_id: u64, number: u64) -> Option<PullRequest> {
        let state = self.lock();
        state.pull_requests.get(&(repository_id, number)).cloned()
    }

    /// Removes the App from an account.
    pub fn uninstall(&self, installation_id: u64) {
        self.lock().uninstalled.insert(installation_id);
    }

    /// Takes a repository away from an installation.
    pub fn remove_repository(&self, installation_id: u64, repository_id: u64) {
        let mut state = self.lock();
        state.left.insert((installation_id, repository_id));
    }

    /// Gives a repository back to an installation.
    pub fn add_repository(&self, installation_id: u64, repository_id: u64) {
        let mut state = self.lock();
        state.left.remove(&(installation_id, repository_id));
    }

    /// How many things of any kind are stored of a repository.
    pub fn stored_of(&self, repository_id: u64) -> usize {
        let state = self.lock();
        let is_of = |head: &&Head| head.repository_id == repository_id;
        let of_branch = |of: &&PolicyOf| matches!(of, PolicyOf::Branch { repository_id: id, .. } if *id == repository_id);
        let on_record = usize::from(state.on_record.contains_key(&repository_id));
        let announced = state.announced.iter().filter(|it| it.1 == repository_id);
        let evaluations = state.evaluations.keys().map(|(head, _)| head);
        on_record
            + announced.count()
            + state.leases.keys().filter(is_of).count()
            + state.watched.keys().filter(is_of).count()
            + state.generations.keys().filter(is_of).count()
            + evaluations.filter(is_of).count()
            + state.policies.keys().filter(of_branch).count()
    }

    /// Takes a repository out of sight: every call about it is answered with "not found".
    pub fn hide_repository(&self, repository_id: u64) {
        let mut state = self.lock();
        state.pull_requests.retain(|key, _| key.0 != repository_id);
        state.runs.retain(|run| run.repository_id != repository_id);
    }

    /// Opens more pull requests, everywhere, than anybody can look through.
    pub fn open_too_many(&self) {
        self.lock().too_many_open = true;
    }

    /// Withdraws the permission to write checks.
    pub fn forbid_checks(&self, repository_id: u64) {
        self.lock().checks_forbidden.insert(repository_id);
    }

    /// How the snapshot of a pull request follows from it. Until this is set, there is none.
    pub fn put_snapshots(&self, snapshot: fn(&PullRequest) -> Snapshot) {
        self.lock().snapshot = Some(snapshot);
    }

    /// Gives an account a policy. Until this is called the App is not installed on its
    /// repository `.github`.
    pub fn put_account_policy(&self, account: &str, policy: AccountPolicy) {
        let mut state = self.lock();
        state.account_policies.insert(account.to_owned(), policy);
    }

    /// Every Check Run ever created, in order.
    pub fn runs(&self) -> Vec<RecordedRun> {
        self.lock().runs.clone()
    }

    /// The latest generation of a head.
    pub fn latest_generation(&self, head: &Head) -> Option<Generation> {
        self.lock().generations.get(head).cloned()
    }

    /// How a delivery ended, once it has.
    pub fn end_of(&self, delivery: &DeliveryId) -> Option<FinishedDelivery> {
        self.lock().deliveries.get(delivery).cloned()
    }

    /// Takes what was sent to the queue.
    pub fn take_queued(&self) -> Vec<Message> {
        std::mem::take(&mut self.lock().queue)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked elsewhere must not hide its message behind a poisoned lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call of a port: suspends, then has its effect, unless a fault says otherwise or
    /// `patience` is over. `None`: the caller is told that it failed.
    pub(super) async fn call<R>(
        &self,
        name: &'static str,
        patience: Duration,
        effect: impl FnOnce(&mut State) -> R,
    ) -> Option<R> {
        let started = self.lock().now;
        Suspend::once().await;
        if self.next_never_answers(name) {
            std::future::pending::<()>().await;
        }
        let mut state = self.lock();
        let number = state.calls.len();
        state.calls.push(name);
        let timed_out = state.now > later(started, patience);
        if timed_out || state.outages.contains(name) {
            return None;
        }
        match state.faults.get(&number) {
            None => Some(effect(&mut state)),
            Some(Fault::BeforeEffect | Fault::NeverAnswers) => None,
            Some(Fault::AfterEffect) => {
                effect(&mut state);
                None
            }
        }
    }
}

impl World {
    /// Records the next call if it is one that never returns.
    fn next_never_answers(&self, name: &'static str) -> bool {
        let mut state = self.lock();
        let number = state.calls.len();
        let is_one = state.faults.get(&number) == Some(&Fault::NeverAnswers);
        if is_one {
            state.calls.push(name);
        }
        is_one
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.lock().now
    }
}

pub(super) fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
