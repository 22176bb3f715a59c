//! Reports in the forms that are read: a Check Run's text and annotations ([`check_output`]), text
//! for a terminal ([`report_text`]), a Markdown document ([`report_markdown`]) and SARIF
//! ([`report_sarif`]). The JSON is `oracle::Report::to_json`.
//!
//! Pure, and deterministic to the byte. Everything that comes from a repository is escaped: it
//! can't make markup, links, mentions or invisible text of itself, nor steer a terminal.

mod annotations;
mod document;
mod markdown;
mod sarif;
mod summary;
mod text;
mod visible;
mod wording;

use oracle::{Item, Mode, Outcome, Report, Severity, Status};

pub use annotations::MOST_ANNOTATIONS;
pub use document::{DOCUMENT_BYTES, report_markdown};
pub use sarif::report_sarif;
pub use summary::SUMMARY_BYTES;
pub use text::{Colour, Existing, TextOptions, report_text};
pub(crate) use wording::plural;

use crate::check::{CheckOutput, Conclusion};

/// What is said of the findings of rules in mode `observe`, which decide nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// Nothing.
    Unsaid,
    /// Each, in a line.
    Listed,
}

/// What the Check Run of a head says: the worst over the reports of its pull requests, given
/// by number.
pub fn check_output(reports: &[(u64, Report)], observed: Observed) -> CheckOutput {
    let judged: Vec<&Report> = reports.iter().map(|(_, report)| report).collect();
    let worst = reports
        .iter()
        .map(|(_, report)| report.decision.outcome)
        .max()
        // Nothing to judge is no pass.
        .map_or(Conclusion::Neutral, conclusion);
    let annotations = annotations::annotations(reports);
    CheckOutput {
        conclusion: worst,
        title: title(worst, &judged),
        summary: summary::summary(reports, annotations.left_out, observed),
        annotations: annotations.shown,
    }
}

/// What the run of a generation says that nobody calls for any more.
pub fn cancelled() -> CheckOutput {
    CheckOutput {
        conclusion: Conclusion::Cancelled,
        title: "Not judged: no longer called for".to_owned(),
        summary: "The open pull requests with this head commit, or their bases, changed before \
                  this run was done. Where one is open, a newer run judges it."
            .to_owned(),
        annotations: Vec::new(),
    }
}

/// What a run says when the head can't be judged at all; `reason` is a sentence of ours.
pub fn not_judged(reason: &str) -> CheckOutput {
    CheckOutput {
        conclusion: Conclusion::ActionRequired,
        title: "Could not be judged".to_owned(),
        summary: format!(
            "{reason}\n\nNothing is known about contradictions in this change, so this is \
             neither a pass nor a fail. To have it judged again, close and reopen the pull \
             request or push to it. If that does not help, the operator of this App finds the \
             delivery and its error in the App's log."
        ),
        annotations: Vec::new(),
    }
}

fn conclusion(outcome: Outcome) -> Conclusion {
    match outcome {
        Outcome::Pass => Conclusion::Success,
        Outcome::Warn => Conclusion::Neutral,
        Outcome::Block => Conclusion::Failure,
    }
}

/// The verdict in words.
fn title(worst: Conclusion, reports: &[&Report]) -> String {
    let news = Counts::of(reports, Status::New);
    let unseen = reports
        .iter()
        .any(|report| !report.meta.unavailable.is_empty() || !report.meta.rule_errors.is_empty());
    let misruled = reports
        .iter()
        .any(|report| !report.meta.policy_errors.is_empty());
    let verdict = match worst {
        Conclusion::Failure => format!("Blocked: {news}"),
        _ if news.total() > 0 => format!("Not blocked: {news}"),
        Conclusion::Neutral if misruled => {
            "No new contradiction, but the policy has errors".to_owned()
        }
        Conclusion::Neutral if unseen => {
            "No new contradiction, but not everything could be looked at".to_owned()
        }
        _ => "No new contradiction".to_owned(),
    };
    match reports.len() {
        0 | 1 => verdict,
        several => format!("{verdict} (in {several} pull requests with this head)"),
    }
}

/// The items that people are shown.
fn shown(report: &Report, status: Status) -> impl Iterator<Item = &Item> {
    let is_shown = move |item: &&Item| item.status == status && item.mode != Mode::Observe;
    report.items.iter().filter(is_shown)
}

/// Severities from worst to least.
const SEVERITIES: [Severity; 4] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
];

/// How many different contradictions of each severity there are, in the order of
/// [`SEVERITIES`].
struct Counts([usize; 4]);

impl Counts {
    /// Over all reports, each contradiction once.
    fn of(reports: &[&Report], status: Status) -> Self {
        let different: std::collections::BTreeMap<&str, Severity> = reports
            .iter()
            .flat_map(|report| shown(report, status))
            .map(|item| (item.fingerprint.as_str(), item.severity))
            .collect();
        Self::count(different.into_values())
    }

    fn count(severities: impl Iterator<Item = Severity>) -> Self {
        let mut counts = [0; 4];
        for severity in severities {
            counts[match severity {
                Severity::Critical => 0,
                Severity::High => 1,
                Severity::Medium => 2,
                Severity::Low => 3,
            }] += 1;
        }
        Self(counts)
    }

    fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let noun = plural(self.total(), "new contradiction");
        let each: Vec<String> = SEVERITIES
            .iter()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{count} {severity}"))
            .collect();
        write!(f, "{noun} ({})", each.join(", "))
    }
}
