//! A report as SARIF 2.1.0, for code scanning and whatever else reads it.
//!
//! docs/reports.md says what becomes what, and why.

mod model;
mod result;
mod rules;

use std::collections::BTreeMap;

use oracle::{Mode, Report};

use super::visible::plain;
use super::wording::reason;
use model::{
    ArtifactLocation, AutomationDetails, Driver, Invocation, Level, Log, Message, Notification,
    RuleReference, Run, RunProperties, Tool, UnavailableProperties, UriBase, VersionControl,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The root of the repository, by the name that SARIF's readers know.
const ROOT: &str = "%SRCROOT%";
/// What GitHub tells analyses of one tool apart by: everything before the last slash of the id.
const CATEGORY: &str = "phase-mirror";

/// The report as SARIF 2.1.0: indented, with a line break at its end, and the same bytes for the
/// same report. Findings of rules in mode `observe` are left out, because code scanning would show
/// them.
pub fn report_sarif(report: &Report) -> String {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run(report)],
    };
    // The model has text keys only, which always serialise.
    let mut json = serde_json::to_string_pretty(&log).unwrap_or_default();
    json.push('\n');
    json
}

fn run(report: &Report) -> Run {
    let meta = &report.meta;
    let items = report.items.iter();
    let shown = items.filter(|item| item.mode != Mode::Observe);
    let root = UriBase {
        description: text("The root of the repository, at the commit judged."),
    };
    Run {
        tool: Tool {
            driver: Driver {
                name: "Phase Mirror",
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules::descriptors(),
            },
        },
        automation_details: AutomationDetails {
            id: format!("{CATEGORY}/{}", plain(&meta.run_id).replace('/', "-")),
        },
        invocations: [Invocation {
            start_time_utc: meta.timestamp.to_string(),
            execution_successful: meta.rule_errors.is_empty(),
            tool_execution_notifications: notifications(report),
        }],
        version_control_provenance: meta.repository.as_ref().map(|repository| {
            [VersionControl {
                repository_uri: format!("https://github.com/{repository}"),
                revision_id: meta.commit.to_string(),
                mapped_to: ArtifactLocation {
                    uri: None,
                    uri_base_id: Some(ROOT),
                },
            }]
        }),
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        results: shown.map(|item| result::result(report, item)).collect(),
        properties: RunProperties {
            outcome: report.decision.outcome,
            reasons: report.decision.reasons.iter().map(|it| plain(it)).collect(),
            mode: meta.mode,
            rules_hash: meta.rules_hash.clone(),
            policy_hash: meta.policy_hash.clone(),
            commit: meta.commit.to_string(),
            base_commit: meta.base_commit.as_ref().map(ToString::to_string),
        },
    }
}

/// What the run could not do, and what was done differently for it: rules that failed, what could
/// not be looked at, errors of the policy and notes on it, rules with less say, a degraded
/// decision.
fn notifications(report: &Report) -> Vec<Notification> {
    let meta = &report.meta;
    let failed = meta.rule_errors.iter().map(|error| Notification {
        level: Level::Error,
        message: text(&format!(
            "Rule {} failed on the tree \"{}\" and was not applied: {}",
            error.rule_id, error.phase, error.message
        )),
        associated_rule: Some(RuleReference {
            id: error.rule_id.clone(),
            index: rules::index(&error.rule_id),
        }),
        properties: None,
    });
    let unavailable = meta.unavailable.iter().map(|missing| Notification {
        level: Level::Warning,
        message: text(&format!(
            "Could not look at {} ({}): {}",
            missing.fact,
            reason(missing.reason),
            missing.detail
        )),
        associated_rule: None,
        properties: Some(UnavailableProperties {
            fact: plain(&missing.fact),
            reason: missing.reason,
        }),
    });
    let misruled = meta.policy_errors.iter();
    let misruled = misruled.map(|error| (Level::Warning, format!("Error of the policy: {error}")));
    let noted = meta.policy_notes.iter();
    let noted = noted.map(|note| (Level::Note, format!("Note on the policy: {note}")));
    let degraded = meta.degraded.iter();
    let degraded = degraded.map(|why| (Level::Warning, format!("Degraded: {why}")));
    let demoted = meta.demotions.iter();
    let demoted = demoted.map(|why| (Level::Note, format!("Less say: {why}")));
    let others = misruled.chain(degraded).chain(demoted).chain(noted);
    let others = others.map(|(level, why)| Notification {
        level,
        message: text(&why),
        associated_rule: None,
        properties: None,
    });
    failed.chain(unavailable).chain(others).collect()
}

/// A message without markup. SARIF makes links of `[text](target)` even there (§3.11.6); what a
/// repository says must not become one.
fn text(message: &str) -> Message {
    Message {
        text: plain(message).replace("](", "] ("),
        markdown: None,
    }
}
