//! What is remembered of requests.

use jiff::Timestamp;

/// A request that the sandbox got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// `GET`, `POST` …
    pub method: String,
    /// The template of GitHub's description, as in `/repos/{owner}/{repo}`; empty where the
    /// sandbox has no such route.
    pub route: &'static str,
    /// The path as it was asked for, without the query; with the repository's name where it was
    /// asked for by id.
    pub path: String,
    /// The query without its question mark; empty where there is none.
    pub query: String,
    /// Whose token was shown.
    pub installation_id: Option<u64>,
    /// What was answered; `None`: nothing yet, or the connection was closed by a fault.
    pub status: Option<u16>,
}

impl Call {
    /// `METHOD template`, as in tables of calls.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.route)
    }
}

/// A request with its answer, in full.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request.
    pub call: Call,
    /// Its headers, names in lowercase, without `authorization`.
    pub request_headers: Vec<(String, String)>,
    /// Its body.
    pub request_body: Vec<u8>,
    /// The answer's status code, whether or not it was let through.
    pub status: u16,
    /// The answer's headers, names in lowercase.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body.
    pub response_body: Vec<u8>,
}
