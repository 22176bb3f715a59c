//! How many calls an event costs, and that no call is made which the document doesn't name.

use std::collections::BTreeSet;

use app::evaluate::Disposition;
use app::event::{DeliveryId, Message};
use app::ports::DeliveryOutcome;
use sandbox::{Access, Failure, Fault, Ruleset, StatusState};

use crate::table::{documented_calls, documented_totals};
use crate::world::{WORKFLOW, World};

/// Compares what was called with the document.
#[track_caller]
fn assert_cost(world: &World, scenario: &str) {
    let calls = world.take_calls();
    let unnamed: BTreeSet<_> = calls
        .iter()
        .filter(|call| !documented_calls().contains(*call))
        .collect();
    assert!(
        unnamed.is_empty(),
        "calls that are not documented: {unnamed:?}"
    );
    let documented = documented_totals().get(scenario).copied();
    assert_eq!(documented, Some(calls.len()), "{scenario}: {calls:#?}");
}

async fn done(world: &World, message: &Message) {
    let end = world.work(message).await.unwrap();
    assert_eq!(end, Disposition::Finished(DeliveryOutcome::Done));
}

#[tokio::test]
async fn a_cold_event_a_warm_one_and_their_duplicates() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let opened = world.message();
    done(&world, &opened).await;
    assert_cost(&world, "first event of a process");

    pull_request.push("Say it louder", [("README.md", "HELLO\n")]);
    let pushed = world.message();
    done(&world, &pushed).await;
    assert_cost(&world, "a push to the same pull request");

    done(&world, &pushed).await;
    assert_cost(&world, "the same delivery again");

    let other = Message {
        delivery: DeliveryId::new("0").unwrap(),
        ..pushed
    };
    done(&world, &other).await;
    assert_cost(&world, "another delivery about the same state");
    assert_eq!(pull_request.check_runs().len(), 1);
}

#[tokio::test]
async fn a_merge_group() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    world.take_calls();
    let group = pull_request.enqueue(None);
    done(&world, &world.message()).await;
    assert_cost(&world, "a merge group");
    assert_eq!(group.check_runs().len(), 1);
}

/// A call is measured by its route, an answer that is lost and repeated as two.
#[tokio::test]
async fn every_attempt_is_measured() {
    let world = World::new().await;
    world.open_pull_request();
    world
        .sandbox
        .fail_next("POST /graphql", Fault::BeforeEffect(Failure::Status(502)));
    done(&world, &world.message()).await;
    let calls = world.take_calls();
    let measured = world.measured.lines();
    let graphql = calls.iter().filter(|call| *call == "POST /graphql").count();
    for line in [
        format!("GitHubCalls{{route=POST /graphql}} {graphql}"),
        "GitHubErrors{status=502} 1".to_owned(),
        "GitHubRetries{} 1".to_owned(),
    ] {
        assert!(measured.contains(&line), "{line} in {measured:#?}");
    }
    let names_nobody = |line: &String| !line.contains("octo-org");
    assert!(measured.iter().all(names_nobody), "{measured:#?}");
}

#[tokio::test]
async fn resumed_after_a_kill() {
    let mut world = World::new().await;
    let pull_request = world.open_pull_request();
    let message = world.message();
    // The check run was made, but nobody told us.
    world.sandbox.fail_next(
        "POST /repos/{owner}/{repo}/check-runs",
        Fault::AfterEffect(Failure::ConnectionClosed),
    );
    assert!(world.work(&message).await.is_err());
    world.take_calls();
    world.restart();
    world.advance(app::evaluate::LEASE);
    done(&world, &message).await;
    assert_cost(&world, "resumed by another process after a kill");
    let runs = pull_request.check_runs();
    assert_eq!(runs.len(), 1, "{runs:#?}");
    assert!(runs[0].conclusion.is_some());
}

#[tokio::test]
async fn a_conflicting_pull_request() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let message = world.message();
    let files = [("README.md", "Goodbye\n")];
    world.repository.push("main", "Change my mind", files);
    assert_eq!(pull_request.test_merge(), None, "the story itself");
    done(&world, &message).await;
    assert_cost(&world, "first event, conflicting");
}

#[tokio::test]
async fn a_pull_request_to_another_branch_than_the_default() {
    let world = World::new().await;
    let files = [(".github/workflows/release.yml", WORKFLOW)];
    world.repository.push("release/1.x", "Begin 1.x", files);
    world
        .repository
        .push("fix", "Fix", [("README.md", "Fixed\n")]);
    world
        .repository
        .open_pull_request("fix", "release/1.x", "Fix it there");
    let message = world.message();
    done(&world, &message).await;
    assert_cost(&world, "first event, base is not the default branch");
}

/// A check is required, and no recent pull request has one by Actions.
async fn where_actions_is_in_doubt() -> World {
    let world = World::new().await;
    world
        .repository
        .add_ruleset(Ruleset::named("checks").requires_check("build"));
    let merged = world.open_pull_request();
    world
        .repository
        .report_status(merged.head(), "ci/legacy", StatusState::Success);
    merged.merge();
    world
        .repository
        .push("next", "Next", [("NEXT.md", "Next\n")]);
    world.repository.open_pull_request("next", "main", "Next");
    world.take_calls();
    world
}

