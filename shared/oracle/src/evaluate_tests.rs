//! What evaluation adds to the rules: new and existing, order, modes, short ids, failures,
//! determinism. The rules here are made for the purpose.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::registry::RuleMeta;
use crate::testing::{Fixture, render};
use crate::{Outcome, Reason, RepoPath};

/// Finds each line `SEVERITY WORD` of each workflow-path file; `panic` fails, `missing` is
/// unavailable.
struct Lines(&'static RuleMeta);

const fn meta(id: &'static str, default_mode: Mode) -> RuleMeta {
    RuleMeta {
        id,
        name: "lines",
        version: 1,
        default_mode,
        what: "",
        why: "",
        fix: "",
        bad_example: "",
        good_example: "",
        facts: &[],
        options: &[],
    }
}

static BLOCK: Lines = Lines(&meta("MD-901", Mode::Block));
static OBSERVE: Lines = Lines(&meta("MD-902", Mode::Observe));

impl Rule for Lines {
    fn meta(&self) -> &'static RuleMeta {
        self.0
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let mut findings = Findings::default();
        for (path, content) in &input.tree.files {
            let Fact::Known(content) = content else {
                continue;
            };
            let text = String::from_utf8_lossy(content);
            for (line, number) in text.lines().zip(1..) {
                take(input, path, line, number, &mut findings);
            }
        }
        findings
    }
}

fn take(input: &Input<'_>, path: &RepoPath, line: &str, number: u32, findings: &mut Findings) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let severity = match word {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        "panic" => panic!("told to"),
        "missing" => {
            findings.unavailable.push(Unavailable {
                fact: rest.to_owned(),
                reason: Reason::Failed,
                detail: "Told to.".to_owned(),
            });
            return;
        }
        _ => return,
    };
    findings.findings.push(Finding {
        severity,
        title: rest.to_owned(),
        why: "told to".to_owned(),
        fix: "remove the line".to_owned(),
        evidence: input.evidence(path, number, number).into_iter().collect(),
        identity: vec![rest.into()],
    });
}

fn judge(rules: &[&dyn Rule], text: &str) -> Report {
    let fixture = Fixture::parse(text);
    evaluate_with(rules, &fixture.snapshot, &fixture.policy, &Fixture::run())
}

fn titles(report: &Report) -> Vec<(&str, Status)> {
    report
        .items
        .iter()
        .map(|item| (item.title.as_str(), item.status))
        .collect()
}

#[test]
fn only_what_the_base_does_not_have_is_new() {
    let report = judge(
        &[&BLOCK],
        "//- before: a\nhigh old\n//- a\nlow moved\nhigh new\nhigh old\n",
    );
    assert_eq!(
        titles(&report),
        [
            ("new", Status::New),
            ("moved", Status::New),
            ("old", Status::Existing)
        ]
    );
}

#[test]
fn everything_is_new_where_nothing_is_compared() {
    let report = judge(&[&BLOCK], "//- a\nhigh old\n");
    assert_eq!(titles(&report), [("old", Status::New)]);
}

#[test]
fn what_the_change_removes_is_not_reported() {
    let report = judge(&[&BLOCK], "//- before: a\ncritical gone\n");
    assert_eq!(report.decision.outcome, Outcome::Pass);
    assert!(report.items.is_empty());
}

#[test]
fn one_fingerprint_is_one_item_the_worst() {
    let report = judge(&[&BLOCK], "//- a\nlow twice\nhigh twice\nmedium twice\n");
    assert_eq!(report.items.len(), 1);
    assert_eq!(report.items[0].severity, Severity::High);
}

#[test]
fn rules_do_not_share_fingerprints() {
    let report = judge(&[&BLOCK, &OBSERVE], "//- a\nhigh one\n");
    assert_eq!(report.items.len(), 2);
}

#[test]
fn items_are_sorted_by_status_severity_and_place() {
    let report = judge(
        &[&BLOCK],
        "//- before: b\ncritical old\n//- b\ncritical old\nhigh 3\nhigh 4\n//- a\nlow 5\nhigh 2\n\
         critical 1\n",
    );
    let titles: Vec<&str> = titles(&report).iter().map(|(title, _)| *title).collect();
    assert_eq!(titles, ["1", "2", "3", "4", "5", "old"]);
}

