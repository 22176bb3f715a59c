//! The webhook's secrets, and where they come from: they can change under a running process.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use codes::Code;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// A source is asked for something newer by whoever sends a wrong signature, and looks at most
/// this often.
pub const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// The secrets that a signature may be made with. `Debug` shows none.
#[derive(Debug, Clone)]
pub struct WebhookSecrets {
    /// The one in force.
    pub current: SecretString,
    /// The one before, while it is being replaced: GitHub has no overlap of its own.
    pub previous: Option<SecretString>,
}

/// Where the webhook's secrets come from.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The secrets as last read; how long that may be ago is for the source to bound. The same
    /// value (by [`Arc::ptr_eq`]) until they change.
    async fn current(&self) -> Result<Arc<WebhookSecrets>, SecretsUnavailable>;
    /// A signature fits none of `tried`: the secrets in their place, when there are others by
    /// now, so that a secret that was replaced a moment ago costs no delivery. `None`: `tried`
    /// are still those, or this was looked at less than [`LOOK_AGAIN`] ago. An error means that
    /// nobody could look; it is no reason to take `tried` for the latest.
    async fn newer(
        &self,
        tried: &Arc<WebhookSecrets>,
    ) -> Result<Option<Arc<WebhookSecrets>>, SecretsUnavailable>;
}

/// The secrets can't be read, so no signature can be judged; a later attempt may succeed.
#[derive(Debug, thiserror::Error)]
#[error("the webhook's secrets could not be read")]
pub struct SecretsUnavailable {
    /// Why, without anything of a secret.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl SecretsUnavailable {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        codes::SECRETS_UNREADABLE
    }
}

/// Secrets that stay as they are while the process lives.
#[derive(Debug, Clone)]
pub struct FixedSecrets(Arc<WebhookSecrets>);

impl FixedSecrets {
    /// A source of these secrets.
    pub fn new(secrets: WebhookSecrets) -> Self {
        Self(Arc::new(secrets))
    }
}

#[async_trait]
impl SecretSource for FixedSecrets {
    async fn current(&self) -> Result<Arc<WebhookSecrets>, SecretsUnavailable> {
        Ok(Arc::clone(&self.0))
    }

    async fn newer(
        &self,
        _tried: &Arc<WebhookSecrets>,
    ) -> Result<Option<Arc<WebhookSecrets>>, SecretsUnavailable> {
        Ok(None)
    }
}

impl WebhookSecrets {
    /// Whether either secret gives this signature. Both are always tried and the answers joined
    /// without a branch, so that time tells neither how much of a signature was right nor which
    /// secret it was.
    pub(super) fn verify(&self, body: &[u8], signature: &[u8; 32]) -> bool {
        let current = verify(&self.current, body, signature);
        let previous = self
            .previous
            .as_ref()
            .is_some_and(|secret| verify(secret, body, signature));
        current | previous
    }
}

fn verify(secret: &SecretString, body: &[u8], signature: &[u8; 32]) -> bool {
    let key = secret.expose_secret().as_bytes();
    // Anybody can sign with an empty secret.
    if key.is_empty() {
        return false;
    }
    Hmac::<Sha256>::new_from_slice(key)
        .is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
}
