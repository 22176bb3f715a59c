//! From GitHub's code to an App that is stored.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use github::{ApiUrl, ConversionError};
use runtime::app_file::{self, StoredApp};
use runtime::wiring;
use secrecy::SecretString;
use tokio::sync::{Mutex, mpsc, watch};

use crate::exit::Failure;

/// What the page is made of, and what became of it.
pub(super) struct Flow {
    /// GitHub's web page that takes the manifest.
    pub(super) page: String,
    /// GitHub's web address.
    pub(super) web_url: String,
    pub(super) api_url: ApiUrl,
    pub(super) manifest: String,
    /// What tells the browser that we sent to GitHub from any other.
    pub(super) state: String,
    pub(super) data: PathBuf,
    /// The App, once it is stored; locked while a code is exchanged, so that one is at a time.
    pub(super) registered: Mutex<Option<Registered>>,
    /// How far it has come.
    pub(super) reached: watch::Sender<Reached>,
    /// Told once.
    pub(super) ended: mpsc::Sender<Result<Registered, Failure>>,
}

/// How far a registration has come, for whoever ends it before its end.
#[derive(Debug, Clone, Default)]
pub(super) enum Reached {
    /// GitHub has not sent the browser back.
    #[default]
    Nothing,
    /// It has, and so the App is there; its key is not here.
    Registered,
    /// The App is stored.
    Stored(Registered),
}

impl Reached {
    /// What is told where nothing more can come.
    pub(super) fn end(self) -> Result<Registered, Failure> {
        match self {
            Self::Nothing => {
                let what = "nothing was registered: the page was left, or its hour is over";
                Err(anyhow!(what).into())
            }
            Self::Registered => Err(Failure::Other {
                error: anyhow!(
                    "GitHub has registered the App, and the command ended before it was stored"
                ),
                help: Some(HELP_WHERE_LOST),
            }),
            Self::Stored(registered) => Ok(registered),
        }
    }
}

/// What helps where GitHub has an App and we have no key.
const HELP_WHERE_LOST: &str = "the App is registered: generate a private key on its page at GitHub, or \
                               delete it there and begin again";

/// An App that was registered and stored.
#[derive(Debug, Clone)]
pub(super) struct Registered {
    pub(super) name: String,
    pub(super) html_url: String,
    pub(super) stored: PathBuf,
    /// Whether its webhook is sent as JSON, or why not.
    pub(super) hook: Result<(), String>,
}

impl Registered {
    /// The page on which it is installed.
    pub(super) fn install_url(&self) -> String {
        format!("{}/installations/new", self.html_url)
    }
}

/// Why a browser that comes back gets no App.
pub(super) enum Refused {
    /// It was not sent by us.
    State,
    /// GitHub does not take the code; another may do.
    Code(ConversionError),
    /// What GitHub gave could not be stored. It gives it once.
    Lost,
}

impl Flow {
    /// Exchanges the code and stores the App. Whoever comes again is told the same.
    pub(super) async fn finish(&self, state: &str, code: &str) -> Result<Registered, Refused> {
        if !is_same(state.as_bytes(), self.state.as_bytes()) {
            return Err(Refused::State);
        }
        let mut registered = self.registered.lock().await;
        if let Some(registered) = &*registered {
            return Ok(registered.clone());
        }
        self.reached.send_replace(Reached::Registered);
        let new = wiring::convert_manifest(&self.api_url, code).await;
        let new = new.map_err(Refused::Code)?;
        match self.keep(new).await {
            Ok(app) => {
                *registered = Some(app.clone());
                self.end(Ok(app.clone()));
                Ok(app)
            }
            Err(error) => {
                self.end(Err(Failure::Other {
                    error,
                    help: Some(HELP_WHERE_LOST),
                }));
                Err(Refused::Lost)
            }
        }
    }

    /// Stores the App before anything else is tried with it.
    async fn keep(&self, new: github::NewlyRegistered) -> anyhow::Result<Registered> {
        let secret = match new.webhook_secret {
            Some(secret) => secret,
            None => SecretString::from(super::random()?),
        };
        let app = StoredApp {
            api_url: &self.api_url,
            id: new.id,
            client_id: &new.client_id,
            private_key: &new.pem,
            webhook_secret: &secret,
        };
        let stored = app_file::store(&self.data, &app);
        let stored = stored.with_context(|| {
            let folder = self.data.display();
            format!("the App {} could not be stored in {folder}", new.html_url)
        })?;
        let mut registered = Registered {
            name: new.name,
            html_url: new.html_url,
            stored,
            hook: Err("the command ended before GitHub had answered".to_owned()),
        };
        let reached = Reached::Stored(registered.clone());
        self.reached.send_replace(reached);
        let hook = wiring::configure_hook(&app).await;
        registered.hook = hook.map_err(|error| format!("{error:#}"));
        Ok(registered)
    }

    /// The first end is the one.
    fn end(&self, end: Result<Registered, Failure>) {
        // Full or closed: it has ended already.
        let _ = self.ended.try_send(end);
    }
}

/// Whether two texts are the same, in a time that tells only their lengths.
fn is_same(given: &[u8], ours: &[u8]) -> bool {
    let differing = given
        .iter()
        .zip(ours)
        .fold(0, |bits, (a, b)| std::hint::black_box(bits | (a ^ b)));
    given.len() == ours.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn only_the_same_is_the_same() {
        assert!(is_same(b"abc", b"abc"));
        for other in ["", "ab", "abd", "xbc", "abcd"] {
            assert!(!is_same(other.as_bytes(), b"abc"), "{other}");
        }
    }
}