#[test]
fn the_report_says_what_decided() {
    let text = "//@ strict\n//- before: a\n//- a\nhigh here\nmissing there\n";
    expect![[r#"
        block: 1 new high finding; none is tolerated. 1 fact could not be looked at.
        new high MD-901: here
          at a:1  high here
          why told to
          fix remove the line
        ? there (Failed): Told to.
    "#]]
    .assert_eq(&render(&judge(&[&BLOCK], text)));
}

#[test]
fn policy_sets_modes_over_the_rule() {
    let report = judge(&[&BLOCK], "//@ mode MD-901 warn\n//- a\ncritical x\n");
    assert_eq!(report.items[0].mode, Mode::Warn);
    assert_eq!(report.decision.outcome, Outcome::Warn);
    let report = judge(&[&OBSERVE], "//@ mode MD-902 block\n//- a\ncritical x\n");
    assert_eq!(report.decision.outcome, Outcome::Block);
}

#[test]
fn an_observed_rule_is_recorded_and_has_no_say() {
    let report = judge(&[&OBSERVE], "//- a\ncritical x\nmissing y\n");
    assert_eq!(report.items.len(), 1);
    assert_eq!(report.meta.unavailable.len(), 1);
    assert_eq!(report.decision.outcome, Outcome::Pass);
}

#[test]
fn unavailable_facts_are_sorted_and_listed_once() {
    let report = judge(
        &[&BLOCK, &OBSERVE],
        "//- a\nmissing z\nmissing y\nmissing z\n",
    );
    let facts: Vec<&str> = report
        .meta
        .unavailable
        .iter()
        .map(|missing| missing.fact.as_str())
        .collect();
    assert_eq!(facts, ["y", "z"]);
}

#[test]
fn a_rule_that_panics_is_named_and_the_others_are_heard() {
    static OTHER: Lines = Lines(&meta("MD-903", Mode::Warn));
    struct Panics;
    impl Rule for Panics {
        fn meta(&self) -> &'static RuleMeta {
            OTHER.meta()
        }
        fn check(&self, _: &Input<'_>) -> Findings {
            panic!("index {} of {}", 3, 2)
        }
    }
    let report = judge(&[&Panics, &BLOCK], "//@ before\n//- a\nlow x\n");
    expect![[r#"
        warn: 1 new finding, not enough to block. Rule MD-903 failed on the tree that merging would give and was not applied: index 3 of 2. Rule MD-903 failed on the tree that is there now and was not applied: index 3 of 2.
        new low MD-901: x
          at a:1  low x
          why told to
          fix remove the line
        ! MD-903 after: index 3 of 2
        ! MD-903 before: index 3 of 2
    "#]]
    .assert_eq(&render(&report));
}

#[test]
fn what_a_rule_says_holds_no_secret() {
    static OTHER: Lines = Lines(&meta("MD-903", Mode::Warn));
    fn token() -> String {
        format!("ghp_{}", "q7Rk2Zx9".repeat(5))
    }
    struct Panics;
    impl Rule for Panics {
        fn meta(&self) -> &'static RuleMeta {
            OTHER.meta()
        }
        fn check(&self, _: &Input<'_>) -> Findings {
            panic!("no file {}", token())
        }
    }
    let report = judge(
        &[&Panics, &BLOCK],
        &format!("//@ before\n//- a\nlow x {0}\nmissing y {0}\n", token()),
    );
    expect![[r#"
        warn: 1 new finding, not enough to block. Rule MD-903 failed on the tree that merging would give and was not applied: no file [REDACTED:github-token]. Rule MD-903 failed on the tree that is there now and was not applied: no file [REDACTED:github-token]. 1 fact could not be looked at.
        new low MD-901: x [REDACTED:github-token]
          at a:1  low x [REDACTED:github-token]
          why told to
          fix remove the line
        ? y [REDACTED:github-token] (Failed): Told to.
        ! MD-903 after: no file [REDACTED:github-token]
        ! MD-903 before: no file [REDACTED:github-token]
    "#]].assert_eq(&render(&report));
}

#[test]
fn what_a_rule_could_not_tell_of_the_base_is_not_held_against_the_change() {
    struct FailsOnTheBase;
    impl Rule for FailsOnTheBase {
        fn meta(&self) -> &'static RuleMeta {
            BLOCK.meta()
        }
        fn check(&self, input: &Input<'_>) -> Findings {
            assert!(input.before.is_some(), "the base is too much");
            BLOCK.check(input)
        }
    }
    let report = judge(&[&FailsOnTheBase], "//@ before\n//- a\ncritical x\n");
    expect![[r#"
        warn: Rule MD-901 failed on the tree that is there now and was not applied: the base is too much.
        existing critical MD-901: x
          at a:1  critical x
          why told to
          fix remove the line
        ! MD-901 before: the base is too much
    "#]].assert_eq(&render(&report));
}

#[test]
fn mending_what_could_not_be_read_blocks_nobody() {
    let repository = "\
//@ strict
//@ mode MD-001 block
//@ require \"gone\" from 15368 by ruleset
//- both: .github/workflows/ci.yml
on: pull_request
jobs: {lint: {runs-on: x, steps: [{run: x}]}}
//- before: .github/workflows/x.yml
on: [
//- .github/workflows/x.yml
on: pull_request
jobs: {other: {runs-on: x, steps: [{run: x}]}}
";
    let report = Fixture::parse(repository).report();
    assert_eq!(
        report.decision.outcome,
        Outcome::Warn,
        "{}",
        render(&report)
    );
    assert!(report.items.iter().all(|item| item.mode == Mode::Warn));
}

#[test]
fn what_becomes_worse_is_new() {
    let worse = judge(
        &[&BLOCK],
        "//@ before\n//- before: a\nlow x\n//- a\nhigh x\n",
    );
    assert_eq!(worse.items[0].status, Status::New, "{}", render(&worse));
    let better = judge(
        &[&BLOCK],
        "//@ before\n//- before: a\nhigh x\n//- a\nlow x\n",
    );
    assert_eq!(
        better.items[0].status,
        Status::Existing,
        "{}",
        render(&better)
    );
}

#[test]
fn short_ids_grow_where_two_collide() {
    let of = |n: u32| Fingerprint::of("MD-901", &[n.to_string().into()]);
    let mut seen = BTreeMap::new();
    let (a, b) = (0..)
        .find_map(|n| seen.insert(of(n).short(5), n).map(|other| (other, n)))
        .expect("there are only 32^5 ids");
    let all = BTreeSet::from([of(a), of(b), of(u32::MAX)]);
    assert_eq!(short_id(of(u32::MAX), &all), of(u32::MAX).short(5));
    assert_ne!(short_id(of(a), &all), short_id(of(b), &all));
    assert!(short_id(of(a), &all).as_str().len() > "PM-".len() + 5);
}

#[test]
fn hashes_tell_policies_apart_and_are_stable() {
    let fixture = Fixture::parse("");
    let strict = Fixture::parse("//@ strict");
    assert_eq!(
        policy_hash(&fixture.policy),
        policy_hash(&Policy::default())
    );
    assert_ne!(policy_hash(&fixture.policy), policy_hash(&strict.policy));
    assert_eq!(rules_hash(), rules_hash());
}

proptest! {
    /// The order in which an edge fetches files and lists entries can't reach the report.
    #[test]
    fn the_same_facts_in_any_order_give_the_same_bytes(
        lines in proptest::collection::vec(
            (0..6_u8, prop_oneof!["high", "low", "critical", "missing"], "[a-e]"), 0..12),
        seed in any::<u64>(),
    ) {
        let file = |(name, word, rest): &(u8, String, String)| {
            format!("//- f{name}-{word}-{rest}\n{word} {rest}\n")
        };
        let mut shuffled = lines.clone();
        if !shuffled.is_empty() {
            let by = usize::try_from(seed % 997).unwrap() % shuffled.len();
            shuffled.rotate_left(by);
            shuffled.reverse();
        }
        let one: String = lines.iter().map(file).collect();
        let other: String = shuffled.iter().map(file).collect();
        prop_assert_eq!(
            judge(&[&BLOCK, &OBSERVE], &one).to_json(),
            judge(&[&BLOCK, &OBSERVE], &other).to_json()
        );
    }

    /// Duplicates are folded, ids are unique, counts add up.
    #[test]
    fn reports_hold_together(
        lines in proptest::collection::vec(
            (prop_oneof!["high", "low", "critical", "medium"], "[a-h]"), 0..20),
    ) {
        let lines: Vec<String> = lines.iter().map(|(word, rest)| format!("{word} {rest}")).collect();
        let report = judge(&[&BLOCK], &format!("//- a\n{}\n", lines.join("\n")));
        let ids: BTreeSet<&str> = report.items.iter().map(|item| item.id.as_str()).collect();
        prop_assert_eq!(ids.len(), report.items.len());
        let severities = &report.summary.by_severity;
        let sum = severities.critical + severities.high + severities.medium + severities.low;
        prop_assert_eq!(sum, report.summary.total);
        prop_assert_eq!(report.decision.outcome == Outcome::Pass, report.items.is_empty());
    }
}
