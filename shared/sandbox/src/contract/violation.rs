//! What differs from GitHub's description.

use std::fmt;

/// The part of an exchange that a violation is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Method and path.
    Route,
    /// Path and query parameters.
    Parameters,
    /// The request's body.
    RequestBody,
    /// The response's status.
    Status,
    /// The response's body.
    ResponseBody,
    /// The GraphQL query.
    Query,
    /// The variables of the GraphQL query.
    Variables,
    /// The body of a webhook.
    Webhook,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Parameters => "parameters",
            Self::RequestBody => "request body",
            Self::Status => "status",
            Self::ResponseBody => "response body",
            Self::Query => "query",
            Self::Variables => "variables",
            Self::Webhook => "webhook",
        }
    }
}

/// Something that differs from what GitHub describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The method and the route template, such as `GET /repos/{owner}/{repo}`; the path as sent
    /// where there is no such route; `pull_request.opened` for a webhook.
    pub route: String,
    /// What part of the exchange.
    pub part: Part,
    /// Where in that part: a JSON pointer, the name of a parameter, or a line and column.
    pub pointer: String,
    /// What was expected, and what was found instead where that is short.
    pub expected: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.route, self.part.as_str())?;
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        write!(f, ": {}", self.expected)
    }
}
