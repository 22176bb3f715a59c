//! Reports as SARIF. That they are valid is tested where the schema is (tests/tests/sarif.rs).

use app::render::report_sarif;
use expect_test::expect_file;
use oracle::{Mode, Outcome, Report, Severity, Status};
use proptest::prelude::*;
use serde_json::Value;

use crate::reports::{item, of_the_rules, report, rich, saying};

fn run(report: &Report) -> Value {
    let sarif = report_sarif(report);
    assert_eq!(sarif, report_sarif(report), "the same bytes");
    assert!(sarif.ends_with("}\n"));
    let mut log: Value = serde_json::from_str(&sarif).expect("it is JSON");
    log["runs"][0].take()
}

#[test]
fn everything_that_a_report_has_is_there() {
    let sarif = report_sarif(&rich());
    // The rules' descriptions are in docs/rules.
    let rules = sarif.find("\"rules\": [").expect("it has rules");
    let after = sarif.find("\"automationDetails\"").expect("it has an id");
    let (before, after) = (&sarif[..rules], &sarif[after..]);
    let shown = format!("{before}\"rules\": []\n        }}\n      }},\n      {after}");
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let shown = shown.replace(&version, "\"semanticVersion\": \"VERSION\"");
    expect_file!["golden/report.sarif"].assert_eq(&shown);
}

#[test]
fn what_the_rules_say() {
    let run = run(&of_the_rules());
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    for result in run["results"].as_array().expect("a list") {
        let index = result["ruleIndex"].as_u64().expect("the rule is known");
        let rule = &rules[usize::try_from(index).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let names: Vec<&Value> = rules.iter().map(|rule| &rule["name"]).collect();
    assert!(names.iter().any(|name| **name == "UnreadableGovernance"));
}

#[test]
fn levels_are_of_severity_and_mode() {
    let cases = [
        (Severity::Critical, Mode::Block, "error"),
        (Severity::High, Mode::Block, "error"),
        (Severity::Medium, Mode::Block, "warning"),
        (Severity::Low, Mode::Block, "note"),
        (Severity::Critical, Mode::Warn, "warning"),
        (Severity::High, Mode::Warn, "warning"),
        (Severity::Medium, Mode::Warn, "warning"),
        (Severity::Low, Mode::Warn, "note"),
    ];
    for (severity, mode, level) in cases {
        let mut item = item(1, severity, Status::New);
        item.mode = mode;
        let run = run(&report(Outcome::Warn, vec![item]));
        assert_eq!(run["results"][0]["level"], level, "{severity} {mode:?}");
    }
}

#[test]
fn where_nothing_was_compared_nothing_is_said_of_a_baseline() {
    let new = report(Outcome::Warn, vec![item(1, Severity::High, Status::New)]);
    let run = run(&new);
    assert_eq!(run["results"][0].get("baselineState"), None);
    assert_eq!(
        run.get("versionControlProvenance"),
        None,
        "nor of a repository"
    );
}

#[test]
fn an_unknown_rule_has_no_index() {
    let mut unknown = item(1, Severity::High, Status::New);
    unknown.rule_id = "MD-999".to_owned();
    let run = run(&report(Outcome::Warn, vec![unknown]));
    assert_eq!(run["results"][0].get("ruleIndex"), None);
    assert_eq!(run["results"][0]["ruleId"], "MD-999");
}

#[test]
fn two_findings_of_a_line_have_two_fingerprints() {
    let mut items = vec![
        item(1, Severity::High, Status::New),
        item(2, Severity::High, Status::New),
    ];
    items[1].evidence = items[0].evidence.clone();
    let run = run(&report(Outcome::Warn, items));
    let hash =
        |place: usize| &run["results"][place]["partialFingerprints"]["primaryLocationLineHash"];
    assert!(hash(0).is_string());
    assert_ne!(hash(0), hash(1));
}

#[test]
fn the_category_is_the_same_for_every_run() {
    let mut report = report(Outcome::Pass, Vec::new());
    report.meta.run_id = "a/b".to_owned();
    assert_eq!(run(&report)["automationDetails"]["id"], "phase-mirror/a-b");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a repository contains: no link in a message, nothing unseen in any text.
    #[test]
    fn nothing_of_a_repository_is_a_link(
        text in "([\\PC\\x00-\\x1f\\x7f-\\u{9f}\\u{202e}\\n`]|\\[x\\]\\(https://x.y\\)){0,40}",
    ) {
        let run = run(&saying(&text));
        for result in run["results"].as_array().expect("a list") {
            let message = result["message"]["text"].as_str().expect("a text");
            prop_assert!(!message.contains("]("), "{message}");
        }
        let deceptive = run.to_string().contains(['\u{9b}', '\u{202e}', '\u{7f}']);
        prop_assert!(!deceptive);
    }
}
