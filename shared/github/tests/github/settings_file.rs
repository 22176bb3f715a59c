//! A settings file says the same as a snapshot of the same repository.

use std::sync::Arc;

use app::metrics::Unmeasured;
use app::ports::Clock;
use github::{ApiUrl, GitHub, SettingsFile};
use oracle::{BranchName, Reason, RepositoryName};
use sandbox::{CheckConclusion, GITHUB_ACTIONS, Protection, Ruleset};

use crate::table::documented_calls;
use crate::world::World;

fn with_token(world: &World, token: String) -> GitHub {
    GitHub::with_token(
        ApiUrl::new(world.sandbox.base_url()).unwrap(),
        token.into(),
        Some(GITHUB_ACTIONS.0),
        Arc::clone(&world.stores) as Arc<dyn Clock>,
        Arc::new(Unmeasured),
    )
    .unwrap()
}

async fn export(world: &World, github: &GitHub) -> String {
    let name = RepositoryName::new(&world.repository.full_name()).unwrap();
    github.export_settings(&name, None).await.unwrap()
}

#[tokio::test]
async fn what_is_exported_is_what_the_app_sees() {
    let world = World::new().await;
    let rules = Ruleset::named("checks").requires_check("build");
    world.repository.add_ruleset(rules);
    let protection = Protection::new().requires_check("lint");
    world.repository.protect("main", protection);
    // More contexts than one page has.
    let merged = world.open_pull_request();
    let head = merged.head();
    for index in 0..150 {
        let name = format!("check {index}");
        let success = CheckConclusion::Success;
        world
            .repository
            .report_check(head, &name, GITHUB_ACTIONS, success);
    }
    merged.merge();
    world.repository.push("second", "Second", [("a", "a")]);
    let open = world
        .repository
        .open_pull_request("second", "main", "Second");
    let snapshot = world.snapshot(&open).await;

    let github = with_token(&world, world.installation.access_token());
    world.take_calls();
    let file = export(&world, &github).await;
    let calls = world.take_calls();
    let named = |call: &String| documented_calls().contains(call);
    assert!(calls.iter().all(named), "{calls:?}");
    let file = SettingsFile::parse(file.as_bytes()).unwrap();
    let (exported, seen) = (&file.settings, &snapshot.settings);
    assert_eq!(exported.rules, seen.rules);
    assert_eq!(exported.protection, seen.protection);
    assert_eq!(exported.workflows, seen.workflows);
    assert_eq!(exported.rollups, seen.rollups);
    assert_eq!(exported.actions_app_id, seen.actions_app_id);
    assert_eq!(file.repository, snapshot.subject.repository);
    assert_eq!(file.default_branch, Some(BranchName::new("main").unwrap()));
    let rollups = file.settings.rollups.known().unwrap();
    assert_eq!(rollups[0].contexts.len(), 150);
}

#[tokio::test]
async fn what_the_token_may_not_see_is_said_in_the_file() {
    let world = World::new().await;
    world.installation.revoke("actions");
    let github = with_token(&world, world.installation.access_token());
    let file = export(&world, &github).await;
    let file = SettingsFile::parse(file.as_bytes()).unwrap();
    let workflows = file.settings.workflows.known().unwrap_err();
    assert_eq!(workflows.reason, Reason::NotPermitted);
    assert!(workflows.detail.contains("actions: read"), "{workflows:?}");
}

#[tokio::test]
async fn a_token_that_github_refuses_is_an_error_at_once() {
    let world = World::new().await;
    let github = with_token(&world, "ghs_0123456789".to_owned());
    let name = RepositoryName::new(&world.repository.full_name()).unwrap();
    world.take_calls();
    let error = github.export_settings(&name, None).await.unwrap_err();
    assert_eq!(error.kind, app::GitHubErrorKind::Unauthorized);
    assert_eq!(world.take_calls().len(), 1, "asked once");
}
