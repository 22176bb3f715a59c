//! A finding, as a SARIF result.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oracle::{Evidence, Item, Report, Status};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::model::{
    ArtifactLocation, BaselineState, Level, Location, LogicalLocation, Message, PhysicalLocation,
    Region, ResultProperties, SarifResult, Snippet, Suppression,
};
use super::{ROOT, rules, text};
use crate::render::markdown::{Paragraph, inline, labelled, paragraphs, prose};
use crate::render::visible::{plain, with_tabs};
use crate::render::wording::{self, dispute, lines};

/// What stands for itself in a path of a URI (RFC 3986, "unreserved"), and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Where a finding is that no file shows. GitHub refuses a whole upload for one result without a
/// file; this one is no file of the tree, and not said to be one.
const SETTINGS: &str = "repository-settings";

pub(super) fn result(report: &Report, item: &Item) -> SarifResult {
    let rest = item.evidence.iter().skip(1).zip(1..);
    SarifResult {
        rule_id: item.rule_id.clone(),
        rule_index: rules::index(&item.rule_id),
        level: match wording::level(item) {
            wording::Level::Error => Level::Error,
            wording::Level::Warning => Level::Warning,
            wording::Level::Note => Level::Note,
        },
        message: message(item),
        locations: [item
            .evidence
            .first()
            .map_or_else(|| settings(report), |first| file(first, None))],
        related_locations: rest.map(|(place, id)| file(place, Some(id))).collect(),
        fingerprints: BTreeMap::from([("phaseMirrorFingerprint/v1", item.fingerprint.clone())]),
        partial_fingerprints: BTreeMap::from([
            ("phaseMirrorFingerprint/v1", item.fingerprint.clone()),
            // The only one that GitHub reads. Without it, it would make one of the line's text,
            // and take two contradictions of a line for one.
            ("primaryLocationLineHash", item.fingerprint.clone()),
        ]),
        baseline_state: baseline(report, item),
        suppressions: suppressions(item),
        properties: ResultProperties {
            id: item.id.to_string(),
            severity: item.severity,
            mode: item.mode,
            rule_version: item.rule_version,
        },
    }
}

/// What, why, how to mend it, and how to dispute it unless somebody has.
fn message(item: &Item) -> Message {
    let title = &item.title;
    let (why, fix) = (without_fences(&item.why), without_fences(&item.fix));
    let mut words = format!("{title}. {why}\n\nFix: {fix}");
    let mut markdown = format!(
        "**{}**\n\n{}\n{}",
        inline(title),
        prose(&item.why),
        labelled("Fix", &item.fix),
    );
    if item.status != Status::Suppressed {
        let dispute = dispute(item);
        // Writing to a string can't fail.
        let _ = write!(words, "\n\nDispute: {dispute}.");
        let _ = write!(
            markdown,
            "\n{}",
            labelled("Dispute", &format!("{dispute}."))
        );
    }
    Message {
        markdown: Some(markdown),
        ..text(&words)
    }
}

/// Text with its blocks of code indented.
fn without_fences(text: &str) -> String {
    let shown = paragraphs(text)
        .into_iter()
        .map(|paragraph| match paragraph {
            Paragraph::Prose(prose) => prose,
            Paragraph::Code(code) => {
                let lines = code.lines().map(|line| format!("    {line}"));
                lines.collect::<Vec<_>>().join("\n")
            }
        });
    shown.collect::<Vec<_>>().join("\n\n")
}

fn file(evidence: &Evidence, id: Option<usize>) -> Location {
    let start_line = evidence.start_line.max(1);
    let snippet = evidence.snippet.as_str();
    let also = || text(&format!("{}:{}", evidence.path, lines(evidence)));
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: Some(utf8_percent_encode(evidence.path.as_str(), PATH).to_string()),
                uri_base_id: Some(ROOT),
            },
            region: Some(Region {
                start_line,
                end_line: evidence.end_line.max(start_line),
                snippet: (!snippet.is_empty()).then(|| Snippet {
                    text: with_tabs(snippet),
                }),
            }),
        },
        logical_locations: None,
        message: id.map(|_| also()),
    }
}

fn settings(report: &Report) -> Location {
    let repository = report.meta.repository.as_ref();
    let name = repository.map_or("repository", |name| name.as_str());
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: Some(SETTINGS.to_owned()),
                uri_base_id: None,
            },
            region: Some(Region {
                start_line: 1,
                end_line: 1,
                snippet: None,
            }),
        },
        logical_locations: Some([LogicalLocation {
            fully_qualified_name: format!("{name}/settings"),
            kind: "resource",
        }]),
        message: Some(text("Between settings: no file shows it.")),
    }
}

/// New or unchanged, where something was compared. A suppressed finding may be either.
fn baseline(report: &Report, item: &Item) -> Option<BaselineState> {
    report.meta.base_commit.as_ref()?;
    match item.status {
        Status::New => Some(BaselineState::New),
        Status::Existing => Some(BaselineState::Unchanged),
        Status::Suppressed => None,
    }
}

/// None is an empty list: who leaves it out says that he does not know (§3.27.23).
fn suppressions(item: &Item) -> Vec<Suppression> {
    if item.status != Status::Suppressed {
        return Vec::new();
    }
    vec![Suppression {
        kind: "external",
        status: "accepted",
        justification: item.suppression.as_deref().map(plain),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        let uri = |path: &str| utf8_percent_encode(path, PATH).to_string();
        assert_eq!(uri(".github/workflows/ci.yml"), ".github/workflows/ci.yml");
        assert_eq!(uri("a b/ü#?%:[x]"), "a%20b/%C3%BC%23%3F%25%3A%5Bx%5D");
    }
}
