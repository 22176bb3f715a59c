//! What Actions permits is looked at only where it is in doubt, and then not each time.

use oracle::{ActionsPermissions, AllowedActions, Fact, Reason, Unavailable};
use sandbox::{
    Access, ActionsPolicy, AppId, CheckConclusion, GITHUB_ACTIONS, Ruleset, SelectedActions,
    StatusState,
};

use crate::world::World;

const TOKENS: &str = "POST /app/installations/{installation_id}/access_tokens";
const PERMISSIONS: &str = "GET /repos/{owner}/{repo}/actions/permissions";
const SELECTED: &str = "GET /repos/{owner}/{repo}/actions/permissions/selected-actions";

/// A world in which a check is required, and the one pull request that was merged has a status,
/// and a check of this App. Gives the next pull request.
async fn after_a_merge(app: Option<AppId>) -> (World, sandbox::PullRequest) {
    let world = World::new().await;
    world
        .repository
        .add_ruleset(Ruleset::named("checks").requires_check("build"));
    let merged = world.open_pull_request();
    let head = merged.head();
    world
        .repository
        .report_status(head, "ci/legacy", StatusState::Success);
    if let Some(app) = app {
        let success = CheckConclusion::Success;
        world.repository.report_check(head, "build", app, success);
    }
    merged.merge();
    let next = next_pull_request(&world, "next");
    world.snapshot(&next).await;
    world.take_calls();
    (world, next)
}

fn next_pull_request(world: &World, branch: &str) -> sandbox::PullRequest {
    let file = format!("{branch}.md");
    world
        .repository
        .push(branch, "Go on", [(file.as_str(), "On\n")]);
    world.repository.open_pull_request(branch, "main", "Go on")
}

/// In doubt, with an installation that may look.
async fn in_doubt(policy: ActionsPolicy) -> (World, sandbox::PullRequest) {
    let (mut world, pull_request) = after_a_merge(None).await;
    world.installation.grant("administration", Access::Read);
    world.repository.set_actions_policy(policy);
    // What was refused before the grant is remembered for an hour.
    world.restart();
    (world, pull_request)
}

async fn actions(
    world: &World,
    pull_request: &sandbox::PullRequest,
) -> Result<ActionsPermissions, Unavailable> {
    let settings = world.snapshot(pull_request).await.settings;
    settings.actions.known().cloned().map_err(Clone::clone)
}

fn of_settings(calls: &[String]) -> Vec<&str> {
    let calls = calls.iter().map(String::as_str);
    calls
        .filter(|call| call.contains("/actions/permissions"))
        .collect()
}

#[tokio::test]
async fn nothing_is_asked_where_a_check_by_actions_shows_that_it_is_on() {
    let (world, pull_request) = after_a_merge(Some(GITHUB_ACTIONS)).await;
    world.installation.grant("administration", Access::Read);
    let unavailable = actions(&world, &pull_request).await.unwrap_err();
    assert_eq!(unavailable.reason, Reason::NotProvided);
    assert_eq!(of_settings(&world.take_calls()), [""; 0]);
}

#[tokio::test]
async fn nothing_is_asked_of_a_repository_without_merged_pull_requests() {
    let world = World::new().await;
    world
        .repository
        .add_ruleset(Ruleset::named("checks").requires_check("build"));
    let pull_request = world.open_pull_request();
    world.take_calls();
    actions(&world, &pull_request).await.unwrap_err();
    assert_eq!(of_settings(&world.take_calls()), [""; 0]);
}

#[tokio::test]
async fn each_policy_is_read_as_it_is() {
    let selected = SelectedActions {
        github_owned: true,
        verified: false,
        patterns: vec!["octo-org/*".to_owned()],
    };
    let enabled = |allowed_actions| ActionsPermissions::Enabled {
        allowed_actions,
        sha_pinning_required: false,
    };
    let read = Fact::Known(oracle::SelectedActions {
        github_owned_allowed: true,
        verified_allowed: false,
        patterns_allowed: vec!["octo-org/*".to_owned()],
    });
    for (policy, expected, calls) in [
        (
            ActionsPolicy::Disabled,
            ActionsPermissions::Disabled,
            &[PERMISSIONS][..],
        ),
        (
            ActionsPolicy::All,
            enabled(AllowedActions::All),
            &[PERMISSIONS],
        ),
        (
            ActionsPolicy::LocalOnly,
            enabled(AllowedActions::LocalOnly),
            &[PERMISSIONS],
        ),
        (
            ActionsPolicy::Selected(selected),
            enabled(AllowedActions::Selected(read)),
            &[PERMISSIONS, SELECTED],
        ),
    ] {
        let (world, pull_request) = in_doubt(policy).await;
        assert_eq!(actions(&world, &pull_request).await, Ok(expected));
        assert_eq!(of_settings(&world.take_calls()), calls);
        // The next event finds it kept.
        actions(&world, &pull_request).await.unwrap();
        assert_eq!(of_settings(&world.take_calls()), [""; 0]);
    }
}

#[tokio::test]
async fn without_the_permission_it_is_said_and_not_tried_again_and_again() {
    let (mut world, pull_request) = after_a_merge(None).await;
    world.restart();
    let unavailable = actions(&world, &pull_request).await.unwrap_err();
    assert_eq!(unavailable.reason, Reason::NotPermitted);
    assert!(unavailable.detail.contains("administration: read"));
    let calls = world.take_calls();
    assert_eq!(of_settings(&calls), [""; 0]);
    let tokens = |calls: &[String]| calls.iter().filter(|call| *call == TOKENS).count();
    assert_eq!(tokens(&calls), 2, "one for the work, one that is refused");
    actions(&world, &pull_request).await.unwrap_err();
    assert_eq!(tokens(&world.take_calls()), 0);
}

/// The permission reaches far: it is in a token that can do nothing else, and no other has it.
#[tokio::test]
async fn the_token_for_settings_is_good_for_nothing_else() {
    let (world, pull_request) = in_doubt(ActionsPolicy::All).await;
    let (sender, receiver) = std::sync::mpsc::channel();
    world.sandbox.observe(move |exchange| {
        if exchange.call.endpoint() == TOKENS {
            let _ = sender.send(exchange.request_body.clone());
        }
    });
    actions(&world, &pull_request).await.unwrap();
    let asked: Vec<Vec<String>> = receiver
        .try_iter()
        .map(|body| {
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let permissions = body["permissions"].as_object().unwrap();
            permissions.keys().cloned().collect()
        })
        .collect();
    let [work, settings] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert!(!work.contains(&"administration".to_owned()), "{work:?}");
    assert_eq!(settings, &["administration", "metadata"]);
}
