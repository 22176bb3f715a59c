//! Webhooks: who gets them, how they are signed, sent and sent again.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sandbox::Delivery;
use tokio::net::TcpListener;

use crate::world::World;

type Received = Arc<Mutex<Vec<(hyper::HeaderMap, Bytes)>>>;

/// A receiver that answers everything with this status.
async fn receiver(status: u16) -> (String, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let received = Received::default();
    let all = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let all = Arc::clone(&all);
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let all = Arc::clone(&all);
                async move {
                    assert_eq!(
                        (request.method().as_str(), request.uri().path()),
                        ("POST", "/webhook")
                    );
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.unwrap().to_bytes();
                    all.lock().unwrap().push((head.headers, body));
                    let answer = hyper::Response::builder().status(status);
                    Ok::<_, Infallible>(answer.body(Empty::<Bytes>::new()).unwrap())
                }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    (url, received)
}

fn last(world: &World, event: &str) -> Delivery {
    let mut deliveries = world.github.deliveries().into_iter();
    deliveries.rfind(|it| it.event == event).unwrap()
}

fn open_pull_request(world: &World) {
    world.repository.push("topic", "Add a", [("a", "1\n")]);
    world.repository.open_pull_request("topic", "main", "Add a");
}

#[tokio::test]
async fn an_event_reaches_the_app_with_githubs_headers() {
    let world = World::new().await;
    let (url, received) = receiver(202).await;
    world.app.set_webhook_url(&url);
    open_pull_request(&world);
    world.github.settled().await;

    let delivery = last(&world, "pull_request");
    assert_eq!(delivery.attempt.as_ref().unwrap().status, Some(202));
    let received = received.lock().unwrap();
    let events = received
        .iter()
        .map(|(headers, _)| headers["x-github-event"].to_str().unwrap());
    let mut events: Vec<&str> = events.collect();
    events.sort_unstable();
    assert_eq!(events, ["ping", "pull_request", "push", "push"]);
    let is_it = |headers: &hyper::HeaderMap| headers["x-github-delivery"] == delivery.guid;
    let (headers, body) = received.iter().find(|(headers, _)| is_it(headers)).unwrap();
    assert_eq!(body[..], delivery.body);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(
        headers["x-github-hook-installation-target-type"],
        "integration"
    );
    assert_eq!(
        headers["x-github-hook-installation-target-id"]
            .to_str()
            .unwrap(),
        world.app.id().to_string()
    );
    assert!(headers.contains_key("x-github-hook-id"));
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("GitHub-Hookshot/")
    );
    let json: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(json["installation"]["id"], world.installation.id());
    assert_eq!(json["repository"]["full_name"], "octo-org/hello");
}

