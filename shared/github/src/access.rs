//! [`Access`]: over REST (<https://docs.github.com/en/rest/apps/apps>).

use app::ports::Access;
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;

use crate::GitHub;
use crate::endpoint::INSTALLATION;
use crate::error;

#[async_trait]
impl Access for GitHub {
    async fn is_installed(&self, installation_id: u64) -> Result<bool, GitHubError> {
        let path = INSTALLATION.path(&[&installation_id.to_string()]);
        let answer = self.api.send_as_app(INSTALLATION, &path).await?;
        found(error::accepted(INSTALLATION, answer, self.api.now()).map(drop))
    }

    /// A token for a repository can be had only where the installation has it. It is one that the
    /// work on the repository then needs, so that looking costs no call more.
    async fn reaches(&self, installation_id: u64, repository_id: u64) -> Result<bool, GitHubError> {
        found(self.api.sign_in_anew(installation_id, repository_id).await)
    }

    async fn forget(&self, installation_id: u64) {
        self.api.forget_installation(installation_id).await;
        self.kept.forget_installation(installation_id);
    }
}

/// Whether it is there.
fn found(answer: Result<(), GitHubError>) -> Result<bool, GitHubError> {
    match answer {
        Ok(()) => Ok(true),
        Err(error) if error.kind == GitHubErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
