//! Secrets and credentials from SSM, under a clock of the test's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::ingest::{LOOK_AGAIN, SecretSource, WebhookSecrets};
use app::metrics::Unmeasured;
use app::ports::Clock;
use app::testing::{World, contracts};
use async_trait::async_trait;
use aws::names::{Names, ParameterName};
use aws::{Parameter, ParameterError, ParameterErrorKind, ParameterSet};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::functions::credentials;
use crate::functions::parameters::ReadParameters;
use crate::functions::settings::{GitHubSettings, Settings};
use crate::functions::webhook_secrets::SsmSecrets;
use crate::telemetry::{LogConfig, LogFormat};

const MINUTE: Duration = Duration::from_mins(1);

/// A parameter store and a clock.
struct Site {
    values: Mutex<BTreeMap<String, (String, u64)>>,
    failing: Mutex<Option<ParameterErrorKind>>,
    reads: Mutex<u32>,
    takes: Mutex<Duration>,
    now: Mutex<Timestamp>,
}

impl Site {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            values: Mutex::default(),
            failing: Mutex::default(),
            reads: Mutex::default(),
            takes: Mutex::default(),
            now: Mutex::new(Timestamp::UNIX_EPOCH),
        })
    }

    fn put(&self, name: ParameterName, value: &str) {
        let mut values = self.values.lock().expect("no panic");
        let kept = values.entry(names().parameter(name)).or_default();
        *kept = (value.to_owned(), kept.1 + 1);
    }

    fn remove(&self, name: ParameterName) {
        self.values
            .lock()
            .expect("no panic")
            .remove(&names().parameter(name));
    }

    fn fail(&self, with: Option<ParameterErrorKind>) {
        *self.failing.lock().expect("no panic") = with;
    }

    fn pass(&self, time: Duration) {
        let mut now = self.now.lock().expect("no panic");
        *now += jiff::SignedDuration::try_from(time).expect("short");
    }

    fn reads(&self) -> u32 {
        *self.reads.lock().expect("no panic")
    }

    fn secrets(self: &Arc<Self>) -> SsmSecrets {
        SsmSecrets::new(Arc::clone(self) as _, &names(), Arc::clone(self) as _)
    }
}

#[async_trait]
impl ReadParameters for Site {
    async fn read(&self, names: &[String]) -> Result<ParameterSet, ParameterError> {
        *self.reads.lock().expect("no panic") += 1;
        self.pass(*self.takes.lock().expect("no panic"));
        if let Some(kind) = *self.failing.lock().expect("no panic") {
            return Err(ParameterError::new(names, "eu-central-1", kind));
        }
        let values = self.values.lock().expect("no panic");
        let parameter = |(value, version): &(String, u64)| Parameter {
            value: SecretString::from(value.as_str()),
            version: *version,
        };
        let found: BTreeMap<_, _> = names
            .iter()
            .filter_map(|name| Some((name.clone(), parameter(values.get(name)?))))
            .collect();
        let is_missing = |name: &&String| !found.contains_key(*name);
        let missing: BTreeSet<String> = names.iter().filter(is_missing).cloned().collect();
        Ok(ParameterSet::new("eu-central-1", found, missing))
    }
}

impl Clock for Site {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("no panic")
    }
}

fn names() -> Names {
    Names::new("test").expect("valid")
}

#[tokio::test]
async fn the_webhooks_secrets_keep_the_contract() {
    let site = Site::new();
    site.put(ParameterName::WebhookSecret, "none yet");
    let replace = async |secrets: WebhookSecrets| {
        site.put(
            ParameterName::WebhookSecret,
            secrets.current.expose_secret(),
        );
        match secrets.previous {
            Some(previous) => {
                site.put(
                    ParameterName::WebhookSecretPrevious,
                    previous.expose_secret(),
                );
            }
            None => site.remove(ParameterName::WebhookSecretPrevious),
        }
    };
    let secrets = Arc::new(site.secrets());
    contracts::secret_source(secrets, replace, async || site.pass(LOOK_AGAIN)).await;
}