#[tokio::test]
async fn a_failure_is_recorded_and_not_repeated_until_somebody_asks() {
    let world = World::new().await;
    let (url, received) = receiver(500).await;
    world.app.set_webhook_url(&url);
    open_pull_request(&world);
    world.github.settled().await;
    let first = last(&world, "pull_request");
    assert_eq!(first.attempt.as_ref().unwrap().status, Some(500));
    assert_eq!(received.lock().unwrap().len(), 4);

    world.app.set_webhook_secret("a new secret");
    let again = world.github.redeliver(first.id);
    world.github.settled().await;
    let second = last(&world, "pull_request");
    assert_eq!(second.id, again);
    assert_eq!((&second.guid, &second.body), (&first.guid, &first.body));
    assert!(second.redelivery && !first.redelivery);
    assert_ne!(
        second.header("X-Hub-Signature-256"),
        first.header("X-Hub-Signature-256"),
        "signed with the secret of now"
    );
    assert_eq!(received.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn without_an_address_deliveries_wait_to_be_taken() {
    let world = World::new().await;
    open_pull_request(&world);
    let delivery = last(&world, "pull_request");
    assert!(delivery.attempt.is_none());
    assert!(
        delivery
            .header("x-hub-signature-256")
            .unwrap()
            .starts_with("sha256=")
    );
}

#[tokio::test]
async fn nothing_is_sent_beyond_this_machine() {
    let world = World::new().await;
    world.app.set_webhook_url("http://192.0.2.1/webhook");
    world.github.settled().await;
    assert_eq!(last(&world, "ping").attempt.unwrap().status, None);
}

#[tokio::test]
async fn only_installed_apps_that_asked_for_an_event_hear_of_it() {
    let world = World::new().await;
    let deaf = world.github.create_app(sandbox::NewApp::named("Deaf"));
    deaf.install("octo-org");
    let elsewhere = world.github.create_app(crate::world::new_app());
    elsewhere.install("else");
    let both = world.github.create_app(crate::world::new_app());
    both.install_on(&[&world.repository]);
    open_pull_request(&world);
    let deliveries = world.github.deliveries().into_iter();
    let about_it: Vec<_> = deliveries.filter(|it| it.event == "pull_request").collect();
    let apps: Vec<_> = about_it.iter().map(|it| it.app).collect();
    assert_eq!(apps, [world.app.id(), both.id()]);
    assert_eq!(
        about_it[0].guid, about_it[1].guid,
        "the GUID is the event's"
    );

    world.installation.suspend();
    world.repository.pull_request(1).close();
    assert_eq!(last(&world, "pull_request").app, both.id());
}

#[tokio::test]
async fn installations_are_announced_without_a_subscription() {
    let world = World::new().await;
    world.installation.suspend();
    world.installation.unsuspend();
    world.installation.uninstall();
    let deliveries = world.github.deliveries().into_iter();
    let about_it = deliveries.filter(|it| it.event == "installation");
    let actions: Vec<_> = about_it.map(|it| it.action.unwrap()).collect();
    assert_eq!(actions, ["created", "suspend", "unsuspend", "deleted"]);
}

#[tokio::test]
async fn an_app_hears_only_of_what_it_may_read() {
    let world = World::new().await;
    world.installation.revoke("pull_requests");
    open_pull_request(&world);
    let deliveries = world.github.deliveries();
    assert!(deliveries.iter().all(|it| it.event != "pull_request"));
    assert!(deliveries.iter().any(|it| it.event == "push"));
}

#[tokio::test]
async fn a_rerun_is_told_to_the_app_whose_check_it_is_without_a_subscription() {
    let world = World::new().await;
    let other = world.github.create_app(crate::world::new_app());
    other.install("octo-org");
    open_pull_request(&world);
    let repository = &world.repository;
    let app = world.app.id();
    let failure = sandbox::CheckConclusion::Failure;
    repository.report_check(repository.tip("topic"), "lint", app, failure);
    let run = repository.check_runs(repository.tip("topic")).remove(0);

    repository.rerequest_check_run(run.id);
    let told = last(&world, "check_run");
    assert_eq!(
        (told.app, told.action.as_deref()),
        (app, Some("rerequested"))
    );
    let body: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(body["check_run"]["id"], run.id);
    assert_eq!(body["check_run"]["check_suite"]["id"], run.suite_id);
    assert_eq!(body["check_run"]["conclusion"], "failure", "the run stays");
    assert_eq!(body["check_run"]["pull_requests"][0]["number"], 1);
    assert_eq!(body["installation"]["id"], world.installation.id());

    repository.rerequest_check_suite(run.suite_id);
    let told = last(&world, "check_suite");
    assert_eq!(
        (told.app, told.action.as_deref()),
        (app, Some("rerequested"))
    );
    let body: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(body["check_suite"]["head_sha"], run.head_sha.to_string());
    assert_eq!(body["check_suite"]["head_branch"], "topic");
    assert_eq!(body["check_suite"]["pull_requests"][0]["number"], 1);
    assert_eq!(body["check_suite"]["latest_check_runs_count"], 1);

    world.installation.revoke("checks");
    let before = world.github.deliveries().len();
    repository.rerequest_check_run(run.id);
    assert_eq!(
        world.github.deliveries().len(),
        before,
        "it could not write one"
    );
}
