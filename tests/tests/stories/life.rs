//! The life of pull requests: opened, pushed to, redirected, closed.

use std::sync::atomic::{AtomicUsize, Ordering};

use app::check::CHECK_NAME;
use expect_test::expect;
use sandbox::{CheckConclusion, GITHUB_ACTIONS, Ruleset};

use crate::mirror::{CI, CI_FILE, Mirror, NO_CI, checks, rename_the_job, the_check};

#[tokio::test]
async fn a_change_that_removes_a_required_check_is_told_and_its_mending_too() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    let told: Vec<(&str, u64)> = check
        .annotations
        .iter()
        .map(|it| (it.path.as_str(), it.start_line))
        .collect();
    assert_eq!(told, [(CI_FILE, 6)], "the job that is nearest by name");
    expect!["Not blocked: 1 new contradiction (1 high)"]
        .assert_eq(check.output.title.as_deref().unwrap_or_default());

    pull_request.push("Name it ci again", [(CI_FILE, CI)]);
    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    assert!(check.annotations.is_empty());
    mirror.end();
}

#[tokio::test]
async fn the_golden_case() {
    const ORACLE: &str = "\
name: Oracle
on:
  pull_request:
  merge_group:
jobs:
  oracle:
    name: Mirror Dissonance Oracle
    runs-on: ubuntu-latest
    steps:
      - run: make oracle
  oracle-check:
    runs-on: ubuntu-latest
    steps:
      - run: make check
";
    let broken = "\
name: Oracle
on:
  pull_request:
jobs:
  oracle:
    name: Mirror Dissonance Oracle
    runs-on: ubuntu-latest
    steps:
      - run: make oracle
";
    let path = ".github/workflows/oracle.yml";
    let mirror = Mirror::start().await;
    let repository = mirror
        .github
        .create_repository("octo-org/mirror", [(path, ORACLE)]);
    let rules = Ruleset::named("main")
        .requires_check_from("Mirror Dissonance Oracle", GITHUB_ACTIONS)
        .requires_check_from("oracle-check", GITHUB_ACTIONS)
        .merge_queue();
    repository.add_ruleset(rules);
    repository.push("simplify", "One job is enough", [(path, broken)]);
    let pull_request = repository.open_pull_request("simplify", "main", "One job is enough");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    let mut told: Vec<String> = check
        .annotations
        .iter()
        .map(|it| {
            let title = it.title.as_deref().unwrap_or_default();
            format!("{}:{}-{} {title}\n", it.path, it.start_line, it.end_line)
        })
        .collect();
    told.sort();
    expect![[r#"
        .github/workflows/oracle.yml:2-3 Required check `Mirror Dissonance Oracle` is never reported for the merge queue
        .github/workflows/oracle.yml:6-6 Required check `oracle-check` is reported by nothing
    "#]].assert_eq(&told.concat());
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));

    pull_request.push("Both jobs, in the queue as well", [(path, ORACLE)]);
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    mirror.end();
}

#[tokio::test]
async fn the_same_delivery_ten_times_at_once_makes_one_check() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    let delivery = mirror.github.deliveries().pop().unwrap();
    for _ in 0..10 {
        mirror.receive_one(&delivery).await;
    }

    mirror.work_on_all_at_once().await;
    mirror.receive_one(&delivery).await;
    mirror.work().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    assert_eq!(check.annotations.len(), 1);
    mirror.end();
}

#[tokio::test]
async fn of_two_bases_the_worse_verdict_stands_until_its_pull_request_is_closed() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    repository.create_branch("release", "main");
    repository.push("feature", "Rename the job", [(CI_FILE, NO_CI)]);
    let lenient = repository.open_pull_request("feature", "release", "For the release");
    mirror.catch_up().await;
    let check = the_check(&lenient);
    assert_eq!(
        check.conclusion,
        Some(CheckConclusion::Success),
        "release requires nothing"
    );

    let strict = repository.open_pull_request("feature", "main", "For main");
    mirror.catch_up().await;
    let latest = checks(&strict).pop().unwrap();
    assert_eq!(
        latest.conclusion,
        Some(CheckConclusion::Neutral),
        "main requires ci"
    );

    strict.close();
    mirror.catch_up().await;
    let latest = checks(&lenient).pop().unwrap();
    assert_eq!(latest.conclusion, Some(CheckConclusion::Success));
    let ids = checks(&lenient)
        .into_iter()
        .map(|run| run.external_id.unwrap());
    let generations: Vec<String> = ids
        .map(|id| id.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        generations,
        ["1", "2", "3"],
        "one finished run a generation"
    );
    mirror.end();
}

