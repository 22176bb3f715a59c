//! Whether a job may be skipped before its matrix and its name are evaluated.

use crate::expression::{Evaluated, Scope, Template, is_truthy};
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
    let Some((value, looks_at_status)) = evaluate(condition, scope) else {
        return unknown();
    };
    match value {
        Evaluated::Unknown(_) => unknown(),
        Evaluated::Known(value) if !is_truthy(&value) => Skip::Always,
        // GitHub puts `success() &&` before a condition that asks for no status.
        Evaluated::Known(_) if !looks_at_status => by_needs(),
        Evaluated::Known(_) => Skip::Never,
    }
}

/// An `if`, with or without `${{ }}`; and whether it calls a status function.
fn evaluate(condition: &str, scope: Scope<'_>) -> Option<(Evaluated, bool)> {
    let template = Template::parse_condition(condition).ok()?;
    let looks_at_status = template.calls_status_function();
    Some((template.value(scope), looks_at_status))
}
