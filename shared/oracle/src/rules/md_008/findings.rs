//! The findings' texts: title, facts, instruction, identity.

use std::collections::BTreeSet;

use workflows::{Job, Span};

use super::defects::Defect;
use super::steps::{How, Muting};
use crate::registry::Input;
use crate::rules::md_001::reporters::{Check, Origin, Reporter};
use crate::rules::text::{capital, code, list, quoted};
use crate::{Evidence, Fact, Finding, RepoPath, Severity};

/// The most characters of a title.
const TITLE: usize = 90;

/// One defect of one job, with the required checks that it reports.
#[derive(Debug)]
pub(super) struct Case<'a, 'b> {
    /// The job.
    pub(super) reporter: &'b Reporter<'a>,
    /// What is wrong.
    pub(super) defect: Defect<'a>,
    /// The checks, in order; never empty.
    pub(super) checks: Vec<&'b Check<'a>>,
}

/// What a finding says.
struct Text {
    title: &'static str,
    why: String,
    fix: String,
    spans: Vec<Span>,
}

/// Writes a finding.
pub(super) fn finding(input: &Input<'_>, case: &Case<'_, '_>) -> Finding {
    let text = match &case.defect {
        Defect::Never { job, elsewhere } => never(case, job, elsewhere),
        Defect::Skipped { by, is_pure } => skipped(case, by, *is_pure),
        Defect::Ignores {
            jobs,
            looks_at_others,
        } => ignores(case, jobs, *looks_at_others),
        Defect::Muted(mutings) => muted(case, mutings),
        Defect::Idle(span) => idle(case, *span),
    };
    let first = case.checks.first().map_or("", |check| &check.context);
    let room = TITLE.saturating_sub("Required check `` ".len() + text.title.len());
    Finding {
        severity: case.defect.severity(),
        title: format!("Required check {} {}", code(first, room), text.title),
        why: format!(
            "{} requires {} ({}), which {} reports. {}",
            quoted(input.settings.branch.as_str()),
            contexts(&case.checks),
            sources(&case.checks),
            subject(case.reporter),
            text.why
        ),
        fix: text.fix,
        evidence: evidence(input, case.reporter, &text.spans),
        identity: vec![case.defect.kind().into(), first.into()],
    }
}

/// The one finding about all checks that anything may report.
pub(super) fn any_source(input: &Input<'_>, checks: &[&Check<'_>]) -> Finding {
    let branch = input.settings.branch.as_str();
    let title = "Required checks of ";
    let rest = " may be reported by any source";
    Finding {
        severity: Severity::Low,
        title: format!(
            "{title}{}{rest}",
            code(branch, TITLE - title.len() - rest.len() - 2)
        ),
        why: format!(
            "{} requires {} ({}) from no App in particular. Jobs of GitHub Actions report {}, but a \
             status of the same name from anybody with write access, or from any App, counts as \
             well.",
            quoted(branch),
            contexts(checks),
            sources(checks),
            if checks.len() == 1 { "it" } else { "them" },
        ),
        fix: "Set GitHub Actions as the source of these checks where they are required.".to_owned(),
        evidence: Vec::new(),
        identity: vec!["any-source".into(), branch.into()],
    }
}

fn never(case: &Case<'_, '_>, job: &Job, elsewhere: &[&str]) -> Text {
    let own = job.id.eq_ignore_ascii_case(&case.reporter.job.id);
    let condition = job.condition.as_ref();
    let whose = if own {
        "Its".to_owned()
    } else {
        format!("It needs job {}, whose", quoted(&job.id))
    };
    let when = if elsewhere.is_empty() {
        "is true on none of the events of the workflow".to_owned()
    } else {
        let events: Vec<String> = elsewhere.iter().map(|event| quoted(event)).collect();
        format!(
            "may be true on {} only, whose runs don't count for a pull request",
            list(&events)
        )
    };
    Text {
        title: if elsewhere.is_empty() {
            "is always skipped, which passes"
        } else {
            "is skipped on every pull request, which passes"
        },
        why: format!(
            "{whose} condition {} {when}. A job that is skipped passes.",
            quoted(condition.map_or("", |text| text.as_str()))
        ),
        fix: format!(
            "Let job {} run on the pull requests that it is required for, or stop requiring the \
             check.",
            quoted(&job.id)
        ),
        spans: condition.map(|text| text.span).into_iter().collect(),
    }
}

