//! Reports to render.

use oracle::testing::Fixture;
use oracle::{
    Decision, Evidence, Fingerprint, Item, Meta, Mode, ObjectId, Outcome, PolicyError, Reason,
    RepoPath, Report, RepositoryName, RuleError, RunMode, Severity, SeverityCounts, Status,
    StatusCounts, Summary, Unavailable,
};

/// What the rules themselves say of a repository: several places, code in a fix, and a fact that
/// could not be looked at.
pub(crate) fn of_the_rules() -> Report {
    Fixture::parse(
        "\
//@ require \"build\" from 15368 by ruleset
//@ require \"lint\" from 15368 by classic
//@ queue
//@ unavailable workflows not_permitted
//- .github/workflows/ci.yml
name: CI
on:
  pull_request:
    branches: [main]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
",
    )
    .report()
}

/// A report with something of everything that a report can have.
pub(crate) fn rich() -> Report {
    let place = |path: &str, start_line, end_line, snippet: &str| Evidence {
        path: RepoPath::new(path).expect("a path"),
        start_line,
        end_line,
        snippet: redaction::redact(snippet),
        hash: "0".repeat(64),
    };
    let mut items = vec![
        item(1, Severity::Critical, Status::New),
        item(2, Severity::High, Status::New),
        item(3, Severity::Low, Status::New),
        item(8, Severity::High, Status::Existing),
        item(9, Severity::Medium, Status::Suppressed),
        item(10, Severity::High, Status::New),
    ];
    items[0].why = concat!(
        "A `main` that requires `test` waits for ever, because no job of any workflow reports a check ",
        "of that name, and nobody can merge but by going round protection.",
    )
    .into();
    items[0].fix = concat!(
        "Let it run on `merge_group` too:\n\n",
        "```yaml\non:\n  merge_group:\n\njobs:\n```\n\n",
        "Or stop requiring it.",
    )
    .into();
    items[0].evidence = vec![
        place(".github/workflows/ci.yml", 7, 7, "    name: tests  "),
        place(
            ".github/workflows/ci.yml",
            1,
            3,
            "on:\n  pull_request:\n    branches: [main]",
        ),
        place("docs/long list.md", 98, 140, "one\ntwo\nthree\nfour\nfive"),
    ];
    items[1].mode = Mode::Warn;
    items[1].evidence.clear();
    items[2].evidence = vec![place("Makefile", 12, 12, "\t漢字\t@make")];
    items[4].suppression = Some("false positive, says octocat".to_owned());
    items[5].mode = Mode::Observe;
    let mut report = report(Outcome::Block, items);
    report.decision.reasons = vec![
        "1 new critical finding; none is tolerated.".to_owned(),
        "1 fact could not be looked at.".to_owned(),
    ];
    report.summary = Summary::of(&report.items);
    tell_all(&mut report.meta);
    report
}

/// Gives a report everything that is told of a run.
fn tell_all(meta: &mut Meta) {
    meta.repository = RepositoryName::new("octo-org/hello").ok();
    meta.base_commit = ObjectId::new(&"b".repeat(40)).ok();
    meta.degraded = Some("The circuit breaker is open.".to_owned());
    meta.demotions = vec!["MD-001 warns: 30 % of its findings are disputed.".to_owned()];
    meta.unavailable = vec![Unavailable {
        fact: "branch rules of `main`".to_owned(),
        reason: Reason::NotPermitted,
        detail: "The App lacks `metadata: read`.".to_owned(),
    }];
    meta.rule_errors = vec![RuleError {
        rule_id: "MD-001".to_owned(),
        phase: "before".to_owned(),
        message: "it panicked".to_owned(),
    }];
    let remark = |line, message: &str| PolicyError {
        path: ".github/phase-mirror.yml".to_owned(),
        line: Some(line),
        column: Some(11),
        key: Some("rules.MD-001.mode".to_owned()),
        message: message.to_owned(),
        remedy: "Did you mean `block`?".to_owned(),
    };
    meta.policy_errors = vec![remark(3, "expected `block`, found `blok`")];
    meta.policy_notes = vec![remark(9, "a suppression of a finding ended on 2026-01-01")];
}

/// What a hostile repository would like to say, everywhere that it can say something.
pub(crate) fn saying(text: &str) -> Report {
    let mut report = rich();
    for item in &mut report.items {
        text.clone_into(&mut item.title);
        text.clone_into(&mut item.why);
        text.clone_into(&mut item.fix);
        item.suppression = item.suppression.as_ref().map(|_| text.to_owned());
        for place in &mut item.evidence {
            place.snippet = redaction::redact(text);
            place.path = RepoPath::new(text).unwrap_or_else(|_| place.path.clone());
        }
    }
    let meta = &mut report.meta;
    text.clone_into(&mut meta.unavailable[0].fact);
    text.clone_into(&mut meta.unavailable[0].detail);
    text.clone_into(&mut meta.rule_errors[0].message);
    for remark in meta.policy_errors.iter_mut().chain(&mut meta.policy_notes) {
        text.clone_into(&mut remark.path);
        text.clone_into(&mut remark.message);
        text.clone_into(&mut remark.remedy);
        remark.key = Some(text.to_owned());
    }
    meta.demotions = vec![text.to_owned()];
    meta.degraded = Some(text.to_owned());
    report.decision.reasons = vec![text.to_owned()];
    report
}

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
            policy_errors: Vec::new(),
            policy_notes: Vec::new(),
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
    let fingerprint = Fingerprint::of("MD-001", &[n.to_string().into()]);
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
            snippet: redaction::redact("jobs:\n  build:"),
            hash: "0".repeat(64),
        }],
        status,
        suppression: None,
        aliases: Vec::new(),
    }
}
