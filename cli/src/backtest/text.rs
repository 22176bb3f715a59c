//! The answer for people: every pull request, and a bar for each rule.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use oracle::Unavailable;

use super::answer::{Answer, Did, OfRule, PullRequest, Summary};
use super::chart::cells;
use super::verdict::{Fate, Found};
use crate::terminal::check::wrap;
use crate::terminal::{BOLD, DIM, GREEN, RED, WIDTH, YELLOW, printable, styled};

/// The findings of one pull request that are shown.
const MOST_FINDINGS: usize = 5;

/// How a title is cut, so that a line stays one.
const TITLE: usize = 60;

/// How far in stands what is about a pull request.
const MARGIN: &str = "    ";

/// The whole answer.
pub(super) fn render(answer: &Answer) -> String {
    let repository = &answer.repository;
    let branch = printable(answer.branch.as_str());
    if answer.pull_requests.is_empty() {
        return format!("{repository}: no pull request was merged into {branch}.\n");
    }
    let mut text = format!(
        "{}\n\n",
        styled(
            BOLD,
            &format!(
                "{repository}: {} merged into {branch}",
                pull_requests(answer.summary.total)
            )
        )
    );
    for pull_request in &answer.pull_requests {
        text.push_str(&of_pull_request(pull_request));
    }
    // Writing to a string can't fail.
    let _ = write!(text, "\n{}", chart(&answer.rules));
    text.push_str(&not_looked_at(&answer.pull_requests));
    text.push('\n');
    let sum = std::iter::once((BOLD, sum(&answer.summary)));
    let notes = notes(answer).into_iter().map(|note| (DIM, note));
    for (style, note) in sum.chain(notes) {
        for line in wrap(&note, WIDTH) {
            let _ = writeln!(text, "{}", styled(style, &line));
        }
    }
    text
}

fn of_pull_request(it: &PullRequest) -> String {
    let (style, glyph) = match it.verdict.outcome {
        Fate::Block => (RED, '✗'),
        Fate::Warn => (YELLOW, '■'),
        Fate::Pass => (GREEN, '✓'),
        Fate::NotSeen => (YELLOW, '?'),
    };
    let day = it.merged_at.strftime("%Y-%m-%d");
    let author = it.author.as_deref().unwrap_or("ghost");
    let mut text = format!(
        "{} {} {day}  {}  {}\n",
        styled(style, &glyph.to_string()),
        styled(BOLD, &format!("#{:<5}", it.number)),
        cut(&printable(&it.title).replace('\n', " ")),
        styled(DIM, &printable(author)),
    );
    let findings = it.verdict.findings.iter();
    let mut shown: Vec<&Found> = findings
        .filter(|found| found.did() != Did::Observe)
        .collect();
    // What blocks comes first, however many worse ones only warn.
    shown.sort_by_key(|found| Reverse(found.did()));
    for found in shown.iter().take(MOST_FINDINGS) {
        text.push_str(&of_finding(found));
    }
    if let Some(more @ 1..) = shown.len().checked_sub(MOST_FINDINGS) {
        let _ = writeln!(text, "{MARGIN}and {more} more");
    }
    // A finding says why by itself.
    if shown.is_empty() && it.verdict.outcome != Fate::Pass {
        for reason in &it.verdict.reasons {
            for line in wrap(&printable(reason), WIDTH - MARGIN.len()) {
                let _ = writeln!(text, "{MARGIN}{line}");
            }
        }
    }
    text
}

fn of_finding(found: &Found) -> String {
    let (style, word) = match found.did() {
        Did::Block => (RED, "blocks"),
        Did::Warn | Did::Observe => (YELLOW, "warns "),
    };
    let what = format!(
        "{} {}: {}",
        found.rule_id,
        found.severity,
        printable(&found.title)
    );
    let mut text = String::new();
    let mut margin = format!("{MARGIN}{}  ", styled(style, word));
    for line in wrap(&what, WIDTH - MARGIN.len() - 8) {
        let _ = writeln!(text, "{margin}{line}");
        margin = format!("{MARGIN}        ");
    }
    text
}

