//! The App comes to repositories and leaves them, and keeps nothing of those it has left.

use app::ports::DeliveryOutcome;
use sandbox::{Access, CheckConclusion, Failure, Fault};

use crate::mirror::{Mirror, checks, rename_the_job, the_check};

#[tokio::test]
async fn nothing_is_kept_of_an_account_that_removes_the_app() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let policy = (".github/phase-mirror.yml", "version: 1\n");
    repository.push("main", "Have a policy", [policy]);
    rename_the_job(&repository);
    mirror.catch_up().await;
    assert!(
        mirror.kept_of(&repository) > 3,
        "there is something to keep"
    );

    mirror.installation.uninstall();
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), 0);
    assert_eq!(mirror.kept_of_installation(), 0);
    mirror.end();
}

#[tokio::test]
async fn what_comes_late_brings_nothing_back() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    pull_request.push("Say why", [("NEWS.md", "The check is renamed.\n")]);
    mirror.installation.uninstall();
    // In the order in which networks deliver them at times.
    let deliveries = mirror.github.deliveries();
    for delivery in deliveries.iter().rev() {
        mirror.receive_one(delivery).await;
        mirror.work().await;
    }
    assert_eq!(mirror.kept_of(&repository), 0);
    assert_eq!(mirror.kept_of_installation(), 0);
    let pushed = deliveries.iter().rfind(|it| it.event == "pull_request");
    let end = mirror.end_of(pushed.expect("a push")).await;
    let end = end.expect("it has ended");
    assert_eq!(end.outcome, DeliveryOutcome::Refused);
    assert!(end.detail.contains("not installed"), "{}", end.detail);
    mirror.end();
}

#[tokio::test]
async fn an_uninstallation_that_meets_a_failing_github_is_made_up_for() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    rename_the_job(&repository);
    mirror.catch_up().await;
    mirror.installation.uninstall();
    let endpoint = "GET /app/installations/{installation_id}";
    for _ in 0..8 {
        mirror
            .github
            .fail_next(endpoint, Fault::BeforeEffect(Failure::Status(502)));
    }
    mirror.receive().await;
    mirror.work_once().await;
    assert!(
        mirror.kept_of(&repository) > 0,
        "nobody said that it is gone"
    );
    mirror.work().await;
    assert_eq!(mirror.kept_of(&repository), 0);
    mirror.end();
}

#[tokio::test]
async fn a_repository_that_is_taken_away_is_forgotten_and_others_are_not() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let files = [("README.md", "Hello\n")];
    let other = mirror.github.create_repository("octo-org/other", files);
    other.push("feature", "Say more", [("README.md", "Hello, world\n")]);
    other.open_pull_request("feature", "main", "Say more");
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let kept = mirror.kept_of(&other);
    assert!(kept > 0);

    // From all of the account's to some: GitHub does not say which have gone.
    mirror.installation.remove_repository(&repository);
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), 0);
    assert_eq!(mirror.kept_of(&other), kept);
    mirror.installation.remove_repository(&other);
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&other), 0);

    mirror.installation.add_repository(&repository);
    pull_request.push("Say why", [("NEWS.md", "The check is renamed.\n")]);
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    mirror.end();
}

#[tokio::test]
async fn a_repository_that_came_back_meanwhile_is_kept() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let kept = mirror.kept_of(&repository);
    mirror.installation.remove_repository(&repository);
    mirror.installation.add_repository(&repository);
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), kept);
    assert_eq!(checks(&pull_request).len(), 1);
    mirror.end();
}

#[tokio::test]
async fn a_repository_keeps_what_is_known_of_it_under_another_name() {
    let mirror = Mirror::start_hearing(&["repository"]).await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let kept = mirror.kept_of(&repository);
    repository.rename("greetings");
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), kept);
    assert_eq!(checks(&pull_request).len(), 1);
    mirror.end();
}

#[tokio::test]
async fn with_another_owner_a_repository_begins_anew() {
    let mirror = Mirror::start_hearing(&["repository"]).await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    let elsewhere = mirror.app.install("other-org");
    mirror.catch_up().await;

    repository.transfer("other-org");
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), 0);
    pull_request.push("Say why", [("NEWS.md", "The check is renamed.\n")]);
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    let kept = mirror.kept_of(&repository);
    assert!(kept > 3);

    // Who removes the App from its former account does not reach it.
    mirror.installation.uninstall();
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of_installation(), 0);
    assert_eq!(mirror.kept_of(&repository), kept);
    elsewhere.uninstall();
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of(&repository), 0);
    mirror.end();
}

#[tokio::test]
async fn a_deleted_repository_is_forgotten() {
    let mirror = Mirror::start_hearing(&["repository"]).await;
    let repository = mirror.repository_that_requires_ci();
    rename_the_job(&repository);
    mirror.catch_up().await;
    let id = repository.id();
    repository.delete();
    mirror.catch_up().await;
    assert_eq!(mirror.kept_of_id(id), 0);
    mirror.end();
}

/// Otherwise it would be remembered for an hour that it may not.
#[tokio::test]
async fn a_permission_that_is_granted_counts_at_once() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    mirror.installation.revoke("actions");
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let lacking = "GET /repos/{owner}/{repo}/actions/workflows";
    let calls = || mirror.github.calls();
    let asked = || {
        calls()
            .iter()
            .filter(|call| call.endpoint() == lacking)
            .count()
    };
    let before = asked();
    mirror.installation.grant("actions", Access::Read);
    pull_request.push("Say why", [("NEWS.md", "The check is renamed.\n")]);
    mirror.catch_up().await;
    assert!(asked() > before, "what it may see now is looked at");
    mirror.end();
}
