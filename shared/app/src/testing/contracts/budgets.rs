//! The contract of [`Budgets`].

use std::sync::Arc;

use jiff::Timestamp;

use super::at;
use crate::ports::{Budget, Budgets, Pause};
use crate::retention;

/// Runs the contract on an empty store.
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn budgets(store: Arc<dyn Budgets>) {
    where_nobody_was_told_to_wait_there_is_no_pause(&*store).await;
    each_budget_of_each_installation_has_a_pause_of_its_own(&*store).await;
    the_pause_that_ends_later_stands(&*store).await;
    a_pause_is_remembered_for_a_while_after_its_end(&*store).await;
    of_many_pauses_at_once_the_longest_stands(store).await;
}

fn pause(budget: Budget, second: i64, strikes: u32) -> Pause {
    Pause {
        budget,
        until: at(second),
        strikes,
    }
}

/// In the budgets' order.
async fn pauses(store: &dyn Budgets, installation_id: u64, now: Timestamp) -> Vec<Pause> {
    let mut pauses = store.pauses(installation_id, now).await.expect("answered");
    pauses.sort_by_key(|pause| pause.budget);
    pauses
}

async fn where_nobody_was_told_to_wait_there_is_no_pause(store: &dyn Budgets) {
    assert_eq!(pauses(store, 1, at(0)).await, []);
}

async fn each_budget_of_each_installation_has_a_pause_of_its_own(store: &dyn Budgets) {
    let told = [
        pause(Budget::Core, 3_600, 0),
        pause(Budget::Graphql, 60, 0),
        pause(Budget::All, 120, 3),
    ];
    for pause in &told {
        let stands = store.pause(2, pause).await.expect("kept");
        assert_eq!(stands, *pause, "the first is the one that stands");
    }
    // Its id begins like the other's.
    let elsewhere = pause(Budget::All, 30, 1);
    store.pause(22, &elsewhere).await.expect("kept");
    assert_eq!(pauses(store, 2, at(0)).await, told);
    assert_eq!(pauses(store, 22, at(0)).await, [elsewhere]);
}

async fn the_pause_that_ends_later_stands(store: &dyn Budgets) {
    let (short, long) = (pause(Budget::All, 60, 9), pause(Budget::All, 600, 1));
    let exact = Pause {
        until: Timestamp::from_nanosecond(at(600).as_nanosecond() + 1).expect("a time"),
        ..long
    };
    for (told, stands) in [
        (short, short),
        (long, long),
        (short, long),
        (pause(Budget::All, 600, 7), long),
        (exact, exact),
    ] {
        let said = store.pause(3, &told).await.expect("answered");
        assert_eq!(said, stands, "whoever tells of a pause hears which stands");
        assert_eq!(pauses(store, 3, at(0)).await, [stands]);
    }
}

async fn a_pause_is_remembered_for_a_while_after_its_end(store: &dyn Budgets) {
    let told = pause(Budget::All, 60, 2);
    store.pause(4, &told).await.expect("kept");
    let over = at(60) + retention::PAUSES;
    let just_before = at(59) + retention::PAUSES;
    assert_eq!(pauses(store, 4, at(61)).await, [told]);
    assert_eq!(pauses(store, 4, just_before).await, [told]);
    assert_eq!(pauses(store, 4, over).await, [], "then it is forgotten");
    let next = pause(Budget::All, 5_000, 1);
    assert_eq!(store.pause(4, &next).await.expect("kept"), next);
    assert_eq!(pauses(store, 4, over).await, [next]);
}

async fn of_many_pauses_at_once_the_longest_stands(store: Arc<dyn Budgets>) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=40 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let told = pause(Budget::Core, number * 17 % 41, 0);
            let stands = store.pause(5, &told).await.expect("answered");
            assert!(stands.until >= told.until, "no pause is made shorter");
        });
    }
    tasks.join_all().await;
    let longest = pause(Budget::Core, 40, 0);
    assert_eq!(pauses(&*store, 5, at(0)).await, [longest]);
}
