//! The contract suites of the ports, on SQLite.

use std::sync::Arc;

use app::testing::contracts;

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
