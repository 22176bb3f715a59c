//! The one place that chooses adapters and puts them behind the ports.

use std::path::Path;
use std::sync::Arc;

use app::evaluate::Ports;
use app::metrics::{Metrics, Unmeasured};
use app::ports::{Clock, EventQueue, HookDeliveries};
use embedded::{Embedded, OpenError};
use github::{ApiUrl, ClientError, ConversionError, GitHub, NewlyRegistered, PrivateKey};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::app_file::StoredApp;
use crate::clock::SystemClock;
use crate::config::{Config, GitHubConfig};
use crate::live::Live;

/// The adapters of one process, behind their ports.
pub struct Assembly {
    /// Where the webhook leaves its messages.
    pub queue: Arc<dyn EventQueue>,
    /// What evaluation stands on.
    pub ports: Ports,
    /// What GitHub has delivered.
    pub hook: Arc<dyn HookDeliveries>,
    /// The stores, for what is no port: the queue's workers, and what operators ask.
    pub stores: Embedded,
}

/// This machine's time.
pub fn now() -> Timestamp {
    SystemClock.now()
}

/// GitHub, read with a token of somebody's own; `metrics` is told of each call. Calls nobody.
pub fn github_with_token(
    api_url: ApiUrl,
    token: SecretString,
    actions_app_id: Option<u64>,
    metrics: Arc<dyn Metrics>,
) -> Result<GitHub, ClientError> {
    let clock = Arc::new(SystemClock);
    GitHub::with_token(api_url, token, actions_app_id, clock, metrics)
}

/// The GitHub adapter, with the key of `live` and no store. Calls nobody.
pub fn github(config: &GitHubConfig, live: Arc<Live>) -> anyhow::Result<Arc<GitHub>> {
    let github = GitHub::new(&adapter(config, live), Arc::new(SystemClock))?;
    Ok(Arc::new(github))
}

fn adapter(config: &GitHubConfig, live: Arc<Live>) -> github::GitHubConfig {
    github::GitHubConfig {
        api_url: config.api_url.clone(),
        issuer: config.issuer.clone(),
        private_key: live,
        actions_app_id: config.actions_app_id,
    }
}

/// Exchanges the code of a manifest for the App with its key and secret. A code can be used once.
pub async fn convert_manifest(
    api_url: &ApiUrl,
    code: &str,
) -> Result<NewlyRegistered, ConversionError> {
    github::convert(api_url, code, Arc::new(SystemClock)).await
}

/// Lets the webhook of a new App be sent as JSON and signed with its secret, as the App itself.
pub async fn configure_hook(app: &StoredApp<'_>) -> anyhow::Result<()> {
    let config = github::GitHubConfig {
        api_url: app.api_url.clone(),
        issuer: app.client_id.to_owned(),
        private_key: Arc::new(PrivateKey::from_pem(app.private_key)?),
        actions_app_id: None,
    };
    let github = GitHub::new(&config, Arc::new(SystemClock))?;
    Ok(github.configure_hook(app.webhook_secret).await?)
}

/// A data folder, as far as it can be told without making one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFolder {
    /// The stores in it open.
    Fine,
    /// Another process works on it.
    InUse,
    /// There is none yet.
    NotThere,
}

/// Looks at a data folder. An error says what keeps the stores from opening, and what helps.
pub fn data_folder(data: &Path) -> anyhow::Result<DataFolder> {
    if !data.try_exists()? {
        return Ok(DataFolder::NotThere);
    }
    match Embedded::open(data, Arc::new(SystemClock)) {
        Ok(_) => Ok(DataFolder::Fine),
        Err(OpenError::InUse { .. }) => Ok(DataFolder::InUse),
        Err(error) => Err(error.into()),
    }
}

/// Opens the stores in the data folder and puts all adapters behind their ports, GitHub with the key
/// of `live`. Calls nobody.
pub fn assemble(config: &Config, live: Arc<Live>) -> anyhow::Result<Assembly> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stores = Embedded::open(&config.data, Arc::clone(&clock))?;
    let shared = Arc::new(stores.clone());
    let github = Arc::new(GitHub::sharing(
        &adapter(&config.github, live),
        Arc::clone(&clock),
        Arc::new(Unmeasured),
        Arc::clone(&shared) as _,
    )?);
    Ok(Assembly {
        queue: Arc::new(stores.queue().clone()),
        ports: Ports {
            clock,
            deliveries: Arc::clone(&shared) as _,
            leases: Arc::clone(&shared) as _,
            heads: Arc::clone(&shared) as _,
            evaluations: Arc::clone(&shared) as _,
            policies: Arc::clone(&shared) as _,
            installations: Arc::clone(&shared) as _,
            purge: shared,
            pull_requests: Arc::clone(&github) as _,
            snapshots: Arc::clone(&github) as _,
            check_runs: Arc::clone(&github) as _,
            account_policies: Arc::clone(&github) as _,
            collaborators: Arc::clone(&github) as _,
            access: Arc::clone(&github) as _,
        },
        hook: github,
        stores,
    })
}
