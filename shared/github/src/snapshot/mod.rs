//! [`Snapshots`]: the facts of one evaluation, in few calls.
//!
//! Everything that does not wait for something else is asked for at the same time; the files
//! and the rollups then come in one query. `docs/api-economy.md` counts the calls.

mod account_policy;
pub(crate) mod actions;
mod blob;
mod budget;
pub(crate) mod codeowners;
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
    CodeownersError, DefaultBranch, Fact, FileContent, ObjectId, Reason, Settings, Snapshot,
    Subject, Tree, Unavailable,
};
use serde::Deserialize;

use crate::GitHub;
use crate::endpoint::COMPARE;

use account_policy::Policies;
use actions::Permissions;
use blob::{Blobs, Contents};
use codeowners::Answers;
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
}

/// The commits whose trees are compared.
struct Sides {
    after: ObjectId,
    before: ObjectId,
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
        let base = &pull_request.base;
        let trees = self.trees(repository, pull_request);
        let ((sides, after, before), default, rules, protection, workflows) = tokio::try_join!(
            trees,
            self.default_listing(repository, pull_request),
            self.rules(repository, base),
            self.protection(repository, base),
            self.workflows(repository),
        )?;
        let listings = [Some(&*after), Some(&*before), default.as_ref()];
        let mut wanted = BTreeMap::new();
        for listing in listings.into_iter().flatten() {
            listing.wanted_blobs(wants, &mut wanted);
        }
        let ((contents, rollups), errors) = tokio::try_join!(
            self.contents(repository, base, wanted),
            self.codeowners_errors(repository, (&sides.after, &after), (&sides.before, &before)),
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
                commit: pull_request.head.clone(),
                base_commit: Some(sides.before),
                base_branch: base.clone(),
                default_branch: pull_request.default_branch.clone(),
            },
            settings,
            after: after.tree(wants, &contents, errors.after),
            before: Some(before.tree(wants, &contents, errors.before)),
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
}

impl GitHub {
    async fn trees(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
    ) -> Result<(Sides, Arc<Listing>, Arc<Listing>), GitHubError> {
        let sides = self.sides(repository, pull_request).await?;
        let (after, before) = tokio::try_join!(
            self.commit_listing(repository, &sides.after),
            self.commit_listing(repository, &sides.before),
        )?;
        Ok((sides, after, before))
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
        pull_request: &PullRequest,
    ) -> Result<Option<Listing>, GitHubError> {
        let branch = &pull_request.default_branch;
        if *branch == pull_request.base {
            return Ok(None);
        }
        let listing = self.listing(repository, Revision::Branch(branch)).await?;
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
