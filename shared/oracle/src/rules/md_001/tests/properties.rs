//! What holds for every repository: no failure, texts within their limits, and the same bytes
//! in whatever order an edge delivers its facts.

use proptest::prelude::*;
use proptest::sample::select;

use crate::testing::{Fixture, render};
use crate::{BranchRule, Fact, Snapshot};

const EVENTS: [&str; 11] = [
    "push",
    "pull_request",
    "[push, pull_request, merge_group]",
    "{pull_request: {paths: ['src/**', '!src/docs/**']}}",
    "{pull_request: {paths-ignore: ['**/*.md']}}",
    "{pull_request: {types: [labeled], branches: ['release/*']}}",
    "pull_request_target",
    "{push: {branches: [main, 'feature/**']}, merge_group: }",
    "workflow_dispatch",
    "workflow_call",
    "{deployment_status: }",
];

const JOBS: [&str; 13] = [
    "{runs-on: x, steps: [{run: x}]}",
    "{name: build, runs-on: x, steps: [{run: x}]}",
    "{if: 'false', strategy: {matrix: {v: [1, 2]}}, runs-on: x, steps: [{run: x}]}",
    "{name: '${{ matrix.v }}', strategy: {matrix: {v: [build, test]}}, runs-on: x, steps: [{run: x}]}",
    "{name: '${{ vars.NAME }}', runs-on: x, steps: [{run: x}]}",
    "{uses: ./.github/workflows/b.yml}",
    "{uses: other/repo/.github/workflows/x.yml@main}",
    "{needs: nowhere, runs-on: x, steps: [{run: x}]}",
    "[not a job]",
    "{if: \"github.event_name == 'push'\", strategy: {matrix: {v: [1]}}, runs-on: x, steps: [{run: x}]}",
    "{if: matrix.v, strategy: {matrix: {v: [1]}}, runs-on: x, steps: [{run: x}]}",
    "{runs-on: macos-12, steps: [{uses: other/action@v1}]}",
    "{name: '${{ github.event_name }}', runs-on: ubuntu-18.04, steps: [{uses: actions/checkout@v4}]}",
];

const CONTEXTS: [&str; 9] = [
    "build",
    "test",
    "Build",
    "build (1)",
    "test / build",
    "CI / build",
    "ci/travis",
    "a`b",
    "very long context that does not fit into any title because it goes on and on and on for ever",
];

const SETTINGS: [&str; 14] = [
    "queue",
    "required-workflow .github/workflows/x.yml",
    "workflow dynamic/pages/pages-build-deployment active",
    "workflow dynamic/github-code-scanning/codeql active",
    "workflow .github/workflows/a.yml disabled_manually",
    "rollup #1 \"build\" by 15368, \"ci/travis/pr\" by status",
    "rollup #2 fork \"test\" by 99, \"BUILD\" by unknown",
    "unavailable rollups not_provided",
    "unavailable app-id not_provided",
    "unavailable actions not_permitted",
    "actions off",
    "actions selected github verified",
    "actions pinned",
    "repository unknown",
];

fn workflow() -> impl Strategy<Value = String> {
    let job = (select(&["build", "test", "lint"][..]), select(&JOBS[..]));
    (
        select(&EVENTS[..]),
        prop::collection::btree_map(job.0, job.1, 0..3),
    )
        .prop_map(|(on, jobs)| {
            let jobs: Vec<String> = jobs
                .iter()
                .map(|(id, job)| format!("  {id}: {job}"))
                .collect();
            format!("name: CI\non: {on}\njobs:\n{}\n", jobs.join("\n"))
        })
}

prop_compose! {
    fn repository()(
        required in prop::collection::vec(
            (select(&CONTEXTS[..]), select(&["", " from 15368", " from 99"][..]),
             select(&["classic", "ruleset", "organization"][..])), 1..5),
        settings in prop::collection::btree_set(select(&SETTINGS[..]), 0..5),
        trees in prop::collection::vec(
            (select(&["", "before: ", "both: "][..]), select(&["a", "b", "c"][..]), workflow()), 0..4),
    ) -> String {
        let required = required
            .iter()
            .map(|(context, pin, by)| format!("//@ require \"{context}\"{pin} by {by}"));
        let settings = settings.iter().map(|setting| format!("//@ {setting}"));
        let files = trees
            .iter()
            .map(|(tree, name, text)| format!("//- {tree}.github/workflows/{name}.yml\n{text}"));
        let lines: Vec<String> = required.chain(settings).chain(files).collect();
        lines.join("\n")
    }
}

/// The same facts, as another edge might list them.
fn reversed(mut snapshot: Snapshot) -> Snapshot {
    if let Fact::Known(rules) = &mut snapshot.settings.rules {
        rules.reverse();
        for rule in rules {
            match rule {
                BranchRule::RequiredStatusChecks(rule) => rule.checks.reverse(),
                BranchRule::Workflows { workflows, .. } => workflows.reverse(),
                BranchRule::MergeQueue(_)
                | BranchRule::PullRequest(_)
                | BranchRule::Other { .. } => {}
            }
        }
    }
    if let Fact::Known(Some(classic)) = &mut snapshot.settings.protection {
        classic.checks.reverse();
    }
    if let Fact::Known(rollups) = &mut snapshot.settings.rollups {
        rollups.reverse();
        for rollup in rollups {
            rollup.contexts.reverse();
        }
    }
    if let Fact::Known(workflows) = &mut snapshot.settings.workflows {
        workflows.reverse();
    }
    snapshot
}

proptest! {
    #[test]
    fn reports_keep_their_promises(text in repository()) {
        let fixture = Fixture::parse(&text);
        let report = fixture.report();
        prop_assert!(report.meta.rule_errors.is_empty(), "{}", render(&report));
        for item in &report.items {
            prop_assert!(item.title.chars().count() <= 90, "{}", item.title);
            prop_assert!(!item.why.is_empty() && !item.fix.is_empty());
            for evidence in &item.evidence {
                prop_assert!(evidence.start_line >= 1 && evidence.end_line >= evidence.start_line);
                prop_assert!(fixture.snapshot.after.files.contains_key(&evidence.path));
            }
        }
        let mut other = fixture;
        other.snapshot = reversed(other.snapshot);
        prop_assert_eq!(other.report().to_json(), report.to_json());
    }

    /// A pull request that changes nothing is never blamed for anything.
    #[test]
    fn the_same_tree_on_both_sides_has_nothing_new(text in repository()) {
        let mut fixture = Fixture::parse(&text);
        fixture.snapshot.before = Some(fixture.snapshot.after.clone());
        let report = fixture.report();
        prop_assert_eq!(report.summary.by_status.new, 0, "{}", render(&report));
    }
}