fn skipped(case: &Case<'_, '_>, by: &[&Job], is_pure: bool) -> Text {
    let job = case.reporter.job;
    let fix = if is_pure {
        format!(
            "Let the job run whatever happens, and fail unless all went well:\n\n```yaml\n  {}:\n    \
             needs: […]\n    if: always()\n    steps:\n      - run: exit 1\n        if: \
             ${{{{ contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') \
             }}}}\n```",
            yaml_id(&job.id)
        )
    } else {
        format!(
            "Require {} as well; or require one job with `if: always()` that needs all of them and \
             fails unless their results are `success` or `skipped`.",
            list(&names(by))
        )
    };
    Text {
        title: "passes when a job that it needs fails",
        why: format!(
            "When {} fails, this job is skipped, and a job that is skipped passes. No required check \
             fails then.",
            alternatives(by)
        ),
        fix,
        spans: needs_of(job)
            .into_iter()
            .chain(job.condition.as_ref().map(|text| text.span))
            .collect(),
    }
}

fn ignores(case: &Case<'_, '_>, jobs: &[&Job], looks_at_others: bool) -> Text {
    let job = case.reporter.job;
    let condition = job.condition.as_ref();
    let mut spans: Vec<Span> = condition.map(|text| text.span).into_iter().collect();
    spans.extend(needs_of(job));
    Text {
        title: if looks_at_others {
            "never looks at some of the jobs that it needs"
        } else {
            "passes whatever the jobs that it needs do"
        },
        why: format!(
            "With `if` {} it runs although a job that it needs has failed, and it never looks at the \
             {} of {}. No required check fails when {} fails.",
            quoted(condition.map_or("", |text| text.as_str())),
            if jobs.len() == 1 { "result" } else { "results" },
            list(&names(jobs)),
            alternatives(jobs),
        ),
        fix: "Look at every result, and fail unless all are well:\n\n```yaml\n    steps:\n      - run: \
              exit 1\n        if: ${{ contains(needs.*.result, 'failure') || \
              contains(needs.*.result, 'cancelled') }}\n```"
            .to_owned(),
        spans,
    }
}

fn muted(case: &Case<'_, '_>, mutings: &[Muting]) -> Text {
    let ways: BTreeSet<How> = mutings.iter().map(|muting| muting.how).collect();
    let clauses: Vec<String> = ways.iter().map(|how| clause(*how).to_owned()).collect();
    let fix: Vec<&str> = ways.iter().map(|how| remedy(*how)).collect();
    Text {
        title: "stays green when its commands fail",
        why: format!(
            "{}. No other step of the job checks anything.",
            capital(&clauses.join("; "))
        ),
        fix: format!(
            "{} If the result is only to be seen, stop requiring the check.",
            fix.join(" ")
        ),
        spans: mutings
            .iter()
            .map(|muting| line(case.reporter, muting))
            .collect(),
    }
}

fn clause(how: How) -> &'static str {
    match how {
        How::ContinueOnError => {
            "a step with `continue-on-error: true` leaves its job green when it fails"
        }
        How::OrTrue => "a command that is followed by `||` and one that always succeeds can't fail",
        How::Pipe => {
            "a pipe ends as its last command does, because the shell runs without `pipefail`"
        }
        How::LastCommand => {
            "a script that runs without `-e` ends as its last command does, which always succeeds"
        }
    }
}

