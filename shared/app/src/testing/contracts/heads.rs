//! The contract of [`Heads`].

use std::sync::Arc;
use std::time::Duration;

use super::{at, branch, delivery, head};
use crate::check::Conclusion;
use crate::error::{StoreError, StoreErrorKind};
use crate::event::{Head, MergeGroup};
use crate::ports::{Acquired, Generation, HeadPullRequest, Heads, Lease, Leases};

/// Runs the contract on an empty store; both ports must be views of the same one.
pub async fn heads(heads: Arc<dyn Heads>, leases: Arc<dyn Leases>) {
    an_unknown_head_has_nothing(&*heads).await;
    watched_pull_requests_come_by_number(&*heads, &*leases).await;
    watching_again_replaces_the_base(&*heads, &*leases).await;
    a_forgotten_pull_request_is_gone(&*heads, &*leases).await;
    the_latest_generation_is_read_back(&*heads, &*leases).await;
    a_taken_over_lease_writes_nothing(&*heads, &*leases).await;
    a_lease_that_ran_out_still_writes(&*heads, &*leases).await;
    of_many_writers_only_the_latest_epoch_is_heard(heads, leases).await;
}

async fn lease(leases: &dyn Leases, head: &Head, second: i64) -> Lease {
    let ttl = Duration::from_mins(1);
    match leases.acquire(head, at(second), ttl).await {
        Ok(Acquired::Granted(lease)) => lease,
        other => panic!("a lease on {head:?} at {second}: {other:?}"),
    }
}

fn pull_request(number: u64, base: &str) -> HeadPullRequest {
    HeadPullRequest {
        number,
        base: branch(base),
    }
}

fn generation(number: u32) -> Generation {
    Generation {
        number,
        pull_requests: vec![pull_request(3, "main"), pull_request(20, "release/1.2")],
        began_at: at(5),
        merge_group: None,
        check_run_id: None,
        conclusion: None,
        reruns: Vec::new(),
        shows_observed: false,
    }
}

fn assert_stale<T: std::fmt::Debug>(result: Result<T, StoreError>, operation: &str) {
    match result {
        Err(error) if error.kind == StoreErrorKind::Stale => {}
        other => panic!("{operation} by a taken over lease must be stale: {other:?}"),
    }
}

async fn an_unknown_head_has_nothing(heads: &dyn Heads) {
    let watched = heads.watched(&head(1)).await.expect("answered");
    assert_eq!(watched, [], "an unknown head has no pull requests");
    let generation = heads.generation(&head(1)).await.expect("answered");
    assert_eq!(generation, None, "an unknown head has no generation");
}

async fn watched_pull_requests_come_by_number(heads: &dyn Heads, leases: &dyn Leases) {
    let lease = lease(leases, &head(2), 0).await;
    for number in [100, 3, 20] {
        let pull_request = pull_request(number, "main");
        heads.watch(&lease, &pull_request).await.expect("watched");
    }
    let elsewhere = Head {
        repository_id: 2,
        ..head(2)
    };
    let numbers = |list: Vec<HeadPullRequest>| list.iter().map(|p| p.number).collect::<Vec<_>>();
    assert_eq!(
        numbers(heads.watched(&head(2)).await.expect("answered")),
        [3, 20, 100],
        "the pull requests of a head come by number"
    );
    assert_eq!(
        numbers(heads.watched(&elsewhere).await.expect("answered")),
        Vec::<u64>::new(),
        "the same commit in another repository is another head"
    );
}

async fn watching_again_replaces_the_base(heads: &dyn Heads, leases: &dyn Leases) {
    let lease = lease(leases, &head(3), 0).await;
    for base in ["main", "main", "release/1.2"] {
        let pull_request = pull_request(1, base);
        heads.watch(&lease, &pull_request).await.expect("watched");
    }
    assert_eq!(
        heads.watched(&head(3)).await.expect("answered"),
        [pull_request(1, "release/1.2")],
        "watching again replaces the base"
    );
}

