//! The report against its published schema.

use jsonschema::Validator;

use crate::registry::REPORT_SCHEMA;
use crate::testing::Fixture;
use crate::{Report, Status};

fn validator() -> Validator {
    let schema = serde_json::from_str(REPORT_SCHEMA).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

fn assert_valid(report: &Report) {
    let json = serde_json::from_str(&report.to_json()).expect("a report is JSON");
    let errors: Vec<String> = validator()
        .iter_errors(&json)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

const BROKEN: &str = "\
//@ before
//@ unavailable rollups not_permitted
//- .github/workflows/ci.yml
on: [
";

/// Regenerate with `UPDATE_EXPECT=1 cargo test -p oracle --features schema`.
#[cfg(feature = "schema")]
#[test]
fn the_published_schema_is_the_one_of_the_types() {
    // Keys are sorted here, because their order depends on features of `serde_json` that any
    // crate of a build may turn on.
    fn sorted(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(map) => {
                let ordered: std::collections::BTreeMap<_, _> = map
                    .into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect();
                serde_json::Value::Object(ordered.into_iter().collect())
            }
            serde_json::Value::Array(list) => list.into_iter().map(sorted).collect(),
            other => other,
        }
    }
    let schema = sorted(schemars::schema_for!(Report).to_value());
    let json = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    expect_test::expect_file!["../../../schemas/dissonance-report.v3.schema.json"].assert_eq(&json);
}

#[test]
fn a_report_with_nothing_in_it_is_valid() {
    assert_valid(&Fixture::parse("").report());
}

#[test]
fn a_report_with_findings_is_valid_and_reads_back() {
    let report = Fixture::parse(BROKEN).report();
    assert_eq!(report.items.len(), 1);
    assert_valid(&report);
    let back: Report = serde_json::from_str(&report.to_json()).expect("it reads back");
    assert_eq!(back, report);
}

#[test]
fn optional_fields_are_in_the_schema_too() {
    let mut report = Fixture::parse(BROKEN).report();
    report.meta.degraded = Some("The circuit breaker is open.".to_owned());
    report.meta.demotions = vec!["MD-001 warns: 30 % false positives.".to_owned()];
    report.items[0].status = Status::Suppressed;
    report.items[0].suppression = Some("false positive, by octocat".to_owned());
    assert_valid(&report);
}

#[test]
fn what_is_no_report_is_not_valid() {
    for (from, to) in [
        ("\"schema_version\": 3", "\"schema_version\": 2"),
        ("\"outcome\": \"warn\"", "\"outcome\": \"maybe\""),
        ("\"run_id\"", "\"ran_id\""),
        ("\"id\": \"PM-", "\"id\": \"XX-"),
    ] {
        let json = Fixture::parse(BROKEN).report().to_json();
        assert!(json.contains(from), "{from}");
        let json = serde_json::from_str(&json.replace(from, to)).expect("still JSON");
        assert!(!validator().is_valid(&json), "{to}");
    }
}

#[test]
fn counts_are_those_of_the_items() {
    let report = Fixture::parse(BROKEN).report();
    assert_eq!(report.summary.total, 1);
    assert_eq!(report.summary.by_severity.high, 1);
    assert_eq!(report.summary.by_status.new, 1);
}
