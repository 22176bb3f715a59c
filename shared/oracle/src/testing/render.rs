//! A report as short text, for expectations in tests.

use std::fmt::Write as _;

use crate::{Item, Mode, Outcome, Report, Status};

/// Renders what a rule's author cares about: outcome, reasons, findings with their places, and
/// what could not be looked at. Ids and hashes are left out.
pub fn render(report: &Report) -> String {
    let outcome = match report.decision.outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Block => "block",
    };
    let mut text = format!("{outcome}: {}\n", report.decision.reasons.join(" "));
    for item in &report.items {
        text.push_str(&render_item(item));
    }
    for missing in &report.meta.unavailable {
        let reason = format!("{:?}", missing.reason);
        // Writing to a string can't fail.
        let _ = writeln!(text, "? {} ({reason}): {}", missing.fact, missing.detail);
    }
    for error in &report.meta.policy_errors {
        let _ = writeln!(text, "! {error}");
    }
    for note in &report.meta.policy_notes {
        let _ = writeln!(text, "~ {note}");
    }
    for error in &report.meta.rule_errors {
        let _ = writeln!(
            text,
            "! {} {}: {}",
            error.rule_id, error.phase, error.message
        );
    }
    text
}

fn render_item(item: &Item) -> String {
    let status = match item.status {
        Status::New => "new",
        Status::Existing => "existing",
        Status::Suppressed => "suppressed",
    };
    let observed = match item.mode {
        Mode::Observe => " (observed)",
        Mode::Warn | Mode::Block => "",
    };
    let mut text = format!(
        "{status} {} {}{observed}: {}\n",
        item.severity, item.rule_id, item.title
    );
    for evidence in &item.evidence {
        let lines = if evidence.start_line == evidence.end_line {
            evidence.start_line.to_string()
        } else {
            format!("{}-{}", evidence.start_line, evidence.end_line)
        };
        let snippet = evidence
            .snippet
            .as_str()
            .trim()
            .lines()
            .next()
            .unwrap_or_default();
        let _ = writeln!(text, "  at {}:{lines}  {snippet}", evidence.path);
    }
    if let Some(suppression) = &item.suppression {
        let _ = writeln!(text, "  suppressed {suppression}");
    }
    let _ = writeln!(text, "  why {}\n  fix {}", item.why, item.fix);
    text
}

/// A report without its texts: what is found where, and what could not be told.
///
/// # Panics
/// When a rule failed.
pub fn brief(report: &Report) -> String {
    let mut text = String::new();
    for item in &report.items {
        let places = item.evidence.iter().map(|evidence| {
            let file = evidence
                .path
                .as_str()
                .rsplit('/')
                .next()
                .unwrap_or_default();
            format!("{file}:{}", evidence.start_line)
        });
        let places: Vec<String> = places.collect();
        let places = places.join(" ");
        let _ = writeln!(text, "{}: {} [{places}]", item.severity, item.title);
    }
    for missing in &report.meta.unavailable {
        let _ = writeln!(text, "unknown {}: {}", missing.fact, missing.detail);
    }
    assert!(
        report.meta.rule_errors.is_empty(),
        "{:?}",
        report.meta.rule_errors
    );
    text
}
