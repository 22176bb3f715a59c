//! What concerns a repository or an account as a whole.

use std::slice;

use sandbox::CheckConclusion;

use crate::stack::{Stack, checks, rename_the_job};

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_policy_counts_at_once_and_nothing_is_kept_of_who_removes_the_app() {
    let stack = Stack::start().await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;

    let strict = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";
    repository.push("main", "Be strict", [(".github/phase-mirror.yml", strict)]);
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 2)
        .await;
    let runs = checks(&pull_request);
    assert_eq!(runs[1].conclusion, Some(CheckConclusion::Failure));
    let queues = ["pull-request", "lifecycle"];
    stack.wait_until_empty(&queues).await;
    let is_delivery = |key: &&String| key.starts_with("delivery#");
    let (deliveries, kept): (Vec<_>, Vec<_>) = {
        let stored = stack.stored().await;
        let of = |wanted: bool| stored.iter().filter(move |key| is_delivery(key) == wanted);
        (of(true).cloned().collect(), of(false).cloned().collect())
    };
    assert!(deliveries.len() >= 2, "{deliveries:?}");
    for kind in ["repo#", "installation#"] {
        assert!(kept.iter().any(|key| key.starts_with(kind)), "{kept:?}");
    }
    let is_report = |key: &String| key.contains("/reports/");
    assert!(kept.iter().any(is_report), "{kept:?}");

    stack.installation.uninstall();
    stack
        .wait("for everything to be removed", async || {
            let stored = stack.stored().await;
            stored.iter().all(|key| is_delivery(&key))
        })
        .await;
    stack.wait_until_empty(&queues).await;
    assert_eq!(stack.depth("lifecycle-dead").await, 0);
    stack.end();
}
