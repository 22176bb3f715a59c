//! GitHub's limits, at their edges.

use app::check::CheckOutput;
use app::render::{MOST_ANNOTATIONS, SUMMARY_BYTES, check_output};
use oracle::{Outcome, Severity, Status};
use proptest::prelude::*;

use crate::reports::{item, report};

/// So many new findings, with this much to say about each.
fn output(findings: u32, why: &str) -> CheckOutput {
    let items = (1..=findings)
        .map(|n| {
            let mut item = item(n, Severity::High, Status::New);
            why.clone_into(&mut item.why);
            item
        })
        .collect();
    check_output(&[(1, report(Outcome::Block, items))])
}

#[test]
fn annotations_are_capped_and_the_rest_is_counted() {
    for findings in [50, 51, 250] {
        let output = output(findings, "Why.");
        assert_eq!(u32::try_from(output.annotations.len()), Ok(findings));
        assert!(!output.summary.contains("annotation"));
    }
    for (findings, rest) in [(251, "1 more finding"), (270, "20 more findings")] {
        let output = output(findings, "Why.");
        assert_eq!(output.annotations.len(), MOST_ANNOTATIONS);
        let sentence =
            format!("Only the first 250 findings are annotated; {rest} have no annotation.");
        assert!(output.summary.contains(&sentence), "{}", output.summary);
    }
}

#[test]
fn when_findings_are_left_out_they_are_the_least() {
    let mut items: Vec<_> = (1..=250)
        .map(|n| item(n, Severity::Low, Status::New))
        .collect();
    items.push(item(251, Severity::Critical, Status::New));
    let output = check_output(&[(1, report(Outcome::Block, items))]);
    assert_eq!(output.annotations[0].start_line, 251);
    assert_eq!(output.annotations.len(), 250);
}

#[test]
fn titles_and_messages_are_cut_between_characters() {
    let mut long = item(1, Severity::High, Status::New);
    long.title = "ü".repeat(200);
    long.why = "\u{1f980}".repeat(20_000);
    long.fix = "ü".repeat(70_000);
    let output = check_output(&[(1, report(Outcome::Block, vec![long.clone()]))]);
    let annotation = &output.annotations[0];
    assert!(annotation.title.len() <= 255 && annotation.title.ends_with('…'));
    assert!(annotation.message.len() <= 64 * 1024);
    let id = format!("{} (MD-001 v2)", long.id);
    assert!(annotation.message.ends_with(&id), "the id survives the cut");

    long.title = "t".repeat(255);
    let output = check_output(&[(1, report(Outcome::Block, vec![long]))]);
    assert_eq!(output.annotations[0].title, "t".repeat(255));
}

#[test]
fn the_summary_is_filled_to_its_limit_and_not_beyond() {
    let summary = |length: usize| output(31, &"w".repeat(length)).summary;
    let lengths: Vec<usize> = (0..2_000).collect();
    let too_long = lengths.partition_point(|length| !summary(*length).contains("Cut off"));
    let (fits, cut) = (summary(too_long - 1), summary(too_long));
    assert!(fits.len() > SUMMARY_BYTES - 500, "{} bytes", fits.len());
    assert!(cut.len() <= SUMMARY_BYTES, "{} bytes", cut.len());
    assert_eq!(fits.matches("### PM-").count(), 31);
    assert_eq!(cut.matches("### PM-").count(), 30);
    let last = "Cut off: 1 new finding, and 0 entries of the lists.";
    assert!(cut.ends_with(last), "{}", &cut[cut.len() - 200..]);
}

#[test]
fn folded_lists_stay_closed_when_they_are_cut() {
    let items = (1..=2_000)
        .map(|n| item(n, Severity::High, Status::Existing))
        .collect();
    let summary = check_output(&[(1, report(Outcome::Pass, items))]).summary;
    assert!(summary.len() <= SUMMARY_BYTES);
    assert_eq!(summary.matches("<details>").count(), 1);
    assert_eq!(summary.matches("</details>").count(), 1);
    let shown = summary.matches("\n- PM-").count();
    let cut = format!("Cut off: 0 new findings, and {} entries", 2_000 - shown);
    assert!(summary.contains(&cut), "{cut} of the lists");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a repository contains, GitHub takes what is made of it, and no markup of the
    /// repository's survives.
    #[test]
    fn github_takes_whatever_comes_out(
        texts in prop::collection::vec("[\\PC`<>@|\\n\\u{202e}]{0,200}", 1..100),
    ) {
        let items = (1..).zip(texts).map(|(n, text)| {
            let mut item = item(n, Severity::High, Status::New);
            item.title.clone_from(&text);
            item.why.clone_from(&text);
            item.fix.clone_from(&text);
            item.evidence[0].snippet = redaction::redact(&text);
            item
        }).collect();
        let output = check_output(&[(1, report(Outcome::Block, items))]);
        prop_assert!(output.summary.len() <= SUMMARY_BYTES);
        let override_left = output.summary.contains('\u{202e}');
        prop_assert!(!override_left);
        for annotation in &output.annotations {
            prop_assert!(annotation.title.len() <= 255);
            prop_assert!(annotation.message.len() <= 64 * 1024);
        }
    }
}
