//! The fake source of secrets: an operator replaces them, and it looks when it is asked to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::world::{World, later};
use crate::ingest::{LOOK_AGAIN, SecretSource, SecretsUnavailable, WebhookSecrets};

/// The secrets, as they are where they are kept and as they were last read.
#[derive(Default)]
pub(super) struct KeptSecrets {
    kept: Option<Arc<WebhookSecrets>>,
    read: Option<Arc<WebhookSecrets>>,
    next_look: Option<Timestamp>,
}

impl World {
    /// Puts the webhook's secrets where the source finds them. Until this is called, there are
    /// none to be read.
    pub fn put_secrets(&self, secrets: WebhookSecrets) {
        self.lock().secrets.kept = Some(Arc::new(secrets));
    }

    async fn secrets<R>(
        &self,
        name: &'static str,
        effect: impl FnOnce(&mut KeptSecrets, Timestamp) -> Option<R>,
    ) -> Result<R, SecretsUnavailable> {
        let answer = self.call(name, Duration::MAX, |state| {
            let now = state.now;
            effect(&mut state.secrets, now)
        });
        let answer = answer.await.flatten();
        answer.ok_or(SecretsUnavailable { source: None })
    }
}

#[async_trait]
impl SecretSource for World {
    async fn current(&self) -> Result<Arc<WebhookSecrets>, SecretsUnavailable> {
        self.secrets("SecretSource::current", |secrets, _| {
            if secrets.read.is_none() {
                secrets.read.clone_from(&secrets.kept);
            }
            secrets.read.clone()
        })
        .await
    }

    async fn newer(
        &self,
        tried: &Arc<WebhookSecrets>,
    ) -> Result<Option<Arc<WebhookSecrets>>, SecretsUnavailable> {
        self.secrets("SecretSource::newer", |secrets, now| {
            if secrets.next_look.is_none_or(|next| next <= now) {
                secrets.next_look = Some(later(now, LOOK_AGAIN));
                secrets.read.clone_from(&secrets.kept);
            }
            let read = secrets.read.clone()?;
            Some((!Arc::ptr_eq(&read, tried)).then_some(read))
        })
        .await
    }
}
