//! GitHub's limits, at their edges.

use app::check::CheckOutput;
use app::render::{MOST_ANNOTATIONS, Observed, SUMMARY_BYTES, check_output};
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
    check_output(&[(1, report(Outcome::Block, items))], Observed::Unsaid)
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
    let output = check_output(&[(1, report(Outcome::Block, items))], Observed::Unsaid);
    assert_eq!(output.annotations[0].start_line, 251);
    assert_eq!(output.annotations.len(), 250);
}

#[test]
fn titles_and_messages_are_cut_between_characters() {
    let mut long = item(1, Severity::High, Status::New);
    long.title = "ü".repeat(200);
    long.why = "\u{1f980}".repeat(20_000);
    long.fix = "ü".repeat(70_000);
    let output = check_output(
        &[(1, report(Outcome::Block, vec![long.clone()]))],
        Observed::Unsaid,
    );
    let annotation = &output.annotations[0];
    assert!(annotation.title.len() <= 255 && annotation.title.ends_with('…'));
    assert!(annotation.message.len() <= 64 * 1024);
    let id = format!("{} (MD-001 v2)", long.id);
    assert!(annotation.message.ends_with(&id), "the id survives the cut");

    long.title = "t".repeat(255);
    let output = check_output(&[(1, report(Outcome::Block, vec![long]))], Observed::Unsaid);
    assert_eq!(output.annotations[0].title, "t".repeat(255));
}

#[test]
fn a_message_of_exactly_the_limit_is_whole_and_one_byte_more_is_cut() {
    let message = |why: usize| {
        let message = output(1, &"w".repeat(why)).annotations.remove(0).message;
        (message.contains('…'), message.len())
    };
    let (_, rest) = message(0);
    let room = 64 * 1024 - rest;
    assert_eq!(message(room), (false, 64 * 1024));
    let (is_cut, length) = message(room + 1);
    assert!(is_cut && length <= 64 * 1024, "{length} bytes");
}

/// A summary that would have so many bytes if nothing were cut: 40 new findings, with more or
/// less to say about each.
fn summary_of(bytes: usize) -> String {
    let summary = |whys: &[usize]| {
        let items = (1..).zip(whys).map(|(n, length)| {
            let mut item = item(n, Severity::High, Status::New);
            item.why = "w".repeat(*length);
            item
        });
        check_output(
            &[(1, report(Outcome::Block, items.collect()))],
            Observed::Unsaid,
        )
        .summary
    };
    let mut whys = [1; 40];
    let mut rest = bytes - summary(&whys).len();
    for length in &mut whys {
        let more = rest.min(1_999);
        *length += more;
        rest -= more;
    }
    assert_eq!(rest, 0, "40 findings can't say so much");
    summary(&whys)
}

#[test]
fn a_summary_of_exactly_the_limit_is_whole_and_one_byte_more_is_cut() {
    // Also where only the sentence about what was cut would not have fitted.
    for bytes in [65_134, 65_135, 65_136, 65_534, 65_535] {
        let whole = summary_of(bytes);
        assert_eq!(whole.len(), bytes);
        assert_eq!(whole.matches("### PM-").count(), 40);
        assert!(!whole.contains("Cut off"), "{bytes} bytes");
    }
    for bytes in [65_536, 65_537, 70_000] {
        let cut = summary_of(bytes);
        assert!(cut.len() <= 65_535, "{} of {bytes} bytes", cut.len());
        let left_out = 40 - cut.matches("### PM-").count();
        assert!(left_out > 0, "{bytes} bytes");
        let last = format!("Cut off: {left_out} new finding");
        assert!(cut.contains(&last), "{}", &cut[cut.len() - 200..]);
    }
}

#[test]
fn of_what_has_to_be_cut_as_much_is_told_as_fits() {
    let cut = output(40, &"w".repeat(2_000)).summary;
    assert!(cut.len() <= SUMMARY_BYTES, "{} bytes", cut.len());
    // Another finding and the sentence would not have fitted.
    assert!(cut.len() > SUMMARY_BYTES - 3_000, "{} bytes", cut.len());
}

#[test]
fn a_list_that_ends_exactly_at_the_limit_is_whole() {
    let summary = |last: usize| {
        let items = (1..=400).map(|n| {
            let mut item = item(n, Severity::High, Status::Existing);
            item.title = "t".repeat(if n <= 300 { 60 } else { last });
            item
        });
        check_output(
            &[(1, report(Outcome::Pass, items.collect()))],
            Observed::Unsaid,
        )
        .summary
    };
    let is_cut = |last: &usize| summary(*last).contains("Cut off");
    let lengths: Vec<usize> = (1..400).collect();
    let whole = lengths.partition_point(|last| !is_cut(last));
    let (fits, cut) = (summary(whole), summary(whole + 1));
    // A hundred entries grow by one byte each, so the limit is met to less than that.
    assert!((SUMMARY_BYTES - 99..=SUMMARY_BYTES).contains(&fits.len()));
    assert_eq!(fits.matches("\n- PM-").count(), 400);
    assert!(cut.len() <= SUMMARY_BYTES && cut.ends_with("of the lists."));
}

#[test]
fn folded_lists_stay_closed_when_they_are_cut() {
    let items = (1..=2_000)
        .map(|n| item(n, Severity::High, Status::Existing))
        .collect();
    let summary = check_output(&[(1, report(Outcome::Pass, items))], Observed::Unsaid).summary;
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
        let output = check_output(&[(1, report(Outcome::Block, items))], Observed::Unsaid);
        prop_assert!(output.summary.len() <= SUMMARY_BYTES);
        let override_left = output.summary.contains('\u{202e}');
        prop_assert!(!override_left);
        for annotation in &output.annotations {
            prop_assert!(annotation.title.len() <= 255);
            prop_assert!(annotation.message.len() <= 64 * 1024);
        }
    }
}
