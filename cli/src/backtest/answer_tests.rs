//! What the answer counts, and that its published schema describes it.

use jsonschema::Validator;
use oracle::{Reason, Severity, Unavailable};
use serde_json::{Value, json};

use super::*;
use crate::backtest::verdict::Place;

const SCHEMA: &str = include_str!("../../../schemas/backtest.v1.schema.json");

pub(in crate::backtest) fn found(rule: &str, mode: Mode, blocks: bool) -> Found {
    Found {
        rule_id: rule.to_owned(),
        mode,
        blocks,
        severity: Severity::High,
        id: serde_json::from_value(json!("PM-00000")).unwrap(),
        fingerprint: "0".repeat(64),
        title: "Required check `test` is reported by nothing".to_owned(),
        place: Some(Place {
            path: ".github/workflows/ci.yml".to_owned(),
            line: 3,
        }),
    }
}

pub(in crate::backtest) fn pull_request(
    number: u64,
    outcome: Fate,
    findings: Vec<Found>,
) -> PullRequest {
    PullRequest {
        number,
        title: "Tidy up".to_owned(),
        author: Some("octocat".to_owned()),
        url: format!("https://github.com/octo-org/hello/pull/{number}"),
        merged_at: "2026-11-20T00:00:00Z".parse().unwrap(),
        head: ObjectId::new(&"a".repeat(40)).unwrap(),
        verdict: Verdict {
            outcome,
            reasons: vec!["1 fact could not be looked at.".to_owned()],
            base_commit: ObjectId::new(&"b".repeat(40)).ok(),
            findings,
            unavailable: Vec::new(),
        },
    }
}

pub(in crate::backtest) fn answer(pull_requests: Vec<PullRequest>) -> Answer {
    let policy = Policy::default();
    let subject = Subject {
        repository: RepositoryName::new("octo-org/hello").unwrap(),
        branch: BranchName::new("main").unwrap(),
        timestamp: "2026-11-25T00:00:00Z".parse().unwrap(),
        policy: &policy,
        dry_run: false,
        complete: true,
    };
    Answer::new(subject, pull_requests)
}

fn one_of_each() -> Answer {
    let mut not_permitted = pull_request(2, Fate::Warn, Vec::new());
    not_permitted.verdict.unavailable.push(Unavailable {
        fact: "the states of workflows".to_owned(),
        reason: Reason::NotPermitted,
        detail: "The token may not.".to_owned(),
    });
    let mut gone = pull_request(1, Fate::NotSeen, Vec::new());
    gone.verdict = Verdict::not_seen("GitHub does not have commit aaaaaaa".to_owned());
    gone.author = None;
    answer(vec![
        pull_request(
            5,
            Fate::Block,
            vec![
                found("MD-001", Mode::Block, true),
                found("MD-001", Mode::Block, true),
                found("MD-007", Mode::Warn, false),
            ],
        ),
        pull_request(4, Fate::Warn, vec![found("MD-001", Mode::Block, false)]),
        pull_request(3, Fate::Pass, vec![found("MD-008", Mode::Observe, false)]),
        not_permitted,
        gone,
    ])
}

#[test]
fn a_pull_request_counts_once_for_each_rule() {
    let answer = one_of_each();
    let summary = Summary {
        total: 5,
        block: 1,
        warn: 2,
        pass: 1,
        not_seen: 1,
    };
    assert_eq!(answer.summary, summary);
    let rules = answer.rules.iter();
    let counts: Vec<_> = rules
        .map(|it| (it.rule_id, it.block, it.warn, it.observe))
        .collect();
    assert_eq!(
        counts,
        [
            ("MD-000", 0, 0, 0),
            ("MD-001", 1, 1, 0),
            ("MD-007", 0, 1, 0),
            ("MD-008", 0, 0, 1),
        ]
    );
}

/// Keys are sorted, because their order depends on features of `serde_json` that any crate of a
/// build may turn on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: std::collections::BTreeMap<_, _> = map
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// Regenerate with `UPDATE_EXPECT=1 cargo test -p phase-mirror`.
#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let schema = sorted(schemars::schema_for!(Answer).to_value());
    let json = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    expect_test::expect_file!["../../../schemas/backtest.v1.schema.json"].assert_eq(&json);
}

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_answer_is_as_the_schema_says() {
    for answer in [one_of_each(), answer(Vec::new())] {
        let json: Value = serde_json::from_str(&answer.to_json()).unwrap();
        let validator = validator();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn what_is_no_answer_is_not_valid() {
    let json = one_of_each().to_json();
    for (from, to) in [
        ("\"schema_version\": 1", "\"schema_version\": 2"),
        ("\"outcome\": \"block\"", "\"outcome\": \"red\""),
        ("\"number\": 5,", ""),
    ] {
        assert!(json.contains(from), "{from}");
        let wrong: Value = serde_json::from_str(&json.replacen(from, to, 1)).unwrap();
        assert!(!validator().is_valid(&wrong), "{to}");
    }
}
