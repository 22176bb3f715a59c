//! The webhook's secrets, from SSM.

use std::sync::Arc;

use app::ingest::{LOOK_AGAIN, SecretSource, SecretsUnavailable, WebhookSecrets};
use app::ports::Clock;
use async_trait::async_trait;
use aws::ParameterSet;
use aws::names::{Names, ParameterName};
use secrecy::{ExposeSecret, SecretString};

use super::parameters::{Cached, ReadParameters, Unavailable};

/// What is read.
pub(super) const PARAMETERS: [ParameterName; 2] = [
    ParameterName::WebhookSecret,
    ParameterName::WebhookSecretPrevious,
];

/// The webhook's secrets as SSM has them.
pub(super) struct SsmSecrets(Cached<WebhookSecrets>);

impl SsmSecrets {
    pub(super) fn new(
        source: Arc<dyn ReadParameters>,
        names: &Names,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let [current, previous] = PARAMETERS.map(|name| names.parameter(name));
        let asked = vec![current.clone(), previous.clone()];
        let understand = move |set: &ParameterSet| understand(set, &current, &previous);
        Self(Cached::new(source, asked, clock, Box::new(understand)))
    }
}

fn understand(
    set: &ParameterSet,
    current: &str,
    previous: &str,
) -> Result<WebhookSecrets, Vec<String>> {
    let required = set
        .require(current)
        .map_err(|error| vec![error.to_string()])?;
    if is_empty(&required.value) {
        return Err(vec![format!("{current} holds nothing")]);
    }
    let previous = set.found.get(previous).map(|found| found.value.clone());
    Ok(WebhookSecrets {
        current: required.value.clone(),
        previous: previous.filter(|secret| !is_empty(secret)),
    })
}

fn is_empty(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

fn unavailable(error: Arc<Unavailable>) -> SecretsUnavailable {
    SecretsUnavailable {
        source: Some(Box::new(error)),
    }
}

#[async_trait]
impl SecretSource for SsmSecrets {
    async fn current(&self) -> Result<Arc<WebhookSecrets>, SecretsUnavailable> {
        self.0.current().await.map_err(unavailable)
    }

    async fn newer(
        &self,
        tried: &Arc<WebhookSecrets>,
    ) -> Result<Option<Arc<WebhookSecrets>>, SecretsUnavailable> {
        let now = self.0.within(LOOK_AGAIN).await.map_err(unavailable)?;
        Ok((!Arc::ptr_eq(&now, tried)).then_some(now))
    }
}
