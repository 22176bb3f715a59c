//! A sandbox with one App, installed, at a time that stands still.

use jiff::Timestamp;
use sandbox::{Access, App, Clock, Installation, NewApp, Options, Repository, Sandbox};

use crate::client::Client;

/// When these stories begin.
pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";

/// A world for a story.
pub(crate) struct World {
    #[cfg(feature = "contract")]
    watched: sandbox::contract::Watched,
    pub(crate) github: Sandbox,
    pub(crate) app: App,
    pub(crate) installation: Installation,
    pub(crate) repository: Repository,
}

/// The App's wishes in these stories.
pub(crate) fn new_app() -> NewApp {
    NewApp::named("Phase Mirror")
        .permission("actions", Access::Read)
        .permission("checks", Access::Write)
        .permission("contents", Access::Read)
        .permission("pull_requests", Access::Read)
        .permission("statuses", Access::Write)
        .subscribed_to("pull_request")
        .subscribed_to("push")
        .webhook_secret("swordfish")
}

impl World {
    /// One repository, `octo-org/hello`, with one file.
    pub(crate) async fn new() -> Self {
        let clock = Clock::stopped_at(now());
        let options = Options {
            clock,
            ..Options::default()
        };
        let github = Sandbox::start(options).await.unwrap();
        let repository = github.create_repository("octo-org/hello", [("README.md", "Hello\n")]);
        let app = github.create_app(new_app());
        let installation = app.install("octo-org");
        Self {
            #[cfg(feature = "contract")]
            watched: sandbox::contract::Watched::new(&github),
            github,
            app,
            installation,
            repository,
        }
    }

    /// Speaks as the installation.
    pub(crate) fn client(&self) -> Client {
        self.client_with(&self.installation.access_token())
    }

    /// Speaks with this credential.
    pub(crate) fn client_with(&self, credential: &str) -> Client {
        Client::new(self.github.base_url(), credential)
    }

    /// A path below the repository's.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/repos/{}{rest}", self.repository.full_name())
    }
}

/// Only what the sandbox says is held to the contract, for these stories ask for wrong things;
/// and not that it refuses unknown versions, which GitHub does everywhere and describes nowhere.
#[cfg(feature = "contract")]
impl Drop for World {
    fn drop(&mut self) {
        use sandbox::contract::Part;
        const VERSION_REFUSED: &str = "a documented status, not 400";
        let ours = [Part::Status, Part::ResponseBody, Part::Webhook];
        let violations = self.watched.violations();
        let lines: Vec<String> = violations
            .iter()
            .filter(|it| ours.contains(&it.part) && it.expected != VERSION_REFUSED)
            .map(ToString::to_string)
            .collect();
        assert!(
            lines.is_empty() || std::thread::panicking(),
            "the sandbox differs from GitHub:\n{}",
            lines.join("\n")
        );
    }
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}
