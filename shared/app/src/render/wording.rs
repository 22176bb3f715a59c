//! What the forms of a report say in the same words.

use oracle::{Evidence, Item, Mode, Reason, Severity};

/// How loud a finding is: what compilers, and SARIF, call its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// It counts against the thresholds, and one of them is low.
    Error,
    /// It is to be seen to, and does not block by itself.
    Warning,
    /// Worth knowing.
    Note,
}

/// The level of a finding: by how bad it is, and by how much say its rule has.
pub(super) fn level(item: &Item) -> Level {
    match (item.severity, item.mode) {
        (Severity::Low, _) => Level::Note,
        (Severity::Critical | Severity::High, Mode::Block) => Level::Error,
        _ => Level::Warning,
    }
}

/// How to say that a finding is wrong.
pub(super) fn dispute(item: &Item) -> String {
    format!(
        "comment `/phase-mirror fp {} <reason>` on the pull request, or suppress it in \
         `.github/phase-mirror.yml` on the base branch",
        item.id
    )
}

/// The lines of a place: `3` or `3-5`.
pub(super) fn lines(evidence: &Evidence) -> String {
    let (start, end) = (evidence.start_line, evidence.end_line);
    if end > start {
        format!("{start}-{end}")
    } else {
        start.to_string()
    }
}

/// Why a fact could not be looked at, in words.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotPermitted => "not permitted",
        Reason::NotProvided => "not provided",
        Reason::TooLarge => "too large",
        Reason::Truncated => "truncated",
        Reason::Unreadable => "unreadable",
        Reason::Failed => "failed",
        Reason::Dynamic => "only known at run time",
    }
}

/// "1 finding", "2 findings".
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