fn remedy(how: How) -> &'static str {
    match how {
        How::ContinueOnError => "Take `continue-on-error` away from the step.",
        How::OrTrue => "Take away what follows `||`.",
        How::Pipe => "Set `shell: bash` on the step, which GitHub runs with `-eo pipefail`.",
        How::LastCommand => "Let the script run with `-e`.",
    }
}

fn idle(case: &Case<'_, '_>, span: Span) -> Text {
    Text {
        title: "comes from a job in which no step can fail",
        why: "Its steps only print, and no other job reports the check, so that it is green \
              whatever a pull request does."
            .to_owned(),
        fix: format!(
            "Let job {} check what the requirement is for, or stop requiring the check.",
            quoted(&case.reporter.place.id)
        ),
        spans: vec![span],
    }
}

/// The line of a script that mutes it, or the flag.
fn line(reporter: &Reporter<'_>, muting: &Muting) -> Span {
    let span = muting.span;
    let script = reporter.job.steps.iter().find_map(|step| {
        let run = step.run.as_ref()?;
        (run.span == span).then_some(run)
    });
    let Some(text) = script.and_then(|script| script.lines().nth(muting.line)) else {
        return span;
    };
    let source = &reporter.own.source;
    let mut numbers = span.start_line()..=span.end_line();
    let same = |number: &u32| {
        let line = source.line(*number).unwrap_or_default();
        line.trim() == text.trim()
    };
    let Some(number) = numbers.find(same) else {
        return span;
    };
    let mut one = span;
    one.start.line = number;
    one.start.column = 1;
    one.end.line = number;
    one.end.column = 2;
    one
}

fn needs_of(job: &Job) -> Vec<Span> {
    match (job.needs.first(), job.needs.last()) {
        (Some(first), Some(last)) => vec![first.span.to(last.span)],
        _ => Vec::new(),
    }
}

/// The job, as the subject of a clause.
fn subject(reporter: &Reporter<'_>) -> String {
    let place = &reporter.place;
    let own = format!("job {} of {}", quoted(&place.id), quoted(&place.path));
    if place.path == reporter.path.as_str() {
        own
    } else {
        format!("{own}, called by {},", quoted(reporter.path.as_str()))
    }
}

fn names(jobs: &[&Job]) -> Vec<String> {
    jobs.iter().map(|job| quoted(&job.id)).collect()
}

/// "job `a`", "job `a` or `b`".
fn alternatives(jobs: &[&Job]) -> String {
    let names = names(jobs);
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() && first.len() < 4 => {
            format!("job {} or {last}", first.join(", "))
        }
        [one] => format!("job {one}"),
        _ => format!("one of {}", list(&names)),
    }
}

fn contexts(checks: &[&Check<'_>]) -> String {
    let names: Vec<String> = checks.iter().map(|check| quoted(&check.context)).collect();
    list(&names)
}

fn sources(checks: &[&Check<'_>]) -> String {
    let sources: BTreeSet<&str> = checks.iter().map(|check| check.by.as_str()).collect();
    let sources: Vec<String> = sources.into_iter().map(str::to_owned).collect();
    list(&sources)
}

/// A job's id where it stands as a key of an example; ids that GitHub takes can.
fn yaml_id(id: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.len() <= 100 && id.chars().all(is_plain) {
        id
    } else {
        "gate"
    }
}

/// The places, the job's name last; none where the file is not the one of this tree.
fn evidence(input: &Input<'_>, reporter: &Reporter<'_>, spans: &[Span]) -> Vec<Evidence> {
    let Ok(path) = RepoPath::new(&reporter.place.path) else {
        return Vec::new();
    };
    let is_here = reporter.key.origin == Origin::Tree
        || matches!(
            input.workflows.get(&path),
            Some(Fact::Known(Ok(own))) if own.source == reporter.own.source
        );
    let mut places: Vec<Evidence> = Vec::new();
    for span in spans
        .iter()
        .chain([&reporter.place.span])
        .filter(|_| is_here)
    {
        let place = input.evidence(&path, span.start_line(), span.end_line());
        places.extend(place.filter(|place| !places.contains(place)));
    }
    places
}