#[tokio::test]
async fn where_actions_may_be_switched_off() {
    let world = where_actions_is_in_doubt().await;
    done(&world, &world.message()).await;
    assert_cost(&world, "first event, Actions in doubt, no `administration`");

    let world = where_actions_is_in_doubt().await;
    world.installation.grant("administration", Access::Read);
    done(&world, &world.message()).await;
    assert_cost(&world, "first event, Actions in doubt");
    let files = [("NEXT.md", "Next, please\n")];
    world.repository.pull_request(2).push("Say please", files);
    done(&world, &world.message()).await;
    assert_cost(&world, "a push, Actions in doubt");
}

#[tokio::test]
async fn codeowners_errors_are_asked_for_once_in_ten_minutes() {
    let world = World::new().await;
    let owners = [("CODEOWNERS", "* @octo-org\n")];
    world.repository.push("main", "Own", owners);
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    assert_cost(&world, "first event, with CODEOWNERS");

    pull_request.push("Say it louder", [("README.md", "HELLO\n")]);
    done(&world, &world.message()).await;
    assert_cost(&world, "a push to the same pull request, with CODEOWNERS");

    let owners = [("CODEOWNERS", "* @octo-org\n/docs/ @octo-org\n")];
    pull_request.push("Own more", owners);
    done(&world, &world.message()).await;
    assert_cost(&world, "a push that edits CODEOWNERS");
}

#[tokio::test]
async fn a_pull_request_that_edits_codeowners() {
    let world = World::new().await;
    let files = [("CODEOWNERS", "* @octo-org\n")];
    world.repository.push("main", "Own", files);
    let files = [("CODEOWNERS", "* @octo-org @octocat\n")];
    world.repository.push("owners", "Own more", files);
    world
        .repository
        .open_pull_request("owners", "main", "Own more");
    done(&world, &world.message()).await;
    assert_cost(&world, "first event, CODEOWNERS is edited");
}

#[tokio::test]
async fn an_account_with_a_policy() {
    let world = World::new().await;
    let policy = [(".github/phase-mirror.yml", "version: 1\n")];
    world.sandbox.create_repository("octo-org/.github", policy);
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    assert_cost(&world, "first event, with an account's policy");

    pull_request.push("Say it louder", [("README.md", "HELLO\n")]);
    done(&world, &world.message()).await;
    assert_cost(&world, "a push to the same pull request");
}

#[tokio::test]
async fn a_policy_that_is_pushed() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    world.take_calls();
    let policy = [(".github/phase-mirror.yml", "version: 1\n")];
    world.repository.push("main", "Decide", policy);
    done(&world, &world.message()).await;
    assert_cost(&world, "a branch's policy is pushed");
    assert_eq!(pull_request.check_runs().len(), 2);
}

#[tokio::test]
async fn everything_open_against_a_branch_that_is_wanted_again() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    world.take_calls();
    let check = pull_request.check_runs().remove(0);
    world
        .repository
        .add_collaborator("@octocat", sandbox::Role::Write);
    world
        .repository
        .press(check.id, "recheck-branch", "octocat");
    done(&world, &world.message()).await;
    assert_cost(&world, "everything open is wanted again");
}

#[tokio::test]
async fn a_check_that_is_wanted_again() {
    let mut world = World::new().await;
    let pull_request = world.open_pull_request();
    done(&world, &world.message()).await;
    world.take_calls();
    let check = pull_request.check_runs().remove(0);
    world.repository.rerequest_check_run(check.id);
    done(&world, &world.message()).await;
    assert_cost(&world, "a check is wanted again");
    assert_eq!(pull_request.check_runs().len(), 2);

    // Of a fork's pull request GitHub says nothing, and here nobody has heard of it.
    let fork = world.repository.fork("octocat");
    fork.push("feature", "Say it louder", [("README.md", "HELLO\n")]);
    let of_fork =
        world
            .repository
            .open_pull_request_from(&fork, "feature", "main", "Say it louder");
    let head = of_fork.head();
    let suite = {
        let success = sandbox::CheckConclusion::Success;
        let id = world
            .repository
            .report_check(head, "Phase Mirror", world.app.id(), success);
        let runs = world.repository.check_runs(head);
        runs.iter().find(|run| run.id == id).unwrap().suite_id
    };
    world.restart();
    world.repository.rerequest_check_suite(suite);
    done(&world, &world.message()).await;
    assert_cost(
        &world,
        "first event, a check of an unknown head is wanted again",
    );
}

/// The limits that the App promises.
#[test]
fn budgets_are_kept() {
    let totals = documented_totals();
    assert!(totals["first event of a process"] <= 12);
    assert!(totals["first event, with CODEOWNERS"] <= 12);
    assert!(totals["first event, with an account's policy"] <= 12);
    assert!(totals["a push to the same pull request"] <= 8);
    assert!(totals["a push to the same pull request, with CODEOWNERS"] <= 8);
    assert_eq!(totals["the same delivery again"], 0);
}
