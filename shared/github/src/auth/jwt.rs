//! The App's JSON Web Token
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>).

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::config::ConfigError;

/// Our clock may be ahead of GitHub's; a token from the future is refused.
const BACKDATED_SECONDS: i64 = 60;

/// GitHub takes at most ten minutes by its own clock, and ours may be ahead.
const LIFE_SECONDS: i64 = 9 * 60;

/// Signs as the App.
pub(crate) struct Signer {
    issuer: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
}

impl Signer {
    /// Checks the key by signing with it.
    pub(crate) fn new(issuer: String, pem: &SecretString) -> Result<Self, ConfigError> {
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().trim().as_bytes())
            .map_err(|_| ConfigError::PrivateKey)?;
        let signer = Self { issuer, key };
        signer
            .sign(Timestamp::UNIX_EPOCH)
            .map_err(|_| ConfigError::PrivateKey)?;
        Ok(signer)
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
        jsonwebtoken::encode(&header, &claims, &self.key).map(SecretString::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_none_is_refused_at_once() {
        for pem in [
            "",
            "hunter2",
            "-----BEGIN RSA PRIVATE KEY-----\naHVudGVyMg==\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----",
        ] {
            let refused = Signer::new("Iv1".to_owned(), &pem.into()).err();
            assert_eq!(refused, Some(ConfigError::PrivateKey), "{pem}");
        }
    }
}
