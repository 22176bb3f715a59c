//! The lives of pull requests.

use serde_json::{Value, json};

use crate::world::World;

/// What the App hears of pull requests, action by action.
fn actions(world: &World) -> Vec<String> {
    let deliveries = world.github.deliveries().into_iter();
    let about_them = deliveries.filter(|it| it.event == "pull_request");
    about_them.map(|it| it.action.unwrap()).collect()
}

async fn shown(world: &World) -> Value {
    world.client().get(&world.path("/pulls/1")).await.json
}

#[tokio::test]
async fn from_opened_to_merged() {
    let world = World::new().await;
    let repository = &world.repository;
    repository.create_branch("release", "main");
    repository.push("topic", "Add a", [("a", "1\n")]);
    let pull_request = repository.open_pull_request("topic", "main", "Add a");
    let first = shown(&world).await;
    assert_eq!(first["mergeable"], true);
    assert_eq!(
        first["merge_commit_sha"],
        pull_request.test_merge().unwrap().to_string()
    );
    assert_eq!(
        (&first["commits"], &first["changed_files"]),
        (&json!(1), &json!(1))
    );

    let head = pull_request.push("Add b", [("b", "1\n")]);
    let second = shown(&world).await;
    assert_eq!(second["head"]["sha"], head.to_string());
    assert_ne!(second["merge_commit_sha"], first["merge_commit_sha"]);

    pull_request.retitle("Add a and b");
    pull_request.convert_to_draft();
    assert_eq!(shown(&world).await["draft"], true);
    pull_request.mark_ready_for_review();
    pull_request.change_base("release");
    assert_eq!(shown(&world).await["base"]["ref"], "release");
    pull_request.close();
    assert_eq!(shown(&world).await["state"], "closed");
    pull_request.reopen();
    pull_request.merge();
    let merged = shown(&world).await;
    assert_eq!(
        (&merged["merged"], &merged["state"]),
        (&json!(true), &json!("closed"))
    );
    assert_eq!(
        merged["merge_commit_sha"],
        repository.tip("release").to_string()
    );
    assert_eq!(
        actions(&world),
        [
            "opened",
            "synchronize",
            "edited",
            "converted_to_draft",
            "ready_for_review",
            "edited",
            "closed",
            "reopened",
            "closed"
        ]
    );
}

#[tokio::test]
async fn the_test_merge_follows_the_base() {
    let world = World::new().await;
    let repository = &world.repository;
    repository.push("topic", "Say it so", [("README.md", "So\n")]);
    let pull_request = repository.open_pull_request("topic", "main", "Say it so");
    let before = pull_request.test_merge().unwrap();

    let tip = repository.push("main", "Elsewhere", [("other", "1\n")]);
    let after = pull_request.test_merge().unwrap();
    assert_ne!(after, before);
    let path = world.path(&format!("/git/commits/{after}"));
    let commit = world.client().get(&path).await.json;
    assert_eq!(commit["parents"][0]["sha"], tip.to_string());
    assert_eq!(commit["parents"][1]["sha"], pull_request.head().to_string());

    repository.push("main", "Say it otherwise", [("README.md", "Otherwise\n")]);
    assert_eq!(pull_request.test_merge(), None);
    let conflicting = shown(&world).await;
    assert_eq!(conflicting["mergeable"], false);
    assert_eq!(conflicting["mergeable_state"], "dirty");
    assert_eq!(conflicting["merge_commit_sha"], Value::Null);
    assert_eq!(
        actions(&world),
        ["opened"],
        "nobody is told when a base moves"
    );
}

#[tokio::test]
async fn a_test_merge_can_keep_its_readers_waiting() {
    let world = World::new().await;
    world.repository.push("topic", "Add a", [("a", "1\n")]);
    let pull_request = world.repository.open_pull_request("topic", "main", "Add a");
    pull_request.hold_test_merge(2);
    for _ in 0..2 {
        let pending = shown(&world).await;
        assert_eq!(pending["mergeable"], Value::Null);
        assert_eq!(pending["mergeable_state"], "unknown");
    }
    assert_eq!(shown(&world).await["mergeable"], true);
}

#[tokio::test]
async fn a_forks_pull_request_is_not_found_by_its_commit() {
    let world = World::new().await;
    let fork = world.repository.fork("hubot");
    let head = fork.push("patch-1", "Fix", [("README.md", "Fixed\n")]);
    let title = "Fix the greeting";
    let pull_request = world
        .repository
        .open_pull_request_from(&fork, "patch-1", "main", title);
    let client = world.client();
    let json = shown(&world).await;
    assert_eq!(json["head"]["label"], "hubot:patch-1");
    assert_eq!(json["head"]["repo"]["fork"], true);
    let by_commit = client
        .get(&world.path(&format!("/commits/{head}/pulls")))
        .await;
    assert_eq!(by_commit.json, json!([]));
    let run = json!({"name": "mirror", "head_sha": head.to_string()});
    let run = client.post(&world.path("/check-runs"), run).await;
    assert_eq!(
        run.json["pull_requests"],
        json!([]),
        "nor does its check run name it"
    );
    let listed = client.get(&world.path("/pulls?head=hubot:patch-1")).await;
    assert_eq!(listed.json[0]["number"], pull_request.number());

    fork.push("patch-1", "Fix more", [("README.md", "Fixed more\n")]);
    assert_eq!(actions(&world), ["opened", "synchronize"]);
}

#[tokio::test]
async fn an_own_branchs_pull_request_is_found_by_its_commit() {
    let world = World::new().await;
    let head = world.repository.push("topic", "Add a", [("a", "1\n")]);
    world.repository.open_pull_request("topic", "main", "Add a");
    let path = world.path(&format!("/commits/{head}/pulls"));
    assert_eq!(world.client().get(&path).await.json[0]["number"], 1);
}

#[tokio::test]
async fn its_files_come_in_pages_and_no_more_than_3000() {
    let world = World::new().await;
    let files = (0..3_001).map(|index| (format!("f/{index:04}"), "1\n"));
    world.repository.push("topic", "Many", files);
    world.repository.open_pull_request("topic", "main", "Many");
    let client = world.client();
    let page = client
        .get(&world.path("/pulls/1/files?per_page=100&page=30"))
        .await;
    let files = page.json.as_array().unwrap();
    assert_eq!(
        (files.len(), &files[99]["filename"]),
        (100, &json!("f/2999"))
    );
    assert_eq!(files[0]["status"], "added");
    assert_eq!(files[0]["patch"], "@@ -0,0 +1 @@\n+1");
    assert!(!page.header("link").contains("next"));
}

#[tokio::test]
async fn a_deleted_fork_leaves_its_pull_request_behind() {
    let world = World::new().await;
    let fork = world.repository.fork("hubot");
    fork.push("patch-1", "Fix", [("README.md", "Fixed\n")]);
    let title = "Fix the greeting";
    let pull_request = world
        .repository
        .open_pull_request_from(&fork, "patch-1", "main", title);
    fork.delete();
    let json = shown(&world).await;
    assert_eq!(json["head"]["repo"], Value::Null);
    assert_eq!(json["mergeable"], true);
    pull_request.close();
    assert_eq!(actions(&world), ["opened", "closed"]);
}
