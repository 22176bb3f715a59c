//! Webhook payloads: body bytes in, the closed set of events out.
//!
//! Only what is worked on is read, by name; everything else in a payload may change, be absent
//! or be new. What is read keeps `serde_json`'s recursion limit (128), what is
//! skipped needs no stack, and the edge bounds the size. Signatures are checked before, over the same bytes.
//!
//! Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

mod payload;
#[cfg(test)]
mod tests;

use app::check::CHECK_NAME;
use app::event::{Concern, Event, Wish};
use app::webhook::{DecodeError, Decoded};

use payload::{
    ButtonPayload, CheckRunPayload, CheckSuitePayload, Envelope, InstallationPayload,
    MergeGroupPayload, PullRequestPayload, PushPayload, RepositoriesPayload,
    RepositoryEventPayload,
};

/// Reads one delivery. `event` is the header `X-GitHub-Event`, `body` the raw JSON.
///
/// Any event that GitHub may add is [`Decoded::Ignored`], as long as its body is a JSON object.
/// So is one without `installation`: a webhook of the repository itself sent it, and without an
/// installation there is nothing that we may read or write.
pub fn decode(event: &str, body: &[u8]) -> Result<Decoded, DecodeError> {
    let envelope: Envelope = payload::read(body)?;
    let action = envelope.action();
    match (event, action) {
        ("ping", _) => Ok(Decoded::Ping),
        (
            "pull_request",
            Some("opened" | "reopened" | "synchronize" | "ready_for_review" | "closed" | "edited"),
        ) if envelope.installation.is_some() => {
            let payload: PullRequestPayload = payload::read(body)?;
            // A new title or text changes nothing; a new base changes everything.
            if action == Some("edited") && !payload.changes_base() {
                return Ok(ignored(event, action));
            }
            Ok(Decoded::Event(payload.into_event()))
        }
        ("merge_group", Some("checks_requested" | "destroyed"))
            if envelope.installation.is_some() =>
        {
            let payload: MergeGroupPayload = payload::read(body)?;
            Ok(Decoded::Event(payload.into_event()))
        }
        ("push", None) if envelope.installation.is_some() => {
            let payload: PushPayload = payload::read(body)?;
            if !payload.may_change_policy() {
                return Ok(ignored(event, action));
            }
            payload.into_event().map(Decoded::Event)
        }
        // GitHub sends these to the App alone whose check it is.
        ("check_run", Some("rerequested" | "requested_action"))
            if envelope.installation.is_some() =>
        {
            let payload: CheckRunPayload = payload::read(body)?;
            // Who made it may use the same App for checks of other names.
            if payload.name() != Some(CHECK_NAME) {
                return Ok(ignored(event, action));
            }
            let wish = if action == Some("requested_action") {
                payload::read::<ButtonPayload>(body)?.wish()
            } else {
                Some(Wish::Again)
            };
            let event_of = |wish| Decoded::Event(payload.into_event(wish));
            Ok(wish.map_or_else(|| ignored(event, action), event_of))
        }
        ("check_suite", Some("rerequested")) if envelope.installation.is_some() => {
            let payload: CheckSuitePayload = payload::read(body)?;
            Ok(Decoded::Event(payload.into_event()))
        }
        _ => {
            let lasting = of_installation(event, action, &envelope, body)?;
            Ok(lasting.map_or_else(|| ignored(event, action), Decoded::Event))
        }
    }
}

/// What concerns an installation, or a repository as its.
fn of_installation(
    event: &str,
    action: Option<&str>,
    envelope: &Envelope,
    body: &[u8],
) -> Result<Option<Event>, DecodeError> {
    Ok(Some(match (event, action) {
        ("repository", Some("renamed" | "transferred" | "deleted"))
            if envelope.installation.is_some() =>
        {
            payload::read::<RepositoryEventPayload>(body)?.into_event()
        }
        // These two every App hears, whatever it is subscribed to.
        ("installation", Some("deleted")) => {
            payload::read::<InstallationPayload>(body)?.into_event(Concern::Removed)
        }
        (
            "installation",
            Some("created" | "suspend" | "unsuspend" | "new_permissions_accepted"),
        ) => payload::read::<InstallationPayload>(body)?.into_event(Concern::Access),
        ("installation_repositories", Some("added")) => {
            payload::read::<InstallationPayload>(body)?.into_event(Concern::Access)
        }
        ("installation_repositories", Some("removed")) => {
            payload::read::<RepositoriesPayload>(body)?.into_event()
        }
        _ => return Ok(None),
    }))
}

fn ignored(event: &str, action: Option<&str>) -> Decoded {
    // Both are shown and counted, so only what has the form of GitHub's names is passed on.
    let event = if payload::is_name(event) {
        event
    } else {
        "unknown"
    };
    Decoded::Ignored {
        event: event.to_owned(),
        action: action.map(str::to_owned),
    }
}