#[tokio::test]
async fn a_push_before_the_work_supersedes_the_old_head() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    let old = pull_request.head();
    mirror.receive().await;
    pull_request.push("Name it ci again", [(CI_FILE, CI)]);

    mirror.catch_up().await;

    assert!(
        repository.check_runs(old).is_empty(),
        "nobody waits for the old head"
    );
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    mirror.end();
}

#[tokio::test]
async fn a_pull_request_that_goes_to_another_branch_is_judged_by_that_branch() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    repository.create_branch("release", "main");
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;

    pull_request.change_base("release");
    mirror.catch_up().await;

    let conclusions: Vec<_> = checks(&pull_request)
        .iter()
        .map(|it| it.conclusion)
        .collect();
    let expected = [
        Some(CheckConclusion::Neutral),
        Some(CheckConclusion::Success),
    ];
    assert_eq!(conclusions, expected);
    mirror.end();
}

#[tokio::test]
async fn a_pull_request_from_a_fork_is_judged_like_any_other() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let fork = repository.fork("octocat");
    fork.force_push("main", repository.tip("main"));
    fork.push("feature", "Rename the job", [(CI_FILE, NO_CI)]);
    let pull_request = repository.open_pull_request_from(&fork, "feature", "main", "From afar");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    mirror.end();
}

#[tokio::test]
async fn what_was_there_before_is_nobodys_fault() {
    let mirror = Mirror::start().await;
    let files = [(CI_FILE, NO_CI), ("README.md", "Hello\n")];
    let repository = mirror.github.create_repository("octo-org/hello", files);
    repository.add_ruleset(Ruleset::named("main").requires_check_from("ci", GITHUB_ACTIONS));
    repository.push("feature", "Greet", [("README.md", "Hello, world\n")]);
    let pull_request = repository.open_pull_request("feature", "main", "Greet");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    assert!(check.annotations.is_empty());
    let summary = check.output.summary.unwrap_or_default();
    assert!(summary.contains("Already there (1)"), "{summary}");
    mirror.end();
}

#[tokio::test]
async fn a_conflicting_pull_request_is_judged_against_its_merge_base() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    repository.push(
        "feature",
        "Rename the job",
        [(CI_FILE, NO_CI), ("README.md", "A\n")],
    );
    repository.push("main", "Another greeting", [("README.md", "B\n")]);
    let pull_request = repository.open_pull_request("feature", "main", "Rename the job");
    assert_eq!(pull_request.test_merge(), None, "it conflicts");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    assert_eq!(check.annotations.len(), 1);
    mirror.end();
}

#[tokio::test]
async fn a_test_merge_that_takes_its_time_is_waited_for() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    pull_request.hold_test_merge(2);

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    mirror.end();
}

/// At every call of the evaluation in turn the branch is forced to another commit.
#[tokio::test]
async fn a_force_push_in_the_middle_leaves_the_new_head_judged_and_the_old_one_ended() {
    let calls = {
        let mirror = Mirror::start().await;
        rename_the_job(&mirror.repository_that_requires_ci());
        mirror.catch_up().await;
        mirror.github.calls().len()
    };
    for moment in 0..calls {
        let mirror = Mirror::start().await;
        let repository = mirror.repository_that_requires_ci();
        // What it is forced to reports "ci" after all.
        let mended = repository.push("mended", "Say more", [("README.md", "Hello, world\n")]);
        let pull_request = rename_the_job(&repository);
        let old = pull_request.head();
        mirror.receive().await;
        let (forced, count) = (repository.clone(), AtomicUsize::new(0));
        mirror.github.inject_faults(move |_| {
            if count.fetch_add(1, Ordering::SeqCst) == moment {
                forced.force_push("feature", mended);
            }
            None
        });
        mirror.catch_up().await;
        mirror.catch_up().await;

        assert_eq!(pull_request.head(), mended);
        let check = the_check(&pull_request);
        assert_eq!(check.conclusion, Some(CheckConclusion::Success), "{moment}");
        let mut left = repository.check_runs(old);
        left.retain(|run| run.name == CHECK_NAME);
        assert!(left.len() <= 1, "at call {moment}: {left:#?}");
        let ended = left.iter().all(|run| run.conclusion.is_some());
        assert!(ended, "at call {moment}: {left:#?}");
        mirror.end();
    }
}
