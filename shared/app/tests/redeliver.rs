//! What GitHub sent and nobody has done is asked for again, whatever was answered to it.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use app::GitHubErrorKind;
use app::event::DeliveryId;
use app::ports::{Clock, Deliveries, DeliveryOutcome, FinishedDelivery, HookDelivery};
use app::redeliver::{Asked, LONGEST, LOOKS_BACK, RedeliverError, SETTLED_AFTER, redeliver};
use app::testing::World;

fn guid(number: u64) -> DeliveryId {
    DeliveryId::new(&format!("{number:08x}")).unwrap()
}

/// GitHub sends an event that is worked on, and is answered so.
fn send(world: &World, number: u64, status: Option<u16>) {
    world.put_sent(HookDelivery {
        id: world.sent().len() as u64 + 1,
        guid: guid(number),
        event: "pull_request".to_owned(),
        action: Some("opened".to_owned()),
        at: world.now(),
        status,
        is_redelivery: world.sent().iter().any(|it| it.guid == guid(number)),
    });
}

async fn finish(world: &World, number: u64) {
    let end = FinishedDelivery {
        outcome: DeliveryOutcome::Done,
        detail: String::new(),
        at: world.now(),
    };
    world.finish(&guid(number), &end).await.unwrap();
}

async fn ask(world: &Arc<World>) -> Asked {
    redeliver(&**world, &**world, &**world).await.unwrap()
}

#[tokio::test]
async fn what_was_lost_before_or_after_it_was_taken_is_asked_for_once() {
    let world = World::new();
    send(&world, 1, Some(202));
    finish(&world, 1).await;
    send(&world, 2, Some(202));
    send(&world, 3, Some(500));
    send(&world, 4, None);
    assert_eq!(ask(&world).await, Asked::default(), "they have their time");
    world.advance(SETTLED_AFTER);
    let asked = Asked {
        missing: 3,
        asked: 3,
        ..Asked::default()
    };
    assert_eq!(ask(&world).await, asked);
    let again: Vec<DeliveryId> = world.sent()[4..].iter().map(|it| it.guid.clone()).collect();
    assert_eq!(again, [guid(2), guid(3), guid(4)]);
    // What was asked for has its time, too.
    assert_eq!(ask(&world).await, Asked::default());
    for number in 2..=4 {
        finish(&world, number).await;
    }
    world.advance(LONGEST);
    assert_eq!(ask(&world).await, Asked::default());
}

#[tokio::test]
async fn what_never_gets_done_is_left_to_people_in_the_end() {
    let world = World::new();
    for _ in 0..4 {
        send(&world, 1, Some(202));
    }
    world.advance(8 * SETTLED_AFTER);
    assert_eq!(ask(&world).await.asked, 1);
    send(&world, 1, Some(202));
    assert_eq!(ask(&world).await, Asked::default(), "it has its time");
    world.advance(SETTLED_AFTER);
    let given_up = Asked {
        missing: 1,
        given_up: 1,
        ..Asked::default()
    };
    assert_eq!(ask(&world).await, given_up);
    // Nor is it begun anew when GitHub forgets how often it was sent.
    world.advance(LOOKS_BACK.saturating_sub(9 * SETTLED_AFTER));
    assert_eq!(ask(&world).await, given_up);
    world.advance(SETTLED_AFTER);
    assert_eq!(ask(&world).await, Asked::default());
}

#[tokio::test]
async fn an_outage_of_two_days_uses_nothing_up() {
    let world = World::new();
    send(&world, 1, None);
    let mut waits = Vec::new();
    let mut waited = 0;
    for _ in 0..4 * 48 {
        world.advance(SETTLED_AFTER);
        waited += 1;
        if ask(&world).await.asked == 1 {
            waits.push(waited);
            waited = 0;
        }
    }
    // Nobody answers any of them.
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 48, 48]);
    world.advance(LONGEST);
    assert_eq!(ask(&world).await.asked, 1);
}

#[tokio::test]
async fn one_that_github_refuses_does_not_stop_the_others() {
    for kind in [GitHubErrorKind::NotFound, GitHubErrorKind::Invalid] {
        let world = World::new();
        send(&world, 1, None);
        send(&world, 2, None);
        world.advance(SETTLED_AFTER);
        world.refuse_to_redeliver(1, kind);
        let asked = Asked {
            missing: 2,
            asked: 1,
            refused: 1,
            ..Asked::default()
        };
        assert_eq!(ask(&world).await, asked);
        let sent = world.sent();
        assert_eq!(sent.last().unwrap().guid, guid(2));
    }
}

#[tokio::test]
async fn where_github_is_away_nothing_more_is_asked_for() {
    let world = World::new();
    send(&world, 1, None);
    send(&world, 2, None);
    world.advance(SETTLED_AFTER);
    world.outage_of("HookDeliveries::redeliver");
    let failed = redeliver(&*world, &*world, &*world).await;
    assert!(
        matches!(failed, Err(RedeliverError::GitHub(_))),
        "{failed:?}"
    );
    assert_eq!(world.sent().len(), 2);
}

#[tokio::test]
async fn what_github_has_forgotten_is_not_asked_for() {
    let world = World::new();
    send(&world, 1, Some(500));
    world.advance(Duration::from_hours(73));
    assert_eq!(ask(&world).await, Asked::default());
}

#[tokio::test]
async fn where_what_is_done_is_not_known_nothing_is_asked_for() {
    let world = World::new();
    send(&world, 1, Some(500));
    world.advance(SETTLED_AFTER);
    world.outage_of("Deliveries::finished");
    let failed = redeliver(&*world, &*world, &*world).await;
    assert!(
        matches!(failed, Err(RedeliverError::Store(_))),
        "{failed:?}"
    );
    assert_eq!(world.sent().len(), 1);
}
