//! What the stores promise beyond the contract suites: retention, damage, restarts.

use std::time::Duration;

use app::StoreErrorKind;
use app::check::{CheckOutput, Conclusion};
use app::ports::{
    self, Acquired, Budget, Budgets, Clock, Deliveries, DeliveryOutcome, Evaluations, EventQueue,
    FinishedDelivery, Generation, HeadPullRequest, Heads, Lease, Leases, Pause, Purge,
    StoredEvaluation,
};
use embedded::Purged;
use jiff::SignedDuration;
use oracle::BranchName;

use crate::{Fixture, MINUTE, delivery, head, message};

fn end(fixture: &Fixture, detail: &str) -> FinishedDelivery {
    FinishedDelivery {
        outcome: DeliveryOutcome::Done,
        detail: detail.to_owned(),
        at: fixture.clock.now(),
    }
}

fn pull_request(number: u64) -> HeadPullRequest {
    HeadPullRequest {
        number,
        base: BranchName::new("main").expect("a branch name"),
    }
}

fn evaluation(title: &str) -> StoredEvaluation {
    StoredEvaluation {
        reports: Vec::new(),
        output: CheckOutput {
            conclusion: Conclusion::Success,
            title: title.to_owned(),
            summary: String::new(),
            annotations: Vec::new(),
        },
    }
}

async fn lease(fixture: &Fixture) -> Lease {
    let now = fixture.clock.now();
    match fixture.embedded.acquire(&head(1), now, MINUTE).await {
        Ok(Acquired::Granted(lease)) => lease,
        other => panic!("expected a lease, found {other:?}"),
    }
}

/// One row in every table but the queue's.
async fn fill(fixture: &Fixture) {
    let lease = lease(fixture).await;
    let store = &fixture.embedded;
    store
        .watch(&lease, &pull_request(1))
        .await
        .expect("watched");
    let generation = Generation {
        number: 1,
        pull_requests: vec![pull_request(1)],
        began_at: fixture.clock.now(),
        merge_group: None,
        check_run_id: None,
        conclusion: None,
        reruns: Vec::new(),
        shows_observed: false,
    };
    store
        .save_generation(&lease, &generation)
        .await
        .expect("saved");
    store
        .put(&head(1), 1, &evaluation("first"))
        .await
        .expect("stored");
    store
        .finish(&delivery(1), &end(fixture, "first"))
        .await
        .expect("stored");
}

