//! Workers on the queue: what a message's life looks like, and how it all ends.

use std::collections::BTreeSet;
use std::future::pending;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::evaluate::{Attempt, MAX_RECEIVES};
use app::event::{DeliveryId, Message};
use app::ports::{Clock, EventQueue};
use embedded::{Queue, QueueDepth, Shutdown, Stage, Verdict, Workers};
use jiff::SignedDuration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep, timeout};

use crate::{Fixture, MINUTE, SECOND, delivery, message};

type Watched = UnboundedReceiver<(DeliveryId, Stage)>;

fn observer() -> (impl Fn(&DeliveryId, &Stage) + Send + Sync, Watched) {
    let (sender, receiver): (UnboundedSender<_>, _) = unbounded_channel();
    let observe = move |delivery: &DeliveryId, stage: &Stage| {
        // A test that has seen enough no longer listens.
        let _ = sender.send((delivery.clone(), stage.clone()));
    };
    (observe, receiver)
}

fn start<F>(
    queue: &Queue,
    count: usize,
    handler: impl Fn(Message, Attempt) -> F + Send + Sync + 'static,
) -> (Workers, Watched)
where
    F: Future<Output = Verdict> + Send + 'static,
{
    let (observe, watched) = observer();
    let count = NonZeroUsize::new(count).expect("at least one worker");
    (
        Workers::start(queue.clone(), count, observe, handler),
        watched,
    )
}

async fn next(watched: &mut Watched) -> Stage {
    let seen = timeout(Duration::from_hours(24), watched.recv()).await;
    seen.expect("something happens").expect("workers run").1
}

const FIRST: Attempt = Attempt {
    number: 1,
    last: false,
};

#[tokio::test(start_paused = true)]
async fn a_sent_message_is_worked_on_at_once_and_then_gone() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (workers, mut watched) = start(queue, 2, |_, _| async { Verdict::Done });
    sleep(MINUTE).await;
    let sent_at = Instant::now();
    queue.send(&message(7)).await.expect("sent");
    assert_eq!(
        watched.recv().await,
        Some((delivery(7), Stage::Started(FIRST)))
    );
    assert_eq!(watched.recv().await, Some((delivery(7), Stage::Done)));
    assert_eq!(Instant::now(), sent_at, "woken by the send, not by a timer");
    assert_eq!(queue.depth().await.expect("counted"), QueueDepth::default());
    assert_eq!(workers.shutdown(SECOND).await, Shutdown { returned: 0 });
}

