//! The summary: a table, what is new in full, and the rest folded away, within GitHub's limit.

use std::fmt::Write as _;

use oracle::{Evidence, Item, Mode, PolicyError, Report, Status};

use super::markdown::{block, code, inline, labelled, prose};
use super::visible::{cut, plain};
use super::wording::{self, dispute, plural};
use super::{Counts, MOST_ANNOTATIONS, Observed, SEVERITIES, shown};
use crate::ports::MERGE_GROUP;

/// GitHub takes 65,535 characters. Counted in bytes, which are never fewer than characters in
/// any encoding, so that the limit holds whichever GitHub means.
pub const SUMMARY_BYTES: usize = 65_535;

/// Kept free, where something has to be cut, for the sentence that says what.
const LAST_WORDS: usize = 400;
/// The most bytes of a title.
const TITLE: usize = 400;
/// The most bytes of each of a finding's other texts.
const PROSE: usize = 2_000;
/// The most bytes of the lines shown of one place.
const SNIPPET: usize = 1_000;
/// The most places of one finding. With the limits above, any one finding fits, however much
/// of it has to be escaped.
const PLACES: usize = 8;

/// A part of the text that is there whole or not at all.
pub(super) enum Part {
    /// Headings and tables.
    Frame(String),
    /// A new finding.
    Finding(String),
    /// A folded list, of which the last entries may be left out.
    List { title: String, entries: Vec<String> },
}

/// Whether a finding says how to dispute it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Disputes {
    /// It does.
    Told,
    /// It does not.
    Untold,
}

/// The summary of a Check Run; `left_out` findings with a place have no annotation.
pub(super) fn summary(reports: &[(u64, Report)], left_out: usize, observed: Observed) -> String {
    let mut parts = Vec::new();
    if reports.len() > 1 {
        parts.push(Part::Frame(overview(reports)));
    }
    if left_out > 0 {
        let findings = plural(left_out, "more finding");
        parts.push(Part::Frame(format!(
            "Only the first {MOST_ANNOTATIONS} findings are annotated; {findings} have no annotation.\n\n"
        )));
    }
    for (number, report) in reports {
        if reports.len() > 1 {
            let heading = match *number {
                MERGE_GROUP => "## Merge group\n\n".to_owned(),
                number => format!("## Pull request #{number}\n\n"),
            };
            parts.push(Part::Frame(heading));
        }
        section(&mut parts, report, Disputes::Untold);
        if observed == Observed::Listed {
            parts.push(recorded(report));
        }
    }
    fit(&parts, SUMMARY_BYTES)
}

/// One row for each pull request, so that a cut hides none of them.
fn overview(reports: &[(u64, Report)]) -> String {
    let mut text = String::from(
        "Several open pull requests have this head commit; the worst verdict stands.\n\n\
         | Pull request | Verdict | New | Already there |\n|---|---|---:|---:|\n",
    );
    for (number, report) in reports {
        let verdict = super::conclusion(report.decision.outcome);
        let new = shown(report, Status::New).count();
        let existing = shown(report, Status::Existing).count();
        let judged = match *number {
            MERGE_GROUP => "merge group".to_owned(),
            number => format!("#{number}"),
        };
        let _ = writeln!(text, "| {judged} | {verdict} | {new} | {existing} |");
    }
    text.push('\n');
    text
}

