//! Configuration: from a TOML file and `PHASE_MIRROR_…` variables, checked as a whole.
//!
//! Every problem is named at once, with its place, what was expected there and what to do; a
//! secret's value is never shown. The command line overrides the environment, which overrides
//! the file, which overrides the defaults.

mod document;
mod keys;
mod reader;
mod secret_file;
mod source;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

pub use github::{ApiUrl, PrivateKey};

pub use crate::problem::{ConfigError, Place, Problem, Warning};
pub use crate::telemetry::{LogConfig, LogFormat};
pub use document::document;
pub use keys::{KEYS, Key, Kind};
pub use source::Sources;

use reader::Reader;

/// The data folder where none is named.
const DEFAULT_DATA: &str = "phase-mirror-data";

/// A configuration that was checked. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where data is kept.
    pub data: PathBuf,
    /// Where webhooks are received.
    pub server: ServerConfig,
    /// How many deliveries are worked on at once.
    pub workers: NonZeroUsize,
    /// The App at GitHub.
    pub github: GitHubConfig,
    /// Log lines.
    pub log: LogConfig,
}

/// The HTTP server's part.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The address to bind.
    pub listen: SocketAddr,
    /// The largest body that is read.
    pub max_body_bytes: usize,
    /// How many connections are served at once.
    pub max_connections: usize,
    /// How long a client may take to send its headers, and again its body.
    pub request_timeout: Duration,
    /// How long running work may take after the first signal.
    pub shutdown_grace: Duration,
}

/// GitHub's part.
#[derive(Debug, Clone)]
pub struct GitHubConfig {
    /// Where its APIs are.
    pub api_url: ApiUrl,
    /// The client ID, or else the App's id, as text: the `iss` of our tokens.
    pub issuer: String,
    /// What our tokens are signed with.
    pub private_key: PrivateKey,
    /// The secret with which webhooks are signed.
    pub webhook_secret: SecretString,
    /// The one before, while it is being replaced.
    pub webhook_secret_previous: Option<SecretString>,
    /// The id of the GitHub Actions App, where it is known.
    pub actions_app_id: Option<u64>,
}

/// A configuration, and what should be put right about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// For the operator's eyes.
    pub warnings: Vec<Warning>,
}

impl Config {
    /// Reads and checks everything, and names every problem.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let (data, mut found) = find(sources);
        found.take_stored_app(&data);
        let mut reader = Reader::new(found);
        if let Some(listen) = &sources.listen {
            reader.override_with_option(keys::LISTEN, "--listen", listen);
        }
        let server = reader.server();
        let workers = reader.workers();
        let log = reader.log();
        let github = reader.github();
        reader.finish(|| {
            Ok(Config {
                data,
                server: server?,
                workers: workers?,
                github: github?,
                log: log?,
            })
        })
    }
}

/// What is said before there is an App.
#[derive(Debug, Clone)]
pub struct Outset {
    /// The data folder.
    pub data: PathBuf,
    /// Where an App is named, if one is; whatever `phase-mirror setup` stored goes behind it.
    pub app: Option<Place>,
    /// GitHub's REST API as it is written, where it is.
    pub api_url: Option<String>,
}

impl Outset {
    /// Reads the configuration without asking for what it must have.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let (data, found) = find(sources);
        if !found.problems.is_empty() {
            return Err(ConfigError {
                problems: found.problems,
            });
        }
        Ok(Self {
            data,
            app: found.app_place(),
            api_url: found.text(keys::API_URL),
        })
    }
}

/// The data folder, and what file and environment say.
fn find(sources: &Sources) -> (PathBuf, source::Found) {
    let data = sources
        .data
        .clone()
        .or_else(|| {
            sources
                .environment
                .get(source::DATA_VARIABLE)
                .map(PathBuf::from)
        })
        .unwrap_or_else(|| PathBuf::from(DEFAULT_DATA));
    let named = sources.file.clone().or_else(|| {
        sources
            .environment
            .get(source::CONFIG_VARIABLE)
            .map(PathBuf::from)
    });
    let (file, required) = match named {
        Some(file) => (file, source::Required::Yes),
        None => (data.join("config.toml"), source::Required::No),
    };
    let found = source::Found::read(sources, &file, required);
    (data, found)
}
