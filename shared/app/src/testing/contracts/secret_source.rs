//! The contract of [`SecretSource`].

use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::ingest::{SecretSource, WebhookSecrets};

/// Runs the contract. `replace` does what an operator does to put other secrets in force; `pass`
/// lets [`LOOK_AGAIN`](crate::ingest::LOOK_AGAIN) pass.
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn secret_source(
    source: Arc<dyn SecretSource>,
    replace: impl AsyncFn(WebhookSecrets),
    pass: impl AsyncFn(),
) {
    replace(secrets("first", None)).await;
    pass().await;
    let before = source.current().await.expect("answered");
    // Whoever ran before may have left others to be read.
    let first = source.newer(&before).await.expect("answered");
    let first = first.unwrap_or(before);
    assert_are(&first, "first", None, "what is in force is read");
    let again = source.current().await.expect("answered");
    assert!(
        Arc::ptr_eq(&again, &first),
        "what did not change is the same value"
    );

    pass().await;
    let newer = source.newer(&first).await.expect("answered");
    assert!(newer.is_none(), "nothing is newer than what is in force");

    replace(secrets("second", Some("first"))).await;
    let newer = source.newer(&first).await.expect("answered");
    assert!(newer.is_none(), "it was looked at a moment ago");
    pass().await;
    let second = source.newer(&first).await.expect("answered");
    let second = second.expect("what was replaced is found");
    assert_are(&second, "second", Some("first"), "both are in force");

    // Of those who come with the old ones at the same time, one looks and all hear of it.
    let late = source.newer(&first).await.expect("answered");
    let late = late.expect("whoever has the old ones gets the others at any time");
    assert_are(&late, "second", Some("first"), "and the same");
    let current = source.current().await.expect("answered");
    assert_are(
        &current,
        "second",
        Some("first"),
        "from now on for everybody",
    );
}

fn secrets(current: &str, previous: Option<&str>) -> WebhookSecrets {
    WebhookSecrets {
        current: current.into(),
        previous: previous.map(Into::into),
    }
}

#[track_caller]
fn assert_are(found: &WebhookSecrets, current: &str, previous: Option<&str>, what: &str) {
    let shown = (
        found.current.expose_secret(),
        found.previous.as_ref().map(ExposeSecret::expose_secret),
    );
    assert_eq!(shown, (current, previous), "{what}");
}