/// One report: why it was decided so, a table, what is new in full, and the rest in lists.
pub(super) fn section(parts: &mut Vec<Part>, report: &Report, disputes: Disputes) {
    let mut frame = String::new();
    if let Some(degraded) = &report.meta.degraded {
        let _ = write!(frame, "> Degraded: {}\n\n", inline(&cut(degraded, PROSE)));
    }
    for reason in &report.decision.reasons {
        let _ = writeln!(frame, "- {}", inline(&cut(reason, PROSE)));
    }
    frame.push('\n');
    frame.push_str(&table(report));
    parts.push(Part::Frame(frame));
    parts.extend(shown(report, Status::New).map(|item| Part::Finding(finding(item, disputes))));
    let items = |status| shown(report, status).map(entry).collect();
    let meta = &report.meta;
    let remarks = |remarks: &[PolicyError]| remarks.iter().map(remark).collect();
    let lists: [(&str, Vec<String>); 7] = [
        ("Errors of the policy", remarks(&meta.policy_errors)),
        ("Already there", items(Status::Existing)),
        ("Suppressed", items(Status::Suppressed)),
        (
            "Could not be looked at",
            meta.unavailable
                .iter()
                .map(|it| {
                    let (fact, detail) = (text(&it.fact), text(&it.detail));
                    format!("{fact} ({}): {detail}", wording::reason(it.reason))
                })
                .collect(),
        ),
        (
            "Rules that failed",
            meta.rule_errors
                .iter()
                .map(|it| {
                    format!(
                        "{} ({}): {}",
                        text(&it.rule_id),
                        text(&it.phase),
                        text(&it.message)
                    )
                })
                .collect(),
        ),
        (
            "Rules with less say",
            meta.demotions.iter().map(|it| text(it)).collect(),
        ),
        ("Notes on the policy", remarks(&meta.policy_notes)),
    ];
    for (title, entries) in lists {
        if !entries.is_empty() {
            let title = format!("{title} ({})", entries.len());
            parts.push(Part::List { title, entries });
        }
    }
}

/// What rules in mode `observe` found: nothing of it decides.
fn recorded(report: &Report) -> Part {
    let observed = report.items.iter().filter(|it| it.mode == Mode::Observe);
    let entries: Vec<String> = observed
        .map(|item| {
            let status = match item.status {
                Status::New => "new",
                Status::Existing => "already there",
                Status::Suppressed => "suppressed",
            };
            let rule = text(&item.rule_id);
            format!("{rule}, {status}: {}", entry(item))
        })
        .collect();
    if entries.is_empty() {
        let frame = "No rule in mode `observe` found anything.\n\n";
        return Part::Frame(frame.to_owned());
    }
    let title = format!("Observed, and only recorded ({})", entries.len());
    Part::List { title, entries }
}

/// Counts by severity and status; suppressed ones have a column where there are any.
fn table(report: &Report) -> String {
    let columns = [
        ("New", Status::New),
        ("Already there", Status::Existing),
        ("Suppressed", Status::Suppressed),
    ]
    .map(|(title, status)| {
        let severities = shown(report, status).map(|item| item.severity);
        (title, status, Counts::count(severities))
    });
    let total: usize = columns.iter().map(|(.., counts)| counts.total()).sum();
    if total == 0 {
        return String::new();
    }
    let needed = columns
        .iter()
        .filter(|(_, status, counts)| *status != Status::Suppressed || counts.total() > 0);
    let (mut head, mut rule) = ("| Severity |".to_owned(), "|---|".to_owned());
    let mut rows = SEVERITIES.map(|severity| (0, format!("| {severity} |")));
    for (title, _, counts) in needed {
        let _ = write!(head, " {title} |");
        rule.push_str("---:|");
        for ((sum, row), count) in rows.iter_mut().zip(counts.0) {
            *sum += count;
            let _ = write!(row, " {count} |");
        }
    }
    let mut text = format!("{head}\n{rule}\n");
    for (_, row) in rows.iter().filter(|(sum, _)| *sum > 0) {
        let _ = writeln!(text, "{row}");
    }
    text.push('\n');
    text
}

/// A new finding in full: what, why, how to fix it, where.
fn finding(item: &Item, disputes: Disputes) -> String {
    let mut markdown = format!(
        "### {} · {} · {}\n\n{}\n{}\n",
        item.id,
        item.severity,
        inline(&cut(&item.title, TITLE)),
        prose(&cut(&item.why, PROSE)),
        labelled("Fix", &cut(&item.fix, PROSE)),
    );
    for evidence in item.evidence.iter().take(PLACES) {
        let _ = write!(markdown, "{}:\n\n", place(evidence));
        let snippet = evidence.snippet.as_str();
        if !snippet.is_empty() {
            let _ = writeln!(markdown, "{}", block(&cut(snippet, SNIPPET)));
        }
    }
    if item.evidence.len() > PLACES {
        let more = plural(item.evidence.len() - PLACES, "more place");
        let _ = write!(markdown, "And {more}.\n\n");
    }
    if disputes == Disputes::Told {
        let _ = write!(markdown, "**Dispute:** {}.\n\n", inline(&dispute(item)));
    }
    let _ = write!(
        markdown,
        "Rule {} v{}\n\n",
        text(&item.rule_id),
        item.rule_version
    );
    markdown
}

