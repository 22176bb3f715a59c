//! Reports as a Markdown document.

use app::render::{DOCUMENT_BYTES, report_markdown};
use expect_test::{Expect, expect, expect_file};
use oracle::{Outcome, Severity, Status};
use proptest::prelude::*;

use crate::reports::{item, of_the_rules, report, rich, saying};

fn check(report: &oracle::Report, expected: &Expect) {
    let markdown = report_markdown(report);
    assert_eq!(markdown, report_markdown(report), "the same bytes");
    expected.assert_eq(&markdown.replace('\u{200b}', "<ZWSP>"));
}

#[test]
fn nothing_found_is_short() {
    check(
        &report(Outcome::Pass, Vec::new()),
        &expect![[r#"
        # No new contradiction

        - A reason with `code`.

        Commit `aaaaaaa`.
    "#]],
    );
}

#[test]
fn what_the_rules_say() {
    check(
        &of_the_rules(),
        &expect![[r#"
            # Not blocked: 2 new contradictions (2 high)

            - 2 new findings, not enough to block.
            - 1 fact could not be looked at.

            | Severity | New | Already there |
            |---|---:|---:|
            | high | 2 | 0 |

            ### PM-071H1 · high · Required check `build` is never reported for the merge queue

            `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). The branch has a merge queue, which waits for the same checks on its own commits. Job `build` of `.github/workflows/ci.yml` reports it, but it runs on `pull_request` only. A pull request that lacks it leaves the queue after the time-out.

            **Fix:** Let `.github/workflows/ci.yml` run on `merge_group` for `main` too:

            ```text
            on:
              merge_group:
            ```

            `.github/workflows/ci.yml`, lines 2 to 4:

            ```text
            on:
              pull_request:
                branches: [main]
            ```

            `.github/workflows/ci.yml`, line 6:

            ```text
              build:
            ```

            **Dispute:** comment `/phase-mirror fp PM-071H1 <reason>` on the pull request, or suppress it in `.github/phase-mirror.yml` on the base branch.

            Rule MD-001 v2

            ### PM-8XTV3 · high · Required check `lint` is reported by nothing

            `main` requires `lint`, from GitHub Actions (branch protection). No job of any workflow reports a check of that name.

            **Fix:** Give a job of a workflow that runs on `pull_request` the `name` `lint`, or stop requiring it.

            `.github/workflows/ci.yml`, line 6:

            ```text
              build:
            ```

            **Dispute:** comment `/phase-mirror fp PM-8XTV3 <reason>` on the pull request, or suppress it in `.github/phase-mirror.yml` on the base branch.

            Rule MD-001 v2

            <details><summary>Could not be looked at (1)</summary>

            - workflows (not permitted): The fixture says so.

            </details>

            Commit `9f2e6d3` of octo-org/hello.
        "#]],
    );
}

#[test]
fn everything_that_a_report_has_is_there() {
    expect_file!["golden/report.md"].assert_eq(&report_markdown(&rich()));
}

#[test]
fn what_github_takes_no_more_of_is_counted() {
    let items = (1..=3_000)
        .map(|n| {
            let mut item = item(n, Severity::High, Status::New);
            item.why = "w".repeat(2_000);
            item
        })
        .collect();
    let markdown = report_markdown(&report(Outcome::Warn, items));
    assert!(markdown.len() <= DOCUMENT_BYTES && markdown.len() > DOCUMENT_BYTES - 4_000);
    let shown = markdown.matches("\n### PM-").count();
    let rest = format!("Cut off: {} new findings", 3_000 - shown);
    assert!(markdown.contains(&rest), "{rest}");
}

/// Markdown without the code in it, which shows whatever it holds.
fn without_code(markdown: &str) -> String {
    let mut text = String::new();
    let mut block: Option<&str> = None;
    for line in markdown.lines() {
        let fence = &line[..line.len() - line.trim_start_matches('`').len()];
        match block {
            Some(open) if line == open => block = None,
            Some(_) => {}
            None if fence.len() >= 3 && line[fence.len()..] == *"text" => block = Some(fence),
            None => {
                text.push_str(&without_spans(line));
                text.push('\n');
            }
        }
    }
    assert_eq!(block, None, "a block is left open:\n{markdown}");
    text
}

/// A line without its code spans; a backtick after a backslash begins none.
fn without_spans(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        if rest[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 1 {
            text.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        text.push_str(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let fence = "`".repeat(run);
        let inside = &rest[at + run..];
        let end = inside
            .match_indices(&fence)
            .map(|(end, _)| end)
            .filter(|end| !inside[..*end].ends_with('`'))
            .find(|end| !inside[end + run..].starts_with('`'));
        let end = end.unwrap_or_else(|| panic!("a span is left open: {line}"));
        rest = &inside[end + run..];
    }
    text + rest
}

/// Whether this character stands there without a backslash before it.
fn bare(text: &str, c: char) -> bool {
    text.match_indices(c).any(|(at, _)| {
        let slashes = text[..at].chars().rev().take_while(|c| *c == '\\').count();
        slashes % 2 == 0
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a repository contains, none of it is markup.
    #[test]
    fn nothing_of_a_repository_is_markup(
        text in "([\\PC\\n`<>@|#\\\\*_]|<script>|</details>|```\n|\\]\\(https://x.y\\)){0,40}",
    ) {
        let markdown = report_markdown(&saying(&text));
        let markdown = without_code(&markdown);
        for line in markdown.lines() {
            let ours = line.starts_with("| ") || line.starts_with("|---")
                || line.starts_with("<details><summary>") || line == "</details>"
                || line.starts_with("> Degraded");
            if !ours {
                for c in ['<', '|', '['] {
                    prop_assert!(!bare(line, c), "{c} in {line:?}");
                }
            }
        }
    }
}
