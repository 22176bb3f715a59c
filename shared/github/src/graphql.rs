//! GraphQL's answers: data and errors side by side, at status 200
//! (<https://docs.github.com/en/graphql/guides/forming-calls-with-graphql>).

use app::{GitHubError, GitHubErrorKind};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::endpoint::GRAPHQL;
use crate::error::{self, Misunderstood};
use crate::transport::Answer;

/// An answer that is about the repository; maybe not whole.
#[derive(Debug)]
pub(crate) struct Reply {
    /// What is at `repository`.
    pub(crate) repository: Value,
    errors: Vec<FieldError>,
}

#[derive(Debug, Deserialize)]
struct Envelope {
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<FieldError>,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[serde(default)]
    repository: Value,
}

/// What went wrong at one place of an answer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FieldError {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    path: Vec<Value>,
    #[serde(default)]
    message: String,
}

/// Whether an answer at status 200 says no because of a limit, the hourly or a secondary one.
/// <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>
pub(crate) fn is_limited(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    struct Errors {
        #[serde(default)]
        errors: Vec<FieldError>,
    }
    // Most answers are large and say nothing of limits: they are not read twice.
    let text = std::str::from_utf8(&answer.body).unwrap_or_default();
    if !text.contains(LIMITED) && !text.contains(SECONDARY) {
        return false;
    }
    // The words may stand in a file of somebody's.
    serde_json::from_str(text)
        .is_ok_and(|Errors { errors }| errors.iter().any(FieldError::is_limit))
}

/// The type of an error that is a limit.
const LIMITED: &str = "RATE_LIMITED";

/// What the message of an error says that is a secondary limit, which may have no type.
const SECONDARY: &str = "secondary rate limit";

/// Understands an answer. Errors that leave no repository are errors of the whole; others
/// stay with the place they are about.
pub(crate) fn reply(answer: &Answer, now: Timestamp) -> Result<Reply, GitHubError> {
    let envelope: Envelope = error::json(GRAPHQL, answer)?;
    if envelope.errors.iter().any(FieldError::is_limit) {
        let retry_after = error::wait(answer, now);
        return Err(GitHubError {
            operation: GRAPHQL.name,
            kind: GitHubErrorKind::RateLimited { retry_after },
            source: None,
        });
    }
    let repository = envelope.data.map(|data| data.repository);
    let repository = repository.filter(|repository| !repository.is_null());
    match (repository, envelope.errors.first()) {
        (Some(repository), _) => Ok(Reply {
            repository,
            errors: envelope.errors,
        }),
        (None, Some(first)) => Err(first.to_error()),
        (None, None) => Err(error::unexpected(GRAPHQL, "neither data nor errors")),
    }
}

impl Reply {
    /// Reads one field of the repository, unless there is an error in it.
    pub(crate) fn field<T: DeserializeOwned>(&self, field: &str) -> Result<T, GitHubError> {
        // An error without a place may be about any.
        let about = |it: &&FieldError| it.is_at(field) || it.path.len() < 2;
        if let Some(error) = self.errors.iter().find(about) {
            return Err(error.to_error());
        }
        let value = self.repository.get(field).unwrap_or(&Value::Null);
        serde_path_to_error::deserialize(value).map_err(|error| {
            let place = format!("the answer is not as described at {field}.{}", error.path());
            error::unexpected(GRAPHQL, place)
        })
    }
}

impl FieldError {
    fn is_limit(&self) -> bool {
        self.kind == LIMITED || self.message.contains(SECONDARY)
    }

    fn is_at(&self, field: &str) -> bool {
        matches!(&*self.path, [Value::String(root), Value::String(name), ..]
            if root == "repository" && name == field)
    }

    /// The error in the ports' words.
    pub(crate) fn to_error(&self) -> GitHubError {
        let kind = match self.kind.as_str() {
            "NOT_FOUND" => GitHubErrorKind::NotFound,
            "FORBIDDEN" | "INSUFFICIENT_SCOPES" => GitHubErrorKind::Forbidden,
            // GitHub gives up on a query after ten seconds, without a type.
            "" | "INTERNAL" | "SERVICE_UNAVAILABLE" | "TIMEOUT" => GitHubErrorKind::Unavailable,
            _ => GitHubErrorKind::Invalid,
        };
        let names: Vec<String> = self.path.iter().map(ToString::to_string).collect();
        let what = format!("error {:?} at {}", self.kind, names.join("."));
        error::error(GRAPHQL, kind, Misunderstood(what))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;

    fn understood(body: &Value) -> Result<Reply, GitHubErrorKind> {
        let answer = Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_string()),
        };
        reply(&answer, Timestamp::UNIX_EPOCH).map_err(|error| error.kind)
    }

    fn failed(kind: &str, path: &[&str]) -> Value {
        json!({ "data": { "repository": null },
                "errors": [{ "type": kind, "path": path, "message": "…" }] })
    }

    #[test]
    fn errors_at_status_200_are_errors() {
        use GitHubErrorKind::{Forbidden, NotFound, RateLimited, Unavailable, Unexpected};
        for (body, kind) in [
            (failed("NOT_FOUND", &["repository"]), NotFound),
            (failed("FORBIDDEN", &["repository"]), Forbidden),
            (
                failed("RATE_LIMITED", &[]),
                RateLimited {
                    retry_after: std::time::Duration::from_mins(1),
                },
            ),
            (
                json!({ "errors": [{ "message": "You have exceeded a secondary rate limit." }] }),
                RateLimited {
                    retry_after: std::time::Duration::from_mins(1),
                },
            ),
            (
                json!({ "errors": [{ "message": "Something went wrong" }] }),
                Unavailable,
            ),
            (json!({}), Unexpected),
            (json!({ "data": { "repository": null } }), Unexpected),
        ] {
            assert_eq!(understood(&body).unwrap_err(), kind, "{body}");
        }
    }

    #[test]
    fn only_an_error_is_a_limit_and_no_file_that_speaks_of_one() {
        let is_limited = |body: &Value| {
            is_limited(&Answer {
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body: Bytes::from(body.to_string()),
            })
        };
        assert!(is_limited(&failed("RATE_LIMITED", &[])));
        let secondary = "You have exceeded a secondary rate limit. Please wait.";
        assert!(is_limited(&json!({ "errors": [{ "message": secondary }] })));
        let text = format!("\"errors\":[{{\"type\":\"RATE_LIMITED\"}}] {secondary}");
        let file = json!({ "data": { "repository": { "b0": { "text": text } } } });
        assert!(!is_limited(&file));
        assert!(!is_limited(&failed("NOT_FOUND", &["repository"])));
    }

    /// Half an answer must not look like "there is none".
    #[test]
    fn partial_data_is_not_taken_for_absence() {
        let reply = understood(&json!({
            "data": { "repository": { "pullRequests": null, "b0": { "text": "x" } } },
            "errors": [{ "type": "FORBIDDEN", "path": ["repository", "pullRequests", 0] }],
        }))
        .unwrap();
        let list: Result<Option<Value>, _> = reply.field("pullRequests");
        assert_eq!(list.unwrap_err().kind, GitHubErrorKind::Forbidden);
        let blob: Value = reply.field("b0").unwrap();
        assert_eq!(blob["text"], "x");
    }

    #[test]
    fn an_error_without_a_place_spoils_every_field() {
        let reply = understood(&json!({
            "data": { "repository": { "b0": null } },
            "errors": [{ "message": "Something went wrong" }],
        }))
        .unwrap();
        let blob: Result<Option<Value>, _> = reply.field("b0");
        assert_eq!(blob.unwrap_err().kind, GitHubErrorKind::Unavailable);
    }
}
