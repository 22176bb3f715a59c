//! The same contradiction has the same id, whatever moves around it; another one has another.

use proptest::prelude::*;

use crate::registry::{Findings, Input, Rule, RuleMeta};
use crate::testing::{Fixture, render};
use crate::{Fact, Finding, Item, Mode, Outcome, Part, Reason, Report, Severity, Status};

fn report(text: &str) -> Report {
    Fixture::parse(text).report()
}

/// Rule and fingerprint of each item.
fn ids(report: &Report) -> Vec<(&str, &str)> {
    let items = report.items.iter();
    let mut ids: Vec<(&str, &str)> = items
        .map(|item| (item.rule_id.as_str(), item.fingerprint.as_str()))
        .collect();
    ids.sort_unstable();
    ids
}

/// The one finding of a rule.
fn one<'a>(report: &'a Report, rule: &str) -> &'a Item {
    let mut items = report.items.iter().filter(|item| item.rule_id == rule);
    let item = items.next();
    assert!(
        item.is_some() && items.next().is_none(),
        "{}",
        render(report)
    );
    item.unwrap()
}

const SETTINGS: &str = "\
//@ require \"all\" from 15368 by ruleset
//@ require \"gone\" from 15368 by ruleset
//@ rollup #1 \"other\" by 15368
//@ code-owner-review by ruleset
";

/// MD-001 (`gone`), MD-008 (`all`) and MD-007 (a pattern that matches nothing).
const BLOCK: &str = "\
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
  all:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - run: echo all is well
//- .github/CODEOWNERS
* @octo-org/all
/nothing/ @octo-org/all
";

const REFORMATTED: &str = "\
//- .github/workflows/ci.yml
# What is run.

