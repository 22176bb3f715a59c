//! The contract of [`EventQueue`].

use std::sync::Arc;

use oracle::{BranchName, RepositoryName};

use super::{delivery, head};
use crate::event::{Concern, Event, Login, Message, Repository, Wish};
use crate::ports::EventQueue;
use crate::trace::TraceId;

/// Runs the contract; `received` returns what workers were handed since it was last asked.
pub async fn event_queue(queue: Arc<dyn EventQueue>, received: impl AsyncFn() -> Vec<Message>) {
    what_is_sent_is_received_whole(&*queue, &received).await;
    every_one_of_many_arrives(queue, &received).await;
}

fn message(number: u32) -> Message {
    let repository = Repository {
        installation_id: u64::MAX >> 1,
        id: 7,
        name: RepositoryName::new("octo-org/hello.world").expect("a repository"),
    };
    let head = |number| head(number).sha;
    let event = match number % 8 {
        2 => Event::PolicyPushed {
            repository,
            branch: BranchName::new("release/1.x").expect("a branch"),
            before: Some(head(number)),
        },
        4 => Event::Installation {
            installation_id: u64::MAX >> 1,
            concern: Concern::left(vec![7, u64::MAX >> 1]),
        },
        5 => Event::Repository { repository },
        rest @ (0 | 3) => {
            let named = (1..=u64::from(number % 5)).collect();
            let by = Login::new("octocat").expect("a login");
            let wish = if rest == 0 {
                Wish::Branch { by }
            } else {
                Wish::Again
            };
            Event::rerequested(repository, head(number), named, wish)
        }
        _ => Event::PullRequest {
            repository,
            number: u64::from(number),
            head: head(number),
            before: number.is_multiple_of(2).then(|| head(number + 1)),
            base_before: None,
        },
    };
    Message {
        delivery: delivery(number),
        trace: TraceId::from_bytes(u128::from(number).to_be_bytes()),
        event,
    }
}

async fn what_is_sent_is_received_whole(
    queue: &dyn EventQueue,
    received: &impl AsyncFn() -> Vec<Message>,
) {
    for number in [1, 2, 3] {
        queue.send(&message(number)).await.expect("sent");
    }
    let mut arrived = received().await;
    arrived.sort_by(|a, b| a.delivery.cmp(&b.delivery));
    assert_eq!(
        arrived,
        [message(1), message(2), message(3)],
        "what is sent is received whole"
    );
}

async fn every_one_of_many_arrives(
    queue: Arc<dyn EventQueue>,
    received: &impl AsyncFn() -> Vec<Message>,
) {
    let mut senders = tokio::task::JoinSet::new();
    for number in 100..140 {
        let queue = Arc::clone(&queue);
        senders.spawn(async move { queue.send(&message(number)).await.expect("sent") });
    }
    senders.join_all().await;
    let mut arrived = received().await;
    arrived.sort_by(|a, b| a.delivery.cmp(&b.delivery));
    arrived.dedup();
    let sent: Vec<Message> = (100..140).map(message).collect();
    assert_eq!(arrived, sent, "every one of many sent at once arrives");
}
