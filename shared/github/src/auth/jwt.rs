//! The App's JSON Web Token
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>).

use std::sync::Arc;

use app::GitHubErrorKind;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header};
use secrecy::SecretString;
use serde::Serialize;

use super::{KeySource, KeyUnavailable};

/// Our clock may be ahead of GitHub's; a token from the future is refused.
const BACKDATED_SECONDS: i64 = 60;

/// GitHub takes at most ten minutes by its own clock, and ours may be ahead.
const LIFE_SECONDS: i64 = 9 * 60;

/// Signs as the App.
pub(crate) struct Signer {
    issuer: String,
    key: Arc<dyn KeySource>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSigned {
    /// The key can't be had now.
    #[error(transparent)]
    Key(#[from] KeyUnavailable),
    /// The key does not sign.
    #[error("the App's token could not be signed")]
    Signature(#[from] jsonwebtoken::errors::Error),
}

impl NotSigned {
    pub(crate) fn kind(&self) -> GitHubErrorKind {
        match self {
            Self::Key(_) => GitHubErrorKind::Unavailable,
            Self::Signature(_) => GitHubErrorKind::Unauthorized,
        }
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
}

impl Signer {
    pub(crate) fn new(issuer: String, key: Arc<dyn KeySource>) -> Self {
        Self { issuer, key }
    }

    /// A token that is good for the next nine minutes.
    pub(crate) async fn sign(&self, now: Timestamp) -> Result<SecretString, NotSigned> {
        let key = self.key.current().await?;
        let now = now.as_second();
        let claims = Claims {
            iss: &self.issuer,
            iat: now - BACKDATED_SECONDS,
            exp: now + LIFE_SECONDS,
        };
        let header = Header::new(Algorithm::RS256);
        let token = jsonwebtoken::encode(&header, &claims, key.expose())?;
        Ok(SecretString::from(token))
    }
}