#[tokio::test]
async fn secrets_are_read_once_in_five_minutes() {
    let site = Site::new();
    site.put(ParameterName::WebhookSecret, "secret");
    let secrets = site.secrets();
    for _ in 0..100 {
        secrets.current().await.unwrap();
    }
    assert_eq!(site.reads(), 1);
    site.pass(5 * MINUTE);
    secrets.current().await.unwrap();
    assert_eq!(site.reads(), 2);
}

#[tokio::test]
async fn secrets_that_were_read_stay_in_force_for_an_hour_without_the_store() {
    let site = Site::new();
    site.put(ParameterName::WebhookSecret, "secret");
    let secrets = site.secrets();
    let read = secrets.current().await.unwrap();
    site.fail(Some(ParameterErrorKind::Network));
    site.pass(59 * MINUTE);
    assert!(Arc::ptr_eq(&secrets.current().await.unwrap(), &read));
    assert!(
        secrets.newer(&read).await.is_err(),
        "that nobody could look is no reason to turn a delivery away"
    );
    site.pass(2 * MINUTE);
    assert!(secrets.current().await.is_err(), "an hour is over");
    site.fail(None);
    site.pass(MINUTE);
    secrets.current().await.unwrap();
}

#[tokio::test]
async fn a_store_that_fails_is_asked_every_five_seconds_at_most() {
    let site = Site::new();
    site.fail(Some(ParameterErrorKind::Throttled));
    *site.takes.lock().expect("no panic") = Duration::from_secs(8);
    let secrets = site.secrets();
    for _ in 0..100 {
        let error = secrets.current().await.unwrap_err();
        let why = std::error::Error::source(&error).unwrap();
        assert_eq!(why.to_string(), "the parameters can't be read");
    }
    assert_eq!(site.reads(), 1);
    site.pass(Duration::from_secs(5));
    secrets.current().await.unwrap_err();
    assert_eq!(site.reads(), 2);
}

/// SSM counts the versions of a parameter that is made again from 1.
#[tokio::test]
async fn a_secret_that_was_deleted_and_made_again_is_another() {
    let site = Site::new();
    site.put(ParameterName::WebhookSecret, "first");
    let secrets = site.secrets();
    let first = secrets.current().await.unwrap();
    site.remove(ParameterName::WebhookSecret);
    site.put(ParameterName::WebhookSecret, "second");
    site.pass(LOOK_AGAIN);
    let second = secrets.newer(&first).await.unwrap().unwrap();
    assert_eq!(second.current.expose_secret(), "second");
}

#[tokio::test]
async fn a_secret_that_is_missing_or_empty_is_never_taken_for_one() {
    let site = Site::new();
    let secrets = site.secrets();
    secrets.current().await.unwrap_err();
    site.put(ParameterName::WebhookSecret, " \n");
    site.pass(MINUTE);
    secrets.current().await.unwrap_err();
}

fn github_settings() -> GitHubSettings {
    GitHubSettings {
        common: Settings {
            names: names(),
            log: LogConfig {
                format: LogFormat::Json,
                level: tracing::Level::INFO,
            },
            queues: aws::QueueUrls {
                pull_request: "http://localhost/a".to_owned(),
                check_run: "http://localhost/b".to_owned(),
                lifecycle: "http://localhost/c".to_owned(),
            },
        },
        api_url: github::ApiUrl::new("https://api.github.com").expect("valid"),
        actions_app_id: None,
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_the_apps_credentials_is_said_at_once() {
    let site = Site::new();
    site.put(ParameterName::ClientId, "Iv 1");
    site.put(ParameterName::PrivateKey, "no key");
    let github = credentials::github(
        Arc::clone(&site) as _,
        &github_settings(),
        Arc::clone(&site) as _,
        Arc::new(Unmeasured),
        Some(World::new() as _),
    );
    let error = github.current().await.err().unwrap();
    let said = error.to_string();
    for name in ["client_id", "private_key"] {
        assert!(said.contains(name), "{said}");
    }
    assert!(!said.contains("no key"), "never a value: {said}");
}
