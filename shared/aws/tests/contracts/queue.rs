//! The contract suite of the queue, and hiding a message that can't be worked on yet.

use std::time::Duration;

use app::StoreErrorKind;
use app::event::Message;
use app::testing::contracts;
use aws::QueueUrls;
use aws::actions::{EVENT_QUEUE, QUEUE_CONSUMER};
use aws::names::QueueName;
use aws_sdk_sqs::Client;

use crate::actions::assert_listed;
use crate::endpoint::of_every_service;
use crate::site::Site;

/// Takes everything from every queue, and holds each message to be in the queue of its kind.
async fn take_all(sqs: &Client, urls: &QueueUrls) -> Vec<Message> {
    let mut messages = Vec::new();
    for queue in QueueName::ALL {
        let taken = take(sqs, urls.url(queue)).await;
        assert!(
            taken.iter().all(|it| aws::queue_of(&it.event) == queue),
            "{queue:?} has only what is for its function"
        );
        messages.extend(taken);
    }
    messages
}

/// Takes everything that is visible, as Lambda does: a receive, the work, a delete.
async fn take(sqs: &Client, url: &str) -> Vec<Message> {
    let mut messages = Vec::new();
    loop {
        let received = receive(sqs, url).await;
        if received.is_empty() {
            return messages;
        }
        for message in received {
            let handle = message.receipt_handle.expect("a handle");
            let deleted = sqs
                .delete_message()
                .queue_url(url)
                .receipt_handle(handle)
                .send();
            deleted.await.expect("deleted");
            let body = message.body.expect("a body");
            messages.push(aws::decode(&body).expect("a message of ours"));
        }
    }
}

async fn receive(sqs: &Client, url: &str) -> Vec<aws_sdk_sqs::types::Message> {
    let received = sqs
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10)
        .wait_time_seconds(1)
        .send();
    received
        .await
        .expect("received")
        .messages
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn event_queue() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let (queue, urls) = site.queue().await;
        let sqs = Client::new(&site.config);
        queue.warm().await.expect("warm");
        contracts::event_queue(queue, async || take_all(&sqs, &urls).await).await;
        assert_listed(&site.recorder, &site.names, &[EVENT_QUEUE]);
        site.remove_queues(&urls).await;
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_message_comes_back_when_its_time_is_over() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let (queue, urls) = site.queue().await;
        let sqs = Client::new(&site.config);
        let sent = sqs
            .send_message()
            .queue_url(&urls.pull_request)
            .message_body("x")
            .send();
        sent.await.expect("sent");

        let first = receive(&sqs, &urls.pull_request).await;
        let handle = first[0].receipt_handle().expect("a handle");
        let longest = Duration::from_hours(1_000);
        queue
            .hide(QueueName::PullRequest, handle, longest)
            .await
            .expect("hidden");
        assert!(
            receive(&sqs, &urls.pull_request).await.is_empty(),
            "it is hidden"
        );
        queue
            .hide(QueueName::PullRequest, handle, Duration::ZERO)
            .await
            .expect("shown");
        assert_eq!(
            receive(&sqs, &urls.pull_request).await.len(),
            1,
            "it is back"
        );

        assert_listed(&site.recorder, &site.names, &[QUEUE_CONSUMER]);
        site.remove_queues(&urls).await;
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_ours_is_not_hidden() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let (queue, urls) = site.queue().await;
        let hidden = queue
            .hide(QueueName::PullRequest, "nobody's", Duration::from_mins(1))
            .await;
        let error = hidden.expect_err("not ours");
        assert_eq!(error.kind, StoreErrorKind::Stale, "{error:?}");
        site.remove_queues(&urls).await;
        site.remove().await;
    }
}
