//! Rulesets and classic protection.

use sandbox::{Enforcement, GITHUB_ACTIONS, Protection, Ruleset};
use serde_json::{Value, json};

use crate::world::World;

async fn rules(world: &World, branch: &str) -> Vec<Value> {
    let path = world.path(&format!("/rules/branches/{branch}"));
    world
        .client()
        .get(&path)
        .await
        .json
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn active_rules_of_both_levels_bind_and_others_do_not() {
    let world = World::new().await;
    let own = Ruleset::named("checks")
        .requires_check("build")
        .requires_check_from("test", GITHUB_ACTIONS)
        .merge_queue();
    let id = world.repository.add_ruleset(own);
    let trial = Ruleset::named("trial").enforced(Enforcement::Evaluate);
    world.repository.add_ruleset(trial.requires_check("lint"));
    let releases = Ruleset::named("releases").on(&["refs/heads/release/**"]);
    world
        .repository
        .add_ruleset(releases.requires_check("sign"));
    let shared = Ruleset::named("shared")
        .on(&["~ALL"])
        .requires_pull_request(1);
    world.github.add_organization_ruleset("octo-org", shared);

    let main = rules(&world, "main").await;
    let kinds: Vec<_> = main.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["required_status_checks", "merge_queue", "pull_request"]
    );
    assert_eq!(
        main[0]["parameters"]["required_status_checks"],
        json!([{"context": "build"}, {"context": "test", "integration_id": 15368}])
    );
    assert_eq!(main[0]["ruleset_id"], id);
    assert_eq!(main[0]["ruleset_source"], "octo-org/hello");
    assert_eq!(main[2]["ruleset_source_type"], "Organization");
    assert_eq!(main[2]["ruleset_source"], "octo-org");
    assert_eq!(
        rules(&world, "release/1/0").await.len(),
        2,
        "it need not exist"
    );
    assert_eq!(rules(&world, "topic").await.len(), 1);
}

#[tokio::test]
async fn classic_protection_shows_on_the_branch_without_administration() {
    let world = World::new().await;
    let branch = async || world.client().get(&world.path("/branches/main")).await.json;
    let open = branch().await;
    assert_eq!(open["protected"], false);
    assert_eq!(
        open["protection"]["required_status_checks"]["enforcement_level"],
        "off"
    );

    let protection = Protection::new()
        .requires_check("build")
        .requires_check_from("test", GITHUB_ACTIONS);
    world.repository.protect("main", protection.clone());
    let shown = branch().await;
    assert_eq!(shown["protected"], true);
    let checks = &shown["protection"]["required_status_checks"];
    assert_eq!(checks["enforcement_level"], "non_admins");
    assert_eq!(checks["contexts"], json!(["build", "test"]));
    assert_eq!(
        checks["checks"],
        json!([{"context": "build", "app_id": null}, {"context": "test", "app_id": 15368}])
    );
    world
        .repository
        .protect("ma*", Protection::new().requires_check("other"));
    world
        .repository
        .protect("main", protection.for_administrators_too());
    let checks = branch().await["protection"]["required_status_checks"].clone();
    assert_eq!(
        checks["enforcement_level"], "everyone",
        "the exact name goes first"
    );
    assert_eq!(checks["contexts"], json!(["build", "test"]));
    assert!(
        rules(&world, "main").await.is_empty(),
        "classic protection is no ruleset"
    );
}
