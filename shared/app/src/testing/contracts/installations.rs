//! The contract of [`Installations`] and [`Purge`].

use std::sync::Arc;
use std::time::Duration;

use oracle::ObjectId;

use super::{at, branch};
use crate::event::Head;
use crate::ports::{
    Acquired, Budget, Budgets, Evaluations, Generation, HeadPullRequest, Heads, Installations,
    Lease, Leases, Pause, Policies, PolicyOf, Purge, Purged, StoredEvaluation, StoredPolicy,
};
use crate::render;

/// How many heads a repository has here: more than a store takes in one request.
const HEADS: u32 = 60;

/// What a purge removes, and what it knows that by: views of one store.
pub struct Kept {
    /// Which repository came through which installation.
    pub installations: Arc<dyn Installations>,
    /// What removes.
    pub purge: Arc<dyn Purge>,
    /// Leases.
    pub leases: Arc<dyn Leases>,
    /// Heads.
    pub heads: Arc<dyn Heads>,
    /// Evaluations.
    pub evaluations: Arc<dyn Evaluations>,
    /// Policies.
    pub policies: Arc<dyn Policies>,
    /// Pauses.
    pub budgets: Arc<dyn Budgets>,
}

/// Runs the contract on an empty store, and leaves it without anything of repository 12 and
/// installation 5.
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn installations(kept: Kept) {
    a_repository_is_on_record_under_one_installation(&*kept.installations).await;
    kept.fill(5, 12).await;
    // Ids that begin like the others.
    kept.fill(55, 1).await;
    kept.fill(55, 123).await;
    kept.a_repository_that_somebody_works_on_is_waited_for()
        .await;
    kept.of_a_purged_repository_nothing_is_left().await;
    kept.who_had_a_lease_writes_nothing_any_more().await;
    kept.of_a_purged_installation_nothing_is_left().await;
}

fn head(repository_id: u64, number: u32) -> Head {
    Head {
        repository_id,
        sha: ObjectId::new(&format!("{number:040x}")).expect("40 hex digits"),
    }
}

fn pull_request() -> HeadPullRequest {
    HeadPullRequest {
        number: 7,
        base: branch("main"),
    }
}

fn generation(number: u32) -> Generation {
    Generation {
        number,
        pull_requests: vec![pull_request()],
        merge_group: None,
        began_at: at(0),
        check_run_id: None,
        conclusion: None,
        reruns: Vec::new(),
        shows_observed: false,
    }
}

fn policy_of(repository_id: u64, name: &str) -> PolicyOf {
    PolicyOf::Branch {
        repository_id,
        branch: branch(name),
    }
}

async fn a_repository_is_on_record_under_one_installation(store: &dyn Installations) {
    let under = async |installation| store.repositories(installation).await.expect("answered");
    let of = async |repository| store.installation_of(repository).await.expect("answered");
    assert_eq!(of(1).await, None);
    assert_eq!(under(1).await, [0; 0]);
    for (installation, repository) in [(1, 100), (1, 9), (1, 9), (1, 10), (11, 90)] {
        let announced = store.announce(installation, repository).await;
        announced.expect("announced");
    }
    assert_eq!(under(1).await, [9, 10, 100], "in order, each once");
    assert_eq!(of(9).await, None, "nobody has asked GitHub yet");
    for _ in 0..2 {
        store.record(1, 9).await.expect("recorded");
        assert_eq!(of(9).await, Some(1));
    }
    store.withdraw(1, 9).await.expect("no error");
    store.announce(1, 9).await.expect("no error");
    assert_eq!(of(9).await, Some(1), "what is on record stays");
    for _ in 0..2 {
        store.withdraw(1, 10).await.expect("withdrawn");
    }
    assert_eq!(under(1).await, [9, 100]);
    store.announce(2, 9).await.expect("announced");
    assert_eq!(of(9).await, Some(1), "GitHub may say no");
    assert_eq!(under(2).await, [9]);
    store.record(2, 9).await.expect("moved");
    assert_eq!(of(9).await, Some(2));
    assert_eq!(under(1).await, [100], "what has moved is found there");
    assert_eq!(under(2).await, [9]);
    assert_eq!(under(11).await, [90]);
}

impl Kept {
    async fn lease(&self, head: &Head, second: i64) -> Lease {
        let ttl = Duration::from_mins(1);
        match self.leases.acquire(head, at(second), ttl).await {
            Ok(Acquired::Granted(lease)) => lease,
            other => panic!("a lease on {head:?}: {other:?}"),
        }
    }

