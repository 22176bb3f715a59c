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
