//! Check Runs at GitHub's limits: whatever a change breaks, GitHub takes what is said of it.

use std::sync::{Arc, Mutex};

use sandbox::CheckConclusion;
use serde_json::Value;

use crate::kills::open_a_large_one;
use crate::mirror::the_check;

/// What the updates of check runs said, in their order: how many annotations, and whether it was
/// the last word.
type Said = Arc<Mutex<Vec<(usize, bool)>>>;

/// A change with so many findings is told by these requests, and annotated so many times.
async fn told(findings: usize, requests: &[usize], annotated: usize) {
    let (mirror, pull_request) = open_a_large_one(findings).await;
    let said = Said::default();
    let heard = Arc::clone(&said);
    mirror.github.observe(move |exchange| {
        if exchange.call.endpoint() != "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}" {
            return;
        }
        let body: Value = serde_json::from_slice(&exchange.request_body).expect("it is JSON");
        let annotations = body["output"]["annotations"].as_array();
        let completed = body["status"] == "completed";
        let update = (annotations.map_or(0, Vec::len), completed);
        heard.lock().expect("no panic").push(update);
    });

    mirror.work().await;

    let said = said.lock().expect("no panic").clone();
    let last = requests.len() - 1;
    let expected: Vec<(usize, bool)> = requests
        .iter()
        .enumerate()
        .map(|(n, annotations)| (*annotations, n == last))
        .collect();
    assert_eq!(said, expected, "{findings} findings");

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    let mut messages: Vec<&str> = check
        .annotations
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    messages.sort_unstable();
    messages.dedup();
    assert_eq!(messages.len(), annotated, "each of {findings} once");
    assert_eq!(check.annotations.len(), annotated);

    let title = check.output.title.unwrap_or_default();
    let counted = format!("Not blocked: {findings} new contradictions ({findings} high)");
    assert_eq!(title, counted, "no finding is left out of the count");
    let summary = check.output.summary.unwrap_or_default();
    assert!(summary.len() <= 65_535, "{} bytes", summary.len());
    let rest = findings - annotated;
    assert_eq!(summary.contains("are annotated"), rest > 0, "{summary}");
    if rest > 0 {
        let sentence = format!("{rest} more finding");
        assert!(summary.contains(&sentence), "{summary}");
    }
    mirror.end();
}

#[tokio::test]
async fn fifty_findings_are_one_request() {
    told(50, &[50], 50).await;
}

#[tokio::test]
async fn the_fifty_first_is_a_request_of_its_own_and_the_last_word() {
    told(51, &[50, 1], 51).await;
}

#[tokio::test]
async fn of_270_findings_250_are_annotated_and_all_are_counted() {
    told(250, &[50; 5], 250).await;
    told(251, &[50; 5], 250).await;
    told(270, &[50; 5], 250).await;
}
