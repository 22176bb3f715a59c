//! MD-008 gate-cannot-fail: what the branch requires against what the jobs that report it can
//! find wrong.
//!
//! The parts are in the order of the argument: which jobs report a required check is shared with
//! MD-001 (`md_001::reporters`); `events` (when a job's check counts), `needs` and `looks` (what
//! becomes of it when a job before it fails), `script`, `commands`, `shell` and `steps` (whether
//! what it runs can make it fail), `defects` (so what is wrong) and `findings` (how that is told).

mod commands;
mod defects;
mod events;
mod findings;
mod looks;
mod needs;
mod script;
mod shell;
mod steps;

#[cfg(test)]
mod tests;

use self::defects::{Bench, Defect};
use self::events::Events;
use self::findings::{Case, any_source, finding};
use crate::registry::{Before, Findings, Input, Rule, RuleMeta};
use crate::rules::md_001::reporters::{Check, Reporter, RequiredChecks, Unseen, required_checks};
use crate::rules::text::quoted;
use crate::{Finding, Mode, Reason, Unavailable};

/// The rule.
pub(crate) static MD_008: GateCannotFail = GateCannotFail;

/// The rule's type.
pub(crate) struct GateCannotFail;

static META: RuleMeta = RuleMeta {
    id: "MD-008",
    name: "gate-cannot-fail",
    version: 1,
    default_mode: Mode::Warn,
    what: "\
Required status checks of the branch (classic protection and rulesets, merged) against the jobs \
that report them: whether such a job can fail at all, and whether it does when a job that it \
needs fails. Only what is certain is found: a condition that depends on the run, an action whose \
content is not here, and a script that is more than a list of commands may all fail. Where \
several jobs report a check, one that can fail is enough. Jobs of other repositories are not \
looked at.

| finding | severity |\n\
|---|---|\n\
| its job is always skipped: an `if` that is never true on the events of the workflow | high; medium where it may be true on events whose runs don't count for a pull request |\n\
| its job is skipped when a job that it needs fails, and no required check fails then | medium; high where the job does nothing but sum up |\n\
| it sums up other jobs, runs whatever they do, and never looks at their results | high; medium where it looks at some |\n\
| every step that checks something has `continue-on-error: true`, ends in `\\|\\| true` or the like, or is a pipe without `pipefail` | high |\n\
| its steps only print | medium |\n\
| any source may report it, although Actions does (one finding for all checks of the branch) | low |",
    why: "\
A required check is a promise that something is not merged while it is broken. One that can't \
turn red, or turns green because its job was skipped, keeps the appearance and drops the promise: \
GitHub counts a skipped job as passed, and shows a step that failed with `continue-on-error` as a \
success.",
    fix: "\
Require a job that runs whatever happens (`if: always()`), needs all the others and \
fails unless their results are good; let commands fail; and stop requiring what is only to be \
seen.",
    bad_example: "\
//@ require \"all\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
  all:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - run: echo all is well
",
    good_example: "\
//@ require \"all\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
  all:
    needs: test
    if: always()
    runs-on: ubuntu-latest
    steps:
      - run: exit 1
        if: ${{ contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') }}
",
    facts: &[
        "workflow files of the tree, and of the default branch for `pull_request_target`",
        "branch rules and classic protection of the base branch",
        "checks of recently merged pull requests (`statusCheckRollup`)",
        "workflows that Actions knows, with their state",
        "the id of the GitHub Actions App",
    ],
    options: &[],
};

impl Rule for GateCannotFail {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let checks = required_checks(input);
        let mut found = Findings {
            unavailable: checks.unavailable.clone(),
            ..Findings::default()
        };
        let bench = Bench::new(&checks, input.settings.branch.as_str());
        let mut cases: Vec<Case<'_, '_>> = Vec::new();
        for check in &checks.checks {
            match judge(&bench, check) {
                Verdict::Fine => {}
                Verdict::Defective(defective) => {
                    for (reporter, defect) in defective {
                        add(&mut cases, check, reporter, defect);
                    }
                }
                Verdict::Unknown(why) => found.unavailable.push(Unavailable {
                    fact: format!(
                        "whether the required check {} can fail",
                        quoted(&check.context)
                    ),
                    reason: why.reason,
                    detail: why.detail.clone(),
                }),
            }
        }
        found.findings = cases.iter().map(|case| finding(input, case)).collect();
        found.findings.extend(forgeable(input, &checks));
        found
    }
}

/// What is to be said of one required check.
enum Verdict<'a, 'b> {
    /// It can fail, or nothing is known against it.
    Fine,
    /// Every job that reports it has defects.
    Defective(Vec<(&'b Reporter<'a>, Defect<'a>)>),
    /// It can't be told, because of this.
    Unknown(&'b Unseen),
}

fn judge<'a, 'b>(bench: &Bench<'a, '_>, check: &'b Check<'a>) -> Verdict<'a, 'b> {
    let judged: Vec<(&Reporter<'_>, Vec<Defect<'_>>)> = check
        .reporters
        .iter()
        .filter_map(|reporter| Some((reporter, bench.defects(reporter)?)))
        .collect();
    let is_fine = judged.iter().any(|(_, defects)| defects.is_empty());
    if is_fine || check.is_reported_elsewhere {
        return Verdict::Fine;
    }
    match &check.unseen {
        // What only a run decides is not worth a word where no job is known to be at fault.
        Some(why) if !judged.is_empty() || why.reason != Reason::Dynamic => Verdict::Unknown(why),
        _ => {
            // A job that checks nothing may stand in for one that is skipped by a filter.
            let is_alone = judged.len() == 1;
            let all = judged
                .into_iter()
                .flat_map(|(reporter, defects)| defects.into_iter().map(move |one| (reporter, one)))
                .filter(|(_, defect)| is_alone || !matches!(defect, Defect::Idle(_)));
            Verdict::Defective(all.collect())
        }
    }
}

/// Adds a defect, or the check to the same defect of the same job.
fn add<'a, 'b>(
    cases: &mut Vec<Case<'a, 'b>>,
    check: &'b Check<'a>,
    reporter: &'b Reporter<'a>,
    defect: Defect<'a>,
) {
    let known = cases
        .iter_mut()
        .find(|case| case.reporter.key == reporter.key && case.defect.kind() == defect.kind());
    match known {
        Some(case) => case.checks.push(check),
        None => cases.push(Case {
            reporter,
            defect,
            checks: vec![check],
        }),
    }
}

/// The checks that any source may report although Actions does. That is a matter of settings,
/// which no pull request is to blame for: it is found only where the other side has it too.
fn forgeable(input: &Input<'_>, checks: &RequiredChecks<'_>) -> Option<Finding> {
    let open = unpinned(input, checks);
    let is_standing = input.before.is_none_or(|before| {
        let other = other_side(input, before);
        !unpinned(&other, &required_checks(&other)).is_empty()
    });
    (is_standing && !open.is_empty()).then(|| any_source(input, &open))
}

fn unpinned<'a, 'b>(input: &Input<'_>, checks: &'b RequiredChecks<'a>) -> Vec<&'b Check<'a>> {
    let base = input.settings.branch.as_str();
    let is_open = |check: &&Check<'_>| {
        let mut reporters = check.reporters.iter();
        check.app.is_none()
            && !check.is_reported_elsewhere
            && reporters.any(|reporter| !Events::of(reporter, base).counting.is_empty())
    };
    checks.checks.iter().filter(is_open).collect()
}

fn other_side<'a>(input: &Input<'a>, before: &Before<'a>) -> Input<'a> {
    Input {
        tree: before.tree,
        workflows: before.workflows,
        default_branch: before.default_branch,
        before: None,
        ..*input
    }
}
