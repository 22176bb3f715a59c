//! The App's private key
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps>).

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};

use crate::config::ConfigError;

/// A key that can sign as the App. `Debug` does not show it. Two are equal that sign alike.
#[derive(Clone)]
pub struct PrivateKey {
    key: EncodingKey,
    /// What it makes of nothing: the same for the same key, as RS256 has no randomness.
    mark: String,
}

/// Where the key comes from. It can be replaced at GitHub while the process lives: an App may
/// have several, until the old one is deleted.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The key to sign the next token of the App with.
    async fn current(&self) -> Result<PrivateKey, KeyUnavailable>;
}

/// The key can't be read; a later attempt may succeed.
#[derive(Debug, thiserror::Error)]
#[error("the App's private key could not be read")]
pub struct KeyUnavailable {
    /// Why, without anything of the key.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// A key is the source of itself, and then never another.
#[async_trait]
impl KeySource for PrivateKey {
    async fn current(&self) -> Result<PrivateKey, KeyUnavailable> {
        Ok(self.clone())
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

impl Eq for PrivateKey {}

impl PrivateKey {
    /// Reads an RSA key in PEM, PKCS#1 (as GitHub gives it) or PKCS#8, and checks it by signing
    /// with it.
    ///
    /// # Errors
    /// [`ConfigError::PrivateKey`], which says nothing of the text.
    pub fn from_pem(pem: &SecretString) -> Result<Self, ConfigError> {
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().trim().as_bytes())
            .map_err(|_| ConfigError::PrivateKey)?;
        let mark = crypto::sign(b"", &key, Algorithm::RS256);
        let mark = mark.map_err(|_| ConfigError::PrivateKey)?;
        Ok(Self { key, mark })
    }

    /// For the signature.
    pub(super) fn expose(&self) -> &EncodingKey {
        &self.key
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([REDACTED])")
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
            let refused = PrivateKey::from_pem(&pem.into()).err();
            assert_eq!(refused, Some(ConfigError::PrivateKey), "{pem}");
        }
    }
}
