//! Every endpoint of GitHub that is called; `docs/api-economy.md` says when and at what cost.

use std::fmt::Write;

use http::Method;

/// An endpoint, with what is known of repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `METHOD template`, in the words of GitHub's description.
    pub(crate) name: &'static str,
    /// What a repetition does.
    pub(crate) repetition: Repetition,
}

/// What happens when a request is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// Nothing more than when it is sent once.
    Harmless,
    /// Its effect may be there twice: it is never sent again by itself.
    Effect,
}

const fn reading(name: &'static str) -> Endpoint {
    Endpoint {
        name,
        repetition: Repetition::Harmless,
    }
}

const fn writing(name: &'static str) -> Endpoint {
    Endpoint {
        name,
        repetition: Repetition::Effect,
    }
}

pub(crate) const APP: Endpoint = reading("GET /app");
pub(crate) const INSTALLATIONS: Endpoint = reading("GET /app/installations");
pub(crate) const INSTALLATION: Endpoint = reading("GET /app/installations/{installation_id}");
pub(crate) const HOOK: Endpoint = reading("GET /app/hook/config");
pub(crate) const HOOK_DELIVERIES: Endpoint = reading("GET /app/hook/deliveries");
/// What comes twice has no second effect, so a lost answer may be asked for again.
pub(crate) const REDELIVER: Endpoint = reading("POST /app/hook/deliveries/{delivery_id}/attempts");
/// A second token is as good as the first, so a lost answer may be asked for again.
pub(crate) const ACCESS_TOKEN: Endpoint =
    reading("POST /app/installations/{installation_id}/access_tokens");
/// A code is good for one exchange.
pub(crate) const CONVERT_MANIFEST: Endpoint = writing("POST /app-manifests/{code}/conversions");
/// To the same values, so that a second time changes nothing.
pub(crate) const SET_HOOK: Endpoint = reading("PATCH /app/hook/config");
/// Queries only; mutations are not sent.
pub(crate) const GRAPHQL: Endpoint = reading("POST /graphql");
pub(crate) const REPOSITORY: Endpoint = reading("GET /repos/{owner}/{repo}");
pub(crate) const TREE: Endpoint = reading("GET /repos/{owner}/{repo}/git/trees/{tree_sha}");
pub(crate) const BLOB: Endpoint = reading("GET /repos/{owner}/{repo}/git/blobs/{file_sha}");
pub(crate) const COMPARE: Endpoint = reading("GET /repos/{owner}/{repo}/compare/{basehead}");
pub(crate) const RULES: Endpoint = reading("GET /repos/{owner}/{repo}/rules/branches/{branch}");
pub(crate) const BRANCH: Endpoint = reading("GET /repos/{owner}/{repo}/branches/{branch}");
pub(crate) const CODEOWNERS_ERRORS: Endpoint =
    reading("GET /repos/{owner}/{repo}/codeowners/errors");
pub(crate) const WORKFLOWS: Endpoint = reading("GET /repos/{owner}/{repo}/actions/workflows");
pub(crate) const ACTIONS_PERMISSIONS: Endpoint =
    reading("GET /repos/{owner}/{repo}/actions/permissions");
pub(crate) const SELECTED_ACTIONS: Endpoint =
    reading("GET /repos/{owner}/{repo}/actions/permissions/selected-actions");
pub(crate) const PULL_REQUESTS: Endpoint = reading("GET /repos/{owner}/{repo}/pulls");
pub(crate) const PERMISSION_OF: Endpoint =
    reading("GET /repos/{owner}/{repo}/collaborators/{username}/permission");
pub(crate) const CHECK_RUNS_OF: Endpoint =
    reading("GET /repos/{owner}/{repo}/commits/{ref}/check-runs");
pub(crate) const CHECK_RUN: Endpoint =
    reading("GET /repos/{owner}/{repo}/check-runs/{check_run_id}");
pub(crate) const CREATE_CHECK_RUN: Endpoint = writing("POST /repos/{owner}/{repo}/check-runs");
pub(crate) const UPDATE_CHECK_RUN: Endpoint =
    writing("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}");

impl Endpoint {
    pub(crate) fn method(&self) -> Method {
        match self.name.split(' ').next() {
            Some("POST") => Method::POST,
            Some("PATCH") => Method::PATCH,
            _ => Method::GET,
        }
    }

    /// The path with its placeholders, for spans.
    pub(crate) fn template(&self) -> &'static str {
        self.name
            .split_once(' ')
            .map_or("", |(_, template)| template)
    }

    /// The path, with these values in place of the placeholders, in order.
    pub(crate) fn path(&self, values: &[&str]) -> String {
        let mut values = values.iter();
        let segments = self.template().split('/').map(|segment| {
            if segment.starts_with('{') {
                values
                    .next()
                    .map_or_else(String::new, |value| encode(value))
            } else {
                segment.to_owned()
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters, `/` included: a branch
/// name is one segment.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_segment() {
        assert_eq!(
            BRANCH.path(&["octo-org", "hello", "release/1.2 ü"]),
            "/repos/octo-org/hello/branches/release%2F1.2%20%C3%BC"
        );
        assert_eq!(UPDATE_CHECK_RUN.method(), Method::PATCH);
    }
}
