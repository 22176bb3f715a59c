//! The queue by itself: SQS's semantics, a crash, a clock that jumps.

use app::evaluate::MAX_RECEIVES;
use app::event::{DeliveryId, Event, Message, Repository};
use app::ports::{Clock, EventQueue};
use app::trace::TraceId;
use embedded::{Queue, QueueDepth, Received};
use jiff::SignedDuration;
use oracle::{ObjectId, RepositoryName};
use tokio::time::advance;

use crate::{Fixture, MINUTE, SECOND, message};

async fn receive(queue: &Queue) -> Option<Received> {
    queue.receive(MINUTE).await.expect("answered").received
}

async fn sent(queue: &Queue, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        queue.send(&message(number)).await.expect("sent");
    }
}

#[tokio::test(start_paused = true)]
async fn the_message_that_waited_longest_comes_first() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, 1..=3).await;
    for number in 1..=3 {
        let received = receive(queue).await.expect("a message");
        assert_eq!(received.message, message(number));
        assert_eq!(received.receives, 1);
    }
    assert_eq!(receive(queue).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_received_message_is_hidden_until_its_time_is_over() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1]).await;
    let first = receive(queue).await.expect("a message");
    advance(59 * SECOND).await;
    let nothing = queue.receive(MINUTE).await.expect("answered");
    assert_eq!(
        (nothing.received, nothing.next_in),
        (None, Some(SECOND)),
        "it is hidden, and the queue says for how long"
    );
    advance(SECOND).await;
    let second = receive(queue).await.expect("a message");
    assert_eq!(second.receives, 2);

    let late = queue.delete(first.receipt).await.expect("answered");
    assert!(!late, "the first receiver lost it and cannot delete it");
    assert!(queue.delete(second.receipt).await.expect("answered"));
    assert_eq!(queue.depth().await.expect("counted"), QueueDepth::default());
}

#[tokio::test(start_paused = true)]
async fn extending_keeps_it_and_releasing_sets_when_it_comes_back() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1]).await;
    let held = receive(queue).await.expect("a message").receipt;
    advance(50 * SECOND).await;
    assert!(queue.extend(held, MINUTE).await.expect("answered"));
    advance(50 * SECOND).await;
    assert_eq!(receive(queue).await, None, "extended");

    assert!(queue.release(held, 5 * SECOND).await.expect("answered"));
    let depth = queue.depth().await.expect("counted");
    assert_eq!((depth.held, depth.delayed), (0, 1));
    assert!(
        !queue.extend(held, MINUTE).await.expect("answered"),
        "what was let go cannot be extended"
    );
    assert_eq!(receive(queue).await, None, "not yet");
    advance(5 * SECOND).await;
    assert_eq!(receive(queue).await.expect("a message").receives, 2);
}

#[tokio::test(start_paused = true)]
async fn a_message_received_too_often_becomes_a_dead_letter() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1]).await;
    for _ in 0..MAX_RECEIVES {
        receive(queue).await.expect("a message");
        advance(MINUTE).await;
    }
    sent(queue, [2]).await;
    let reception = queue.receive(MINUTE).await.expect("answered");
    assert_eq!(
        reception.received.expect("the next message").message,
        message(2),
        "a dead message holds nobody up"
    );
    assert_eq!(reception.dead.len(), 1);
    let kept = queue.dead_letters(10).await.expect("listed");
    assert_eq!(kept, reception.dead);
    assert_eq!(kept[0].receives, MAX_RECEIVES);
    assert_eq!(kept[0].reason, "received 12 times and never finished");
    let body: Message = serde_json::from_str(&kept[0].body).expect("the message");
    assert_eq!(body, message(1));
    assert_eq!(queue.depth().await.expect("counted").dead, 1);

    fixture.clock.jump(SignedDuration::from_hours(24 * 14));
    assert_eq!(queue.dead_letters(10).await.expect("listed"), []);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_message_is_set_aside_whole_and_the_rest_goes_on() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1]).await;
    fixture.damage("UPDATE queue SET body = '{\"delivery\":'");
    sent(queue, [2]).await;
    let received = receive(queue).await.expect("the next message");
    assert_eq!(received.message, message(2));
    let kept = queue.dead_letters(10).await.expect("listed");
    assert_eq!(kept[0].body, "{\"delivery\":");
    assert_eq!(
        kept[0].reason,
        "the message can't be understood: EOF while parsing a value at line 1 column 12"
    );
}

#[tokio::test(start_paused = true)]
async fn the_longest_message_that_the_types_allow_fits() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let longest_id = DeliveryId::new(&"f".repeat(64)).expect("64 digits");
    let longest_sha = ObjectId::new(&"f".repeat(64)).expect("64 digits");
    let name = format!("{}/{}", "o".repeat(39), "r".repeat(100));
    let message = Message {
        delivery: longest_id,
        trace: TraceId::from_bytes([0xff; 16]),
        event: Event::PullRequest {
            repository: Repository {
                installation_id: u64::MAX,
                id: u64::MAX,
                name: RepositoryName::new(&name).expect("the longest name on GitHub"),
            },
            number: u64::MAX,
            head: longest_sha.clone(),
            before: Some(longest_sha),
            base_before: None,
        },
    };
    queue.send(&message).await.expect("sent");
    let received = receive(queue).await.expect("a message");
    assert_eq!(received.message, message);
}

#[tokio::test(start_paused = true)]
async fn a_restart_gives_back_what_was_held_and_keeps_retries_waiting() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1, 2]).await;
    receive(queue).await.expect("held by whoever dies now");
    let second = receive(queue).await.expect("a message");
    queue
        .release(second.receipt, 10 * SECOND)
        .await
        .expect("released");

    let fixture = fixture.reopen();
    let queue = fixture.embedded.queue();
    let again = receive(queue).await.expect("given back at once");
    assert_eq!((again.message, again.receives), (message(1), 2));
    assert_eq!(receive(queue).await, None, "the retry still waits");
    advance(10 * SECOND).await;
    let retried = receive(queue).await.expect("the retry");
    assert_eq!(retried.message, message(2));
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_by_years_hides_nothing_for_years() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    sent(queue, [1]).await;
    let before = fixture.clock.now();
    fixture
        .clock
        .jump(SignedDuration::from_hours(-3 * 365 * 24));
    assert!(fixture.clock.now() < before);
    let received = receive(queue).await.expect("a message");
    assert_eq!(received.message, message(1));
}
