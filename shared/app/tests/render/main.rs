//! Reports as Check Runs: texts, limits, and hostile repositories.

mod document;
mod limits;
mod reports;
mod sarif;
mod secrets;
mod text;

use app::check::{AnnotationLevel, Conclusion};
use app::ports::MERGE_GROUP;
use app::render::{Observed, cancelled, check_output, not_judged};
use expect_test::{Expect, expect};
use oracle::{
    Mode, Outcome, PolicyError, Reason, Report, RuleError, Severity, Status, Unavailable,
};

use reports::{item, report};

fn check(reports: &[(u64, Report)], expected: &Expect) {
    let output = check_output(reports, Observed::Unsaid);
    let text = format!(
        "{}: {}\n\n{}\n",
        output.conclusion, output.title, output.summary
    );
    // Zero-width spaces keep mentions apart; seen here, they can be reviewed.
    expected.assert_eq(&text.replace('\u{200b}', "<ZWSP>"));
}

#[test]
fn nothing_found_is_short() {
    let nothing = report(Outcome::Pass, Vec::new());
    check(
        &[(1, nothing)],
        &expect![[r#"
            success: No new contradiction

            - A reason with `code`.
        "#]],
    );
}

#[test]
fn errors_of_the_policy_lead_to_their_place() {
    let remark = |line, message: &str| PolicyError {
        path: ".github/phase-mirror.yml".to_owned(),
        line: Some(line),
        column: Some(11),
        key: Some("rules.MD-001.mode".to_owned()),
        message: message.to_owned(),
        remedy: "Did you mean `block`?".to_owned(),
    };
    let mut warned = report(Outcome::Warn, Vec::new());
    warned
        .meta
        .policy_errors
        .push(remark(3, "expected `block`, found `blok @all <b>`"));
    warned.meta.policy_notes.push(PolicyError {
        key: None,
        ..remark(9, "a suppression of a finding ended on 2026-01-01")
    });
    check(
        &[(1, warned)],
        &expect![[r#"
        neutral: No new contradiction, but the policy has errors

        - A reason with `code`.

        <details><summary>Errors of the policy (1)</summary>

        - `.github/phase-mirror.yml:3`, key `rules.MD-001.mode`: expected `block`, found `blok @all <b>`. Did you mean `block`?

        </details>

        <details><summary>Notes on the policy (1)</summary>

        - `.github/phase-mirror.yml:9`: a suppression of a finding ended on 2026-01-01. Did you mean `block`?

        </details>
    "#]],
    );
}

#[test]
fn what_is_new_comes_first_and_in_full() {
    let mut blocked = report(
        Outcome::Block,
        vec![
            item(1, Severity::Critical, Status::New),
            item(2, Severity::Medium, Status::New),
            item(3, Severity::High, Status::Existing),
            item(4, Severity::Low, Status::Suppressed),
        ],
    );
    blocked.items[1].evidence.clear();
    blocked.items[3].suppression = Some("false positive, says @octocat".to_owned());
    blocked.meta.unavailable.push(Unavailable {
        fact: "branch rules of `main`".to_owned(),
        reason: Reason::NotPermitted,
        detail: "The App lacks `metadata: read`.".to_owned(),
    });
    blocked.meta.rule_errors.push(RuleError {
        rule_id: "MD-001".to_owned(),
        phase: "after".to_owned(),
        message: "it panicked".to_owned(),
    });
    check(
        &[(1, blocked)],
        &expect![[r#"
            failure: Blocked: 2 new contradictions (1 critical, 1 medium)

            - A reason with `code`.

            | Severity | New | Already there | Suppressed |
            |---|---:|---:|---:|
            | critical | 1 | 0 | 0 |
            | high | 0 | 1 | 0 |
            | medium | 1 | 0 | 0 |
            | low | 0 | 0 | 1 |

            ### PM-09NKK · critical · Title 1 of `check`

            Why it matters.

            **Fix:** Do `this`.

            `.github/workflows/ci.yml`, lines 1 to 2:

            ```text
            jobs:
              build:
            ```

            Rule MD-001 v2

            ### PM-1KQXN · medium · Title 2 of `check`

            Why it matters.

            **Fix:** Do `this`.

            Rule MD-001 v2

            <details><summary>Already there (1)</summary>

            - PM-DNK3A · high · Title 3 of `check` (`.github/workflows/ci.yml`, lines 3 to 4)

            </details>

            <details><summary>Suppressed (1)</summary>

            - PM-PWZAG · low · Title 4 of `check` (`.github/workflows/ci.yml`, lines 4 to 5): false positive, says \@<ZWSP>octocat

            </details>

            <details><summary>Could not be looked at (1)</summary>

            - branch rules of `main` (not permitted): The App lacks `metadata: read`.

            </details>

            <details><summary>Rules that failed (1)</summary>

            - MD-001 (after): it panicked

            </details>
        "#]],
    );
}

#[test]
fn a_merge_group_beside_a_pull_request_is_called_by_its_name() {
    let calm = report(Outcome::Pass, Vec::new());
    let output = check_output(&[(MERGE_GROUP, calm.clone()), (7, calm)], Observed::Unsaid);
    assert!(output.summary.contains("\n| merge group | success |"));
    assert!(output.summary.contains("\n## Merge group\n"));
    assert!(!output.summary.contains("#0"), "{}", output.summary);
}

#[test]
fn several_pull_requests_have_a_section_each_and_the_worst_stands() {
    let shared = item(1, Severity::High, Status::New);
    let strict = report(Outcome::Block, vec![shared.clone()]);
    let lenient = report(Outcome::Warn, vec![shared]);
    let calm = report(Outcome::Pass, Vec::new());
    let reports = [(3, calm), (20, strict), (100, lenient)];
    check(
        &reports,
        &expect![[r#"
            failure: Blocked: 1 new contradiction (1 high) (in 3 pull requests with this head)

            Several open pull requests have this head commit; the worst verdict stands.

            | Pull request | Verdict | New | Already there |
            |---|---|---:|---:|
            | #3 | success | 0 | 0 |
            | #20 | failure | 1 | 0 |
            | #100 | neutral | 1 | 0 |

            ## Pull request #3

            - A reason with `code`.

            ## Pull request #20

            - A reason with `code`.

            | Severity | New | Already there |
            |---|---:|---:|
            | high | 1 | 0 |

            ### PM-09NKK · high · Title 1 of `check`

            Why it matters.

            **Fix:** Do `this`.

            `.github/workflows/ci.yml`, lines 1 to 2:

            ```text
            jobs:
              build:
            ```

            Rule MD-001 v2

            ## Pull request #100

            - A reason with `code`.

            | Severity | New | Already there |
            |---|---:|---:|
            | high | 1 | 0 |

            ### PM-09NKK · high · Title 1 of `check`

            Why it matters.

            **Fix:** Do `this`.

            `.github/workflows/ci.yml`, lines 1 to 2:

            ```text
            jobs:
              build:
            ```

            Rule MD-001 v2
        "#]],
    );
    let output = check_output(&reports, Observed::Unsaid);
    assert_eq!(output.annotations.len(), 1, "one place, one annotation");
}

#[test]
fn what_could_not_be_looked_at_is_no_success() {
    let mut unseen = report(Outcome::Warn, Vec::new());
    unseen.meta.unavailable.push(Unavailable {
        fact: "rollups".to_owned(),
        reason: Reason::Failed,
        detail: "GitHub failed.".to_owned(),
    });
    let output = check_output(&[(1, unseen)], Observed::Unsaid);
    assert_eq!(output.conclusion, Conclusion::Neutral);
    assert_eq!(
        output.title,
        "No new contradiction, but not everything could be looked at"
    );
    assert_eq!(
        check_output(&[], Observed::Unsaid).conclusion,
        Conclusion::Neutral
    );
}

#[test]
fn what_is_only_observed_is_not_shown() {
    let mut observed = item(1, Severity::High, Status::New);
    observed.mode = Mode::Observe;
    let output = check_output(
        &[(1, report(Outcome::Pass, vec![observed]))],
        Observed::Unsaid,
    );
    assert_eq!(output.title, "No new contradiction");
    assert_eq!(output.annotations, []);
    assert!(!output.summary.contains("Title"), "{}", output.summary);
}

#[test]
fn what_is_only_observed_is_listed_for_whoever_wants_it() {
    let mut observed = item(1, Severity::High, Status::New);
    observed.mode = Mode::Observe;
    let listed = |items| check_output(&[(1, report(Outcome::Pass, items))], Observed::Listed);
    let output = listed(vec![observed]);
    assert_eq!(output.conclusion, Conclusion::Success, "it decides nothing");
    assert_eq!(output.annotations, []);
    let list = "<details><summary>Observed, and only recorded (1)</summary>";
    assert!(output.summary.contains(list), "{}", output.summary);
    assert!(output.summary.contains(", new: "), "{}", output.summary);
    let nothing = "No rule in mode `observe` found anything.";
    let counted = item(1, Severity::High, Status::New);
    assert!(listed(vec![counted]).summary.contains(nothing));
}

#[test]
fn runs_that_judge_nothing_say_why_and_what_to_do() {
    assert_eq!(cancelled().conclusion, Conclusion::Cancelled);
    let output = not_judged("GitHub did not answer.");
    assert_eq!(output.conclusion, Conclusion::ActionRequired);
    assert!(output.summary.starts_with("GitHub did not answer.\n\n"));
    assert!(output.summary.contains("close and reopen"));
}

#[test]
fn severities_have_their_levels() {
    let levels = [
        (Severity::Critical, AnnotationLevel::Failure),
        (Severity::High, AnnotationLevel::Failure),
        (Severity::Medium, AnnotationLevel::Warning),
        (Severity::Low, AnnotationLevel::Notice),
    ];
    for (severity, level) in levels {
        let new = item(1, severity, Status::New);
        let output = check_output(&[(1, report(Outcome::Warn, vec![new]))], Observed::Unsaid);
        assert_eq!(output.annotations[0].level, level, "{severity}");
    }
}

#[test]
fn a_hostile_repository_shows_as_the_characters_that_it_is() {
    let mut hostile = item(1, Severity::High, Status::New);
    hostile.title =
        "</details><img src=//x> @octocat `a` [x](https://x.y) \u{202e}dlrow".to_owned();
    hostile.why = "|a|b|\n|-|-|\n# Heading\n- list\n```\ncode".to_owned();
    hostile.fix = "www.x.y #1 a\u{0}b\u{200b}c &lt; <!-- hidden -->".to_owned();
    hostile.evidence[0].snippet = redaction::redact("```\n</details>\n````\n\u{202e}x");
    hostile.evidence[0].path = oracle::RepoPath::new("a`b\n|c.yml").unwrap();
    check(
        &[(1, report(Outcome::Block, vec![hostile]))],
        &expect![[r#"
            failure: Blocked: 1 new contradiction (1 high)

            - A reason with `code`.

            | Severity | New | Already there |
            |---|---:|---:|
            | high | 1 | 0 |

            ### PM-09NKK · high · \</details\>\<img src=//x\> \@<ZWSP>octocat `a` \[x\](https\://x.y) �dlrow

            \|a\|b\| \|-\|-\| \#<ZWSP> Heading - list \` code

            **Fix:** www\.x.y \#<ZWSP>1 a�b�c \&lt; \<!-- hidden --\>

            ``a`b |c.yml``, lines 1 to 2:

            `````text
            ```
            </details>
            ````
            �x
            `````

            Rule MD-001 v2
        "#]],
    );
}