#[tokio::test(start_paused = true)]
async fn forty_messages_are_each_held_once_by_at_most_four_workers() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let at_work: Arc<Mutex<BTreeSet<DeliveryId>>> = Arc::default();
    let most = Arc::new(Mutex::new(0));
    let (workers, mut watched) = start(queue, 4, {
        let (at_work, most) = (Arc::clone(&at_work), Arc::clone(&most));
        move |message, _| {
            let (at_work, most) = (Arc::clone(&at_work), Arc::clone(&most));
            async move {
                {
                    let mut at_work = at_work.lock().expect("not poisoned");
                    assert!(at_work.insert(message.delivery.clone()), "held twice");
                    let mut most = most.lock().expect("not poisoned");
                    *most = at_work.len().max(*most);
                }
                sleep(SECOND).await;
                at_work
                    .lock()
                    .expect("not poisoned")
                    .remove(&message.delivery);
                Verdict::Done
            }
        }
    });
    for number in 0..40 {
        queue.send(&message(number)).await.expect("sent");
    }
    let mut done = BTreeSet::new();
    while done.len() < 40 {
        match watched.recv().await.expect("workers run") {
            (delivery, Stage::Done) => assert!(done.insert(delivery), "done twice"),
            (_, stage) => assert_eq!(stage, Stage::Started(FIRST)),
        }
    }
    assert_eq!(*most.lock().expect("not poisoned"), 4);
    workers.shutdown(SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_postponed_comes_back_when_asked_for() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (_workers, mut watched) = start(queue, 1, |_, attempt| async move {
        match attempt.number {
            1 => Verdict::RetryIn(7 * MINUTE),
            _ => Verdict::Done,
        }
    });
    queue.send(&message(1)).await.expect("sent");
    assert_eq!(next(&mut watched).await, Stage::Started(FIRST));
    let postponed = Stage::Retry {
        delay: 7 * MINUTE,
        reason: None,
    };
    assert_eq!(next(&mut watched).await, postponed);
    let since = Instant::now();
    let second = Attempt {
        number: 2,
        last: false,
    };
    assert_eq!(next(&mut watched).await, Stage::Started(second));
    let waited = since.elapsed();
    assert!(
        (7 * MINUTE..7 * MINUTE + SECOND).contains(&waited),
        "waited {waited:?}"
    );
    assert_eq!(next(&mut watched).await, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_ever_is_retried_ever_later_and_given_up_with_its_reason() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (workers, mut watched) = start(queue, 1, |_, attempt| async move {
        Verdict::Failed {
            code: codes::STORE_UNAVAILABLE,
            reason: format!("no luck, try {}", attempt.number),
        }
    });
    queue.send(&message(1)).await.expect("sent");
    let mut shortest = SECOND;
    for number in 1..MAX_RECEIVES {
        let attempt = Attempt {
            number,
            last: false,
        };
        assert_eq!(next(&mut watched).await, Stage::Started(attempt));
        let Stage::Retry { delay, reason } = next(&mut watched).await else {
            panic!("try {number} is followed by another")
        };
        assert_eq!(reason, Some(format!("no luck, try {number}")));
        assert!(
            (shortest..=2 * shortest).contains(&delay),
            "after try {number}: {delay:?}"
        );
        shortest = (2 * shortest).min(Duration::from_secs(450));
    }
    let last = Attempt {
        number: MAX_RECEIVES,
        last: true,
    };
    assert_eq!(next(&mut watched).await, Stage::Started(last));
    let reason = format!("no luck, try {MAX_RECEIVES}");
    assert_eq!(next(&mut watched).await, Stage::Dead(reason.clone()));
    let kept = queue.dead_letters(10).await.expect("listed");
    assert_eq!(kept[0].reason, reason);
    let depth = QueueDepth {
        dead: 1,
        ..QueueDepth::default()
    };
    assert_eq!(queue.depth().await.expect("counted"), depth);
    workers.shutdown(SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_of_its_message_only() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (_workers, mut watched) = start(queue, 1, |message, attempt| async move {
        assert!(message.delivery != delivery(1) || attempt.number > 1);
        Verdict::Done
    });
    queue.send(&message(1)).await.expect("sent");
    queue.send(&message(2)).await.expect("sent");
    let mut seen = Vec::new();
    for _ in 0..6 {
        let (delivery, stage) = watched.recv().await.expect("workers run");
        seen.push((delivery, stage));
    }
    let panicked = seen.iter().any(|(id, stage)| {
        *id == delivery(1)
            && matches!(stage, Stage::Retry { reason: Some(reason), .. }
                if reason == "the handler panicked")
    });
    assert!(panicked, "{seen:?}");
    for number in [1, 2] {
        assert!(seen.contains(&(delivery(number), Stage::Done)), "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn work_longer_than_the_visibility_time_out_is_not_given_to_another() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (_workers, mut watched) = start(queue, 2, |_, _| async {
        sleep(Duration::from_mins(10)).await;
        Verdict::Done
    });
    queue.send(&message(1)).await.expect("sent");
    assert_eq!(next(&mut watched).await, Stage::Started(FIRST));
    sleep(5 * MINUTE).await;
    let other = queue.receive(MINUTE).await.expect("answered");
    assert_eq!(other.received, None, "the heartbeat keeps it hidden");
    assert_eq!(next(&mut watched).await, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_ahead_does_not_give_running_work_to_another() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (workers, mut watched) = start(queue, 2, |message, _| async move {
        if message.delivery == delivery(1) {
            pending::<()>().await;
        }
        Verdict::Done
    });
    queue.send(&message(1)).await.expect("sent");
    assert_eq!(next(&mut watched).await, Stage::Started(FIRST));
    let before = fixture.clock.now();
    fixture.clock.jump(SignedDuration::from_hours(5));
    assert!(fixture.clock.now() > before);
    queue.send(&message(2)).await.expect("sent");
    assert_eq!(
        watched.recv().await,
        Some((delivery(2), Stage::Started(FIRST))),
        "the second worker takes the new message, not the running one"
    );
    assert_eq!(watched.recv().await, Some((delivery(2), Stage::Done)));
    assert_eq!(workers.shutdown(SECOND).await, Shutdown { returned: 1 });
}

#[tokio::test(start_paused = true)]
async fn shutdown_lets_running_work_end_and_starts_nothing() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (workers, mut watched) = start(queue, 1, |_, _| async {
        sleep(5 * SECOND).await;
        Verdict::Done
    });
    queue.send(&message(1)).await.expect("sent");
    queue.send(&message(2)).await.expect("sent");
    assert_eq!(next(&mut watched).await, Stage::Started(FIRST));
    let began = Instant::now();
    assert_eq!(
        workers.shutdown(10 * SECOND).await,
        Shutdown { returned: 0 }
    );
    assert!(
        began.elapsed() < 6 * SECOND,
        "it waits no longer than it must"
    );
    assert_eq!(next(&mut watched).await, Stage::Done);
    assert_eq!(watched.recv().await, None, "nothing else was started");
    assert_eq!(queue.depth().await.expect("counted").visible, 1);
}

#[tokio::test(start_paused = true)]
async fn shutdown_returns_what_does_not_end_in_time() {
    let fixture = Fixture::new();
    let queue = fixture.embedded.queue();
    let (workers, mut watched) = start(queue, 3, |_, _| pending());
    for number in 1..=3 {
        queue.send(&message(number)).await.expect("sent");
        assert_eq!(next(&mut watched).await, Stage::Started(FIRST));
    }
    let began = Instant::now();
    assert_eq!(
        workers.shutdown(10 * SECOND).await,
        Shutdown { returned: 3 }
    );
    assert!(began.elapsed() < 11 * SECOND);
    let depth = QueueDepth {
        visible: 3,
        ..QueueDepth::default()
    };
    assert_eq!(
        queue.depth().await.expect("counted"),
        depth,
        "visible at once, for whoever comes next"
    );
}
