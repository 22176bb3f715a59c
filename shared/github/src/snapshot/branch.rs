//! A branch as it is, compared with nothing: for a look at a repository without the App.

use app::GitHubError;
use app::event::Repository;
use app::ports::Wants;
use oracle::{BranchName, RepositoryName, Snapshot};
use serde::Deserialize;

use super::{CommitId, Compared, Place};
use crate::GitHub;
use crate::endpoint::{BRANCH, REPOSITORY};

/// A repository, as far as it is read.
#[derive(Deserialize)]
pub(crate) struct RepositoryBody {
    /// The name that it has now.
    pub(crate) full_name: RepositoryName,
    /// Its default branch.
    pub(crate) default_branch: BranchName,
}

/// A branch, as far as it is read here.
#[derive(Deserialize)]
struct BranchBody {
    commit: CommitId,
}

impl GitHub {
    /// A repository that is read with a token of somebody's own: only installations are addressed
    /// by ids.
    pub fn by_name(name: &RepositoryName) -> Repository {
        Repository {
            installation_id: 0,
            id: 0,
            name: name.clone(),
        }
    }

    /// Everything rules may read about a branch (by default, the default branch), with the
    /// contents of the files that `wants` names. What GitHub does not show is unavailable inside.
    ///
    /// # Errors
    /// Where there is no snapshot worth judging: above all
    /// [`NotFound`](app::GitHubErrorKind::NotFound), when the repository or the branch is not there
    /// for us.
    pub async fn branch_snapshot(
        &self,
        name: &RepositoryName,
        branch: Option<&BranchName>,
        wants: Wants,
    ) -> Result<Snapshot, GitHubError> {
        let about = self.about(&Self::by_name(name)).await?;
        let repository = Self::by_name(&about.full_name);
        let branch = branch.unwrap_or(&about.default_branch);
        let values = [branch.as_str()];
        let tip: BranchBody = self.api.read(&repository, BRANCH, &values, "").await?;
        let tip = tip.commit.sha;
        let place = Place {
            commit: &tip,
            base: branch,
            default: &about.default_branch,
        };
        let trees = async {
            let listing = self.commit_listing(&repository, &tip).await?;
            Ok(Compared {
                after: (tip.clone(), listing),
                before: None,
            })
        };
        Box::pin(self.facts(&repository, place, trees, wants)).await
    }

    /// The repository itself.
    pub(crate) async fn about(
        &self,
        repository: &Repository,
    ) -> Result<RepositoryBody, GitHubError> {
        self.api.read(repository, REPOSITORY, &[], "").await
    }
}
