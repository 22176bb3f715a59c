//! What an adapter makes of a webhook's body, in words that name no JSON.

use crate::event::Event;

/// A webhook's body, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// Work for a worker.
    Event(Event),
    /// GitHub's greeting after a hook was made (`ping`).
    Ping,
    /// An event, or an action of one, that changes nothing here.
    Ignored {
        /// `X-GitHub-Event`.
        event: String,
        /// The body's `action`, where it has one.
        action: Option<String>,
    },
}

/// Whether a delivery ends in a record of ours, by what GitHub's list of deliveries shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// It is worked on, whatever its body says.
    Work,
    /// Its body decides.
    Perhaps,
    /// It is not.
    Nothing,
}

/// What to expect of a delivery by its event and action. What an adapter's decoder makes of bodies
/// must agree; a test holds it to GitHub's own examples.
pub fn expectation(event: &str, action: Option<&str>) -> Expectation {
    match (event, action) {
        (
            "pull_request",
            Some("opened" | "reopened" | "synchronize" | "ready_for_review" | "closed"),
        )
        | ("merge_group", Some("checks_requested" | "destroyed"))
        | ("check_suite", Some("rerequested"))
        | ("repository", Some("renamed" | "transferred" | "deleted"))
        | (
            "installation",
            Some("created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted"),
        )
        | ("installation_repositories", Some("added" | "removed")) => Expectation::Work,
        // Only where the base changed; only of a check of ours; only where the policy changed.
        ("pull_request", Some("edited"))
        | ("check_run", Some("rerequested" | "requested_action"))
        | ("push", None) => Expectation::Perhaps,
        _ => Expectation::Nothing,
    }
}

/// A body that can't be understood. Holds nothing of the body, so that it can be logged and
/// answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON at all, or nested too deeply.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON without something that this event always has, or with another kind of value there.
    #[error("the body has no valid `{field}`")]
    Field {
        /// The path of the field, such as `pull_request.head.sha`.
        field: &'static str,
    },
}
