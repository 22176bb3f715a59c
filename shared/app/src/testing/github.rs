//! The fake GitHub: pull requests, snapshots, and Check Runs that append annotations.

use async_trait::async_trait;
use jiff::Timestamp;
use oracle::{BranchName, Fact, ObjectId, Reason, Snapshot, Unavailable};

use super::world::{RecordedRun, State, World};
use crate::check::{ANNOTATIONS_PER_REQUEST, CheckRun, CheckUpdate, ExternalId};
use crate::error::{GitHubError, GitHubErrorKind};
use crate::event::{Login, MergeGroup, Repository};
use crate::ports::{
    Access, AccountPolicies, AccountPolicy, CheckRuns, Collaborators, HookDeliveries, HookDelivery,
    MERGE_GROUP, MOST_INTO, OpenInto, PullRequest, PullRequests, Snapshots, Wants,
};

/// The most characters that a summary may have.
const SUMMARY_LIMIT: usize = 65_535;

impl World {
    async fn github<R>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&mut State) -> Result<R, GitHubErrorKind>,
    ) -> Result<R, GitHubError> {
        let answer = self.call(operation, Self::REQUEST_TIMEOUT, effect).await;
        answer
            .unwrap_or(Err(GitHubErrorKind::Unavailable))
            .map_err(|kind| GitHubError {
                operation,
                kind,
                source: None,
            })
    }
}

impl State {
    /// The run, if its repository has let us write checks.
    fn run(
        &mut self,
        repository: &Repository,
        id: u64,
    ) -> Result<&mut RecordedRun, GitHubErrorKind> {
        self.runs
            .iter_mut()
            .find(|run| run.id == id && run.repository_id == repository.id)
            .ok_or(GitHubErrorKind::NotFound)
    }

    fn may_write_checks(&self, repository: &Repository) -> Result<(), GitHubErrorKind> {
        let forbidden = self.checks_forbidden.contains(&repository.id);
        let seen = self.pull_requests.keys().any(|key| key.0 == repository.id);
        match (forbidden, seen) {
            (true, _) => Err(GitHubErrorKind::Forbidden),
            (false, false) => Err(GitHubErrorKind::NotFound),
            (false, true) => Ok(()),
        }
    }
}

impl From<&RecordedRun> for CheckRun {
    fn from(run: &RecordedRun) -> Self {
        Self {
            id: run.id,
            external_id: run.external_id.clone(),
            annotations_count: run.annotations.len(),
            conclusion: run.conclusion,
        }
    }
}

#[async_trait]
impl PullRequests for World {
    async fn pull_request(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<PullRequest, GitHubError> {
        self.github("PullRequests::pull_request", |state| {
            let pull_request = state.pull_requests.get(&(repository.id, number));
            pull_request.cloned().ok_or(GitHubErrorKind::NotFound)
        })
        .await
    }

    async fn merge_group(
        &self,
        repository: &Repository,
        head: &ObjectId,
        _group: &MergeGroup,
    ) -> Result<Option<PullRequest>, GitHubError> {
        self.github("PullRequests::merge_group", |state| {
            let group = state.merge_groups.get(&(repository.id, head.clone()));
            Ok(group.cloned())
        })
        .await
    }

    async fn open_with_head(
        &self,
        repository: &Repository,
        head: &ObjectId,
    ) -> Result<Fact<Vec<u64>>, GitHubError> {
        self.github("PullRequests::open_with_head", |state| {
            let seen = |key: &&(u64, u64)| key.0 == repository.id;
            if state.pull_requests.keys().find(seen).is_none() {
                return Err(GitHubErrorKind::NotFound);
            }
            if state.too_many_open {
                return Ok(Fact::Unavailable(Unavailable {
                    fact: "the open pull requests".to_owned(),
                    reason: Reason::Truncated,
                    detail: "More are open than are looked through.".to_owned(),
                }));
            }
            let open = state
                .pull_requests
                .iter()
                .filter(|(key, now)| key.0 == repository.id && now.open && now.head == *head);
            Ok(Fact::Known(open.map(|(key, _)| key.1).collect()))
        })
        .await
    }

    async fn open_into(
        &self,
        repository: &Repository,
        base: &BranchName,
    ) -> Result<OpenInto, GitHubError> {
        self.github("PullRequests::open_into", |state| {
            let seen = |key: &&(u64, u64)| key.0 == repository.id;
            if state.pull_requests.keys().find(seen).is_none() {
                return Err(GitHubErrorKind::NotFound);
            }
            let open = state
                .pull_requests
                .iter()
                .filter(|(key, now)| key.0 == repository.id && now.open && now.base == *base);
            let mut pull_requests: Vec<_> =
                open.map(|(key, now)| (key.1, now.head.clone())).collect();
            let more = pull_requests.len() > MOST_INTO;
            pull_requests.truncate(MOST_INTO);
            Ok(OpenInto {
                pull_requests,
                more,
            })
        })
        .await
    }
}

#[async_trait]
impl Access for World {
    async fn is_installed(&self, installation_id: u64) -> Result<bool, GitHubError> {
        self.github("Access::is_installed", |state| {
            Ok(!state.uninstalled.contains(&installation_id))
        })
        .await
    }