async fn a_forgotten_pull_request_is_gone(heads: &dyn Heads, leases: &dyn Leases) {
    let lease = lease(leases, &head(4), 0).await;
    for number in [1, 2] {
        let pull_request = pull_request(number, "main");
        heads.watch(&lease, &pull_request).await.expect("watched");
    }
    for _ in 0..2 {
        heads.forget(&lease, 1).await.expect("forgotten");
    }
    assert_eq!(
        heads.watched(&head(4)).await.expect("answered"),
        [pull_request(2, "main")],
        "a forgotten pull request is gone, and forgetting twice is no error"
    );
}

async fn the_latest_generation_is_read_back(heads: &dyn Heads, leases: &dyn Leases) {
    let lease = lease(leases, &head(5), 0).await;
    let first = Generation {
        merge_group: Some(MergeGroup {
            branch: branch("gh-readonly-queue/main/pr-3"),
            base: branch("main"),
            base_sha: head(9).sha,
        }),
        check_run_id: Some(u64::MAX >> 1),
        conclusion: Some(Conclusion::ActionRequired),
        reruns: vec![delivery(1), delivery(2)],
        shows_observed: false,
        ..generation(1)
    };
    for generation in [generation(1), first, generation(2)] {
        heads
            .save_generation(&lease, &generation)
            .await
            .expect("saved");
        assert_eq!(
            heads.generation(&head(5)).await.expect("answered"),
            Some(generation),
            "the latest generation is read back as it was written"
        );
    }
}

async fn a_taken_over_lease_writes_nothing(heads: &dyn Heads, leases: &dyn Leases) {
    let lost = lease(leases, &head(6), 0).await;
    let pull_request = pull_request(1, "main");
    heads.watch(&lost, &pull_request).await.expect("watched");
    heads
        .save_generation(&lost, &generation(1))
        .await
        .expect("saved");
    let current = lease(leases, &head(6), 61).await;

    let other = self::pull_request(2, "main");
    assert_stale(heads.watch(&lost, &other).await, "watch");
    assert_stale(heads.forget(&lost, 1).await, "forget");
    let saved = heads.save_generation(&lost, &generation(2)).await;
    assert_stale(saved, "save_generation");
    leases.release(&current).await.expect("released");
    assert_stale(heads.forget(&lost, 1).await, "forget after a release");

    let watched = heads.watched(&head(6)).await.expect("answered");
    assert_eq!(watched, [pull_request], "a stale write changes nothing");
    let latest = heads.generation(&head(6)).await.expect("answered");
    assert_eq!(latest, Some(generation(1)), "a stale write changes nothing");
}

async fn a_lease_that_ran_out_still_writes(heads: &dyn Heads, leases: &dyn Leases) {
    // Stores have no clock of their own here: that nobody took over is what counts.
    let lease = lease(leases, &head(7), -10_000).await;
    heads
        .save_generation(&lease, &generation(1))
        .await
        .expect("a lease that ran out and that nobody took still writes");
}

async fn of_many_writers_only_the_latest_epoch_is_heard(
    heads: Arc<dyn Heads>,
    leases: Arc<dyn Leases>,
) {
    let mut granted = Vec::new();
    for turn in 0..20 {
        granted.push(lease(&*leases, &head(8), turn * 60).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for lease in granted {
        let heads = Arc::clone(&heads);
        tasks.spawn(async move {
            let number = u32::try_from(lease.epoch).expect("a small epoch");
            let written = heads.save_generation(&lease, &generation(number)).await;
            written.is_ok().then_some(number)
        });
    }
    let written: Vec<u32> = tasks.join_all().await.into_iter().flatten().collect();
    let latest = heads.generation(&head(8)).await.expect("answered");
    assert_eq!(
        written,
        latest.into_iter().map(|g| g.number).collect::<Vec<_>>(),
        "of many writers only the latest epoch is heard"
    );
}
