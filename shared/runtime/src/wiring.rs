//! The one place that chooses adapters and puts them behind the ports.

use std::sync::Arc;

use app::evaluate::Ports;
use app::ports::{Clock, EventQueue};
use embedded::Embedded;
use github::GitHub;
use jiff::Timestamp;

use crate::config::{Config, ConfigError, GitHubConfig, Place, Problem};

/// The adapters of one process, behind their ports.
pub struct Assembly {
    /// Where the webhook leaves its messages.
    pub queue: Arc<dyn EventQueue>,
    /// What evaluation stands on.
    pub ports: Ports,
    /// The stores, for what is no port: the queue's workers, and what operators ask.
    pub stores: Embedded,
}

/// This machine's clock.
#[derive(Debug, Clone, Copy)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The GitHub adapter; what it can't work with is a problem of the configuration. Calls nobody.
pub fn github(config: &GitHubConfig) -> Result<Arc<GitHub>, ConfigError> {
    let config = github::GitHubConfig {
        api_url: config.api_url.clone(),
        issuer: config.issuer.clone(),
        private_key: config.private_key.clone(),
        actions_app_id: config.actions_app_id,
    };
    match GitHub::new(&config, Arc::new(SystemClock)) {
        Ok(github) => Ok(Arc::new(github)),
        Err(error) => Err(ConfigError {
            problems: vec![problem(error)],
        }),
    }
}

fn problem(error: github::ConfigError) -> Problem {
    let (key, expected, help) = match error {
        github::ConfigError::ApiUrl => (
            "github.api_url",
            "the base URL of GitHub's REST API",
            "correct it",
        ),
        github::ConfigError::PrivateKey => (
            "github.private_key_file",
            "the App's RSA private key in PEM",
            "generate a new key on the App's page if the file is lost",
        ),
        github::ConfigError::Client => (
            "github.api_url",
            "a system with TLS and random numbers",
            "this is no fault of the configuration: report it",
        ),
    };
    Problem {
        what: error.to_string(),
        place: Place::Setting(key),
        expected: expected.to_owned(),
        help: help.to_owned(),
    }
}

/// Opens the stores in the data folder and puts all adapters behind their ports.
pub fn assemble(config: &Config, github: Arc<GitHub>) -> anyhow::Result<Assembly> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stores = Embedded::open(&config.data, Arc::clone(&clock))?;
    let shared = Arc::new(stores.clone());
    Ok(Assembly {
        queue: Arc::new(stores.queue().clone()),
        ports: Ports {
            clock,
            deliveries: Arc::clone(&shared) as _,
            leases: Arc::clone(&shared) as _,
            heads: Arc::clone(&shared) as _,
            evaluations: shared,
            pull_requests: Arc::clone(&github) as _,
            snapshots: Arc::clone(&github) as _,
            check_runs: github,
        },
        stores,
    })
}
