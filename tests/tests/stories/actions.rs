//! What people do to a pull request without pushing to it: `reopened` and `ready_for_review` bring
//! a check to a head that has none, and a new title costs nothing.

use sandbox::{CheckConclusion, PullRequest};

use crate::mirror::{CI, CI_FILE, Mirror, rename_the_job, the_check};

/// The action of the latest event that GitHub told us of.
fn latest_action(mirror: &Mirror) -> Option<String> {
    mirror.github.deliveries().pop()?.action
}

#[track_caller]
fn assert_judged(pull_request: &PullRequest, conclusion: CheckConclusion) {
    assert_eq!(the_check(pull_request).conclusion, Some(conclusion));
}

#[tokio::test]
async fn what_was_pushed_while_it_was_closed_is_judged_when_it_is_reopened() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    assert_judged(&pull_request, CheckConclusion::Neutral);
    pull_request.close();
    repository.push("feature", "Name it ci again", [(CI_FILE, CI)]);
    mirror.catch_up().await;
    let pushed = repository.tip("feature");
    assert!(
        repository.check_runs(pushed).is_empty(),
        "nobody asks for a check of what is closed"
    );

    pull_request.reopen();
    assert_eq!(latest_action(&mirror).as_deref(), Some("reopened"));
    mirror.catch_up().await;

    assert_eq!(pull_request.head(), pushed);
    assert_judged(&pull_request, CheckConclusion::Success);
    mirror.end();
}

#[tokio::test]
async fn a_pull_request_we_never_heard_of_is_judged_when_it_is_ready_for_review() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    pull_request.convert_to_draft();
    mirror.forget_deliveries();

    pull_request.mark_ready_for_review();
    assert_eq!(latest_action(&mirror).as_deref(), Some("ready_for_review"));
    mirror.catch_up().await;

    assert_judged(&pull_request, CheckConclusion::Neutral);
    mirror.end();
}

#[tokio::test]
async fn a_draft_is_judged_like_any_other_and_once() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    pull_request.convert_to_draft();
    mirror.catch_up().await;
    assert_judged(&pull_request, CheckConclusion::Neutral);

    pull_request.mark_ready_for_review();
    mirror.catch_up().await;

    assert_judged(&pull_request, CheckConclusion::Neutral);
    mirror.end();
}

#[tokio::test]
async fn a_new_title_costs_no_call() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    mirror.github.forget_calls();

    pull_request.retitle("Rename the job, please");
    assert_eq!(latest_action(&mirror).as_deref(), Some("edited"));
    mirror.catch_up().await;

    assert!(mirror.github.calls().is_empty());
    assert_judged(&pull_request, CheckConclusion::Neutral);
    mirror.end();
}
