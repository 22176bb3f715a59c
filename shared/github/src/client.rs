//! The adapter: one value that is every port towards GitHub.

use std::fmt;
use std::sync::Arc;

use app::metrics::{Metrics, Unmeasured};
use app::ports::{Budgets, Clock};
use secrecy::SecretString;

use crate::api::Api;
use crate::config::{ApiUrl, ClientError, GitHubConfig};
use crate::snapshot::Kept;

/// GitHub. Implements [`PullRequests`](app::ports::PullRequests),
/// [`Snapshots`](app::ports::Snapshots), [`AccountPolicies`](app::ports::AccountPolicies) and
/// [`CheckRuns`](app::ports::CheckRuns). Keeps tokens,
/// trees and blobs in memory, so one value should serve a whole process.
pub struct GitHub {
    pub(crate) api: Api,
    pub(crate) kept: Kept,
    /// Whose Check Runs are ours; `None` where we are no App.
    pub(crate) issuer: Option<String>,
    pub(crate) actions_app_id: Option<u64>,
}

impl GitHub {
    /// Makes the HTTP client; calls nobody. `clock` is what tokens are dated by.
    ///
    /// # Errors
    /// [`ClientError`], which is the system's fault and not the configuration's.
    ///
    /// # Panics
    /// Outside of a Tokio runtime: the HTTP client puts a task of its own on it.
    pub fn new(config: &GitHubConfig, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        Self::measured(config, clock, Arc::new(Unmeasured))
    }

    /// As [`new`](Self::new), and tells `metrics` of each attempt at a call.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn measured(
        config: &GitHubConfig,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
    ) -> Result<Self, ClientError> {
        Self::connected(config, clock, metrics, None)
    }

    /// As [`measured`](Self::measured), and shares with other workers, by `budgets`, what GitHub
    /// says of an installation's limits: nobody calls for it after one was told to wait, and a
    /// restart forgets nothing. A store that fails is logged, and then each knows its own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn sharing(
        config: &GitHubConfig,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
        budgets: Arc<dyn Budgets>,
    ) -> Result<Self, ClientError> {
        Self::connected(config, clock, metrics, Some(budgets))
    }

    fn connected(
        config: &GitHubConfig,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
        budgets: Option<Arc<dyn Budgets>>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            api: Api::new(config, clock, metrics, budgets)?,
            kept: Kept::new(),
            issuer: Some(config.issuer.clone()),
            actions_app_id: config.actions_app_id,
        })
    }

    /// Reads with a token of somebody's own (a personal access token, or `GITHUB_TOKEN` of a
    /// workflow), which GitHub lets see what its owner may see. `actions_app_id` is the id of
    /// the GitHub Actions App on this platform, where it is known; `metrics` is told of each attempt
    /// at a call. A repository is then addressed by its name alone ([`GitHub::by_name`]).
    ///
    /// # Panics
    /// Outside of a Tokio runtime: the HTTP client puts a task of its own on it.
    pub fn with_token(
        api_url: ApiUrl,
        token: SecretString,
        actions_app_id: Option<u64>,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            api: Api::with_token(api_url, token, clock, metrics)?,
            kept: Kept::new(),
            issuer: None,
            actions_app_id,
        })
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub")
            .field("issuer", &self.issuer)
            .field("actions_app_id", &self.actions_app_id)
            .finish_non_exhaustive()
    }
}
