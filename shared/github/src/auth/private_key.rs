//! The App's private key
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps>).

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};

use crate::config::ConfigError;

/// A key that can sign as the App. `Debug` does not show it.
#[derive(Clone)]
pub struct PrivateKey(EncodingKey);

impl PrivateKey {
    /// Reads an RSA key in PEM, PKCS#1 (as GitHub gives it) or PKCS#8, and checks it by signing
    /// with it.
    ///
    /// # Errors
    /// [`ConfigError::PrivateKey`], which says nothing of the text.
    pub fn from_pem(pem: &SecretString) -> Result<Self, ConfigError> {
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().trim().as_bytes())
            .map_err(|_| ConfigError::PrivateKey)?;
        crypto::sign(b"", &key, Algorithm::RS256).map_err(|_| ConfigError::PrivateKey)?;
        Ok(Self(key))
    }

    /// For the signature.
    pub(super) fn expose(&self) -> &EncodingKey {
        &self.0
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
