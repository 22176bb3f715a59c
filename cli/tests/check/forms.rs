//! The report in its four forms.

use expect_test::expect;
use serde_json::Value;

use crate::repository::{CI, Repository, stdout, workflow};

const SETTINGS: [&str; 2] = ["--settings", "settings.json"];

fn contradictory() -> Repository {
    let repository = Repository::new();
    repository.write(CI, &workflow("tests"));
    repository
}

#[test]
fn text_shows_the_line_why_and_what_to_do() {
    let output = contradictory().check(&SETTINGS);
    expect![[r#"
        warning[MD-001]: Required check `test` is reported by nothing
         --> .github/workflows/ci.yml:3
          |
        3 |   tests:
          |   ^^^^^^
          |
          = finding: PM-3Y2J3, severity high, rule version 2 in mode warn
          = why: `main` requires `test`, from GitHub Actions (ruleset 7 of octo-org/hello). No job of any
                 workflow reports a check of that name. `tests`, which is reported, comes closest.
          = fix: Require `tests` instead of `test`, or name the job `test`.
          = dispute: comment `/phase-mirror fp PM-3Y2J3 <reason>` on the pull request, or suppress it in
                     `.github/phase-mirror.yml` on the base branch

        warn: 1 new finding, not enough to block.
    "#]].assert_eq(&stdout(&output));
}

/// A pipe gets no colour, and the same bytes each time.
#[test]
fn every_form_is_the_same_to_the_byte() {
    let repository = contradictory();
    for format in ["text", "json", "sarif", "markdown"] {
        let arguments = [&SETTINGS[..], &["--format", format]].concat();
        let first = repository.check(&arguments);
        assert!(!first.stdout.contains(&0x1b), "{format}: {first:?}");
        assert_eq!(
            first.stdout,
            repository.check(&arguments).stdout,
            "{format}"
        );
        assert!(first.stdout.ends_with(b"\n"), "{format}");
    }
}

#[test]
fn sarif_is_sarif() {
    let arguments = [&SETTINGS[..], &["--format", "sarif"]].concat();
    let output = contradictory().check(&arguments);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "MD-001");
}

#[test]
fn markdown_names_the_finding() {
    let arguments = [&SETTINGS[..], &["--format", "markdown"]].concat();
    let output = contradictory().check(&arguments);
    assert!(
        stdout(&output).contains("is reported by nothing"),
        "{output:?}"
    );
}

#[test]
fn what_was_there_already_is_a_line_each_or_all_of_it() {
    let repository = contradictory();
    repository.commit("contradict");
    let arguments = [&SETTINGS[..], &["--base", "HEAD"]].concat();
    let short = stdout(&repository.check(&arguments));
    let whole = stdout(&repository.check(&[&arguments[..], &["--all"]].concat()));
    assert!(short.contains("is reported by nothing"), "{short}");
    assert!(!short.contains("why:"), "{short}");
    assert!(whole.contains("why:"), "{whole}");
}

#[test]
fn a_rule_is_explained() {
    for name in ["MD-001", "md-001", "required-check-never-reports"] {
        let output = Repository::empty().check(&["--explain", name]);
        let page = stdout(&output);
        assert_eq!(output.status.code(), Some(0));
        for part in [
            "What it checks",
            "Why it matters",
            "How to fix",
            "A finding",
        ] {
            assert!(page.contains(part), "{page}");
        }
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let output = Repository::empty().check(&["--help"]);
    let help = stdout(&output);
    assert!(
        help.contains("phase-mirror check --base origin/main"),
        "{help}"
    );
    assert!(help.contains("Exit codes:"), "{help}");
}
