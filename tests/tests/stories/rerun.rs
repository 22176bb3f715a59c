//! "Re-run": a check or a suite of checks that somebody wants again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::ports::DeliveryOutcome;
use sandbox::{CheckConclusion, Failure, Fault, PullRequest, Repository, Ruleset};
use tokio::sync::Notify;

use crate::mirror::{CI_FILE, Mirror, NO_CI, checks, rename_the_job, the_check};

/// A pull request that has its check.
async fn judged() -> (Mirror, Repository, PullRequest) {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    (mirror, repository, pull_request)
}

/// Generations and conclusions of our checks, oldest first.
fn told(pull_request: &PullRequest) -> Vec<(String, Option<CheckConclusion>)> {
    let runs = checks(pull_request).into_iter();
    runs.map(|run| {
        let external_id = run.external_id.unwrap_or_default();
        let generation = external_id.rsplit('/').next().unwrap_or_default();
        (generation.to_owned(), run.conclusion)
    })
    .collect()
}

fn neutral(generation: &str) -> (String, Option<CheckConclusion>) {
    (generation.to_owned(), Some(CheckConclusion::Neutral))
}

#[tokio::test]
async fn a_check_or_its_suite_that_is_run_again_is_another_finished_check() {
    let (mirror, repository, pull_request) = judged().await;
    let check = the_check(&pull_request);

    repository.rerequest_check_run(check.id);
    mirror.catch_up().await;
    assert_eq!(told(&pull_request), [neutral("1"), neutral("2")]);

    repository.rerequest_check_suite(check.suite_id);
    mirror.catch_up().await;
    assert_eq!(
        told(&pull_request),
        [neutral("1"), neutral("2"), neutral("3")]
    );
    let annotations: Vec<usize> = checks(&pull_request)
        .iter()
        .map(|run| run.annotations.len())
        .collect();
    assert_eq!(annotations, [1, 1, 1], "each says all of it");
    mirror.end();
}

#[tokio::test]
async fn what_changed_at_github_without_an_event_shows_in_a_rerun() {
    let (mirror, repository, pull_request) = judged().await;
    repository.remove_ruleset("main");
    repository.add_ruleset(Ruleset::named("nothing is required"));

    repository.rerequest_check_run(the_check(&pull_request).id);
    mirror.catch_up().await;

    let success = ("2".to_owned(), Some(CheckConclusion::Success));
    assert_eq!(told(&pull_request), [neutral("1"), success]);
    mirror.end();
}

#[tokio::test]
async fn of_a_fork_github_names_no_pull_request_and_it_is_found() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let fork = repository.fork("octocat");
    fork.force_push("main", repository.tip("main"));
    fork.push("feature", "Rename the job", [(CI_FILE, NO_CI)]);
    let pull_request = repository.open_pull_request_from(&fork, "feature", "main", "From afar");
    // Nobody ever told us of it: the delivery was lost, and the suite is from before.
    let failure = CheckConclusion::Failure;
    let name = app::check::CHECK_NAME;
    let lost = repository.report_check(pull_request.head(), name, mirror.app.id(), failure);
    let suite = the_check(&pull_request).suite_id;
    mirror.forget_deliveries();

    repository.rerequest_check_suite(suite);
    let body = mirror.github.deliveries().pop().unwrap().body;
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["check_suite"]["pull_requests"], serde_json::json!([]));
    mirror.catch_up().await;

    let ours = checks(&pull_request)
        .into_iter()
        .filter(|run| run.id != lost);
    let conclusions: Vec<_> = ours.map(|run| run.conclusion).collect();
    assert_eq!(conclusions, [Some(CheckConclusion::Neutral)]);
    mirror.end();
}

#[tokio::test]
async fn the_same_wish_ten_times_at_once_is_one_more_check() {
    let (mirror, repository, pull_request) = judged().await;
    repository.rerequest_check_run(the_check(&pull_request).id);
    let delivery = mirror.github.deliveries().pop().unwrap();
    for _ in 0..10 {
        mirror.receive_one(&delivery).await;
    }
    mirror.work_on_all_at_once().await;
    mirror.receive_one(&delivery).await;
    mirror.work().await;
    assert_eq!(told(&pull_request), [neutral("1"), neutral("2")]);
    mirror.end();
}

