//! The places of new findings, as annotations.

use std::collections::BTreeSet;

use oracle::{Evidence, Item, Report, Severity, Status};

use super::{markdown, shown};
use crate::check::{Annotation, AnnotationLevel};

/// The most annotations of one run: five requests' worth, and more than anybody reads.
pub const MOST_ANNOTATIONS: usize = 250;

/// GitHub's limit on a title, 255 characters, met in bytes: no other unit counts more.
const TITLE_BYTES: usize = 255;
/// GitHub's limit on a message, 64 KB.
const MESSAGE_BYTES: usize = 64 * 1024;
/// The part of it that the fix may have.
const FIX_BYTES: usize = 8 * 1024;

/// Annotations, and how many places there were no more for.
pub(super) struct Annotations {
    pub(super) shown: Vec<Annotation>,
    pub(super) left_out: usize,
}

/// One annotation for each place of each new finding, the worst first; a place that several
/// pull requests share has one.
pub(super) fn annotations(reports: &[(u64, Report)]) -> Annotations {
    let mut seen = BTreeSet::new();
    let mut places: Vec<(&Item, &Evidence)> = reports
        .iter()
        .flat_map(|(_, report)| shown(report, Status::New))
        .flat_map(|item| item.evidence.iter().map(move |evidence| (item, evidence)))
        .filter(|(item, evidence)| seen.insert((item.fingerprint.as_str(), *evidence)))
        .collect();
    places.sort_by_key(|(item, _)| std::cmp::Reverse(item.severity));
    let left_out = places.len().saturating_sub(MOST_ANNOTATIONS);
    places.truncate(MOST_ANNOTATIONS);
    Annotations {
        shown: places.into_iter().map(annotation).collect(),
        left_out,
    }
}

fn annotation((item, evidence): (&Item, &Evidence)) -> Annotation {
    let start_line = evidence.start_line.max(1);
    // What names the finding comes last, so the middle is cut.
    let fix = markdown::cut(&markdown::plain(&item.fix), FIX_BYTES);
    let tail = format!(
        "\n\nFix: {fix}\n\n{} ({} v{})",
        item.id, item.rule_id, item.rule_version
    );
    let room = MESSAGE_BYTES.saturating_sub(tail.len());
    let why = markdown::cut(&markdown::plain(&item.why), room);
    Annotation {
        path: evidence.path.clone(),
        start_line,
        end_line: evidence.end_line.max(start_line),
        level: match item.severity {
            Severity::Critical | Severity::High => AnnotationLevel::Failure,
            Severity::Medium => AnnotationLevel::Warning,
            Severity::Low => AnnotationLevel::Notice,
        },
        title: markdown::cut(
            &markdown::plain(&item.title).replace('\n', " "),
            TITLE_BYTES,
        ),
        message: why + &tail,
    }
}
