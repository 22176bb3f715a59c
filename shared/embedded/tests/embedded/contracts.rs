//! The contract suites of the ports, on SQLite.

use std::sync::Arc;

use app::testing::contracts::{self, Kept};

use crate::{Fixture, MINUTE};

#[tokio::test]
async fn deliveries() {
    let fixture = Fixture::new();
    contracts::deliveries(Arc::new(fixture.embedded.clone())).await;
}

#[tokio::test]
async fn leases() {
    let fixture = Fixture::new();
    contracts::leases(Arc::new(fixture.embedded.clone())).await;
}

#[tokio::test]
async fn heads() {
    let fixture = Fixture::new();
    let store = Arc::new(fixture.embedded.clone());
    contracts::heads(store.clone(), store).await;
}

#[tokio::test]
async fn evaluations() {
    let fixture = Fixture::new();
    contracts::evaluations(Arc::new(fixture.embedded.clone())).await;
}

#[tokio::test]
async fn policies() {
    let fixture = Fixture::new();
    contracts::policies(Arc::new(fixture.embedded.clone())).await;
}

#[tokio::test]
async fn budgets() {
    let fixture = Fixture::new();
    contracts::budgets(Arc::new(fixture.embedded.clone())).await;
}

#[tokio::test]
async fn what_is_kept_of_an_account_goes() {
    let fixture = Fixture::new();
    let store = || Arc::new(fixture.embedded.clone());
    contracts::installations(Kept {
        installations: store(),
        purge: store(),
        leases: store(),
        heads: store(),
        evaluations: store(),
        policies: store(),
        budgets: store(),
    })
    .await;
    // Not by the store's own word.
    let left = fixture.rows_with(&[
        ("repository_id", 12),
        ("repository_id", 13),
        ("installation_id", 5),
        ("id", 12),
        ("id", 5),
    ]);
    assert_eq!(left, [""; 0], "rows are left");
    let kept = fixture.rows_with(&[("repository_id", 123), ("installation_id", 55)]);
    assert!(kept.len() > 60, "the others' are kept: {kept:?}");
}

#[tokio::test]
async fn event_queue() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    contracts::event_queue(Arc::new(queue.clone()), async || {
        let mut messages = Vec::new();
        while let Some(received) = queue.receive(MINUTE).await.expect("answered").received {
            assert!(queue.delete(received.receipt).await.expect("deleted"));
            messages.push(received.message);
        }
        messages
    })
    .await;
}
