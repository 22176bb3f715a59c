//! A report as text for a terminal or a log, as compilers show their diagnostics.

mod finding;
mod ink;
mod snippet;
mod wrap;

use oracle::{Decision, Item, Mode, Outcome, PolicyError, Report, Status};

use super::shown;
use super::visible::{one_line, plain};
use super::wording::{lines, plural, reason};
use ink::{BOLD, GREEN, Ink, RED, YELLOW};
use wrap::hanging;

pub use ink::Colour;

/// The narrowest that text is wrapped to.
const NARROWEST: usize = 40;

/// How a report is to be shown as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns that running text is wrapped to and lines of files are cut to, 40 at least. A word
    /// that is longer, and code to be copied, are left whole.
    pub width: usize,
    /// Whether there is colour.
    pub colour: Colour,
    /// How much is said of what is there already.
    pub existing: Existing,
}

/// 100 columns, no colour, a line for each existing finding.
impl Default for TextOptions {
    fn default() -> Self {
        Self {
            width: 100,
            colour: Colour::Never,
            existing: Existing::InShort,
        }
    }
}

/// How much is said of the findings that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Each in a line.
    InShort,
    /// Each like a new one.
    InFull,
}

/// The report as text: new findings in full, then what is there already, what is suppressed, what
/// could not be looked at and which rules failed; the decision comes last, where a terminal shows
/// it. Ends with a line break.
///
/// Findings of rules in mode `observe` are only counted. No character of the report steers a
/// terminal: those that would are shown as U+FFFD.
pub fn report_text(report: &Report, options: TextOptions) -> String {
    let page = Page {
        report,
        width: options.width.max(NARROWEST),
        ink: Ink::new(options.colour),
    };
    let mut blocks: Vec<String> = shown(report, Status::New)
        .map(|item| page.finding(item, ""))
        .collect();
    match options.existing {
        Existing::InFull => blocks.extend(
            shown(report, Status::Existing).map(|item| page.finding(item, " (already there)")),
        ),
        Existing::InShort => {
            let entries = shown(report, Status::Existing).map(entry);
            blocks.extend(page.list("already there, not counted", entries.collect()));
        }
    }
    blocks.extend(page.rest());
    blocks.push(page.verdict(&report.decision));
    blocks.join("\n")
}

/// What all parts of the text need.
struct Page<'a> {
    report: &'a Report,
    width: usize,
    ink: Ink,
}

impl Page<'_> {
    /// Everything beside findings that count.
    fn rest(&self) -> Vec<String> {
        let meta = &self.report.meta;
        let suppressed = shown(self.report, Status::Suppressed).map(|item| {
            let because = item.suppression.as_deref().unwrap_or("no reason given");
            format!("{} (suppressed: {})", entry(item), one_line(because))
        });
        let unavailable = meta.unavailable.iter().map(|missing| {
            format!(
                "{} ({}): {}",
                one_line(&missing.fact),
                reason(missing.reason),
                one_line(&missing.detail)
            )
        });
        let failed = meta.rule_errors.iter().map(|error| {
            format!(
                "{} ({}): {}",
                one_line(&error.rule_id),
                one_line(&error.phase),
                one_line(&error.message)
            )
        });
        let demoted = meta.demotions.iter().map(|demotion| one_line(demotion));
        let remarks = |remarks: &[PolicyError]| {
            let remarks = remarks.iter().map(|remark| one_line(&remark.to_string()));
            remarks.collect::<Vec<_>>()
        };
        let lists = [
            self.list("errors of the policy", remarks(&meta.policy_errors)),
            self.list("suppressed", suppressed.collect()),
            self.list("could not be looked at", unavailable.collect()),
            self.list("rules that failed", failed.collect()),
            self.list("rules with less say", demoted.collect()),
            self.list("notes on the policy", remarks(&meta.policy_notes)),
            self.observed(),
        ];
        lists.into_iter().flatten().collect()
    }

    /// A heading with the number of entries, and the entries; nothing where there are none.
    fn list(&self, title: &str, entries: Vec<String>) -> Option<String> {
        if entries.is_empty() {
            return None;
        }
        let heading = format!("{title} ({}):", entries.len());
        let mut text = self.ink.paint(BOLD, &heading) + "\n";
        for entry in entries {
            text.push_str(&hanging("  ", "    ", &entry, self.width));
        }
        Some(text)
    }

    /// How many findings are only recorded.
    fn observed(&self) -> Option<String> {
        let items = self.report.items.iter();
        let count = items.filter(|item| item.mode == Mode::Observe).count();
        let findings = plural(count, "finding");
        let text =
            format!("Only recorded, and shown in JSON: {findings} of rules in mode observe.");
        (count > 0).then(|| hanging("", "", &text, self.width))
    }

    /// The outcome with its reasons.
    fn verdict(&self, decision: &Decision) -> String {
        let (style, word) = match decision.outcome {
            Outcome::Pass => (GREEN, "pass"),
            Outcome::Warn => (YELLOW, "warn"),
            Outcome::Block => (RED, "block"),
        };
        let degraded = self.report.meta.degraded.iter();
        let reasons = degraded
            .map(|why| format!("Degraded: {}", one_line(why)))
            .chain(decision.reasons.iter().map(|why| plain(why)));
        let indent = " ".repeat(word.len() + ": ".len());
        let mut text = String::new();
        for reason in reasons {
            text.push_str(&hanging(&indent, &indent, &reason, self.width));
        }
        let head = self.ink.paint(style, &format!("{word}:"));
        let body = text.strip_prefix(&indent).unwrap_or(&text);
        format!("{head} {body}").trim_end().to_owned() + "\n"
    }
}

/// A finding in a line.
fn entry(item: &Item) -> String {
    let place = item.evidence.first().map(|evidence| {
        let path = one_line(evidence.path.as_str());
        format!("{path}:{}: ", lines(evidence))
    });
    format!(
        "{} {} {} {}{}",
        item.id,
        item.severity,
        one_line(&item.rule_id),
        place.unwrap_or_default(),
        one_line(&item.title)
    )
}
