//! MD-001 required-check-never-reports: what the branch requires against what its workflows
//! can report.
//!
//! The parts are in the order of the argument: `required` (what is required), `premises` and
//! `jobs` (which names jobs have, on which event), `allowed` (whether they may use what they
//! use), `situations` and `triggers` (when they run), `standing` (so how reliably a name is
//! reported), `observed` (what recent pull requests show), `verdict`, `reporting`, `runners` and
//! `problem` (what is wrong), `hints`, `places`, `findings` and `nothing` (how that is told).
//! `reporters` is what other rules use of it.

mod allowed;
mod findings;
mod hints;
mod jobs;
mod nothing;
mod observed;
mod places;
mod premises;
mod problem;
pub(in crate::rules) mod reporters;
mod reporting;
mod required;
mod runners;
mod situations;
mod standing;
mod triggers;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use self::jobs::{Candidate, Doubt, Jobs, Reach};
use self::observed::Observed;
use self::places::Places;
use self::premises::Premises;
use self::required::{Required, Requirements, requirements};
use self::triggers::{Circumstances, Switch};
use self::verdict::Bench;
use crate::registry::{Findings, Input, Rule, RuleMeta};
use crate::rules::text::quoted;
use crate::{ActionsPermissions, Fact, Mode, Reason, RepoPath, Unavailable};

/// The rule.
pub(crate) static MD_001: RequiredCheckNeverReports = RequiredCheckNeverReports;

/// The rule's type.
pub(crate) struct RequiredCheckNeverReports;

static META: RuleMeta = RuleMeta {
    id: "MD-001",
    name: "required-check-never-reports",
    version: 2,
    default_mode: Mode::Warn,
    what: "\
Required status checks of the branch (classic protection and rulesets, merged) against the names \
under which the workflows can report checks: for pull requests of the repository, for pull \
requests from forks, and for the merge queue. A name is *reported*, *not reported*, or it *can't \
be told* (names that only a run decides, files that can't be read, workflows that a ruleset \
brings in from elsewhere, runs without a file); what can't be told is listed with its reason and \
is no finding. What recent pull requests of the branch show to be reported, by whatever App, is \
reported.

An `if` is judged for each event that matters: one that always holds on `pull_request` skips \
nothing there. A run of a fork that waits for a maintainer's approval is late, not missing. \
`pull_request_target` is taken to run: the event policy that may block it can't be looked at yet.

| finding | severity |\n\
|---|---|\n\
| nothing reports it | high; medium where nobody could look at recent pull requests and any App may report it |\n\
| the merge queue is on, and it is not reported for merge groups | high |\n\
| it is pinned to another App than the one that reports it | high; medium where nobody could look at recent pull requests |\n\
| the workflow does not run for some pull requests (`paths`, `branches`, `types`) | medium |\n\
| only a push reports it, so that it never is for forks | medium |\n\
| it is reported only when a job is not skipped (a matrix leg, a job of a reusable workflow), or only when it is | medium |\n\
| its job waits for a runner image that GitHub has retired, unless a self-hosted runner has that label | medium |
| several jobs report it on one commit | medium |

\"Nothing reports it\" is also what a disabled workflow, a file that GitHub refuses, Actions \
switched off, and a job that uses what the repository's Actions settings do not allow come to; \
the last is medium where it is allowed if its owner belongs to the same enterprise.",
    why: "\
A required check that is not reported stays \"Expected — Waiting for status to be reported\" for \
ever: nobody can merge but by going round protection, and the merge queue stalls until its \
time-out. GitHub does not warn when a job is renamed, a filter is added or a name is mistyped.",
    fix: "\
Require the name that the job really reports, or give the job the name that is required; let its \
workflow run for every pull request (and on `merge_group`), and skip jobs by `if`, because a \
skipped job passes and a workflow that does not run reports nothing.",
    bad_example: "\
//@ require \"test\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  tests:
    runs-on: ubuntu-latest
    steps:
      - run: make test
",
    good_example: "\
//@ require \"test\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
",
    facts: &[
        "workflow files of the tree, and of the default branch for `pull_request_target`",
        "branch rules and classic protection of the base branch",
        "checks of recently merged pull requests (`statusCheckRollup`)",
        "workflows that Actions knows, with their state",
        "whether Actions is on, and which actions it allows; needed only where recent pull requests show no check by Actions",
        "the id of the GitHub Actions App",
    ],
    options: &[],
};

