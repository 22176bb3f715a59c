//! Check runs: what can be said, and what is refused.

use sandbox::{CheckConclusion, CheckStatus, GITHUB_ACTIONS};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::world::{World, new_app};

async fn create(world: &World, more: Value) -> Answer {
    let mut body = json!({
        "name": "Phase Mirror",
        "head_sha": world.repository.tip("main").to_string(),
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    world.client().post(&world.path("/check-runs"), body).await
}

fn annotations(count: usize) -> Value {
    let annotation = |line: usize| {
        json!({
            "path": "README.md",
            "start_line": line,
            "end_line": line,
            "annotation_level": "warning",
            "message": format!("remark {line}"),
        })
    };
    (1..=count).map(annotation).collect()
}

#[tokio::test]
async fn a_run_begins_is_found_again_and_ends() {
    let world = World::new().await;
    let begun = json!({"status": "in_progress", "external_id": "1/abc"});
    let created = create(&world, begun).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.json["app"]["id"], json!(world.app.id()));
    let id = created.json["id"].as_u64().unwrap();

    let client = world.client();
    let found = client
        .get(&world.path("/commits/main/check-runs?check_name=Phase%20Mirror"))
        .await;
    assert_eq!(found.json["total_count"], 1);
    assert_eq!(found.json["check_runs"][0]["external_id"], "1/abc");

    let path = world.path(&format!("/check-runs/{id}"));
    let output = json!({"title": "Two findings", "summary": "…", "annotations": annotations(50)});
    let end = json!({"conclusion": "failure", "output": output});
    let ended = client.patch(&path, end).await;
    assert_eq!(ended.json["status"], "completed", "a conclusion completes");
    assert_eq!(ended.json["completed_at"], "2026-11-21T12:00:00Z");

    let more = json!({"output": {"title": "Two findings", "summary": "…",
        "annotations": annotations(2)}});
    client.patch(&path, more).await;
    let shown = client.get(&path).await;
    assert_eq!(
        shown.json["output"]["annotations_count"], 52,
        "annotations are appended"
    );
    assert_eq!(shown.json["conclusion"], "failure");
    let second = client
        .get(&format!("{path}/annotations?per_page=50&page=2"))
        .await;
    assert_eq!(second.json.as_array().unwrap().len(), 2);

    let runs = world.repository.check_runs(world.repository.tip("main"));
    assert_eq!(runs[0].status, CheckStatus::Completed);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Failure));
    assert_eq!(runs[0].output.title.as_deref(), Some("Two findings"));
    assert_eq!(runs[0].annotations.len(), 52);
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let long = "x".repeat(65_536);
    let button = json!({"label": "Again", "description": "Once more", "identifier": "again"});
    let out = |output: Value| json!({"output": output});
    for (input, refusal) in [
        (
            out(json!({"title": "t", "summary": "s", "annotations": annotations(51)})),
            "No more than 50 items are allowed; 51 were supplied.",
        ),
        (
            out(json!({"title": "t", "summary": long})),
            "Only 65535 characters are allowed; 65536 were supplied.",
        ),
        (
            out(json!({"title": "t", "summary": "s", "text": long})),
            "Only 65535 characters are allowed; 65536 were supplied.",
        ),
        (
            json!({"actions": [button, button, button, button]}),
            "No more than 3 items are allowed; 4 were supplied.",
        ),
        (
            out(json!({"text": "no title, no summary"})),
            "\"title\", \"summary\" weren't supplied for 'output'.",
        ),
    ] {
        let answer = create(&world, input).await;
        assert_eq!(
            answer.refusal(),
            format!("422 Invalid request.\n\n{refusal}")
        );
    }
    let unfinished = create(&world, json!({"status": "completed"})).await;
    assert_eq!(unfinished.status, 422, "completed without a conclusion");
    let strange = create(&world, json!({"conclusion": "splendid"})).await;
    assert_eq!(strange.status, 422);
    assert!(
        world
            .repository
            .check_runs(world.repository.tip("main"))
            .is_empty()
    );
}

