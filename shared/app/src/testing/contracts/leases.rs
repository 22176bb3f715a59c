//! The contract of [`Leases`].

use std::sync::Arc;
use std::time::Duration;

use super::{at, head};
use crate::error::StoreErrorKind;
use crate::event::Head;
use crate::ports::{Acquired, Lease, Leases};

const TTL: Duration = Duration::from_mins(1);

/// Runs the contract on an empty store.
pub async fn leases(store: Arc<dyn Leases>) {
    a_free_head_is_granted_once(&*store).await;
    heads_do_not_hinder_each_other(&*store).await;
    a_lease_that_ran_out_is_granted_anew(&*store).await;
    a_renewed_lease_lasts_longer(&*store).await;
    a_lost_lease_is_not_renewed(&*store).await;
    a_released_head_is_free_and_its_epoch_lives_on(&*store).await;
    releasing_a_lost_lease_changes_nothing(&*store).await;
    of_an_abandoned_lease_nothing_is_kept(&*store).await;
    of_forty_workers_one_wins(Arc::clone(&store)).await;
    of_forty_workers_one_takes_over(store).await;
}

async fn granted(store: &dyn Leases, head: &Head, second: i64) -> Lease {
    match store
        .acquire(head, at(second), TTL)
        .await
        .expect("answered")
    {
        Acquired::Granted(lease) => lease,
        Acquired::Held { until } => panic!("at {second} the lease is held until {until}"),
    }
}

async fn a_free_head_is_granted_once(store: &dyn Leases) {
    let lease = granted(store, &head(1), 0).await;
    assert_eq!(
        (&lease.head, lease.until),
        (&head(1), at(60)),
        "a free head is granted until its time is over"
    );
    let again = store
        .acquire(&head(1), at(59), TTL)
        .await
        .expect("answered");
    assert_eq!(
        again,
        Acquired::Held { until: at(60) },
        "a held head is granted to nobody, its holder included"
    );
}

async fn heads_do_not_hinder_each_other(store: &dyn Leases) {
    granted(store, &head(2), 0).await;
    let elsewhere = Head {
        repository_id: 2,
        ..head(2)
    };
    granted(store, &elsewhere, 0).await;
    granted(store, &head(3), 0).await;
}

async fn a_lease_that_ran_out_is_granted_anew(store: &dyn Leases) {
    let first = granted(store, &head(4), 0).await;
    let second = granted(store, &head(4), 60).await;
    assert!(
        second.epoch > first.epoch,
        "the epoch grows with every grant: {} then {}",
        first.epoch,
        second.epoch
    );
}

async fn a_renewed_lease_lasts_longer(store: &dyn Leases) {
    let lease = granted(store, &head(5), 0).await;
    let renewed = store.renew(&lease, at(30), TTL).await.expect("renewed");
    assert_eq!(
        (renewed.epoch, renewed.until),
        (lease.epoch, at(90)),
        "a renewed lease keeps its epoch and lasts longer"
    );
    let other = store
        .acquire(&head(5), at(89), TTL)
        .await
        .expect("answered");
    assert_eq!(other, Acquired::Held { until: at(90) });
    let late = store.renew(&renewed, at(95), TTL).await.expect("renewed");
    assert_eq!(
        late.until,
        at(155),
        "a lease that ran out and that nobody took can still be renewed"
    );
}

async fn a_lost_lease_is_not_renewed(store: &dyn Leases) {
    let lost = granted(store, &head(6), 0).await;
    let current = granted(store, &head(6), 61).await;
    let refused = store.renew(&lost, at(62), TTL).await;
    assert_eq!(
        refused.map_err(|error| error.kind),
        Err(StoreErrorKind::Stale),
        "a lease that was taken over is not renewed"
    );
    let renewed = store.renew(&current, at(62), TTL).await.expect("renewed");
    assert_eq!(renewed.until, at(122));
}

async fn a_released_head_is_free_and_its_epoch_lives_on(store: &dyn Leases) {
    let first = granted(store, &head(7), 0).await;
    store.release(&first).await.expect("released");
    let refused = store.renew(&first, at(1), TTL).await;
    assert_eq!(
        refused.map_err(|error| error.kind),
        Err(StoreErrorKind::Stale),
        "a released lease is not renewed"
    );
    let second = granted(store, &head(7), 1).await;
    assert!(
        second.epoch > first.epoch,
        "the epoch lives on after a release"
    );
}

async fn releasing_a_lost_lease_changes_nothing(store: &dyn Leases) {
    let lost = granted(store, &head(8), 0).await;
    let current = granted(store, &head(8), 61).await;
    store.release(&lost).await.expect("no error");
    let other = store
        .acquire(&head(8), at(62), TTL)
        .await
        .expect("answered");
    assert_eq!(
        other,
        Acquired::Held {
            until: current.until
        },
        "only its holder releases a lease"
    );
}

async fn of_an_abandoned_lease_nothing_is_kept(store: &dyn Leases) {
    let lost = granted(store, &head(11), 0).await;
    let current = granted(store, &head(11), 61).await;
    store.abandon(&lost).await.expect("no error");
    let other = store.acquire(&head(11), at(62), TTL).await;
    let held = Acquired::Held {
        until: current.until,
    };
    assert_eq!(
        other.expect("answered"),
        held,
        "only its holder abandons a lease"
    );
    for _ in 0..2 {
        store.abandon(&current).await.expect("abandoned");
    }
    let first = granted(store, &head(11), 62).await;
    assert_eq!(
        first.epoch, lost.epoch,
        "nothing is known of the one before"
    );
}

async fn winners(store: Arc<dyn Leases>, head: Head, second: i64) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (store, head) = (Arc::clone(&store), head.clone());
        tasks.spawn(async move {
            let answer = store.acquire(&head, at(second), TTL).await;
            matches!(answer.expect("answered"), Acquired::Granted(_))
        });
    }
    let won = tasks.join_all().await;
    won.into_iter().filter(|won| *won).count()
}

async fn of_forty_workers_one_wins(store: Arc<dyn Leases>) {
    let won = winners(store, head(9), 0).await;
    assert_eq!(won, 1, "of forty workers one wins a free head");
}

async fn of_forty_workers_one_takes_over(store: Arc<dyn Leases>) {
    granted(&*store, &head(10), 0).await;
    let won = winners(store, head(10), 61).await;
    assert_eq!(won, 1, "of forty workers one takes over what ran out");
}
