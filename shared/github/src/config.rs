//! What the adapter has to be told, checked before it is used.

use http::Uri;
use secrecy::SecretString;

/// The REST API of github.com.
pub const GITHUB_COM: &str = "https://api.github.com";

/// The id of the GitHub Actions App on github.com.
pub const ACTIONS_ON_GITHUB_COM: u64 = 15_368;

/// How to reach GitHub, and as whom.
#[derive(Debug, Clone)]
pub struct GitHubConfig {
    /// The REST API's base: [`GITHUB_COM`], or `https://HOST/api/v3` of a GitHub Enterprise
    /// Server, whose GraphQL is then at `https://HOST/api/graphql`.
    pub api_url: String,
    /// The `iss` of our JWTs: the App's client ID, or its numeric id.
    pub issuer: String,
    /// The App's RSA private key in PEM, PKCS#1 (as GitHub gives it) or PKCS#8.
    pub private_key: SecretString,
    /// The id of the GitHub Actions App on this platform; `None` where it is not known.
    pub actions_app_id: Option<u64>,
}

/// A configuration that can't work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an address that tokens may be sent to.
    #[error(
        "the GitHub API URL is not https://HOST[/PATH] (plain http is for loopback addresses only)"
    )]
    ApiUrl,
    /// Not a key that we can sign with.
    #[error(
        "the GitHub App's private key is not an RSA key in PEM; give the file that GitHub offered \
         for download when the key was made, from -----BEGIN to -----END"
    )]
    PrivateKey,
    /// The system gives no TLS or no randomness.
    #[error("the HTTP client can't be made")]
    Client,
}

/// The addresses of the APIs.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    rest: String,
    graphql: Uri,
}

impl Urls {
    pub(crate) fn new(api_url: &str) -> Result<Self, ConfigError> {
        let rest = api_url.trim_end_matches('/').to_owned();
        let uri: Uri = rest.parse().map_err(|_| ConfigError::ApiUrl)?;
        let host = uri.host().ok_or(ConfigError::ApiUrl)?;
        let loopback = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if loopback => {}
            _ => return Err(ConfigError::ApiUrl),
        }
        // GitHub Enterprise Server has /api/v3 and /api/graphql side by side.
        let parent = rest.strip_suffix("/v3").unwrap_or(&rest);
        let graphql = format!("{parent}/graphql");
        Ok(Self {
            graphql: graphql.parse().map_err(|_| ConfigError::ApiUrl)?,
            rest,
        })
    }

    /// The address of a path with its query.
    pub(crate) fn rest(&self, path: &str) -> Result<Uri, http::uri::InvalidUri> {
        format!("{}{path}", self.rest).parse()
    }

    pub(crate) fn graphql(&self) -> Uri {
        self.graphql.clone()
    }
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
            assert_eq!(Urls::new(api_url).unwrap().graphql(), graphql);
        }
    }

    #[test]
    fn tokens_do_not_travel_in_clear() {
        for bad in [
            "http://ghes.example/api/v3",
            "api.github.com",
            "ftp://x",
            "",
        ] {
            assert_eq!(Urls::new(bad).unwrap_err(), ConfigError::ApiUrl, "{bad}");
        }
    }
}