#[tokio::test]
async fn a_rerun_after_the_close_does_nothing_and_says_why() {
    let (mirror, repository, pull_request) = judged().await;
    let check = the_check(&pull_request);
    pull_request.close();
    repository.rerequest_check_run(check.id);
    mirror.catch_up().await;
    let end = mirror.end_of_latest().await.expect("it is finished");
    assert_eq!(end.outcome, DeliveryOutcome::Ignored);
    let short = &pull_request.head().to_string()[..7];
    let said = format!("No open pull request has the head {short}.");
    assert_eq!(end.detail, said);
    assert_eq!(told(&pull_request), [neutral("1")]);
    mirror.end();
}

#[tokio::test]
async fn killed_at_any_call_to_github_a_rerun_is_one_more_check() {
    let (mirror, repository, pull_request) = judged().await;
    mirror.github.forget_calls();
    repository.rerequest_check_run(the_check(&pull_request).id);
    mirror.catch_up().await;
    let calls = mirror.github.calls().len();
    mirror.end();
    assert!(calls >= 6, "a rerun has {calls} calls to be killed at");
    for call in 0..calls {
        for fault in [
            Fault::BeforeEffect(Failure::ConnectionClosed),
            Fault::AfterEffect(Failure::ConnectionClosed),
        ] {
            killed_at(call, fault).await;
        }
    }
}

/// Kills the process while this call of a rerun is under way, starts another and lets it work.
async fn killed_at(call: usize, fault: Fault) {
    let (mirror, repository, pull_request) = judged().await;
    repository.rerequest_check_run(the_check(&pull_request).id);
    mirror.receive().await;
    let seen = AtomicUsize::new(0);
    let killed = Arc::new(Notify::new());
    let kill = Arc::clone(&killed);
    mirror.github.inject_faults(move |_| {
        (seen.fetch_add(1, Ordering::SeqCst) == call).then(|| {
            kill.notify_one();
            fault
        })
    });
    tokio::select! {
        // The kill comes before whatever the lost answer would have led to.
        biased;
        () = killed.notified() => {}
        () = mirror.work() => panic!("call {call} is never made"),
    }
    mirror.restart().await;
    mirror.work().await;
    let said = told(&pull_request);
    assert_eq!(said, [neutral("1"), neutral("2")], "{call}: {fault:?}");
    for check in checks(&pull_request) {
        assert_eq!(check.annotations.len(), 1, "killed at {call}: {fault:?}");
    }
    mirror.end();
}

#[tokio::test]
async fn a_check_has_three_buttons_when_it_is_done() {
    let (mirror, repository, pull_request) = judged().await;
    let check = the_check(&pull_request);
    let buttons: Vec<&str> = check.actions.iter().map(|it| &*it.label).collect();
    assert_eq!(buttons, ["Check again", "Check all open", "Show observed"]);

    repository.press(check.id, "recheck", "octocat");
    mirror.catch_up().await;
    assert_eq!(told(&pull_request), [neutral("1"), neutral("2")]);

    repository.press(check.id, "show-observed", "octocat");
    mirror.catch_up().await;
    assert_eq!(told(&pull_request).len(), 3);
    let summaries = checks(&pull_request).into_iter();
    let summaries = summaries.map(|run| run.output.summary.unwrap_or_default());
    let listing: Vec<bool> = summaries.map(|it| it.contains("mode `observe`")).collect();
    assert_eq!(listing, [false, false, true]);
    mirror.end();
}

#[tokio::test]
async fn a_setting_that_was_mended_counts_for_everything_open_when_somebody_who_may_push_says_so() {
    let (mirror, repository, pull_request) = judged().await;
    repository.push("fine", "Say more", [("NEWS.md", "More\n")]);
    let fine = repository.open_pull_request("fine", "main", "Say more");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    // GitHub tells Apps nothing of this.
    repository.remove_ruleset("main");

    repository.press(check.id, "recheck-branch", "mallory");
    mirror.catch_up().await;
    assert_eq!(told(&pull_request).len(), 1, "mallory may not push");

    repository.add_collaborator("@octocat", sandbox::Role::Write);
    repository.press(check.id, "recheck-branch", "octocat");
    mirror.catch_up().await;
    let success = |generation: &str| (generation.to_owned(), Some(CheckConclusion::Success));
    assert_eq!(told(&pull_request), [neutral("1"), success("2")]);
    assert_eq!(told(&fine), [success("1"), success("2")]);
    mirror.end();
}