/// A finding that does not count, in a line.
fn entry(item: &Item) -> String {
    let title = inline(&cut(&item.title, TITLE));
    let mut line = format!("{} · {} · {title}", item.id, item.severity);
    if let Some(evidence) = item.evidence.first() {
        let _ = write!(line, " ({})", place(evidence));
    }
    if let Some(suppression) = &item.suppression {
        let _ = write!(line, ": {}", text(suppression));
    }
    line
}

/// An error of the policy, or a note: where, which key, what, and what to do.
fn remark(remark: &PolicyError) -> String {
    let place = code(&cut(&plain(&remark.place()), TITLE));
    let key = match &remark.key {
        Some(key) => format!(", key {}", code(&cut(&plain(key), TITLE))),
        None => String::new(),
    };
    format!(
        "{place}{key}: {}. {}",
        text(&remark.message),
        text(&remark.remedy)
    )
}

fn place(evidence: &Evidence) -> String {
    let path = code(&cut(&plain(evidence.path.as_str()), TITLE));
    let (start, end) = (evidence.start_line, evidence.end_line);
    if end > start {
        format!("{path}, lines {start} to {end}")
    } else {
        format!("{path}, line {start}")
    }
}

fn text(words: &str) -> String {
    inline(&cut(words, PROSE))
}

/// Puts the parts together as far as they fit into `limit` bytes, and says what did not.
pub(super) fn fit(parts: &[Part], limit: usize) -> String {
    whole(parts, limit).unwrap_or_else(|| cut_off(parts, limit))
}

/// All of the parts, if they fit to the last byte. Ends where they no longer can, so that a huge
/// report is not put together in vain.
fn whole(parts: &[Part], limit: usize) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Frame(part) | Part::Finding(part) => text.push_str(part),
            Part::List { title, entries } => {
                let (folded, put) = folded(title, entries, limit);
                if put < entries.len() {
                    return None;
                }
                text.push_str(&folded);
            }
        }
        if text.trim_end().len() > limit {
            return None;
        }
    }
    text.truncate(text.trim_end().len());
    Some(text)
}

/// The parts as far as they fit beside the sentence that says what was cut off.
fn cut_off(parts: &[Part], limit: usize) -> String {
    let mut text = String::new();
    let (mut findings, mut entries) = (0, 0);
    let mut full = false;
    let limit = limit - LAST_WORDS;
    for part in parts {
        match part {
            Part::Frame(frame) => push(&mut text, frame, limit, &mut full),
            Part::Finding(finding) => {
                push(&mut text, finding, limit, &mut full);
                findings += usize::from(full);
            }
            Part::List {
                title,
                entries: list,
            } => {
                let (folded, put) = folded(title, list, limit - text.len());
                push(&mut text, &folded, limit, &mut full);
                entries += list.len() - if full { 0 } else { put };
                full |= put < list.len();
            }
        }
    }
    if full {
        let _ = write!(
            text,
            "\n---\nGitHub takes no more here. Cut off: {}, and {} of the lists.\n",
            plural(findings, "new finding"),
            plural(entries, "entry").replace("entrys", "entries"),
        );
    }
    text.truncate(text.trim_end().len());
    text
}

/// Adds a part unless it, or one before it, does not fit: nothing is left out in between.
fn push(text: &mut String, part: &str, limit: usize, full: &mut bool) {
    *full |= text.len() + part.len() > limit;
    if !*full {
        text.push_str(part);
    }
}

/// A folded list of as many entries as fit, and how many that is.
fn folded(title: &str, entries: &[String], room: usize) -> (String, usize) {
    const CLOSE: &str = "\n</details>\n\n";
    let mut text = format!("<details><summary>{title}</summary>\n\n");
    let mut put = 0;
    for entry in entries {
        if text.len() + "- \n".len() + entry.len() + CLOSE.len() > room {
            break;
        }
        let _ = writeln!(text, "- {entry}");
        put += 1;
    }
    text.push_str(CLOSE);
    (text, put)
}
