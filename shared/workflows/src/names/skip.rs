//! Whether a job may be skipped before its matrix and its name are evaluated.

use crate::expression::{Scope, Template};
use crate::model::Job;

/// Whether a job is skipped.
pub(super) enum Skip {
    /// It runs whenever the workflow does.
    Never,
    /// Some runs skip it, and why, as a clause.
    Maybe(String),
    /// Every run skips it: its `if` is never true.
    Always,
}

/// Whether a job is skipped, as far as its file tells.
pub(super) fn of(job: &Job, scope: Scope<'_>) -> Skip {
    let by_needs = || match job.needs.first() {
        None => Skip::Never,
        Some(need) => Skip::Maybe(format!(
            "job `{}` is skipped when `{}`, which it needs, fails or is skipped",
            *job.id, **need
        )),
    };
    let Some(condition) = &job.condition else {
        return by_needs();
    };
    let unknown = || Skip::Maybe(format!("job `{}` has an `if`", *job.id));
    let Some((holds, looks_at_status)) = evaluate(condition, scope) else {
        return unknown();
    };
    match holds {
        None => unknown(),
        Some(false) => Skip::Always,
        // GitHub puts `success() &&` before a condition that asks for no status.
        Some(true) if !looks_at_status => by_needs(),
        Some(true) => Skip::Never,
    }
}

/// Whether an `if`, with or without `${{ }}`, holds; and whether it calls a status function.
fn evaluate(condition: &str, scope: Scope<'_>) -> Option<(Option<bool>, bool)> {
    let template = Template::parse_condition(condition).ok()?;
    let looks_at_status = template.calls_status_function();
    Some((template.truth(scope), looks_at_status))
}
