//! GitHub's refusals, mapped in one place to the errors of the ports.

use std::time::Duration;

use app::{GitHubError, GitHubErrorKind};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::endpoint::Endpoint;
use crate::transport::{Answer, NoAnswer};

/// How long to wait after a rate limit that says no time
/// (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>).
const DEFAULT_WAIT: Duration = Duration::from_mins(1);

/// What GitHub said with a refusal.
#[derive(Debug, thiserror::Error)]
#[error("GitHub answered {status}: {message}")]
struct Refusal {
    status: StatusCode,
    message: String,
}

/// An answer that is not what GitHub's description promises. Names a place, quotes nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misunderstood(pub(crate) String);

/// The body of a refusal.
#[derive(Debug, Default, Deserialize)]
struct Message {
    #[serde(default)]
    message: String,
}

/// An error of this kind about this endpoint.
pub(crate) fn error(
    endpoint: Endpoint,
    kind: GitHubErrorKind,
    source: impl std::error::Error + Send + Sync + 'static,
) -> GitHubError {
    GitHubError {
        operation: endpoint.name,
        kind,
        source: Some(Box::new(source)),
    }
}

/// Whether GitHub refused because of the state that something is in (409), as it does for
/// Git objects of an empty repository.
pub(crate) fn is_conflict(error: &GitHubError) -> bool {
    let source = error.source.as_ref();
    source
        .and_then(|source| source.downcast_ref::<Refusal>())
        .is_some_and(|refusal| refusal.status == StatusCode::CONFLICT)
}

/// An error for what can't be understood.
pub(crate) fn unexpected(endpoint: Endpoint, what: impl Into<String>) -> GitHubError {
    error(
        endpoint,
        GitHubErrorKind::Unexpected,
        Misunderstood(what.into()),
    )
}

/// The error where there was no answer at all.
pub(crate) fn not_answered(endpoint: Endpoint, source: NoAnswer) -> GitHubError {
    let kind = match source {
        NoAnswer::Limited(retry_after) => GitHubErrorKind::RateLimited { retry_after },
        NoAnswer::Network(_) | NoAnswer::Timeout | NoAnswer::Failing => {
            GitHubErrorKind::Unavailable
        }
        NoAnswer::TooLarge => GitHubErrorKind::Unexpected,
        NoAnswer::Request(_) => GitHubErrorKind::Invalid,
    };
    error(endpoint, kind, source)
}

/// When GitHub answered, by its own clock.
pub(crate) fn date(answer: &Answer) -> Option<Timestamp> {
    let date = answer.headers.get(http::header::DATE)?.to_str().ok()?;
    let date = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(date.timestamp())
}

/// The answer if it is a success, else its error.
pub(crate) fn accepted(
    endpoint: Endpoint,
    answer: Answer,
    now: Timestamp,
) -> Result<Answer, GitHubError> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let message = message(&answer);
    let kind = kind(&answer, &message, now);
    let status = answer.status;
    Err(error(endpoint, kind, Refusal { status, message }))
}

/// Reads the JSON of an answer.
pub(crate) fn json<T: DeserializeOwned>(
    endpoint: Endpoint,
    answer: &Answer,
) -> Result<T, GitHubError> {
    let mut json = serde_json::Deserializer::from_slice(&answer.body);
    // serde's own message may quote the answer; the path is made of field names.
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = format!("the answer is not as described at {}", error.path());
        unexpected(endpoint, place)
    })
}

/// What GitHub says about a refusal, cut to what a person reads.
pub(crate) fn message(answer: &Answer) -> String {
    let body: Message = serde_json::from_slice(&answer.body).unwrap_or_default();
    body.message.chars().take(200).collect()
}

fn kind(answer: &Answer, message: &str, now: Timestamp) -> GitHubErrorKind {
    match answer.status.as_u16() {
        401 => GitHubErrorKind::Unauthorized,
        // What the App is unknown for is its own key or id, not a thing that is missing.
        404 if message == "Integration not found" => GitHubErrorKind::Unauthorized,
        404 | 410 => GitHubErrorKind::NotFound,
        403 | 429 => match rate_limited(answer, message, now) {
            Some(kind) => kind,
            None => GitHubErrorKind::Forbidden,
        },
        451 => GitHubErrorKind::Forbidden,
        400 | 422 => GitHubErrorKind::Invalid,
        500..=599 => GitHubErrorKind::Unavailable,
        _ => GitHubErrorKind::Unexpected,
    }
}

/// Whether a refusal is a rate limit, and how long to wait.
fn rate_limited(answer: &Answer, message: &str, now: Timestamp) -> Option<GitHubErrorKind> {
    let exhausted = number(answer, "x-ratelimit-remaining") == Some(0);
    let limited = answer.status == StatusCode::TOO_MANY_REQUESTS
        || answer.headers.contains_key("retry-after")
        || exhausted
        || message.to_ascii_lowercase().contains("rate limit");
    limited.then(|| GitHubErrorKind::RateLimited {
        retry_after: wait(answer, now),
    })
}

