//! What GitHub sent and nobody has done is asked for again, whatever was answered to it.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use app::event::DeliveryId;
use app::ports::{Clock, Deliveries, DeliveryOutcome, FinishedDelivery, HookDelivery};
use app::redeliver::{Asked, RedeliverError, SETTLED_AFTER, redeliver};
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
        given_up: 0,
    };
    assert_eq!(ask(&world).await, asked);
    let again: Vec<DeliveryId> = world.sent()[4..].iter().map(|it| it.guid.clone()).collect();
    assert_eq!(again, [guid(2), guid(3), guid(4)]);
    // What was asked for has its time, too.
    assert_eq!(ask(&world).await, Asked::default());
    for number in 2..=4 {
        finish(&world, number).await;
    }
    world.advance(SETTLED_AFTER);
    assert_eq!(ask(&world).await, Asked::default());
}

#[tokio::test]
async fn what_never_gets_done_is_left_to_people_in_the_end() {
    let world = World::new();
    send(&world, 1, Some(202));
    for _ in 0..4 {
        world.advance(SETTLED_AFTER);
        assert_eq!(ask(&world).await.asked, 1);
    }
    world.advance(SETTLED_AFTER);
    let given_up = Asked {
        missing: 1,
        asked: 0,
        given_up: 1,
    };
    assert_eq!(ask(&world).await, given_up);
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
