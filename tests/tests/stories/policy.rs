//! What maintainers decide, from the files on the base branch and of the organisation.

use expect_test::expect;
use sandbox::{CheckConclusion, PullRequest};

use crate::mirror::{CI, CI_FILE, Mirror, NO_CI, checks, rename_the_job, the_check};

const POLICY: &str = ".github/phase-mirror.yml";
const STRICT: &str = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";

#[tokio::test]
async fn a_strict_policy_blocks_and_a_change_of_the_policy_is_judged_by_the_one_at_its_base() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    repository.push("main", "Be strict", [(POLICY, STRICT)]);
    let loose = "version: 1\nrules: {MD-001: {mode: observe}}\n";
    repository.push(
        "feature",
        "Rename the job and look away",
        [(CI_FILE, NO_CI), (POLICY, loose)],
    );
    let pull_request = repository.open_pull_request("feature", "main", "Rename the job");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Failure));
    mirror.end();
}

#[tokio::test]
async fn a_suppression_counts_once_it_is_merged() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let suppressing = format!(
        "{STRICT}suppressions: [{{rule: MD-001, path: '.github/**', reason: The check is renamed.}}]\n"
    );
    repository.push(
        "feature",
        "Rename the job",
        [(CI_FILE, NO_CI), (POLICY, &suppressing)],
    );
    let pull_request = repository.open_pull_request("feature", "main", "Rename the job");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));

    repository.push("main", "Suppress it", [(POLICY, suppressing.as_str())]);
    pull_request.push("Say why", [("NEWS.md", "The check is renamed.\n")]);
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    mirror.end();
}

#[tokio::test]
async fn what_the_organisation_locks_stands() {
    let mirror = Mirror::start().await;
    let organisation = format!("{STRICT}locked: [thresholds, rules.MD-001]\n");
    mirror
        .github
        .create_repository("octo-org/.github", [(POLICY, organisation.as_str())]);
    let repository = mirror.repository_that_requires_ci();
    let loose = "version: 1\nrules: {MD-001: {mode: warn}}\n";
    repository.push("main", "Be mild", [(POLICY, loose)]);
    repository.push("feature", "Rename the job", [(CI_FILE, NO_CI)]);
    let pull_request = repository.open_pull_request("feature", "main", "Rename the job");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Failure));
    let summary = check.output.summary.unwrap_or_default();
    let refused = summary.lines().find(|line| line.contains("looser"));
    expect!["- `.github/phase-mirror.yml:2`, key `rules.MD-001.mode`: `warn` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:4; `block` stands. Remove it or tighten it, or ask the organisation to unlock the key."].assert_eq(refused.unwrap_or_default());

    pull_request.push("Name it ci again", [(CI_FILE, CI)]);
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(
        check.conclusion,
        Some(CheckConclusion::Neutral),
        "the error still warns"
    );
    mirror.end();
}

#[tokio::test]
async fn a_policy_that_is_pushed_counts_at_once_for_what_is_open() {
    let mirror = Mirror::start_hearing(&["push"]).await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    repository.push("fine", "Say more", [("NEWS.md", "More\n")]);
    let fine = repository.open_pull_request("fine", "main", "Say more");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));

    repository.push("main", "Be strict", [(POLICY, STRICT)]);
    mirror.catch_up().await;

    let conclusions = |of: &PullRequest| -> Vec<Option<CheckConclusion>> {
        checks(of).iter().map(|run| run.conclusion).collect()
    };
    let (neutral, failure) = (CheckConclusion::Neutral, CheckConclusion::Failure);
    assert_eq!(conclusions(&pull_request), [Some(neutral), Some(failure)]);
    assert_eq!(conclusions(&fine), [Some(CheckConclusion::Success); 2]);

    // Another change of the branch, or of another branch's policy, is nobody's concern.
    repository.push("main", "Say even more", [("README.md", "Hello!\n")]);
    repository.push("other", "Be mild", [(POLICY, "version: 1\n")]);
    mirror.catch_up().await;
    assert_eq!(checks(&pull_request).len(), 2);
    mirror.end();
}
