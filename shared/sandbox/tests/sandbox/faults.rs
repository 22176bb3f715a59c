//! What goes wrong between a client and GitHub.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sandbox::{Failure, Fault};
use serde_json::json;

use crate::world::World;

const CREATE: &str = "POST /repos/{owner}/{repo}/check-runs";

#[tokio::test]
async fn a_fault_before_the_effect_prevents_it_and_one_after_hides_it() {
    let world = World::new().await;
    let head = world.repository.tip("main");
    let body = json!({"name": "mirror", "head_sha": head.to_string()});
    let path = world.path("/check-runs");
    let client = world.client();

    let before = Fault::BeforeEffect(Failure::Status(502));
    world.github.fail_next(CREATE, before);
    assert_eq!(client.post(&path, body.clone()).await.status, 502);
    assert_eq!(world.repository.check_runs(head).len(), 0);

    let after = Fault::AfterEffect(Failure::ConnectionClosed);
    world.github.fail_next(CREATE, after);
    let lost = client.send("POST", &path, body.to_string()).await;
    assert!(lost.is_err(), "no answer comes");
    assert_eq!(
        world.repository.check_runs(head).len(),
        1,
        "but the run is there"
    );

    assert_eq!(
        client.post(&path, body).await.status,
        201,
        "the faults are used up"
    );
    let statuses: Vec<_> = world.github.calls().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(502), None, Some(201)]);
}

/// A story can go on between two requests: the pull request is pushed to just as it is read.
#[tokio::test]
async fn the_injector_may_go_on_with_the_story() {
    let world = World::new().await;
    world.repository.push("topic", "Change", [("a", "1\n")]);
    let pull_request = world
        .repository
        .open_pull_request("topic", "main", "Change");
    let first = pull_request.head();
    let seen = Arc::new(AtomicUsize::new(0));
    let (counter, handle) = (Arc::clone(&seen), pull_request.clone());
    world.github.inject_faults(move |_| {
        if counter.fetch_add(1, Ordering::Relaxed) == 1 {
            handle.push("Change more", [("a", "2\n")]);
        }
        None
    });

    let client = world.client();
    let path = world.path("/pulls/1");
    let head = async || client.get(&path).await.json["head"]["sha"].clone();
    assert_eq!(head().await, first.to_string());
    assert_eq!(head().await, pull_request.head().to_string());
    assert_ne!(pull_request.head(), first);
}
