//! What a merged pull request changed, beside the settings of today: for a look back.

use std::collections::BTreeMap;

use app::event::Repository;
use app::ports::Wants;
use app::{GitHubError, GitHubErrorKind};
use oracle::{ObjectId, RepositoryName, Snapshot, Subject};

use super::{Comparison, Side, Sides};
use crate::endpoint::COMPARE;
use crate::{Change, GitHub, Merged};

/// A pull request of the past.
#[derive(Debug)]
pub enum Past {
    /// Everything rules may read.
    Seen(Box<Snapshot>),
    /// It can't be judged any more, for this reason: a phrase.
    NotSeen(String),
}

/// Why there is no snapshot.
enum Missing {
    /// There never will be one.
    Lost(String),
    /// Not now.
    Failed(GitHubError),
}

impl From<GitHubError> for Missing {
    fn from(error: GitHubError) -> Self {
        Self::Failed(error)
    }
}

impl GitHub {
    /// The trees of a merged pull request, with the settings that `today` has of its branch. `today`
    /// is a [`branch_snapshot`](Self::branch_snapshot); nothing of it is asked for again.
    ///
    /// # Errors
    /// What concerns every other pull request, too: no answer, a limit, a token that is refused.
    pub async fn past_snapshot(
        &self,
        name: &RepositoryName,
        today: &Snapshot,
        merged: &Merged,
        wants: Wants,
    ) -> Result<Past, GitHubError> {
        let repository = Self::by_name(name);
        match self.past(&repository, today, merged, wants).await {
            Ok(snapshot) => Ok(Past::Seen(Box::new(snapshot))),
            Err(Missing::Lost(why)) => Ok(Past::NotSeen(why)),
            Err(Missing::Failed(error)) => match error.kind {
                GitHubErrorKind::NotFound
                | GitHubErrorKind::Invalid
                | GitHubErrorKind::Unexpected => Ok(Past::NotSeen(error.to_string())),
                _ => Err(error),
            },
        }
    }

    async fn past(
        &self,
        repository: &Repository,
        today: &Snapshot,
        merged: &Merged,
        wants: Wants,
    ) -> Result<Snapshot, Missing> {
        let Sides { after, before } = self.past_sides(repository, merged).await?;
        let (after, before) = tokio::try_join!(
            self.past_side(repository, after),
            self.past_side(repository, before),
        )?;
        let mut wanted = BTreeMap::new();
        for (_, listing) in [&after, &before] {
            listing.wanted_blobs(wants, &mut wanted);
        }
        let (contents, errors) = tokio::try_join!(
            self.contents_alone(repository, wanted),
            self.codeowners_errors(repository, (&after.0, &after.1), (&before.0, &before.1)),
        )?;
        Ok(Snapshot {
            subject: Subject {
                commit: merged.head.clone(),
                base_commit: Some(before.0),
                ..today.subject.clone()
            },
            settings: today.settings.clone(),
            after: after.1.tree(wants, &contents, errors.after),
            before: Some(before.1.tree(wants, &contents, errors.before)),
            default_branch: today.default_branch.clone(),
        })
    }

    async fn past_sides(&self, repository: &Repository, merged: &Merged) -> Result<Sides, Missing> {
        let base = match &merged.change {
            Change::Merge { commit, before } => {
                return Ok(Sides {
                    after: commit.clone(),
                    before: before.clone(),
                });
            }
            Change::Head { base } => base,
        };
        let basehead = format!("{base}...{}", merged.head);
        let query = "per_page=1&page=2";
        let compared: Result<Comparison, _> = self
            .api
            .read(repository, COMPARE, &[&basehead], query)
            .await;
        let compared = compared.map_err(|error| gone(error, &merged.head))?;
        let before = compared.merge_base_commit.sha;
        if before == merged.head {
            // Against itself it would pass, whatever it did.
            let why = "the branch has its commits as they are, and where they left it is not known";
            return Err(Missing::Lost(why.to_owned()));
        }
        Ok(Sides {
            after: merged.head.clone(),
            before,
        })
    }

    async fn past_side(&self, repository: &Repository, commit: ObjectId) -> Result<Side, Missing> {
        let listing = self.commit_listing(repository, &commit).await;
        let listing = listing.map_err(|error| gone(error, &commit))?;
        Ok((commit, listing))
    }
}

/// GitHub keeps the heads of pull requests, but not what was rewritten and cleaned up.
fn gone(error: GitHubError, commit: &ObjectId) -> Missing {
    match error.kind {
        GitHubErrorKind::NotFound => {
            Missing::Lost(format!("GitHub does not have commit {}", commit.short()))
        }
        _ => Missing::Failed(error),
    }
}
