//! The App's JSON Web Token
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>).

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header};
use secrecy::SecretString;
use serde::Serialize;

use super::PrivateKey;

/// Our clock may be ahead of GitHub's; a token from the future is refused.
const BACKDATED_SECONDS: i64 = 60;

/// GitHub takes at most ten minutes by its own clock, and ours may be ahead.
const LIFE_SECONDS: i64 = 9 * 60;

/// Signs as the App.
pub(crate) struct Signer {
    issuer: String,
    key: PrivateKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
}

impl Signer {
    pub(crate) fn new(issuer: String, key: PrivateKey) -> Self {
        Self { issuer, key }
    }

    /// A token that is good for the next nine minutes.
    pub(crate) fn sign(&self, now: Timestamp) -> Result<SecretString, jsonwebtoken::errors::Error> {
        let now = now.as_second();
        let claims = Claims {
            iss: &self.issuer,
            iat: now - BACKDATED_SECONDS,
            exp: now + LIFE_SECONDS,
        };
        let header = Header::new(Algorithm::RS256);
        jsonwebtoken::encode(&header, &claims, self.key.expose()).map(SecretString::from)
    }
}