/// What an answer says of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The budget is spent until then, be this answer the last that it paid for.
    Spent(Duration),
    /// A secondary limit, with how long to wait where it says so.
    TooFast(Option<Duration>),
}

/// What an answer says of limits; `None`: nothing that keeps anybody from calling.
pub(crate) fn limit(answer: &Answer, now: Timestamp) -> Option<Limit> {
    let is_spent = number(answer, "x-ratelimit-remaining") == Some(0)
        && number(answer, "x-ratelimit-reset").is_some();
    let is_refusal = matches!(answer.status.as_u16(), 403 | 429);
    if !is_refusal {
        return (is_spent && answer.status.is_success()).then(|| Limit::Spent(wait(answer, now)));
    }
    rate_limited(answer, &message(answer), now)?;
    Some(match retry_after(answer) {
        None if is_spent => Limit::Spent(wait(answer, now)),
        said => Limit::TooFast(said),
    })
}

/// What `retry-after` says.
pub(crate) fn retry_after(answer: &Answer) -> Option<Duration> {
    number(answer, "retry-after").map(Duration::from_secs)
}

/// How long GitHub asks to wait: `retry-after`, else until the window ends where it is spent,
/// else a minute.
pub(crate) fn wait(answer: &Answer, now: Timestamp) -> Duration {
    if let Some(said) = retry_after(answer) {
        return said;
    }
    let spent = number(answer, "x-ratelimit-remaining") == Some(0);
    let reset = number(answer, "x-ratelimit-reset").filter(|_| spent);
    let now = u64::try_from(now.as_second()).unwrap_or(0);
    match reset {
        // One second more, because both clocks are cut to whole seconds.
        Some(reset) => Duration::from_secs(reset.saturating_sub(now) + 1),
        None => DEFAULT_WAIT,
    }
}

fn number(answer: &Answer, header: &str) -> Option<u64> {
    answer.headers.get(header)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;
    use crate::endpoint::TREE;

    const NOW: i64 = 1_767_225_600;

    fn kind_of(status: u16, headers: &[(&'static str, &str)], message: &str) -> GitHubErrorKind {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            body: Bytes::from(serde_json::json!({ "message": message }).to_string()),
        };
        let now = Timestamp::from_second(NOW).unwrap();
        accepted(TREE, answer, now).unwrap_err().kind
    }

    fn limited(seconds: u64) -> GitHubErrorKind {
        GitHubErrorKind::RateLimited {
            retry_after: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn refusals_by_status() {
        use GitHubErrorKind::{
            Forbidden, Invalid, NotFound, Unauthorized, Unavailable, Unexpected,
        };
        for (status, kind) in [
            (301, Unexpected),
            (400, Invalid),
            (401, Unauthorized),
            (403, Forbidden),
            (404, NotFound),
            (422, Invalid),
            (500, Unavailable),
            (503, Unavailable),
        ] {
            assert_eq!(kind_of(status, &[], ""), kind, "{status}");
        }
        assert_eq!(kind_of(404, &[], "Integration not found"), Unauthorized);
    }

    #[test]
    fn rate_limits_say_how_long() {
        let secondary = "You have exceeded a secondary rate limit.";
        assert_eq!(
            kind_of(403, &[("retry-after", "30")], secondary),
            limited(30)
        );
        assert_eq!(kind_of(403, &[], secondary), limited(60));
        assert_eq!(kind_of(429, &[], ""), limited(60));
        let reset = (NOW + 90).to_string();
        let primary = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", &*reset),
        ];
        assert_eq!(
            kind_of(403, &primary, "API rate limit exceeded"),
            limited(91)
        );
        // A window that is not spent has nothing to do with a secondary limit.
        let unspent = [
            ("x-ratelimit-remaining", "9"),
            ("x-ratelimit-reset", &*reset),
        ];
        assert_eq!(kind_of(403, &unspent, secondary), limited(60));
        assert_eq!(
            kind_of(403, &unspent, "Resource not accessible by integration"),
            GitHubErrorKind::Forbidden
        );
    }

    #[test]
    fn errors_say_where_and_what() {
        let answer = Answer {
            status: StatusCode::NOT_FOUND,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"{\"message\":\"Not Found\"}"),
        };
        let error = accepted(TREE, answer, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(
            error.to_string(),
            "GET /repos/{owner}/{repo}/git/trees/{tree_sha}: not found"
        );
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(
            source.to_string(),
            "GitHub answered 404 Not Found: Not Found"
        );
    }
}
