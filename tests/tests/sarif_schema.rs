//! SARIF reports against the schema of SARIF 2.1.0, which `scripts/contracts` fetches.

use app::render::report_sarif;
use jsonschema::Validator;
use oracle::registry::RULES;
use oracle::testing::Fixture;
use oracle::{Mode, Reason, Report, RuleError, Status, Unavailable};
use sandbox::contract;
use serde_json::Value;

fn validator() -> Validator {
    let folder = contract::folder().expect("the environment says where it is");
    let path = folder.join("sarif-2.1.0.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run scripts/contracts", path.display()));
    let mut schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    // OASIS publishes the same as draft 7, which knows the format `uri-reference`.
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    // No regular expression outside of JavaScript's lax mode: it has a bracket too many.
    for of in ["run", "toolComponent"] {
        let language = schema["definitions"][of]["properties"]["language"].as_object_mut();
        language.expect("it has a language").remove("pattern");
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is a schema")
}

fn errors(validator: &Validator, sarif: &str) -> Vec<String> {
    let json: Value = serde_json::from_str(sarif).expect("it is JSON");
    validator
        .iter_errors(&json)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// A report with everything that a report may have.
fn everything() -> Report {
    let mut report = Fixture::parse(
        "\
//@ require \"build\" from 15368 by ruleset
//@ require \"lost\" by classic
//@ require \"never\" by classic
//@ queue
//@ before
//@ unavailable rollups not_permitted
//- .github/workflows/a#?%ü.yml
on:
  pull_request:
    branches: [main]
jobs: {build: {runs-on: ubuntu-latest, steps: [{run: make}]}}
",
    )
    .report();
    assert!(report.items.len() > 2, "{report:?}");
    report.items[0].status = Status::Suppressed;
    report.items[0].suppression = Some("won't fix".to_owned());
    report.items[1].status = Status::Existing;
    report.items[2].status = Status::New;
    report.items[2].mode = Mode::Block;
    report.items[2].evidence.clear();
    report.items[2].rule_id = String::from("MD-999");
    let meta = &mut report.meta;
    meta.run_id = String::new();
    meta.degraded = Some("The circuit breaker is open.".to_owned());
    meta.demotions = vec!["MD-001 warns.".to_owned()];
    meta.unavailable.push(Unavailable {
        fact: "the tree".to_owned(),
        reason: Reason::TooLarge,
        detail: String::new(),
    });
    for rule_id in ["MD-001", "MD-999"] {
        meta.rule_errors.push(RuleError {
            rule_id: rule_id.to_owned(),
            phase: "before".to_owned(),
            message: String::new(),
        });
    }
    report
}

#[test]
fn every_report_is_valid_sarif() {
    let validator = validator();
    let mut reports = vec![Fixture::parse("").report(), everything()];
    for rule in RULES {
        reports.push(Fixture::parse(rule.meta().bad_example).report());
        reports.push(Fixture::parse(rule.meta().good_example).report());
    }
    for report in reports {
        let sarif = report_sarif(&report);
        let errors = errors(&validator, &sarif);
        assert!(errors.is_empty(), "{errors:#?}\n{sarif}");
    }
}

#[test]
fn what_is_no_sarif_is_not_valid() {
    let validator = validator();
    let sarif = report_sarif(&everything());
    for (from, to) in [
        ("\"startLine\": 1,", "\"startLine\": 0,"),
        ("\"level\": \"error\"", "\"level\": \"fatal\""),
        ("\"ruleIndex\"", "\"rule_index\""),
        ("\"baselineState\": \"new\"", "\"baselineState\": \"fresh\""),
        ("a%23%3F%25%C3%BC", "a b%"),
    ] {
        assert!(sarif.contains(from), "{from}");
        let errors = errors(&validator, &sarif.replace(from, to));
        assert!(!errors.is_empty(), "{to}");
    }
}
