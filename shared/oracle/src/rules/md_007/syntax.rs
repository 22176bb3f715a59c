//! Lines that GitHub skips.

use codeowners::Pattern;

use super::Case;
use super::owners::Told;
use crate::rules::text::{clause, code, quoted};
use crate::{Finding, Part, Severity};

/// A line that GitHub skips.
struct Skipped {
    line: u32,
    column: u32,
    text: String,
    /// What is wrong, as a clause.
    what: String,
}

/// One finding for each line that is skipped: GitHub's list where it is known, else what can be
/// seen without it.
pub(super) fn findings(case: &Case<'_>, told: &Told<'_>, governance: &[&str]) -> Vec<Finding> {
    let skipped = match told.skipped() {
        Some(errors) => errors
            .iter()
            .map(|error| Skipped {
                line: error.line,
                column: error.column,
                text: told.line(error.line).to_owned(),
                what: match (&error.suggestion, explanation(case, error.line)) {
                    (Some(suggestion), _) => format!("{}: {suggestion}", error.kind),
                    (None, Some(explanation)) => format!("{}: {explanation}", error.kind),
                    (None, None) => error.kind.clone(),
                },
            })
            .collect::<Vec<_>>(),
        None => case
            .file
            .problems()
            .iter()
            .map(|problem| Skipped {
                line: problem.line,
                column: problem.column,
                text: told.line(problem.line).to_owned(),
                what: format!("{}: {}", problem.kind.name(), problem.kind.explanation()),
            })
            .collect(),
    };
    let candidates = skipped.into_iter().map(|line| {
        let matters = case.review.is_required() || covers(&line.text, governance);
        let severity = if matters {
            Severity::High
        } else {
            Severity::Medium
        };
        (severity, line)
    });
    case.at_most(
        "lines that GitHub skips",
        candidates.collect(),
        identity,
        |severity, line| finding(case, severity, &line),
    )
}

/// What our own reading finds wrong with a line.
fn explanation(case: &Case<'_>, line: u32) -> Option<&'static str> {
    let mut problems = case.file.problems().iter();
    let problem = problems.find(|problem| problem.line == line)?;
    Some(problem.kind.explanation())
}

/// Whether a line would decide a governance file, if it were read.
fn covers(line: &str, governance: &[&str]) -> bool {
    let pattern = line.split_whitespace().next().map(Pattern::parse);
    let Some(Ok(pattern)) = pattern else {
        return false;
    };
    governance.iter().any(|path| pattern.matches(path))
}

fn finding(case: &Case<'_>, severity: Severity, skipped: &Skipped) -> Finding {
    let path = quoted(case.path.as_str());
    let required = if case.review.is_required() {
        format!(" {}.", case.review.sentence())
    } else {
        String::new()
    };
    Finding {
        severity,
        title: format!(
            "GitHub skips {} in CODEOWNERS",
            code(skipped.text.trim(), 50)
        ),
        why: format!(
            "{path}, line {}, column {}: {}. The whole line has no effect: its files have the \
             owners that other lines name, or none.{required}",
            skipped.line,
            skipped.column,
            clause(&skipped.what),
        ),
        fix: format!("Correct line {} of {path}.", skipped.line),
        evidence: case.line(skipped.line).into_iter().collect(),
        identity: identity(skipped),
    }
}

fn identity(skipped: &Skipped) -> Vec<Part> {
    vec!["line".into(), skipped.text.trim().into()]
}
