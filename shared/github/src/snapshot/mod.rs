//! [`Snapshots`]: the facts of one evaluation, in few calls.
//!
//! Everything that does not wait for something else is asked for at the same time; the files
//! and the rollups then come in one query. `docs/api-economy.md` counts the calls.

mod account_policy;
pub(crate) mod actions;
mod blob;
mod branch;
mod budget;
pub(crate) mod codeowners;
mod past;
pub(crate) mod protection;
pub(crate) mod rollup;
pub(crate) mod rule;
mod tree;
pub(crate) mod workflow;

use std::collections::BTreeMap;
use std::sync::Arc;

use app::event::Repository;
use app::ports::{PullRequest, Snapshots, TestMerge, Wants};
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;
use oracle::{
    BranchName, CodeownersError, DefaultBranch, Fact, FileContent, ObjectId, Reason, Settings,
    Snapshot, Subject, Tree, Unavailable,
};
use serde::Deserialize;

use crate::GitHub;
use crate::endpoint::COMPARE;

use account_policy::Policies;
use actions::Permissions;
use blob::{Blobs, Contents};
use codeowners::Answers;
pub use past::Past;
use tree::{Listing, Revision, Trees};

/// What is kept between snapshots: what can't change, for ten minutes what Actions permits and
/// what GitHub says of CODEOWNERS, and for five the policies of accounts.
pub(crate) struct Kept {
    blobs: Blobs,
    trees: Trees,
    permissions: Permissions,
    codeowners: Answers,
    policies: Policies,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self {
            blobs: Blobs::new(),
            trees: Trees::new(),
            permissions: Permissions::new(),
            codeowners: Answers::new(),
            policies: Policies::new(),
        }
    }

    /// Forgets what an installation was shown that may be another now.
    pub(crate) fn forget_installation(&self, installation_id: u64) {
        self.permissions.forget_installation(installation_id);
        self.policies.forget_installation(installation_id);
    }
}

/// The commits whose trees are compared.
struct Sides {
    after: ObjectId,
    before: ObjectId,
}

/// What a snapshot is of.
struct Place<'a> {
    commit: &'a ObjectId,
    base: &'a BranchName,
    default: &'a BranchName,
}

/// A commit with its files.
type Side = (ObjectId, Arc<Listing>);

/// The tree under judgement, and the one that it is compared with if it is.
struct Compared {
    after: Side,
    before: Option<Side>,
}

/// A comparison, as far as it is read.
#[derive(Deserialize)]
struct Comparison {
    merge_base_commit: CommitId,
}

#[derive(Deserialize)]
struct CommitId {
    sha: ObjectId,
}

#[async_trait]
impl Snapshots for GitHub {
    async fn snapshot(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
        wants: Wants,
    ) -> Result<Snapshot, GitHubError> {
        self.api.sign_in(repository).await?;
        let place = Place {
            commit: &pull_request.head,
            base: &pull_request.base,
            default: &pull_request.default_branch,
        };
        let trees = self.trees(repository, pull_request);
        Box::pin(self.facts(repository, place, trees, wants)).await
    }

    async fn forget(&self, repository: &Repository) {
        self.api.forget(repository).await;
        self.kept.permissions.forget(repository).await;
        self.kept.codeowners.forget(repository);
        self.kept.policies.forget(repository).await;
    }
}

impl GitHub {
    /// The snapshot of these trees.
    async fn facts(
        &self,
        repository: &Repository,
        place: Place<'_>,
        trees: impl Future<Output = Result<Compared, GitHubError>>,
        wants: Wants,
    ) -> Result<Snapshot, GitHubError> {
        let base = place.base;
        let (compared, default, rules, protection, workflows) = tokio::try_join!(
            trees,
            self.default_listing(repository, &place),
            self.rules(repository, base),
            self.protection(repository, base),
            self.workflows(repository),
        )?;
        let Compared { after, before } = compared;
        // Compared with nothing, it is asked about alone.
        let other = before.as_ref().unwrap_or(&after);
        let listings = [Some(&*after.1), Some(&*other.1), default.as_ref()];
        let mut wanted = BTreeMap::new();
        for listing in listings.into_iter().flatten() {
            listing.wanted_blobs(wants, &mut wanted);
        }
        let ((contents, rollups), errors) = tokio::try_join!(
            self.contents(repository, base, wanted),
            self.codeowners_errors(repository, (&after.0, &after.1), (&other.0, &other.1)),
        )?;
        let mut settings = Settings {
            branch: base.clone(),
            rules,
            protection,
            rollups,
            workflows,
            actions: actions::not_asked(),
            actions_app_id: self.actions_app_id(),
            owners: codeowners::access_not_asked(),
        };
        settings.actions = self.actions(repository, &settings).await?;
        Ok(Snapshot {
            subject: Subject {
                repository: Some(repository.name.clone()),
                commit: place.commit.clone(),
                base_commit: before.as_ref().map(|(commit, _)| commit.clone()),
                base_branch: base.clone(),
                default_branch: place.default.clone(),
            },
            settings,
            after: after.1.tree(wants, &contents, errors.after),
            before: before.map(|(_, listing)| listing.tree(wants, &contents, errors.before)),
            default_branch: match default {
                None => DefaultBranch::IsBase,
                Some(listing) => {
                    let errors = codeowners::not_asked();
                    let tree = listing.tree(wants, &contents, errors);
                    DefaultBranch::Other(Fact::Known(tree))
                }
            },
        })
    }

