//! New findings, as annotations.

use std::collections::BTreeSet;

use oracle::{Evidence, Item, Report, Severity, Status};

use super::shown;
use super::visible::{cut, plain};
use crate::check::{Annotation, AnnotationLevel};

/// The most annotations of one run: five requests' worth, and more than anybody reads.
pub const MOST_ANNOTATIONS: usize = 250;

/// GitHub's limit on a title, 255 characters, met in bytes: no other unit counts more.
const TITLE_BYTES: usize = 255;
/// GitHub's limit on a message, 64 KB.
const MESSAGE_BYTES: usize = 64 * 1024;
/// The part of it that the fix may have.
const FIX_BYTES: usize = 8 * 1024;
/// The most other places that a message names.
const MOST_PLACES: usize = 10;
/// The most bytes of each of their paths.
const PATH_BYTES: usize = 400;

/// Annotations, and how many findings there were none left for.
pub(super) struct Annotations {
    pub(super) shown: Vec<Annotation>,
    pub(super) left_out: usize,
}

/// One annotation for each new finding, at its first place, the worst first; a finding that
/// several pull requests share has one. Its other places are named in the message: a finding is
/// one thing to mend, however many places show it.
pub(super) fn annotations(reports: &[(u64, Report)]) -> Annotations {
    let mut seen = BTreeSet::new();
    let mut findings: Vec<(&Item, &Evidence)> = reports
        .iter()
        .flat_map(|(_, report)| shown(report, Status::New))
        .filter_map(|item| Some((item, item.evidence.first()?)))
        .filter(|(item, first)| seen.insert((item.fingerprint.as_str(), *first)))
        .collect();
    findings.sort_by_key(|(item, _)| std::cmp::Reverse(item.severity));
    let left_out = findings.len().saturating_sub(MOST_ANNOTATIONS);
    findings.truncate(MOST_ANNOTATIONS);
    Annotations {
        shown: findings.into_iter().map(annotation).collect(),
        left_out,
    }
}

/// Where else a finding shows.
fn other_places(item: &Item) -> String {
    let others: Vec<String> = item
        .evidence
        .iter()
        .skip(1)
        .take(MOST_PLACES)
        .map(|place| {
            let path = plain(place.path.as_str()).replace('\n', " ");
            format!("{}:{}", cut(&path, PATH_BYTES), place.start_line)
        })
        .collect();
    if others.is_empty() {
        return String::new();
    }
    format!("\n\nSee also: {}", others.join(", "))
}

fn annotation((item, evidence): (&Item, &Evidence)) -> Annotation {
    let start_line = evidence.start_line.max(1);
    // What names the finding comes last, so the middle is cut.
    let fix = cut(&plain(&item.fix), FIX_BYTES);
    let tail = format!(
        "\n\nFix: {fix}{}\n\n{} ({} v{})",
        other_places(item),
        item.id,
        item.rule_id,
        item.rule_version
    );
    let room = MESSAGE_BYTES.saturating_sub(tail.len());
    let why = cut(&plain(&item.why), room);
    Annotation {
        path: evidence.path.clone(),
        start_line,
        end_line: evidence.end_line.max(start_line),
        level: match item.severity {
            Severity::Critical | Severity::High => AnnotationLevel::Failure,
            Severity::Medium => AnnotationLevel::Warning,
            Severity::Low => AnnotationLevel::Notice,
        },
        title: cut(&plain(&item.title).replace('\n', " "), TITLE_BYTES),
        message: why + &tail,
    }
}
