//! Trees, blobs, commits, comparisons and workflows.

use sandbox::{Content, WorkflowState};
use serde_json::{Value, json};

use crate::world::World;

fn entries(answer: &Value) -> Vec<String> {
    let entries = answer["tree"].as_array().unwrap().iter();
    entries
        .map(|it| {
            format!(
                "{} {}",
                it["mode"].as_str().unwrap(),
                it["path"].as_str().unwrap()
            )
        })
        .collect()
}

#[tokio::test]
async fn a_tree_shows_every_kind_of_entry() {
    let world = World::new().await;
    let submodule = world.repository.tip("main");
    let commit = world.repository.push(
        "main",
        "All kinds",
        [
            ("bin/run", Content::Executable(b"#!/bin/sh\n".to_vec())),
            ("link", Content::Symlink("README.md".to_owned())),
            ("vendor/lib", Content::Submodule(submodule)),
        ],
    );
    let client = world.client();
    let recursive = client
        .get(&world.path(&format!("/git/trees/{commit}?recursive=1")))
        .await;
    assert_eq!(
        entries(&recursive.json),
        [
            "100644 README.md",
            "040000 bin",
            "100755 bin/run",
            "120000 link",
            "040000 vendor",
            "160000 vendor/lib",
        ]
    );
    assert_eq!(recursive.json["truncated"], false);
    let tree = recursive.json["sha"].as_str().unwrap();
    let flat = client.get(&world.path(&format!("/git/trees/{tree}"))).await;
    assert_eq!(
        entries(&flat.json).len(),
        4,
        "by the tree's own id, not recursive"
    );
}

#[tokio::test]
async fn a_tree_that_is_too_large_is_cut_short() {
    let world = World::new().await;
    world
        .repository
        .push("main", "More", [("a", "1"), ("b", "2"), ("c", "3")]);
    world.github.limit_tree_entries(2);
    let answer = world
        .client()
        .get(&world.path("/git/trees/main?recursive=1"))
        .await;
    assert_eq!(entries(&answer.json), ["100644 README.md", "100644 a"]);
    assert_eq!(answer.json["truncated"], true);
}

#[tokio::test]
async fn an_empty_repository_says_so() {
    let world = World::new().await;
    world
        .github
        .create_repository::<&str, &str>("octo-org/empty", []);
    let answer = world
        .client()
        .get("/repos/octo-org/empty/git/trees/main")
        .await;
    assert_eq!(answer.refusal(), "409 Git Repository is empty.");
    let branch = world
        .client()
        .get("/repos/octo-org/empty/branches/main")
        .await;
    assert_eq!(branch.refusal(), "404 Branch not found");
}

#[tokio::test]
async fn blobs_are_in_base64_and_commits_have_parents() {
    let world = World::new().await;
    let before = world.repository.tip("main");
    let commit = world
        .repository
        .push("main", "Bytes", [("b", vec![0xff_u8; 100])]);
    let client = world.client();
    let tree = client.get(&world.path("/git/trees/main")).await.json;
    let id = tree["tree"][1]["sha"].as_str().unwrap();
    let blob = client
        .get(&world.path(&format!("/git/blobs/{id}")))
        .await
        .json;
    assert_eq!(
        (&blob["size"], &blob["encoding"]),
        (&json!(100), &json!("base64"))
    );
    let lines: Vec<&str> = blob["content"].as_str().unwrap().lines().collect();
    assert_eq!((lines.len(), lines[0].len()), (3, 60));

    let shown = client
        .get(&world.path(&format!("/git/commits/{commit}")))
        .await
        .json;
    assert_eq!(shown["parents"][0]["sha"], before.to_string());
    assert_eq!(shown["tree"]["sha"], tree["sha"]);
    let absent = client.get(&world.path(&format!("/git/commits/{id}"))).await;
    assert_eq!(absent.refusal(), "404 Not Found", "a blob is no commit");
}

#[tokio::test]
async fn a_comparison_goes_from_the_merge_base() {
    let world = World::new().await;
    let base = world.repository.tip("main");
    world.repository.push("feature/a", "Ahead", [("a", "1\n")]);
    world.repository.push("main", "Behind", [("b", "1\n")]);
    let answer = world
        .client()
        .get(&world.path("/compare/main...feature/a"))
        .await;
    assert_eq!(answer.json["status"], "diverged");
    assert_eq!(answer.json["merge_base_commit"]["sha"], base.to_string());
    assert_eq!(answer.json["files"][0]["filename"], "a");
    assert_eq!(answer.json["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn workflows_are_the_files_of_the_default_branch() {
    let world = World::new().await;
    world.repository.push(
        "main",
        "Workflows",
        [
            (
                ".github/workflows/ci.yml",
                "name: \"CI\" # ours\non: push\n",
            ),
            (".github/workflows/unnamed.yaml", "on: push\n"),
            (".github/workflows/notes.md", "name: no\n"),
            (".github/workflows/old/ci.yml", "name: no\n"),
        ],
    );
    world.repository.push(
        "topic",
        "Elsewhere",
        [(".github/workflows/new.yml", "name: no\n")],
    );
    let disabled = WorkflowState::DisabledManually;
    world
        .repository
        .set_workflow_state(".github/workflows/unnamed.yaml", disabled);
    let answer = world
        .client()
        .get(&world.path("/actions/workflows"))
        .await
        .json;
    let shown: Vec<_> = answer["workflows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!(
                "{}: {}",
                it["name"].as_str().unwrap(),
                it["state"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "CI: active",
            ".github/workflows/unnamed.yaml: disabled_manually"
        ]
    );
}