fn cut(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    let mut short: String = title.chars().take(TITLE - 1).collect();
    short.push('…');
    short
}

/// What each part of a bar is drawn with; the shade alone tells them apart.
const PARTS: [(Style, char, &str); 3] = [
    (RED, '█', "blocked"),
    (YELLOW, '▒', "warned"),
    (DIM, '░', "observed"),
];

/// A bar for each rule.
fn chart(rules: &[OfRule]) -> String {
    let legend: Vec<String> = PARTS
        .iter()
        .map(|(style, cell, word)| format!("{} {word}", styled(*style, &cell.to_string())))
        .collect();
    let mut text = format!("Pull requests by rule: {}\n", legend.join(", "));
    let parts = |rule: &OfRule| [rule.block, rule.warn, rule.observe];
    let most = rules.iter().map(|rule| parts(rule).iter().sum()).max();
    let most: usize = most.unwrap_or_default();
    let names = rules.iter().map(|rule| rule.name.chars().count()).max();
    let width = names.unwrap_or_default();
    for rule in rules {
        let parts = parts(rule);
        let cells = cells(parts, most);
        let bar: String = PARTS
            .iter()
            .zip(cells)
            .filter(|(_, cells)| *cells > 0)
            .map(|((style, cell, _), cells)| styled(*style, &cell.to_string().repeat(cells)))
            .collect();
        let counts: Vec<String> = PARTS
            .iter()
            .zip(parts)
            .filter(|(_, part)| *part > 0)
            .map(|((_, _, word), part)| format!("{part} {word}"))
            .collect();
        let counts = if counts.is_empty() {
            "none".to_owned()
        } else {
            counts.join(", ")
        };
        let space = if cells == [0; 3] { "" } else { " " };
        let _ = writeln!(
            text,
            "  {} {:<width$}  {bar}{space}{counts}",
            rule.rule_id, rule.name
        );
    }
    text
}

/// What could not be looked at, once for all pull requests that lack it.
fn not_looked_at(all: &[PullRequest]) -> String {
    let mut facts: BTreeMap<&Unavailable, usize> = BTreeMap::new();
    for fact in all.iter().flat_map(|it| &it.verdict.unavailable) {
        *facts.entry(fact).or_default() += 1;
    }
    let mut text = String::new();
    for (fact, count) in facts {
        let what = format!(
            "Could not be looked at, for {}: {}. {}",
            pull_requests(count),
            fact.fact,
            fact.detail
        );
        text.push('\n');
        for line in wrap(&printable(&what), WIDTH) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn sum(summary: &Summary) -> String {
    let judged = summary.total - summary.not_seen;
    let judged = format!(
        "Of {} {} would have been blocked, {} warned about, and {} passed",
        pull_requests(judged),
        summary.block,
        summary.warn,
        summary.pass
    );
    match summary.not_seen {
        0 => format!("{judged}."),
        n => format!("{judged}; {n} more could not be looked at."),
    }
}

fn notes(answer: &Answer) -> Vec<String> {
    let mut notes = vec![format!(
        "The files are those of then; policy, rulesets, protection and rights are those that {} has \
         now.",
        printable(answer.branch.as_str())
    )];
    if answer.dry_run {
        let note = "The policy is a dry run, for which the App only warns; here it counts as if it \
                    were none.";
        notes.push(note.to_owned());
    }
    if !answer.complete {
        let note = "So many pull requests changed since that GitHub's list was not read to its end: \
                    others may have been merged later than some of these.";
        notes.push(note.to_owned());
    }
    notes
}

fn pull_requests(count: usize) -> String {
    match count {
        1 => "1 pull request".to_owned(),
        n => format!("{n} pull requests"),
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
