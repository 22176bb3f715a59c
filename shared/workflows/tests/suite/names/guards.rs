//! Conditions that the event decides: what is known of a run is not guessed away.

use workflows::{Callee, GitHubContext, Reported, job_names_in, parse};

/// The names of the jobs of a workflow on one event, with `?` where they may be skipped.
fn names(github: GitHubContext<'_>, jobs: &str) -> Vec<String> {
    let text = format!("on: [pull_request, push]\njobs:\n{jobs}");
    let workflow = parse(text.as_bytes()).expect("it is a workflow");
    assert_eq!(workflow.problems, []);
    let mut all = Vec::new();
    for job in &workflow.jobs {
        let names = job_names_in(github, &|_| Callee::Missing, "a.yml", &workflow, job);
        all.extend(names.names.into_iter().map(|reported| match reported.when {
            Reported::Always => reported.name.to_string(),
            Reported::UnlessSkipped { .. } => format!("{}?", reported.name),
            Reported::OnlyIfSkipped { .. } => format!("{} if skipped", reported.name),
        }));
    }
    all
}

const KNOWN: GitHubContext<'_> = GitHubContext {
    event_name: Some("pull_request"),
    repository: Some("Octo-Org/hello"),
    base_ref: Some("main"),
};

fn guarded(condition: &str) -> String {
    format!("  t: {{if: \"{condition}\", strategy: {{matrix: {{v: [1]}}}}, runs-on: x}}\n")
}

#[test]
fn a_guard_that_always_holds_for_the_event() {
    for condition in [
        "github.event_name == 'pull_request'",
        "github.event_name != 'schedule'",
        "${{ github.event_name != 'schedule' }}",
        "github.event_name == 'pull_request' || github.event_name == 'merge_group'",
        "contains(fromJSON('[\\\"pull_request\\\"]'), github.event_name)",
        "startsWith(github.event_name, 'pull_')",
        "github['event_name'] == 'PULL_REQUEST'",
        "github.repository == 'octo-org/hello'",
        "github.repository_owner == 'octo-org'",
        "github.base_ref == 'main'",
        // Only a run decides the first part, and it makes no difference.
        "github.actor == 'x' || github.event_name == 'pull_request'",
        "!(github.actor == 'x' && github.event_name == 'push')",
    ] {
        assert_eq!(names(KNOWN, &guarded(condition)), ["t (1)"], "{condition}");
    }
}

#[test]
fn a_guard_that_never_holds_for_the_event() {
    for condition in [
        "github.event_name == 'push'",
        "github.repository == 'octo-org/other'",
        // The ref of a pull request is not that of a branch.
        "github.ref == 'refs/heads/main'",
        "github.repository_owner != 'octo-org'",
        "github.actor == 'x' && github.event_name == 'push'",
    ] {
        assert_eq!(names(KNOWN, &guarded(condition)), ["t"], "{condition}");
    }
}

#[test]
fn a_guard_that_only_a_run_decides() {
    let either = ["t (1)?", "t if skipped"];
    for condition in [
        "github.actor == 'x'",
        "github.event.pull_request.draft == false",
        "github.ref == 'refs/pull/7/merge'",
        "github.actor == 'x' && github.event_name == 'pull_request'",
    ] {
        assert_eq!(names(KNOWN, &guarded(condition)), either, "{condition}");
    }
    // Nothing is known of the run.
    let nothing = GitHubContext::default();
    for condition in [
        "github.event_name == 'pull_request'",
        "github.repository == 'octo-org/hello'",
        "github.repository_owner == 'octo-org'",
        "github.base_ref == 'main'",
    ] {
        assert_eq!(names(nothing, &guarded(condition)), either, "{condition}");
    }
}

#[test]
fn names_that_the_event_decides() {
    let job = "  t: {name: 'on ${{ github.event_name }}', runs-on: x}\n";
    assert_eq!(names(KNOWN, job), ["on pull_request"]);
    assert_eq!(names(GitHubContext::default(), job), ["on *"]);
}