    async fn reaches(&self, installation_id: u64, repository_id: u64) -> Result<bool, GitHubError> {
        self.github("Access::reaches", |state| {
            let has_left = state.uninstalled.contains(&installation_id)
                || state.left.contains(&(installation_id, repository_id));
            let pull_requests = state.pull_requests.keys().map(|key| key.0);
            let mut seen = pull_requests.chain(state.merge_groups.keys().map(|key| key.0));
            Ok(!has_left && seen.any(|id| id == repository_id))
        })
        .await
    }

    async fn forget(&self, _installation_id: u64) {}
}

#[async_trait]
impl HookDeliveries for World {
    async fn sent_since(&self, since: Timestamp) -> Result<Vec<HookDelivery>, GitHubError> {
        self.github("HookDeliveries::sent_since", |state| {
            let sent = state.sent.iter().filter(|one| one.at >= since);
            Ok(sent.cloned().collect())
        })
        .await
    }

    async fn redeliver(&self, id: u64) -> Result<(), GitHubError> {
        self.github("HookDeliveries::redeliver", |state| {
            if let Some(kind) = state.not_again.get(&id) {
                return Err(kind.clone());
            }
            let one = state.sent.iter().find(|one| one.id == id);
            let again = HookDelivery {
                id: state.sent.len() as u64 + 1,
                at: state.now,
                status: None,
                is_redelivery: true,
                ..one.cloned().ok_or(GitHubErrorKind::NotFound)?
            };
            state.sent.push(again);
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Snapshots for World {
    async fn snapshot(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
        _wants: Wants,
    ) -> Result<Snapshot, GitHubError> {
        self.github("Snapshots::snapshot", |state| {
            let key = (repository.id, pull_request.number);
            let group = (repository.id, pull_request.head.clone());
            let known = match pull_request.number {
                MERGE_GROUP => state.merge_groups.contains_key(&group),
                _ => state.pull_requests.contains_key(&key),
            };
            let snapshot = state.snapshot.filter(|_| known);
            let snapshot = snapshot.ok_or(GitHubErrorKind::NotFound)?;
            Ok(snapshot(pull_request))
        })
        .await
    }

    async fn forget(&self, repository: &Repository) {
        self.lock().forgotten.push(repository.id);
    }
}

#[async_trait]
impl Collaborators for World {
    async fn may_push(&self, repository: &Repository, login: &Login) -> Result<bool, GitHubError> {
        self.github("Collaborators::may_push", |state| {
            let pushers = state.pushers.get(&repository.id);
            Ok(pushers.is_some_and(|pushers| pushers.contains(login)))
        })
        .await
    }
}

#[async_trait]
impl AccountPolicies for World {
    async fn account_policy(&self, repository: &Repository) -> Result<AccountPolicy, GitHubError> {
        self.github("AccountPolicies::account_policy", |state| {
            let found = state.account_policies.get(repository.name.owner());
            Ok(found.cloned().unwrap_or(AccountPolicy::NotInstalled))
        })
        .await
    }
}

#[async_trait]
impl CheckRuns for World {
    async fn create(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<u64, GitHubError> {
        self.github("CheckRuns::create", |state| {
            state.may_write_checks(repository)?;
            if !state.commits.contains(&(repository.id, sha.clone())) {
                return Err(GitHubErrorKind::Invalid);
            }
            let id = 1 + u64::try_from(state.runs.len()).unwrap_or(u64::MAX);
            state.runs.push(RecordedRun {
                id,
                repository_id: repository.id,
                sha: sha.clone(),
                external_id: external_id.clone(),
                title: String::new(),
                summary: String::new(),
                annotations: Vec::new(),
                conclusion: None,
            });
            Ok(id)
        })
        .await
    }

    async fn find(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<Option<CheckRun>, GitHubError> {
        self.github("CheckRuns::find", |state| {
            state.may_write_checks(repository)?;
            let found = state.runs.iter().rev().find(|run| {
                run.repository_id == repository.id
                    && run.sha == *sha
                    && run.external_id == *external_id
            });
            Ok(found.map(CheckRun::from))
        })
        .await
    }

    async fn read(&self, repository: &Repository, id: u64) -> Result<CheckRun, GitHubError> {
        self.github("CheckRuns::read", |state| {
            state.may_write_checks(repository)?;
            state.run(repository, id).map(|run| CheckRun::from(&*run))
        })
        .await
    }

    async fn update(
        &self,
        repository: &Repository,
        id: u64,
        update: &CheckUpdate<'_>,
    ) -> Result<(), GitHubError> {
        self.github("CheckRuns::update", |state| {
            state.may_write_checks(repository)?;
            let run = state.run(repository, id)?;
            if update.annotations.len() > ANNOTATIONS_PER_REQUEST
                || update.summary.chars().count() > SUMMARY_LIMIT
            {
                return Err(GitHubErrorKind::Invalid);
            }
            update.title.clone_into(&mut run.title);
            update.summary.clone_into(&mut run.summary);
            run.annotations.extend_from_slice(update.annotations);
            run.conclusion = update.conclusion.or(run.conclusion);
            Ok(())
        })
        .await
    }
}