    async fn trees(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
    ) -> Result<Compared, GitHubError> {
        let sides = self.sides(repository, pull_request).await?;
        let (after, before) = tokio::try_join!(
            self.commit_listing(repository, &sides.after),
            self.commit_listing(repository, &sides.before),
        )?;
        Ok(Compared {
            after: (sides.after, after),
            before: Some((sides.before, before)),
        })
    }

    /// The test merge and its base, or without one the head and its merge base.
    async fn sides(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
    ) -> Result<Sides, GitHubError> {
        if let TestMerge::Clean { commit, base } = &pull_request.test_merge {
            return Ok(Sides {
                after: commit.clone(),
                before: base.clone(),
            });
        }
        let basehead = format!("{}...{}", pull_request.base_tip, pull_request.head);
        // Files with their patches come on the first page only, and none is read.
        let query = "per_page=1&page=2";
        let comparison: Comparison = self
            .api
            .read(repository, COMPARE, &[&basehead], query)
            .await?;
        Ok(Sides {
            after: pull_request.head.clone(),
            before: comparison.merge_base_commit.sha,
        })
    }

    async fn default_listing(
        &self,
        repository: &Repository,
        place: &Place<'_>,
    ) -> Result<Option<Listing>, GitHubError> {
        if place.default == place.base {
            return Ok(None);
        }
        let default = Revision::Branch(place.default);
        let listing = self.listing(repository, default).await?;
        Ok(Some(listing))
    }

    fn actions_app_id(&self) -> Fact<u64> {
        match self.actions_app_id {
            Some(id) => Fact::Known(id),
            None => Fact::Unavailable(Unavailable {
                fact: "id of the GitHub Actions App".to_owned(),
                reason: Reason::NotProvided,
                detail: "This platform is not github.com; set the id in Phase Mirror's \
                         configuration (`github.actions_app_id`)."
                    .to_owned(),
            }),
        }
    }
}

/// A fact that the installation may not be allowed to see. Whatever else goes wrong is an
/// error of the whole, because a later attempt may see it.
fn permitted<T>(
    what: impl Into<String>,
    permission: &str,
    result: Result<Fact<T>, GitHubError>,
) -> Result<Fact<T>, GitHubError> {
    match result {
        Err(error)
            if matches!(
                error.kind,
                GitHubErrorKind::Forbidden | GitHubErrorKind::NotFound
            ) =>
        {
            Ok(Fact::Unavailable(Unavailable {
                fact: what.into(),
                reason: Reason::NotPermitted,
                detail: format!(
                    "GitHub does not show it to this installation; it needs the permission \
                     {permission}."
                ),
            }))
        }
        other => other,
    }
}

/// A list that is longer than what is followed, or has something in it that can't be read.
fn unusable<T>(what: impl Into<String>, reason: Reason, detail: &str) -> Fact<T> {
    Fact::Unavailable(Unavailable {
        fact: what.into(),
        reason,
        detail: detail.to_owned(),
    })
}

impl Listing {
    /// The tree as the oracle reads it.
    fn tree(
        &self,
        wants: Wants,
        contents: &Contents,
        codeowners_errors: Fact<Vec<CodeownersError>>,
    ) -> Tree {
        let files = self.wanted(wants).map(|(path, entry)| {
            let content: Fact<FileContent> = match entry {
                Ok(entry) => contents.of(path, entry),
                Err(unread) => Fact::Unavailable(unread.of(path)),
            };
            (path.clone(), content)
        });
        Tree {
            files: files.collect(),
            entries: self.entries.clone(),
            whole_folders: self.whole_folders.clone(),
            codeowners_errors,
        }
    }
}
