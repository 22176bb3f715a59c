//! Reports to render.

use oracle::{
    Decision, Evidence, Fingerprint, Item, Meta, Mode, ObjectId, Outcome, RepoPath, Report,
    RunMode, Severity, SeverityCounts, Status, StatusCounts, Summary,
};

/// A report with these items; what its outcome says is taken on trust.
pub(crate) fn report(outcome: Outcome, items: Vec<Item>) -> Report {
    Report {
        meta: Meta {
            schema_version: 3,
            run_id: "run".to_owned(),
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            rules_hash: String::new(),
            policy_hash: String::new(),
            mode: RunMode::Enforce,
            repository: None,
            commit: ObjectId::new(&"a".repeat(40)).expect("an object id"),
            base_commit: None,
            degraded: None,
            demotions: Vec::new(),
            unavailable: Vec::new(),
            rule_errors: Vec::new(),
        },
        items,
        summary: Summary {
            total: 0,
            by_severity: SeverityCounts::default(),
            by_status: StatusCounts::default(),
        },
        decision: Decision {
            outcome,
            reasons: vec!["A reason with `code`.".to_owned()],
        },
    }
}

/// The `n`th finding, at line `n`.
pub(crate) fn item(n: u32, severity: Severity, status: Status) -> Item {
    let fingerprint = Fingerprint::of("MD-001", &[n.to_string()]);
    Item {
        id: fingerprint.short(5),
        fingerprint: fingerprint.to_string(),
        rule_id: "MD-001".to_owned(),
        rule_version: 2,
        severity,
        mode: Mode::Block,
        title: format!("Title {n} of `check`"),
        why: "Why it matters.".to_owned(),
        fix: "Do `this`.".to_owned(),
        evidence: vec![Evidence {
            path: RepoPath::new(".github/workflows/ci.yml").expect("a path"),
            start_line: n,
            end_line: n + 1,
            snippet: "jobs:\n  build:".to_owned(),
            hash: "0".repeat(64),
        }],
        status,
        suppression: None,
    }
}
