//! From findings to `pass`, `warn` or `block`.

use serde::{Deserialize, Serialize};

use crate::{Item, Mode, Policy, RuleError, Severity, Status, Thresholds};

/// The oracle's word on a commit. Ordered from best to worst, so that the worst of several
/// is their `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing new; Check Run conclusion `success`.
    Pass,
    /// Something new below the thresholds, or something could not be looked at; `neutral`.
    Warn,
    /// The thresholds are exceeded; `failure`.
    Block,
}

/// An outcome with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// Sentences for people, the weightiest first. Never empty.
    pub reasons: Vec<String>,
}

/// What a decision is made from, counted from the report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grounds<'a> {
    /// The items of the report.
    pub items: &'a [Item],
    /// How many facts could not be looked at that a rule with a say needed.
    pub unavailable: usize,
    /// Rules that failed.
    pub rule_errors: &'a [RuleError],
    /// How many things are wrong with the policy.
    pub policy_errors: usize,
}

/// Decides: new findings of rules in `block` mode over a threshold block; any other new
/// finding that is shown, anything that could not be looked at, any failed rule and any error
/// of the policy warn; a dry run warns where it would have blocked.
pub(crate) fn decide(grounds: Grounds<'_>, policy: &Policy) -> Decision {
    let mut reasons = exceeded(grounds.items, policy.thresholds);
    let blocked = !reasons.is_empty();
    if blocked && policy.dry_run {
        reasons.insert(0, "Dry run: this would have been blocked.".to_owned());
    }
    let news = new_items(grounds.items).count();
    if news > 0 && !blocked {
        let findings = counted(news, "new finding");
        reasons.push(format!("{findings}, not enough to block."));
    }
    for error in grounds.rule_errors {
        reasons.push(format!(
            "Rule {} failed on the tree {} and was not applied: {}.",
            error.rule_id,
            phase_in_words(&error.phase),
            error.message.trim_end_matches('.'),
        ));
    }
    if grounds.policy_errors > 0 {
        let errors = counted(grounds.policy_errors, "error");
        reasons.push(format!("{errors} in what the policy says."));
    }
    if grounds.unavailable > 0 {
        let facts = counted(grounds.unavailable, "fact");
        reasons.push(format!("{facts} could not be looked at."));
    }
    let outcome = match (blocked && !policy.dry_run, reasons.is_empty()) {
        (true, _) => Outcome::Block,
        (false, false) => Outcome::Warn,
        (false, true) => Outcome::Pass,
    };
    if outcome == Outcome::Pass {
        reasons.push(nothing_new(grounds.items));
    }
    Decision { outcome, reasons }
}

/// The new findings that people are shown.
fn new_items(items: &[Item]) -> impl Iterator<Item = &Item> {
    items
        .iter()
        .filter(|item| item.status == Status::New && item.mode != Mode::Observe)
}

/// The findings for which the outcome is `block`, or would be but for a dry run: the new ones of
/// rules in `block` mode whose severity exceeds its threshold. Empty where nothing is exceeded.
pub fn blocking(items: &[Item], thresholds: Thresholds) -> Vec<&Item> {
    let over: Vec<Severity> = over(items, thresholds).map(|it| it.severity).collect();
    let blocks = counted_items(items).filter(|item| over.contains(&item.severity));
    blocks.collect()
}

/// The new findings of rules in `block` mode.
fn counted_items(items: &[Item]) -> impl Iterator<Item = &Item> {
    new_items(items).filter(|item| item.mode == Mode::Block)
}

/// A threshold that is exceeded.
struct Over {
    severity: Severity,
    limit: u32,
    found: usize,
}

/// The thresholds that are exceeded, the worst severity first.
fn over(items: &[Item], thresholds: Thresholds) -> impl Iterator<Item = Over> {
    let limits = [
        (Severity::Critical, thresholds.critical),
        (Severity::High, thresholds.high),
        (Severity::Medium, thresholds.medium),
    ];
    let count = |severity| {
        let of = |item: &&Item| item.severity == severity;
        counted_items(items).filter(of).count()
    };
    limits
        .into_iter()
        .map(move |(severity, limit)| Over {
            severity,
            limit,
            found: count(severity),
        })
        .filter(|it| u64::try_from(it.found).is_ok_and(|found| found > u64::from(it.limit)))
}

/// One sentence for each threshold that is exceeded, the worst severity first.
fn exceeded(items: &[Item], thresholds: Thresholds) -> Vec<String> {
    over(items, thresholds)
        .map(|it| {
            let findings = counted(it.found, &format!("new {} finding", it.severity));
            match it.limit {
                0 => format!("{findings}; none is tolerated."),
                limit => format!("{findings}; at most {limit} tolerated."),
            }
        })
        .collect()
}

fn nothing_new(items: &[Item]) -> String {
    let shown = |status| {
        items
            .iter()
            .filter(|item| item.status == status && item.mode != Mode::Observe)
            .count()
    };
    let known = match shown(Status::Existing) {
        0 => None,
        1 => Some("1 finding was already there".to_owned()),
        n => Some(format!("{n} findings were already there")),
    };
    let suppressed = match shown(Status::Suppressed) {
        0 => None,
        1 => Some("1 finding is suppressed".to_owned()),
        n => Some(format!("{n} findings are suppressed")),
    };
    match (known, suppressed) {
        (None, None) => "No contradiction found.".to_owned(),
        (Some(one), None) | (None, Some(one)) => format!("No new contradiction; {one}."),
        (Some(known), Some(suppressed)) => {
            format!("No new contradiction; {known} and {suppressed}.")
        }
    }
}

fn counted(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}

fn phase_in_words(phase: &str) -> &str {
    match phase {
        "before" => "that is there now",
        _ => "that merging would give",
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