/// Whether the delivery, the watched pull request, the generation and the evaluation are there.
async fn readable(fixture: &Fixture) -> [bool; 4] {
    let store = &fixture.embedded;
    [
        store.finished(&delivery(1)).await.expect("read").is_some(),
        !store.watched(&head(1)).await.expect("read").is_empty(),
        store.generation(&head(1)).await.expect("read").is_some(),
        store.load(&head(1), 1).await.expect("read").is_some(),
    ]
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_kept_for_its_time_and_readers_do_not_wait_for_a_purge() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    let mut days = 0;
    for (day, expected, purged) in [
        (6, [true, true, true, true], 0),
        (7, [false, true, true, true], 1),
        (29, [false, true, true, true], 0),
        (30, [false, false, true, true], 1),
        (89, [false, false, true, true], 0),
        // A generation outlives its evaluation, or the next of its number would say the same.
        (90, [false, false, true, false], 1),
        (91, [false, false, false, false], 1),
        (93, [false, false, false, false], 1),
    ] {
        fixture
            .clock
            .jump(SignedDuration::from_hours(24 * (day - days)));
        days = day;
        assert_eq!(readable(&fixture).await, expected, "on day {day}");
        let rows = fixture.embedded.purge().await.expect("purged");
        assert_eq!(rows, Purged { rows: purged }, "on day {day}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_expired_does_not_stand_in_the_way_of_the_new() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    fixture.clock.jump(SignedDuration::from_hours(24 * 100));
    let again = fixture
        .embedded
        .put(&head(1), 1, &evaluation("second"))
        .await;
    assert_eq!(again.expect("stored"), evaluation("second"));
    let second = end(&fixture, "second");
    fixture
        .embedded
        .finish(&delivery(1), &second)
        .await
        .expect("stored");
    let found = fixture.embedded.finished(&delivery(1)).await;
    assert_eq!(found.expect("read"), Some(second));
}

#[tokio::test(start_paused = true)]
async fn the_write_that_ends_a_delivery_purges_once_an_hour() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    fixture.clock.jump(SignedDuration::from_hours(24 * 8));
    let end = end(&fixture, "second");
    fixture
        .embedded
        .finish(&delivery(2), &end)
        .await
        .expect("stored");
    let left = fixture.embedded.purge().await.expect("purged");
    assert_eq!(
        left,
        Purged { rows: 0 },
        "the first delivery is gone already"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_there_after_a_restart() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    assert_eq!(readable(&fixture.reopen()).await, [true; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_frees_leases_and_their_epochs_live_on() {
    let fixture = Fixture::new();
    let before = lease(&fixture).await;
    let fixture = fixture.reopen();
    let after = lease(&fixture).await;
    assert_eq!(after.epoch, before.epoch + 1);
    let written = fixture.embedded.watch(&before, &pull_request(1)).await;
    assert_eq!(
        written.map_err(|error| error.kind),
        Err(StoreErrorKind::Stale),
        "a write of before the restart is refused"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_understood_is_an_error_and_never_nothing() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    let store = &fixture.embedded;
    let kind = |error: app::StoreError| error.kind;

    fixture.damage("UPDATE deliveries SET outcome = 'vanished'");
    let finished = store.finished(&delivery(1)).await;
    assert_eq!(finished.map_err(kind), Err(StoreErrorKind::Corrupt));
    let recent = store.recent_deliveries(10).await;
    assert_eq!(recent.map_err(kind), Err(StoreErrorKind::Corrupt));

    fixture.damage("UPDATE head_pull_requests SET base = ''");
    let watched = store.watched(&head(1)).await;
    assert_eq!(watched.map_err(kind), Err(StoreErrorKind::Corrupt));

    fixture.damage("UPDATE generations SET generation = '{}'");
    let generation = store.generation(&head(1)).await;
    assert_eq!(generation.map_err(kind), Err(StoreErrorKind::Corrupt));

    fixture.damage("UPDATE evaluations SET evaluation = substr(evaluation, 1, 20)");
    let loaded = store.load(&head(1), 1).await;
    assert_eq!(loaded.map_err(kind), Err(StoreErrorKind::Corrupt));
    let put = store.put(&head(1), 1, &evaluation("second")).await;
    assert_eq!(put.map_err(kind), Err(StoreErrorKind::Corrupt));

    let pause = Pause {
        budget: Budget::All,
        until: fixture.clock.now(),
        strikes: 1,
    };
    store.pause(1, &pause).await.expect("kept");
    fixture.damage("UPDATE pauses SET budget = 'search'");
    let pauses = store.pauses(1, fixture.clock.now()).await;
    assert_eq!(pauses.map_err(kind), Err(StoreErrorKind::Corrupt));

    fixture.damage("UPDATE leases SET epoch = -5");
    let later = fixture.clock.now() + MINUTE;
    let granted = store.acquire(&head(1), later, MINUTE).await;
    assert_eq!(granted.map_err(kind), Err(StoreErrorKind::Corrupt));
}

/// What 0.1 wrote knows nothing of re-runs.
#[tokio::test(start_paused = true)]
async fn a_generation_of_an_earlier_version_is_read() {
    let fixture = Fixture::new();
    fill(&fixture).await;
    fixture.damage(
        r#"UPDATE generations SET generation = '{"number":3,
           "pull_requests":[{"number":1,"base":"main"}],"began_at":"2026-01-01T00:00:00Z",
           "check_run_id":7,"conclusion":"success"}'"#,
    );
    let read = fixture.embedded.generation(&head(1)).await.expect("read");
    let read = read.expect("there");
    assert_eq!((read.number, read.check_run_id), (3, Some(7)));
    assert!(read.is_judged());
    assert_eq!(read.reruns, []);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_gone_is_unavailable_and_names_its_file() {
    let fixture = Fixture::new();
    let file = fixture.path().join("phase-mirror.sqlite3");
    let connection = rusqlite::Connection::open(&file).expect("opened");
    connection
        .execute_batch("DROP TABLE deliveries")
        .expect("dropped");
    let error = fixture
        .embedded
        .finished(&delivery(1))
        .await
        .expect_err("no table");
    assert_eq!(error.kind, StoreErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "finished in deliveries (by delivery): the store is not available"
    );
    let cause = std::error::Error::source(&error).expect("what SQLite said");
    assert_eq!(cause.to_string(), file.display().to_string());
}

#[tokio::test(start_paused = true)]
async fn the_latest_deliveries_come_first() {
    let fixture = Fixture::new();
    let store = &fixture.embedded;
    assert_eq!(store.recent_deliveries(3).await.expect("answered"), []);
    let now = fixture.clock.now();
    for (number, second) in [(10, 10), (11, 11), (12, 13), (13, 12)] {
        let end = FinishedDelivery {
            at: now + SignedDuration::from_secs(second),
            ..end(&fixture, "")
        };
        store.finish(&delivery(number), &end).await.expect("stored");
    }
    let recent = store.recent_deliveries(3).await.expect("answered");
    let ids: Vec<_> = recent.into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        ids,
        [delivery(12), delivery(13), delivery(11)],
        "the latest by time come first, at most as many as asked for"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lease_longer_than_time_itself_is_kept() {
    let fixture = Fixture::new();
    let now = fixture.clock.now();
    let granted = fixture.embedded.acquire(&head(1), now, Duration::MAX).await;
    assert!(matches!(granted, Ok(Acquired::Granted(_))));
    let other = fixture.embedded.acquire(&head(1), now, MINUTE).await;
    assert!(matches!(other, Ok(Acquired::Held { .. })), "{other:?}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_given_up_goes_with_its_repository() {
    let fixture = Fixture::new();
    let (queue, store) = (fixture.embedded.queue(), &fixture.embedded);
    for number in [1, 2] {
        queue.send(&message(number)).await.expect("sent");
        let received = queue.receive(MINUTE).await.expect("answered").received;
        let receipt = received.expect("a message").receipt;
        queue
            .give_up(receipt, "why".to_owned())
            .await
            .expect("dead");
    }
    // One that nobody can read is nobody's.
    fixture.damage("UPDATE dead_letters SET body = '{' WHERE message_id = 1");
    let now = fixture.clock.now();
    let purged = store.purge_repository(1, 3, now).await.expect("purged");
    assert_eq!(purged, ports::Purged::Gone);
    let left = async || queue.dead_letters(9).await.expect("answered").len();
    assert_eq!(left().await, 2, "another repository's");
    store.purge_repository(1, 2, now).await.expect("purged");
    assert_eq!(left().await, 1);
}
