//! What people read.

use expect_test::expect;
use oracle::{Mode, Reason};

use super::*;
use crate::backtest::answer::tests::{answer, found, pull_request};
use crate::backtest::verdict::Verdict;

fn plain(answer: &Answer) -> String {
    anstream::adapter::strip_str(&render(answer)).to_string()
}

#[test]
fn what_would_have_become_of_each_and_a_bar_for_each_rule() {
    let mut blind = pull_request(11, Fate::Warn, Vec::new());
    blind.verdict.unavailable.push(Unavailable {
        fact: "the states of workflows".to_owned(),
        reason: Reason::NotPermitted,
        detail: "GitHub does not show it to this token.".to_owned(),
    });
    blind.title =
        "A title that goes on and on, because its author had so much to say of it".to_owned();
    let mut gone = pull_request(9, Fate::NotSeen, Vec::new());
    gone.verdict = Verdict::not_seen("GitHub does not have commit aaaaaaa".to_owned());
    gone.author = None;
    let many = vec![found("MD-001", Mode::Block, true); 6];
    let mixed = vec![
        found("MD-001", Mode::Block, true),
        found("MD-007", Mode::Warn, false),
        found("MD-008", Mode::Observe, false),
    ];
    let mut answer = answer(vec![
        pull_request(1234, Fate::Block, many),
        pull_request(12, Fate::Block, mixed),
        blind,
        pull_request(10, Fate::Pass, Vec::new()),
        gone,
    ]);
    answer.dry_run = true;
    answer.complete = false;
    expect![[r#"
        octo-org/hello: 5 pull requests merged into main

        ✗ #1234  2026-11-20  Tidy up  octocat
            blocks  MD-001 high: Required check `test` is reported by nothing
            blocks  MD-001 high: Required check `test` is reported by nothing
            blocks  MD-001 high: Required check `test` is reported by nothing
            blocks  MD-001 high: Required check `test` is reported by nothing
            blocks  MD-001 high: Required check `test` is reported by nothing
            and 1 more
        ✗ #12    2026-11-20  Tidy up  octocat
            blocks  MD-001 high: Required check `test` is reported by nothing
            warns   MD-007 high: Required check `test` is reported by nothing
        ■ #11    2026-11-20  A title that goes on and on, because its author had so much…  octocat
            1 fact could not be looked at.
        ✓ #10    2026-11-20  Tidy up  octocat
        ? #9     2026-11-20  Tidy up  ghost
            GitHub does not have commit aaaaaaa

        Pull requests by rule: █ blocked, ▒ warned, ░ observed
          MD-000 unreadable-governance         none
          MD-001 required-check-never-reports  ██████████████████████████████ 2 blocked
          MD-007 codeowners-promise            ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 1 warned
          MD-008 gate-cannot-fail              ░░░░░░░░░░░░░░░ 1 observed

        Could not be looked at, for 1 pull request: the states of workflows. GitHub does not show it to this
        token.

        Of 4 pull requests 2 would have been blocked, 1 warned about, and 1 passed; 1 more could not be
        looked at.
        The files are those of then; policy, rulesets, protection and rights are those that main has now.
        The policy is a dry run, for which the App only warns; here it counts as if it were none.
        So many pull requests changed since that GitHub's list was not read to its end: others may have been
        merged later than some of these.
    "#]].assert_eq(&plain(&answer));
}

#[test]
fn what_blocks_is_shown_before_what_warns() {
    let mut findings = vec![found("MD-007", Mode::Warn, false); 5];
    findings.push(found("MD-001", Mode::Block, true));
    let said = plain(&answer(vec![pull_request(1, Fate::Block, findings)]));
    let lines: Vec<&str> = said.lines().skip(3).take(2).collect();
    assert!(lines[0].starts_with("    blocks  MD-001 high"), "{said}");
    assert!(lines[1].starts_with("    warns   MD-007 high"), "{said}");
}

#[test]
fn where_nothing_was_merged_that_is_said() {
    let said = plain(&answer(Vec::new()));
    assert_eq!(
        said,
        "octo-org/hello: no pull request was merged into main.\n"
    );
}

#[test]
fn a_title_does_not_steer_the_terminal() {
    let mut it = pull_request(1, Fate::Pass, Vec::new());
    it.title = "\u{1b}[2J\nred\u{202e}".to_owned();
    it.author = Some("\u{7}".to_owned());
    let said = plain(&answer(vec![it]));
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{said:?}");
    assert!(said.contains("\u{fffd}[2J red\u{fffd}"), "{said:?}");
}