jobs:

        all: {\"needs\": ['test'], steps: [{\"run\": \"echo all is well\"}], runs-on: ubuntu-latest}
        # The tests.
        test:
            steps:
            - {run: 'make test'}
            runs-on: \"ubuntu-latest\"
on: [\"pull_request\"]
//- .github/CODEOWNERS
# Who owns what.

*            @octo-org/all
/nothing/    @octo-org/all # nobody
";

#[test]
fn moved_lines_comments_and_another_way_to_write_the_same_change_no_id() {
    let block = report(&format!("{SETTINGS}{BLOCK}"));
    for rule in ["MD-001", "MD-007", "MD-008"] {
        assert!(
            ids(&block).iter().any(|id| id.0 == rule),
            "{}",
            render(&block)
        );
    }
    let other = report(&format!("{SETTINGS}{REFORMATTED}"));
    assert_eq!(ids(&block), ids(&other), "{}", render(&other));
}

#[test]
fn ids_that_name_neither_file_nor_job_pass_through_renames() {
    let before = BLOCK.replace("//- ", "//- before: ");
    let after = BLOCK.replace("ci.yml", "gate.yml");
    let after = after
        .replace(".github/CODEOWNERS", "CODEOWNERS")
        .replace("test:", "unit:")
        .replace("needs: test", "needs: unit");
    let report = report(&format!("{SETTINGS}{before}{after}"));
    assert!(report.items.len() >= 3, "{}", render(&report));
    for item in &report.items {
        assert_eq!(item.status, Status::Existing, "{}", render(&report));
        assert!(item.aliases.is_empty());
    }
}

#[test]
fn what_contradicts_what_is_the_id() {
    let whole = format!("{SETTINGS}{BLOCK}");
    let told = report(&whole);
    for (rule, old, new) in [
        ("MD-001", "\"gone\"", "\"lost\""),
        ("MD-007", "/nothing/", "/nowhere/"),
        ("MD-008", "\"all\" from", "\"test\" from"),
    ] {
        let other = report(&whole.replace(old, new));
        let of = |report: &Report| -> Vec<String> {
            let items = report.items.iter().filter(|item| item.rule_id == rule);
            items.map(|item| item.fingerprint.clone()).collect()
        };
        assert_ne!(of(&told), of(&other), "{rule}: {}", render(&other));
    }
}

/// A file that GitHub does not read moves from `docs` to the root.
const SECOND: &str = "\
//- both: .github/CODEOWNERS
* @a
//- before: docs/CODEOWNERS
* @b
c @c
//- CODEOWNERS
* @b
c @c
";

#[test]
fn a_finding_about_a_file_follows_its_file() {
    for text in [SECOND, &format!("{SECOND}d @d\n")] {
        let report = report(text);
        let item = one(&report, "MD-007");
        assert_eq!(item.status, Status::Existing, "{}", render(&report));
        let base = report_of_the_base(text);
        assert_eq!(item.aliases, [one(&base, "MD-007").fingerprint.clone()]);
        assert_ne!(item.aliases[0], item.fingerprint);
    }
}

fn report_of_the_base(text: &str) -> Report {
    let mut fixture = Fixture::parse(text);
    fixture.snapshot.after = fixture.snapshot.before.take().unwrap();
    fixture.report()
}

#[test]
fn the_id_at_the_base_suppresses_in_full_and_in_short() {
    let base = report_of_the_base(SECOND);
    let item = one(&base, "MD-007");
    for name in [item.id.as_str(), item.fingerprint.as_str()] {
        let policy = format!(
            "//- both: .github/phase-mirror.yml\nversion: 1\nsuppressions:\n  \
             - finding: {name}\n    reason: It is kept for the mirror.\n"
        );
        let report = report(&format!("{SECOND}{policy}"));
        let item = one(&report, "MD-007");
        assert_eq!(item.status, Status::Suppressed, "{}", render(&report));
    }
}

#[test]
fn a_comment_at_the_base_holds_in_the_file_that_is_renamed() {
    let marked = SECOND.replace(
        "* @b",
        "* @b # phase-mirror: ignore[MD-007] reason=\"mirror\"",
    );
    let report = report(&marked);
    let item = one(&report, "MD-007");
    assert_eq!(item.status, Status::Suppressed, "{}", render(&report));
    let place = "at docs/CODEOWNERS:1";
    assert!(item.suppression.as_ref().unwrap().contains(place));
}

#[test]
fn a_file_that_is_another_one_is_new() {
    let other = SECOND.replace("//- CODEOWNERS\n* @b\nc @c", "//- CODEOWNERS\n* @x\ny @y");
    let report = report(&other);
    let item = one(&report, "MD-007");
    assert_eq!(item.status, Status::New, "{}", render(&report));
    assert!(item.aliases.is_empty());
}

#[test]
fn a_contradiction_that_a_rename_brings_along_is_new() {
    // The same file, which counted at the base and does not count now.
    let text = "\
//- before: CODEOWNERS
* @a
//- docs/CODEOWNERS
* @a
//- .github/CODEOWNERS
* @b
";
    let report = report(text);
    assert_eq!(
        one(&report, "MD-007").status,
        Status::New,
        "{}",
        render(&report)
    );
}

#[test]
fn what_becomes_worse_under_another_name_is_new_and_keeps_its_alias() {
    // Both said the same, and no longer do.
    let text = SECOND.replace(
        "//- both: .github/CODEOWNERS\n* @a",
        "\
//- before: .github/CODEOWNERS
* @b
c @c
//- .github/CODEOWNERS
* @a",
    );
    let report = report(&text);
    let item = one(&report, "MD-007");
    assert_eq!(item.status, Status::New, "{}", render(&report));
    assert_eq!(item.aliases.len(), 1);
}

#[test]
fn a_file_that_was_unreadable_under_its_old_name_is_nobodys_finding() {
    let broken = "on: pull_request\njobs:\n  build: [\n";
    let renamed = |edit: &str| {
        report(&format!(
            "//- before: .github/workflows/a.yml\n{broken}\
             //- .github/workflows/b.yml\n{edit}{broken}"
        ))
    };
    for report in [renamed(""), renamed("# moved\n")] {
        assert_eq!(report.items, [], "{}", render(&report));
        assert_eq!(report.meta.unavailable[0].reason, Reason::Unreadable);
        assert_eq!(report.decision.outcome, Outcome::Warn);
    }
    let healthy = report(&format!(
        "//- before: .github/workflows/a.yml\n{}//- .github/workflows/b.yml\n{broken}",
        broken.replace('[', "{uses: ./x}")
    ));
    let item = one(&healthy, "MD-000");
    assert_eq!(item.status, Status::New);
    assert!(
        item.why.contains("could be read at the base"),
        "{}",
        item.why
    );
}

/// Finds every job that may write everything.
struct Writers;

static WRITERS: RuleMeta = RuleMeta {
    id: "MD-904",
    name: "writers",
    version: 1,
    default_mode: Mode::Block,
    what: "",
    why: "",
    fix: "",
    bad_example: "",
    good_example: "",
    facts: &[],
    options: &[],
};

impl Rule for Writers {
    fn meta(&self) -> &'static RuleMeta {
        &WRITERS
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let mut found = Findings::default();
        for (path, workflow) in input.workflows {
            let Fact::Known(Ok(workflow)) = workflow else {
                continue;
            };
            let jobs = workflow.jobs.iter().filter(|job| job.permissions.is_some());
            found.findings.extend(jobs.map(|job| Finding {
                severity: Severity::High,
                title: job.id.value.clone(),
                why: String::new(),
                fix: String::new(),
                evidence: Vec::new(),
                identity: vec![Part::Job {
                    path: path.clone(),
                    id: job.id.value.clone(),
                }],
            }));
        }
        found
    }
}

const JOBS: &str = "\
on: push
jobs:
  build:
    permissions: write-all
    runs-on: ubuntu-latest
    steps: [{run: make}]
";

/// What becomes of the finding about `build` of `a.yml`.
fn build_becomes(path: &str, jobs: &str) -> (Status, usize) {
    let text =
        format!("//- before: .github/workflows/a.yml\n{JOBS}//- .github/workflows/{path}\n{jobs}");
    let report = Fixture::parse(&text).report_by(&[&Writers]);
    let item = one(&report, "MD-904");
    (item.status, item.aliases.len())
}

#[test]
fn a_finding_about_a_job_follows_job_and_file() {
    let renamed = JOBS.replace("build:", "compile:\n    name: Compile");
    assert_eq!(build_becomes("a.yml", JOBS), (Status::Existing, 0));
    assert_eq!(build_becomes("a.yml", &renamed), (Status::Existing, 1));
    assert_eq!(build_becomes("b.yml", JOBS), (Status::Existing, 1));
    assert_eq!(build_becomes("b.yml", &renamed), (Status::Existing, 1));
    let other = renamed.replace("make", "make install");
    assert_eq!(build_becomes("a.yml", &other), (Status::New, 0));
}

/// A line break with a comment or nothing on lines of their own, and blanks in front of what
/// follows.
fn spread(text: &str, noise: &[u8], indent: usize) -> String {
    let mut spread = String::new();
    for (line, noise) in text.lines().zip(noise.iter().cycle()) {
        if !line.starts_with("//") {
            match noise % 4 {
                0 => spread.push_str("# noise\n"),
                1 => spread.push('\n'),
                2 => spread.push_str("\n  # noise: [\n\n"),
                _ => {}
            }
            let depth = line.len() - line.trim_start().len();
            spread.push_str(&" ".repeat(depth * indent));
        }
        spread.push_str(line.trim_start());
        spread.push('\n');
    }
    spread
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn comments_blank_lines_and_indentation_reach_no_fingerprint(
        noise in proptest::collection::vec(any::<u8>(), 1..24),
        indent in 1..5_usize,
    ) {
        let plain = report(&format!("{SETTINGS}{BLOCK}"));
        let noisy = report(&format!("{SETTINGS}{}", spread(BLOCK, &noise, indent)));
        prop_assert_eq!(ids(&plain), ids(&noisy));
    }
}
