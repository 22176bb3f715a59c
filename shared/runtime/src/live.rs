//! What of the configuration may change under a running process: the webhook's secrets and the
//! App's private key, where they come from files.
//!
//! Everything is read as at the start, every [`INTERVAL`], at once on SIGHUP, and when a webhook's
//! signature fits no secret that is known. A configuration with problems is logged whole and the
//! one before stays in force. So does the App: a key and a secret of another one are nothing without
//! its id, which only a restart puts in force.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use app::ingest::{LOOK_AGAIN, SecretSource, SecretsUnavailable, WebhookSecrets};
use async_trait::async_trait;
use github::{KeySource, KeyUnavailable, PrivateKey};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ConfigError, GitHubConfig, Sources};
use crate::wiring;

/// How often the configuration is read anew.
pub const INTERVAL: Duration = Duration::from_secs(30);

/// The secrets and the key in force. The source of both. `Debug` shows neither.
pub struct Live {
    /// `None`: they stay as they are.
    sources: Option<Sources>,
    app: Identity,
    kept: RwLock<Kept>,
    looks: Mutex<Looks>,
}

/// Which App it is, and where. Never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    api_url: String,
    issuer: String,
}

impl Identity {
    fn of(config: &GitHubConfig) -> Self {
        Self {
            api_url: config.api_url.as_str().to_owned(),
            issuer: config.issuer.clone(),
        }
    }
}

/// A version of what may change.
#[derive(Debug, Clone)]
struct Kept {
    /// From 1, for whoever reads the log.
    version: u64,
    secrets: Arc<WebhookSecrets>,
    key: PrivateKey,
}

/// What was seen when the sources were read; one look at a time.
#[derive(Debug, Default)]
struct Looks {
    latest: Option<Instant>,
    /// The problems that are logged already, so that they are not every time.
    known: Option<ConfigError>,
    /// Another App's configuration that is logged already.
    other: Option<Identity>,
}

impl Live {
    /// What is in force of a configuration that was read from these sources.
    pub fn of(sources: Sources, config: &Config) -> Arc<Self> {
        Self::new(Some(sources), &config.github)
    }

    /// What is in force and stays so.
    pub fn fixed(config: &Config) -> Arc<Self> {
        Self::new(None, &config.github)
    }

    fn new(sources: Option<Sources>, config: &GitHubConfig) -> Arc<Self> {
        Arc::new(Self {
            sources,
            app: Identity::of(config),
            kept: RwLock::new(Kept {
                version: 1,
                secrets: Arc::new(secrets(config)),
                key: config.private_key.clone(),
            }),
            looks: Mutex::default(),
        })
    }

    /// Reads the configuration anew and puts in force what differs.
    async fn look(&self, looks: &mut Looks) {
        let Some(sources) = self.sources.clone() else {
            return;
        };
        looks.latest = Some(Instant::now());
        // Files may be on a slow disk.
        let read = tokio::task::spawn_blocking(move || Config::load(&sources));
        match read.await {
            Ok(Ok(loaded)) => {
                looks.known = None;
                let other = Some(Identity::of(&loaded.config.github)).filter(|it| *it != self.app);
                match &other {
                    None => self.put_in_force(&loaded.config.github),
                    Some(other) if looks.other.as_ref() == Some(other) => {}
                    Some(other) => tracing::error!(
                        app.configured = other.issuer,
                        app.running = self.app.issuer,
                        "the new configuration is another App's and is not used: restart"
                    ),
                }
                looks.other = other;
            }
            Ok(Err(error)) if looks.known.as_ref() == Some(&error) => {}
            Ok(Err(error)) => {
                for problem in &error.problems {
                    tracing::error!("the new configuration is not used: {problem}");
                }
                looks.known = Some(error);
            }
            // Only at the process's end are such tasks cancelled.
            Err(error) => tracing::warn!(%error, "the configuration was not read anew"),
        }
    }

    fn put_in_force(&self, config: &GitHubConfig) {
        let secrets = secrets(config);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let new_secrets = !are_equal(&kept.secrets, &secrets);
        let new_key = kept.key != config.private_key;
        if !new_secrets && !new_key {
            return;
        }
        kept.version += 1;
        if new_secrets {
            kept.secrets = Arc::new(secrets);
        }
        if new_key {
            kept.key = config.private_key.clone();
        }
        tracing::info!(
            config.version = kept.version,
            config.read_at = %wiring::now(),
            config.webhook_secrets_changed = new_secrets,
            config.private_key_changed = new_key,
            "the configuration has changed"
        );
    }

    fn kept(&self) -> Kept {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }
}

#[async_trait]
impl SecretSource for Live {
    async fn current(&self) -> Result<Arc<WebhookSecrets>, SecretsUnavailable> {
        Ok(self.kept().secrets)
    }

    async fn newer(
        &self,
        tried: &Arc<WebhookSecrets>,
    ) -> Result<Option<Arc<WebhookSecrets>>, SecretsUnavailable> {
        let mut looks = self.looks.lock().await;
        let is_early = looks.latest.is_some_and(|it| it.elapsed() < LOOK_AGAIN);
        // Whoever waited for another's look finds here what that found.
        if !is_early && Arc::ptr_eq(&self.kept().secrets, tried) {
            self.look(&mut looks).await;
        }
        let secrets = self.kept().secrets;
        Ok((!Arc::ptr_eq(&secrets, tried)).then_some(secrets))
    }
}

#[async_trait]
impl KeySource for Live {
    async fn current(&self) -> Result<PrivateKey, KeyUnavailable> {
        Ok(self.kept().key)
    }
}

// The sources hold the environment, where secrets may be.
impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("version", &self.kept().version)
            .finish_non_exhaustive()
    }
}

/// Reads the configuration anew every [`INTERVAL`] and on SIGHUP, until `stop`.
///
/// # Errors
/// When the system lets nobody hear of signals.
pub fn watch(live: Arc<Live>, stop: CancellationToken) -> std::io::Result<()> {
    let mut hang_up = HangUp::new()?;
    tokio::spawn(async move {
        let mut interval = tokio::time::interval_at(Instant::now() + INTERVAL, INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = hang_up.next() => tracing::info!("SIGHUP: reading the configuration"),
                () = stop.cancelled() => return,
            }
            live.look(&mut *live.looks.lock().await).await;
        }
    });
    Ok(())
}

fn secrets(config: &GitHubConfig) -> WebhookSecrets {
    WebhookSecrets {
        current: config.webhook_secret.clone(),
        previous: config.webhook_secret_previous.clone(),
    }
}

/// Both are our own, so it does not matter whom the time that this takes tells something.
fn are_equal(one: &WebhookSecrets, other: &WebhookSecrets) -> bool {
    exposed(one) == exposed(other)
}

fn exposed(secrets: &WebhookSecrets) -> (&str, Option<&str>) {
    let previous = secrets.previous.as_ref();
    (
        secrets.current.expose_secret(),
        previous.map(ExposeSecret::expose_secret),
    )
}

#[cfg(unix)]
struct HangUp(tokio::signal::unix::Signal);

#[cfg(unix)]
impl HangUp {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) {
        // None comes once the runtime ends.
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
struct HangUp;

#[cfg(not(unix))]
impl HangUp {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests;