#[tokio::test]
async fn an_annotation_ends_after_it_begins_and_has_columns_on_one_line_only() {
    let world = World::new().await;
    let mut backwards = annotations(1);
    backwards[0]["start_line"] = json!(2);
    let mut wide = annotations(1);
    wide[0]["end_line"] = json!(2);
    wide[0]["start_column"] = json!(1);
    for wrong in [backwards, wide] {
        let output = json!({"title": "t", "summary": "s", "annotations": wrong});
        let answer = create(&world, json!({"output": output})).await;
        assert_eq!(answer.refusal(), "422 Validation Failed");
        assert_eq!(answer.json["errors"][0]["resource"], "Annotation");
    }
}

#[tokio::test]
async fn an_unknown_head_is_refused() {
    let world = World::new().await;
    let unknown = "1234567890123456789012345678901234567890";
    let answer = create(&world, json!({"head_sha": unknown})).await;
    assert_eq!(
        answer.refusal(),
        format!("422 No commit found for SHA: {unknown}")
    );
}

#[tokio::test]
async fn another_apps_run_can_be_read_and_not_changed() {
    let world = World::new().await;
    let head = world.repository.tip("main");
    let success = CheckConclusion::Success;
    let id = world
        .repository
        .report_check(head, "build", GITHUB_ACTIONS, success);
    let client = world.client();
    let path = world.path(&format!("/check-runs/{id}"));
    assert_eq!(
        client.get(&path).await.json["app"]["slug"],
        "github-actions"
    );
    let answer = client.patch(&path, json!({"conclusion": "failure"})).await;
    assert_eq!(
        answer.refusal(),
        format!(
            "403 Invalid app_id `{}` - check run can only be modified by the GitHub App that \
             created it.",
            world.app.id()
        )
    );
    assert_eq!(
        world.repository.check_runs(head)[0].conclusion,
        Some(success)
    );
}

#[tokio::test]
async fn a_list_shows_the_latest_of_a_name_unless_asked_for_all() {
    let world = World::new().await;
    let head = world.repository.tip("main");
    for conclusion in [CheckConclusion::Failure, CheckConclusion::Success] {
        world
            .repository
            .report_check(head, "build", GITHUB_ACTIONS, conclusion);
    }
    let other = world.github.create_app(new_app());
    world
        .repository
        .report_check(head, "build", other.id(), CheckConclusion::Neutral);

    let client = world.client();
    let list = async |query: &str| {
        let path = world.path(&format!("/commits/{head}/check-runs{query}"));
        let answer = client.get(&path).await;
        let runs = answer.json["check_runs"].as_array().unwrap().clone();
        let conclusions = runs
            .iter()
            .map(|it| it["conclusion"].as_str().unwrap().to_owned());
        conclusions.collect::<Vec<_>>()
    };
    assert_eq!(list("").await, ["neutral", "success"], "one per App");
    assert_eq!(list("?filter=all").await, ["neutral", "success", "failure"]);
    assert_eq!(list("?app_id=15368").await, ["success"]);
    assert_eq!(list("?status=queued").await, Vec::<String>::new());
    assert_eq!(list("?check_name=test").await, Vec::<String>::new());
}

/// A retried POST makes a second run: GitHub knows no idempotency keys.
#[tokio::test]
async fn a_create_that_is_sent_twice_makes_two_runs() {
    let world = World::new().await;
    let ids = [
        create(&world, json!({"external_id": "same"})).await.json["id"].clone(),
        create(&world, json!({"external_id": "same"})).await.json["id"].clone(),
    ];
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn statuses_are_posted_about_known_commits() {
    let world = World::new().await;
    let head = world.repository.tip("main");
    let client = world.client();
    let body = json!({"state": "success", "context": "ci/legacy", "description": "fine"});
    let path = world.path(&format!("/statuses/{head}"));
    let answer = client.post(&path, body.clone()).await;
    assert_eq!(
        (answer.status, &answer.json["context"]),
        (201, &json!("ci/legacy"))
    );
    let long = json!({"state": "success", "description": "x".repeat(141)});
    assert_eq!(
        client.post(&path, long).await.refusal(),
        "422 Validation Failed"
    );
    let unknown = world.path("/statuses/1234567890123456789012345678901234567890");
    assert_eq!(client.post(&unknown, body).await.status, 422);
}
