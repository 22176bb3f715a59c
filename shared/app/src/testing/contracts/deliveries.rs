//! The contract of [`Deliveries`].

use std::sync::Arc;

use super::{at, delivery};
use crate::ports::{Deliveries, DeliveryOutcome, FinishedDelivery};

/// Runs the contract on an empty store.
pub async fn deliveries(store: Arc<dyn Deliveries>) {
    an_unknown_delivery_has_not_ended(&*store).await;
    an_end_is_read_back(&*store).await;
    the_first_end_stands(&*store).await;
    of_many_ends_at_once_one_stands(store).await;
}

fn end(outcome: DeliveryOutcome, detail: &str, second: i64) -> FinishedDelivery {
    FinishedDelivery {
        outcome,
        detail: detail.to_owned(),
        at: at(second),
    }
}

async fn an_unknown_delivery_has_not_ended(store: &dyn Deliveries) {
    let found = store.finished(&delivery(1)).await.expect("answered");
    assert_eq!(found, None, "an unknown delivery has not ended");
}

async fn an_end_is_read_back(store: &dyn Deliveries) {
    let ends = [
        (
            10,
            end(DeliveryOutcome::Done, "The check says success.", 10),
        ),
        (11, end(DeliveryOutcome::Superseded, "ü | ' \" ; --", 11)),
        (12, end(DeliveryOutcome::Refused, "", 13)),
        (13, end(DeliveryOutcome::Ignored, "Closed.", 12)),
    ];
    for (number, end) in &ends {
        store.finish(&delivery(*number), end).await.expect("stored");
    }
    for (number, end) in ends {
        let found = store.finished(&delivery(number)).await.expect("answered");
        assert_eq!(found, Some(end), "an end is read back as it was written");
    }
}

async fn the_first_end_stands(store: &dyn Deliveries) {
    let first = end(DeliveryOutcome::Done, "first", 20);
    let second = end(DeliveryOutcome::Refused, "second", 21);
    for end in [&first, &second] {
        store.finish(&delivery(20), end).await.expect("no error");
    }
    let found = store.finished(&delivery(20)).await.expect("answered");
    assert_eq!(found, Some(first), "the first end stands");
}

async fn of_many_ends_at_once_one_stands(store: Arc<dyn Deliveries>) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let end = end(DeliveryOutcome::Done, &number.to_string(), 30 + number);
            store.finish(&delivery(30), &end).await.expect("no error");
            store.finished(&delivery(30)).await.expect("answered")
        });
    }
    let mut seen = tasks.join_all().await;
    seen.dedup();
    assert_eq!(
        seen.len(),
        1,
        "of many ends at once everybody sees the same"
    );
}
