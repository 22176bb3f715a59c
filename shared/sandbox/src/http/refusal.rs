//! Errors in GitHub's shape
//! (<https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>).

use serde_json::{Value, json};

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// The status code.
    pub(crate) status: u16,
    /// GitHub's words.
    pub(crate) message: String,
    /// What is wrong, field by field.
    pub(crate) errors: Option<Value>,
    /// More headers.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// With this status and these words.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
            headers: Vec::new(),
        }
    }

    /// A limit that GraphQL tells of by an error, at status 200.
    /// <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>
    pub(crate) fn by_graphql(message: &str) -> Self {
        Self {
            errors: Some(json!([{"type": "RATE_LIMITED", "message": message}])),
            ..Self::new(200, message)
        }
    }

    /// There is no such thing, or none that the caller may know of.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// The token is no good.
    pub(crate) fn bad_credentials() -> Self {
        Self::new(401, "Bad credentials")
    }

    /// A permission is missing.
    pub(crate) fn not_accessible() -> Self {
        Self::new(403, "Resource not accessible by integration")
    }

    /// The input doesn't fit the endpoint's schema.
    pub(crate) fn invalid_request(detail: &str) -> Self {
        Self::new(422, format!("Invalid request.\n\n{detail}"))
    }

    /// A field has a value that it can't have.
    pub(crate) fn validation_failed(resource: &str, field: &str, code: &str) -> Self {
        Self {
            errors: Some(json!([{"resource": resource, "field": field, "code": code}])),
            ..Self::new(422, "Validation Failed")
        }
    }

    /// With one more header.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The body.
    pub(crate) fn json(&self) -> Value {
        if let (200, Some(errors)) = (self.status, &self.errors) {
            return json!({"errors": errors});
        }
        let mut json = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.to_string(),
        });
        if let Some(errors) = &self.errors {
            json["errors"] = errors.clone();
        }
        json
    }
}
