//! [`Collaborators`]: over REST (<https://docs.github.com/en/rest/collaborators/collaborators>).

use app::event::{Login, Repository};
use app::ports::Collaborators;
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;
use serde::Deserialize;

use crate::GitHub;
use crate::endpoint::PERMISSION_OF;

/// What GitHub says of somebody. A role of an organisation's own is shown as the one it builds on;
/// `maintain` as `write`, `triage` as `read`.
#[derive(Debug, Deserialize)]
struct Answer {
    permission: String,
}

#[async_trait]
impl Collaborators for GitHub {
    async fn may_push(&self, repository: &Repository, login: &Login) -> Result<bool, GitHubError> {
        let values = [login.as_str()];
        let asked = self
            .api
            .read::<Answer>(repository, PERMISSION_OF, &values, "");
        match asked.await {
            Ok(answer) => Ok(matches!(&*answer.permission, "admin" | "write")),
            // Nobody of that name; were the repository gone, the next call would say so.
            Err(error) if error.kind == GitHubErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}
