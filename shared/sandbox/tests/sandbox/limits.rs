//! Pagination, rate limits, versions, conditional requests, and what is remembered of calls.

use std::time::Duration;

use sandbox::{CheckConclusion, GITHUB_ACTIONS, Options, Sandbox, StartError};

use crate::world::{World, new_app};

#[tokio::test]
async fn lists_come_in_pages_with_links() {
    let world = World::new().await;
    let head = world.repository.tip("main");
    for index in 0..31 {
        let name = format!("check {index}");
        world
            .repository
            .report_check(head, &name, GITHUB_ACTIONS, CheckConclusion::Success);
    }
    let client = world.client();
    let path = world.path(&format!("/commits/{head}/check-runs"));
    let count = |answer: &crate::client::Answer| {
        assert_eq!(answer.json["total_count"], 31);
        answer.json["check_runs"].as_array().unwrap().len()
    };
    let first = client.get(&path).await;
    assert_eq!(count(&first), 30, "30 where nothing is asked for");
    let url = format!("{}{path}", world.github.base_url());
    let link = format!("<{url}?page=2>; rel=\"next\", <{url}?page=2>; rel=\"last\"");
    assert_eq!(first.header("link"), link);
    let second = client.get(&format!("{path}?per_page=20&page=2")).await;
    assert_eq!(count(&second), 11);
    let link = format!(
        "<{url}?per_page=20&page=1>; rel=\"prev\", <{url}?per_page=20&page=1>; rel=\"first\""
    );
    assert_eq!(second.header("link"), link);
    let all = client.get(&format!("{path}?per_page=1000")).await;
    assert_eq!(
        (count(&all), all.header("link")),
        (31, ""),
        "100 is the most"
    );
}

#[tokio::test]
async fn each_installation_has_a_budget() {
    let world = World::new().await;
    let client = world.client();
    let path = world.path("");
    let answer = client.get(&path).await;
    assert_eq!(answer.header("x-ratelimit-limit"), "5000");
    assert_eq!(answer.header("x-ratelimit-remaining"), "4999");
    assert_eq!(answer.header("x-ratelimit-resource"), "core");

    world.installation.exhaust_rate_limit();
    let answer = client.get(&path).await;
    let id = world.installation.id();
    assert_eq!(
        answer.refusal(),
        format!("403 API rate limit exceeded for installation ID {id}.")
    );
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    world.github.clock().advance(Duration::from_hours(1));
    let client = world.client();
    assert_eq!(client.get(&path).await.status, 200, "an hour later");

    world
        .installation
        .trip_secondary_rate_limit(Duration::from_mins(1));
    let answer = client.get(&path).await;
    assert_eq!((answer.status, answer.header("retry-after")), (403, "60"));
    assert!(answer.message().contains("secondary rate limit"));
    world.github.clock().advance(Duration::from_mins(1));
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_costs_nothing() {
    let world = World::new().await;
    let client = world.client();
    let path = world.path("/git/trees/main");
    let first = client.get(&path).await;
    let conditional = client.clone().with("if-none-match", first.header("etag"));
    let second = conditional.get(&path).await;
    assert_eq!(second.status, 304);
    assert_eq!(
        second.header("x-ratelimit-used"),
        first.header("x-ratelimit-used")
    );
    world.repository.push("main", "Change", [("a", "1\n")]);
    assert_eq!(conditional.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_version_is_told_and_an_unknown_one_refused() {
    let world = World::new().await;
    let path = world.path("");
    let version = async |client: crate::client::Client| {
        let answer = client.get(&path).await;
        let selected = answer.header("x-github-api-version-selected");
        (answer.status, selected.to_owned())
    };
    let client = world.client();
    assert_eq!(
        version(client.clone()).await,
        (200, "2022-11-28".to_owned())
    );
    let asked = |value| client.clone().with("x-github-api-version", value);
    assert_eq!(
        version(asked("2026-03-10")).await,
        (200, "2026-03-10".to_owned())
    );
    assert_eq!(version(asked("1999-01-01")).await.0, 400);
}

#[tokio::test]
async fn every_call_is_remembered() {
    let world = World::new().await;
    let client = world.client();
    client.get(&world.path("/branches/main?x=1")).await;
    client.get("/nowhere").await;
    let calls = world.github.calls();
    assert_eq!(
        calls[0].endpoint(),
        "GET /repos/{owner}/{repo}/branches/{branch}"
    );
    assert_eq!(calls[0].path, "/repos/octo-org/hello/branches/main");
    assert_eq!(calls[0].query, "x=1");
    assert_eq!(calls[0].installation_id, Some(world.installation.id()));
    assert_eq!(calls[0].status, Some(200));
    assert_eq!((calls[1].route, calls[1].status), ("", Some(404)));
}

/// Two sandboxes with the same story are told apart by where their ids begin.
#[tokio::test]
async fn ids_begin_where_they_are_told_to() {
    let mut met = Vec::new();
    for ids_after in [5_000_000, 6_000_000] {
        let options = Options {
            ids_after,
            ..Options::default()
        };
        let github = Sandbox::start(options).await.unwrap();
        let app = github.create_app(new_app());
        let repository = github.create_repository("octo-org/hello", [("README.md", "Hello\n")]);
        app.install_on(&[&repository]);
        assert!(repository.id() > u64::from(ids_after));
        met.push((repository.id(), github.deliveries().pop().unwrap().guid));
    }
    assert!(met[0].0 != met[1].0 && met[0].1 != met[1].1, "{met:?}");
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let options = Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..Options::default()
    };
    let error = Sandbox::start(options).await.unwrap_err();
    assert!(matches!(error, StartError::NotLoopback { .. }), "{error}");
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_id() {
    let world = World::new().await;
    let client = world.client();
    let old = world.path("/git/trees/main?recursive=1");
    world.repository.rename("goodbye");
    let moved = client.get(&old).await;
    assert_eq!(moved.refusal(), "301 Moved Permanently");
    let location = moved.header("location");
    let expected = format!(
        "/repositories/{}/git/trees/main?recursive=1",
        world.repository.id()
    );
    let location = location.strip_prefix(world.github.base_url()).unwrap();
    assert_eq!(location, expected);
    assert_eq!(client.get(location).await.status, 200);
    let post = client
        .post("/repos/octo-org/hello/check-runs", serde_json::json!({}))
        .await;
    assert_eq!(post.status, 307);

    world
        .github
        .create_repository("octo-org/hello", [("new", "here")]);
    assert_eq!(
        client.get(&old).await.status,
        200,
        "somebody took the old name"
    );
}
