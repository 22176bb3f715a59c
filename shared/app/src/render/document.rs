//! A report as a document of GitHub Flavored Markdown, for a job summary or an issue.

use std::fmt::Write as _;

use oracle::{Mode, Report};

use super::markdown::inline;
use super::summary::{Disputes, Part, fit, section};
use super::wording::plural;
use super::{conclusion, title};

/// GitHub's limit on what one step adds to `$GITHUB_STEP_SUMMARY`, 1 MiB
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>).
pub const DOCUMENT_BYTES: usize = 1024 * 1024;

/// The report as Markdown: the decision, a table, what is new in full, and the rest folded away.
/// Ends with a line break, and has at most [`DOCUMENT_BYTES`]; what was cut off is counted at its
/// end.
///
/// Everything that comes from a repository is escaped. Findings of rules in mode `observe` are only
/// counted.
pub fn report_markdown(report: &Report) -> String {
    let verdict = title(conclusion(report.decision.outcome), &[report]);
    let mut parts = vec![Part::Frame(format!("# {verdict}\n\n"))];
    section(&mut parts, report, Disputes::Told);
    parts.push(footer(report));
    fit(&parts, DOCUMENT_BYTES - "\n".len()) + "\n"
}

/// What only the JSON report has in full, and what was judged.
fn footer(report: &Report) -> Part {
    let mut text = String::new();
    let items = report.items.iter();
    let observed = items.filter(|item| item.mode == Mode::Observe).count();
    if observed > 0 {
        let findings = plural(observed, "finding");
        let _ = write!(
            text,
            "{findings} of rules in mode `observe`: only recorded, and shown in JSON.\n\n"
        );
    }
    let meta = &report.meta;
    let of = meta
        .repository
        .as_ref()
        .map(|name| format!(" of {}", inline(name.as_str())));
    let base = meta.base_commit.as_ref();
    let base = base.map(|base| format!(", compared with `{}`", base.short()));
    let _ = writeln!(
        text,
        "Commit `{}`{}{}.",
        meta.commit.short(),
        of.unwrap_or_default(),
        base.unwrap_or_default()
    );
    Part::Frame(text)
}