impl Rule for RequiredCheckNeverReports {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let requirements = requirements(input.settings);
        let mut found = Findings {
            unavailable: requirements.unavailable.clone(),
            ..Findings::default()
        };
        if requirements.checks.is_empty() {
            return found;
        }
        let bench = bench(input, &requirements);
        let places = Places {
            input,
            jobs: &bench.jobs,
        };
        for required in &requirements.checks {
            let verdict = bench.judge(required);
            found.unavailable.extend(verdict.unknown);
            let problems = verdict.problems.iter();
            found
                .findings
                .extend(problems.map(|problem| findings::finding(&places, required, problem)));
        }
        let named = |context: &str| !bench.jobs.named(context).is_empty();
        let any_job = requirements
            .checks
            .iter()
            .any(|check| named(&check.context));
        if let (true, Fact::Unavailable(why)) = (any_job, &input.settings.workflows) {
            found.unavailable.push(why.clone());
        }
        found
            .unavailable
            .extend(actions(input, &requirements, &bench));
        let pinned = requirements.checks.iter().any(|check| check.app.is_some());
        if let (true, Fact::Unavailable(why)) = (pinned, &input.settings.actions_app_id) {
            found.unavailable.push(why.clone());
        }
        found
    }
}

fn bench<'a>(input: &Input<'a>, requirements: &Requirements) -> Bench<'a> {
    let premises = Premises::of(input);
    let mut jobs = Jobs::of_tree(input.tree, input.workflows, premises);
    jobs.add_default_branch(input.default_branch);
    let before = input.before.map(|before| {
        let mut jobs = Jobs::of_tree(before.tree, before.workflows, premises);
        jobs.add_default_branch(before.default_branch);
        jobs
    });
    Bench {
        jobs,
        before,
        observed: Observed::new(&input.settings.rollups),
        around: Circumstances {
            base: input.settings.branch.as_str(),
            disabled: disabled(input),
            actions: match premises.actions {
                Some(ActionsPermissions::Disabled) => Switch::Off,
                Some(ActionsPermissions::Enabled { .. }) | None => Switch::On,
            },
        },
        tree: input.tree,
        actions: input.settings.actions_app_id.known().ok().copied(),
        queue: requirements.queue.is_some(),
        outside: outside(input, requirements),
    }
}

/// Why it can't be told whether Actions runs, where the answer depends on it: a job of ours
/// would report a required check, and recent pull requests were looked at and show nothing by
/// Actions. One check by Actions shows that it is on. Where there is no recent pull request at
/// all, nothing is said: a young repository without `administration` would otherwise hear of it
/// on every pull request, although nothing hints at Actions being off.
fn actions(
    input: &Input<'_>,
    requirements: &Requirements,
    bench: &Bench<'_>,
) -> Option<Unavailable> {
    let Fact::Unavailable(why) = &input.settings.actions else {
        return None;
    };
    let is_ours = |check: &Required| {
        let may_be_actions =
            check.app.is_none() || bench.actions.is_none() || check.app == bench.actions;
        let mut jobs = bench.jobs.named(&check.context).into_iter();
        may_be_actions && !bench.observed.of(&check.context).any() && jobs.any(Candidate::is_ever)
    };
    let depends =
        input.settings.leave_actions_in_doubt() && requirements.checks.iter().any(is_ours);
    depends.then(|| why.clone())
}

fn disabled<'a>(input: &Input<'a>) -> BTreeMap<&'a RepoPath, &'a str> {
    let Fact::Known(workflows) = &input.settings.workflows else {
        return BTreeMap::new();
    };
    workflows
        .iter()
        .filter(|workflow| workflow.state.starts_with("disabled"))
        .map(|workflow| (&workflow.path, workflow.state.as_str()))
        .collect()
}

/// What runs without a file of this tree.
fn outside(input: &Input<'_>, requirements: &Requirements) -> Vec<Doubt> {
    let doubt = |detail| Doubt {
        reason: Reason::Dynamic,
        detail,
        reach: Reach::Outside,
    };
    let injected = requirements.injected.iter().map(|path| {
        doubt(format!(
            "A ruleset brings in the workflow {} of another repository, whose jobs can't be read \
             here.",
            quoted(path)
        ))
    });
    let known = input.settings.workflows.known();
    let workflows = known.map(Vec::as_slice).unwrap_or_default().iter();
    let without_file: BTreeSet<&RepoPath> = workflows
        .filter(|workflow| workflow.state == "active")
        .map(|workflow| &workflow.path)
        .filter(|path| reports_what_is_not_written(path.as_str()))
        .collect();
    let without_file = without_file.into_iter().map(|path| {
        doubt(format!(
            "GitHub runs {} without a file, and what it reports is not written anywhere.",
            quoted(path.as_str())
        ))
    });
    injected.chain(without_file).collect()
}

/// Whether a workflow without a file may report on pull requests under names that are not
/// written anywhere: `dynamic/github-code-scanning/codeql` has one check for each language. What
/// GitHub runs for Pages and for Dependabot reports on the default branch only.
fn reports_what_is_not_written(path: &str) -> bool {
    const ELSEWHERE: [&str; 2] = ["pages/", "dependabot/"];
    path.strip_prefix("dynamic/")
        .is_some_and(|name| !ELSEWHERE.iter().any(|owner| name.starts_with(owner)))
}
