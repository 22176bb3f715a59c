//! The facts that GitHub gives, read with the user's own token.

use std::sync::Arc;
use std::time::Duration;

use app::GitHubError;
use app::ports::{PullRequest, PullRequests, Snapshots, TestMerge};
use github::{ApiUrl, GITHUB_COM, GitHub, SettingsFile};
use oracle::Snapshot;
use oracle::policy::PolicyFile;
use oracle::registry::wants;

use crate::api::{self, Calls};
use crate::args::{Check, Target};
use crate::exit::{self, Failure};

/// How long GitHub is given, in turn, to make the test merge of a pull request.
const WAITS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// GitHub, as `--github` names it.
pub(super) struct Live<'a> {
    github: GitHub,
    target: &'a Target,
    args: &'a Check,
}

impl<'a> Live<'a> {
    /// Makes the client; calls nobody.
    pub(super) fn connect(
        args: &'a Check,
        target: &'a Target,
        calls: Arc<Calls>,
    ) -> Result<Self, Failure> {
        let api_url = match &args.api_url {
            Some(url) => url.clone(),
            None => ApiUrl::new(GITHUB_COM).map_err(anyhow::Error::new)?,
        };
        Ok(Self {
            github: api::connect(api_url, args.actions_app_id, calls)?,
            target,
            args,
        })
    }

    /// Everything that is judged, without a checkout.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let name = &self.target.repository;
        let Some(number) = self.target.pull_request else {
            let branch = self.args.branch.as_ref();
            let snapshot = self.github.branch_snapshot(name, branch, wants).await;
            return snapshot.map_err(|error| self.refused(error));
        };
        let pull_request = self.pull_request(number).await?;
        let repository = GitHub::by_name(name);
        let snapshot = self.github.snapshot(&repository, &pull_request, wants);
        snapshot.await.map_err(|error| self.refused(error))
    }

    /// What GitHub enforces on a branch.
    pub(super) async fn settings(&self) -> Result<SettingsFile, Failure> {
        let (name, branch) = (&self.target.repository, self.args.branch.as_ref());
        let file = self.github.export_settings(name, branch).await;
        let file = file.map_err(|error| self.refused(error))?;
        SettingsFile::parse(file.as_bytes()).map_err(|error| anyhow::Error::new(error).into())
    }

    /// The policy of the account, unless one was named.
    pub(super) async fn account_policy(&self) -> Result<Option<PolicyFile>, Failure> {
        if self.args.organization_policy.is_some() {
            return Ok(None);
        }
        api::account_policy(&self.github, &self.target.repository).await
    }

    /// The pull request, once GitHub has said whether it merges.
    async fn pull_request(&self, number: u64) -> Result<PullRequest, Failure> {
        let repository = GitHub::by_name(&self.target.repository);
        let mut waits = WAITS.into_iter();
        loop {
            let now = self.github.pull_request(&repository, number).await;
            let now = now.map_err(|error| self.refused(error))?;
            if !now.open {
                exit::warn(&format!(
                    "{} is not open; it is judged against its base as that is now",
                    self.target
                ));
                return Ok(now);
            }
            if now.test_merge != TestMerge::Pending {
                return Ok(now);
            }
            let Some(wait) = waits.next() else {
                exit::warn(
                    &"GitHub has not made the test merge; the head is judged as it is, against \
                      where it left its base",
                );
                return Ok(now);
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn refused(&self, error: GitHubError) -> Failure {
        api::refused(format!("cannot read {} at GitHub", self.target), error)
    }
}
