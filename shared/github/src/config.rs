//! What the adapter has to be told. Each part is checked where it is made, without a call to
//! anybody, so that whoever reads a configuration finds every mistake at once.

use std::net::IpAddr;
use std::sync::Arc;

use codes::Code;
use http::Uri;

pub use crate::auth::{KeySource, KeyUnavailable, PrivateKey};

/// The REST API of github.com.
pub const GITHUB_COM: &str = "https://api.github.com";

/// The id of the GitHub Actions App on github.com.
pub const ACTIONS_ON_GITHUB_COM: u64 = 15_368;

/// How to reach GitHub, and as whom.
#[derive(Debug, Clone)]
pub struct GitHubConfig {
    /// Where the APIs are.
    pub api_url: ApiUrl,
    /// The `iss` of our JWTs: the App's client ID, or its numeric id.
    pub issuer: String,
    /// What they are signed with: a [`PrivateKey`], or where it comes from.
    pub private_key: Arc<dyn KeySource>,
    /// The id of the GitHub Actions App on this platform; `None` where it is not known.
    pub actions_app_id: Option<u64>,
}

/// A part of a configuration that can't work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an address that tokens may be sent to.
    #[error(
        "the GitHub API URL is not https://HOST[/PATH] (plain http is for loopback addresses only)"
    )]
    ApiUrl,
    /// Not a key that we can sign with.
    #[error("the App's private key is not an RSA private key in PEM, from -----BEGIN to -----END")]
    PrivateKey,
}

impl ConfigError {
    /// The code that docs/errors.md explains.
    pub fn code(self) -> Code {
        match self {
            Self::ApiUrl => codes::GITHUB_API_URL,
            Self::PrivateKey => codes::PRIVATE_KEY,
        }
    }
}

/// The system gives no TLS or no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client can't be made: the system gives no TLS or no random numbers")]
pub struct ClientError;

impl ClientError {
    /// The code that docs/errors.md explains.
    pub fn code(self) -> Code {
        codes::GITHUB_CLIENT
    }
}

/// The address of GitHub's REST API, and with it that of GraphQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl {
    /// Without a slash at its end.
    rest: String,
    graphql: Uri,
}

impl ApiUrl {
    /// Accepts the REST API's base: [`GITHUB_COM`], or `https://HOST/api/v3` of a GitHub
    /// Enterprise Server, whose GraphQL is then at `https://HOST/api/graphql`. Plain http is
    /// accepted only where nobody else can listen in.
    ///
    /// # Errors
    /// [`ConfigError::ApiUrl`] for anything else: another scheme, a query, credentials.
    pub fn new(text: &str) -> Result<Self, ConfigError> {
        let rest = text.trim_end_matches('/').to_owned();
        let uri: Uri = rest.parse().map_err(|_| ConfigError::ApiUrl)?;
        let authority = uri.authority().ok_or(ConfigError::ApiUrl)?;
        let host = authority.host();
        let scheme_fine = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_loopback(host),
            _ => false,
        };
        // A port that is none is neither part of the host nor a port.
        let port_fine = authority.as_str() == host || authority.port().is_some();
        let plain = uri.query().is_none() && !text.contains(['@', '#']);
        if !(scheme_fine && port_fine && plain) {
            return Err(ConfigError::ApiUrl);
        }
        // GitHub Enterprise Server has /api/v3 and /api/graphql side by side.
        let parent = rest.strip_suffix("/v3").unwrap_or(&rest);
        let graphql = format!("{parent}/graphql");
        Ok(Self {
            graphql: graphql.parse().map_err(|_| ConfigError::ApiUrl)?,
            rest,
        })
    }

    /// Whether this is github.com's, where well-known ids are what they are known as.
    pub fn is_github_com(&self) -> bool {
        self.rest == GITHUB_COM
    }

    /// The base of the REST API, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.rest
    }

    /// The address of a path with its query.
    pub(crate) fn rest(&self, path: &str) -> Result<Uri, http::uri::InvalidUri> {
        format!("{}{path}", self.rest).parse()
    }

    pub(crate) fn graphql(&self) -> Uri {
        self.graphql.clone()
    }
}

/// Whether this host of a URL is this machine, whatever a name server says.
fn is_loopback(host: &str) -> bool {
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || literal.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_is_found_beside_rest() {
        for (api_url, graphql) in [
            (GITHUB_COM, "https://api.github.com/graphql"),
            (
                "https://ghes.example/api/v3/",
                "https://ghes.example/api/graphql",
            ),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/graphql"),
        ] {
            assert_eq!(ApiUrl::new(api_url).unwrap().graphql(), graphql);
        }
    }

    #[test]
    fn plain_http_is_for_every_loopback_address() {
        for fine in [
            "http://127.0.0.1",
            "http://127.1.2.3:4000/api/v3",
            "http://[::1]:4000",
            "http://localhost:4000/",
            "http://LOCALHOST",
        ] {
            assert!(ApiUrl::new(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn tokens_travel_neither_in_clear_nor_anywhere_else() {
        for bad in [
            "http://ghes.example/api/v3",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://127.0.0.1@ghes.example",
            "http://[::2]",
            "http://0.0.0.0",
            "https://user:password@ghes.example",
            "https://ghes.example/api/v3?token=1",
            "https://ghes.example/#api",
            "https://ghes.example:99999",
            "https://ghes.example:",
            "https://",
            "api.github.com",
            "/api/v3",
            "ftp://x",
            "",
        ] {
            assert_eq!(ApiUrl::new(bad), Err(ConfigError::ApiUrl), "{bad}");
        }
    }
}
