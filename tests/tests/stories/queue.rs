//! The merge queue: a group of pull requests is judged as what merging it would give, and its check
//! is what the queue waits for.

use app::check::CHECK_NAME;
use app::ports::DeliveryOutcome;
use sandbox::{
    Call, CheckConclusion, CheckRun, Failure, Fault, GITHUB_ACTIONS, MergeGroup, PullRequest,
    Repository, Ruleset,
};

use crate::mirror::{CI, CI_FILE, Mirror, rename_the_job, the_check};

const UNAVAILABLE: Fault = Fault::BeforeEffect(Failure::Status(503));

/// Another workflow that reports "ci", too.
const SECOND_FILE: &str = ".github/workflows/second.yml";

/// A repository with a merge queue, whose check "ci" two workflows report.
fn with_two_reporters(mirror: &Mirror) -> Repository {
    let files = [(CI_FILE, CI), (SECOND_FILE, CI)];
    let repository = mirror.github.create_repository("octo-org/hello", files);
    let rules = Ruleset::named("main")
        .requires_check_from("ci", GITHUB_ACTIONS)
        .merge_queue();
    repository.add_ruleset(rules);
    repository
}

/// A pull request whose workflow file does not report "ci" any more.
fn without_ci(repository: &Repository, file: &str, branch: &str) -> PullRequest {
    let other = CI.replace("  ci:", &format!("  {branch}:"));
    repository.push(branch, "Rename the job", [(file, other.as_str())]);
    repository.open_pull_request(branch, "main", "Rename the job")
}

fn checks_of(group: &MergeGroup) -> Vec<CheckRun> {
    let mut runs = group.check_runs();
    runs.retain(|run| run.name == CHECK_NAME);
    runs
}

#[track_caller]
fn the_check_of(group: &MergeGroup) -> CheckRun {
    let mut runs = checks_of(group);
    assert_eq!(runs.len(), 1, "there is one check run: {runs:#?}");
    runs.remove(0)
}

#[tokio::test]
async fn a_group_gets_the_check_that_its_queue_waits_for() {
    let mirror = Mirror::start().await;
    let repository = with_two_reporters(&mirror);
    repository.push("docs", "Say more", [("README.md", "Hello\n")]);
    let pull_request = repository.open_pull_request("docs", "main", "Say more");
    mirror.catch_up().await;

    let group = pull_request.enqueue(None);
    mirror.catch_up().await;
    let check = the_check_of(&group);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    assert_eq!(check.head_sha, group.head());
    let end = mirror.end_of_latest().await.unwrap();
    assert_eq!(end.outcome, DeliveryOutcome::Done);

    group.merge();
    mirror.catch_up().await;
    assert_eq!(
        the_check_of(&group).id,
        check.id,
        "it was judged, and is not again"
    );
    mirror.end();
}

#[tokio::test]
async fn what_two_pull_requests_break_only_together_is_seen_before_they_are_merged() {
    let mirror = Mirror::start().await;
    let repository = with_two_reporters(&mirror);
    let first = without_ci(&repository, CI_FILE, "one");
    let second = without_ci(&repository, SECOND_FILE, "two");
    mirror.catch_up().await;
    for alone in [&first, &second] {
        assert_eq!(the_check(alone).conclusion, Some(CheckConclusion::Success));
    }

    let ahead = first.enqueue(None);
    let behind = second.enqueue(Some(&ahead));
    mirror.catch_up().await;
    assert_eq!(
        the_check_of(&ahead).conclusion,
        Some(CheckConclusion::Success)
    );
    let check = the_check_of(&behind);
    let title = check.output.title.clone().unwrap_or_default();
    assert!(
        title.contains("1 new finding") || title.contains("high"),
        "{title}"
    );
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    assert_eq!(check.annotations.len(), 1, "{check:#?}");
    mirror.end();
}

#[tokio::test]
async fn a_group_that_is_gone_before_it_is_judged_gets_no_check() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let group = pull_request.enqueue(None);
    group.dequeue();
    mirror.catch_up().await;
    assert_eq!(checks_of(&group), []);
    let end = mirror.end_of_latest().await.unwrap();
    assert_eq!(end.outcome, DeliveryOutcome::Superseded);
    mirror.end();
}

#[tokio::test]
async fn the_check_of_a_group_that_is_taken_back_meanwhile_is_cancelled() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let group = pull_request.enqueue(None);
    mirror.receive().await;
    // The check is begun, and the rules can't be had.
    let rules = "/repos/{owner}/{repo}/rules/branches/{branch}";
    let down = move |call: &Call| (call.route == rules).then_some(UNAVAILABLE);
    mirror.github.inject_faults(down);
    mirror.work_once().await;
    assert_eq!(the_check_of(&group).conclusion, None, "it is in progress");
    mirror.github.inject_faults(|_| None);
    group.dequeue();
    mirror.catch_up().await;
    let runs = checks_of(&group);
    assert!(runs.iter().all(|run| run.conclusion.is_some()), "{runs:#?}");
    mirror.end();
}

#[tokio::test]
async fn a_groups_check_can_be_run_again() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let group = pull_request.enqueue(None);
    mirror.catch_up().await;
    let check = the_check_of(&group);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));

    // What it contradicts is gone.
    repository.remove_ruleset("main");
    repository.rerequest_check_run(check.id);
    mirror.catch_up().await;
    let conclusions: Vec<_> = checks_of(&group).iter().map(|run| run.conclusion).collect();
    let (neutral, success) = (CheckConclusion::Neutral, CheckConclusion::Success);
    assert_eq!(conclusions, [Some(neutral), Some(success)]);
    mirror.end();
}

#[tokio::test]
async fn a_group_is_judged_by_the_policy_of_its_base() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let policy = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";
    repository.push("main", "Be strict", [(".github/phase-mirror.yml", policy)]);
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    let group = pull_request.enqueue(None);
    mirror.catch_up().await;
    assert_eq!(
        the_check_of(&group).conclusion,
        Some(CheckConclusion::Failure)
    );
    mirror.end();
}