    /// Stores something of every kind.
    async fn fill(&self, installation: u64, repository: u64) {
        let announced = self.installations.announce(installation, repository);
        announced.await.expect("announced");
        let recorded = self.installations.record(installation, repository);
        recorded.await.expect("recorded");
        for number in 0..HEADS {
            let head = head(repository, number);
            let lease = self.lease(&head, 0).await;
            let watched = self.heads.watch(&lease, &pull_request()).await;
            watched.expect("watched");
            self.heads.forget(&lease, 8).await.expect("no error");
            let saved = self.heads.save_generation(&lease, &generation(1)).await;
            saved.expect("saved");
            let evaluation = StoredEvaluation {
                reports: Vec::new(),
                output: render::cancelled(),
            };
            let put = self.evaluations.put(&head, 1, &evaluation).await;
            put.expect("put");
            self.leases.release(&lease).await.expect("released");
        }
        let policy = StoredPolicy {
            content: Some("version: 1\n".to_owned()),
            at: at(0),
        };
        let account = PolicyOf::Account {
            installation_id: installation,
        };
        for of in [
            policy_of(repository, "main"),
            policy_of(repository, "release/1.x"),
            account,
        ] {
            self.policies.keep(&of, &policy).await.expect("kept");
        }
        let pause = Pause {
            budget: Budget::All,
            until: at(600),
            strikes: 1,
        };
        let paused = self.budgets.pause(installation, &pause).await;
        paused.expect("kept");
    }

    /// Whether something of every kind is there of a repository; not, when nothing is.
    async fn has_repository(&self, repository: u64) -> bool {
        let mut there = Vec::new();
        for number in [0, HEADS - 1] {
            let head = head(repository, number);
            let watched = self.heads.watched(&head).await.expect("answered");
            there.push(!watched.is_empty());
            let latest = self.heads.generation(&head).await.expect("answered");
            there.push(latest.is_some());
            let stored = self.evaluations.load(&head, 1).await.expect("answered");
            there.push(stored.is_some());
        }
        for name in ["main", "release/1.x"] {
            let of = policy_of(repository, name);
            let kept = self.policies.last_valid(&of).await.expect("answered");
            there.push(kept.is_some());
        }
        let on_record = self.installations.installation_of(repository).await;
        there.push(on_record.expect("answered").is_some());
        assert!(there.iter().all(|it| *it == there[0]), "{there:?}");
        there[0]
    }

    async fn purge(&self, repository: u64, second: i64) -> Purged {
        let purged = self.purge.purge_repository(5, repository, at(second));
        purged.await.expect("answered")
    }

    async fn a_repository_that_somebody_works_on_is_waited_for(&self) {
        let held = self.lease(&head(12, 3), 100).await;
        let later = self.lease(&head(12, 4), 110).await;
        let until = at(170);
        assert_eq!(self.purge(12, 120).await, Purged::Held { until });
        let listed = self.installations.repositories(5).await;
        assert_eq!(listed.expect("answered"), [12], "it can still be found");
        self.leases.release(&later).await.expect("released");
        assert_eq!(
            self.purge(12, 120).await,
            Purged::Held { until: held.until }
        );
    }

    async fn of_a_purged_repository_nothing_is_left(&self) {
        // The lease that was held has run out.
        for _ in 0..2 {
            assert_eq!(self.purge(12, 160).await, Purged::Gone, "again is no error");
            assert!(!self.has_repository(12).await, "nothing is left");
            let listed = self.installations.repositories(5).await;
            assert_eq!(listed.expect("answered"), [0; 0]);
        }
        for other in [1, 123] {
            assert!(self.has_repository(other).await, "{other} is another's");
        }
    }

    async fn who_had_a_lease_writes_nothing_any_more(&self) {
        let (repository, head) = (13, head(13, 1));
        let lease = self.lease(&head, 0).await;
        assert_eq!(self.purge(repository, 61).await, Purged::Gone);
        let written = self.heads.watch(&lease, &pull_request()).await;
        assert!(written.is_err(), "a lease that was removed is none");
        let saved = self.heads.save_generation(&lease, &generation(1)).await;
        assert!(saved.is_err(), "a lease that was removed is none");
        assert_eq!(self.heads.watched(&head).await.expect("answered"), []);
    }

    async fn of_a_purged_installation_nothing_is_left(&self) {
        for _ in 0..2 {
            let purged = self.purge.purge_installation(5).await;
            purged.expect("purged, and again is no error");
        }
        for (installation_id, is_there) in [(5, false), (55, true)] {
            let account = PolicyOf::Account { installation_id };
            let kept = self.policies.last_valid(&account).await.expect("answered");
            assert_eq!(kept.is_some(), is_there, "the policy of {installation_id}");
            let told = self.budgets.pauses(installation_id, at(0)).await;
            let is_told = !told.expect("answered").is_empty();
            assert_eq!(is_told, is_there, "the pauses of {installation_id}");
        }
        for other in [1, 123] {
            assert!(self.has_repository(other).await, "{other} is another's");
        }
    }
}
