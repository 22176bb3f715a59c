//! Repositories.

use std::fmt;
use std::sync::Arc;

use serde_json::json;

use super::pull_request::PullRequest;
use crate::git::{Content, ObjectId};
use crate::shared::Shared;
use crate::state::{
    ActionsPolicy, AppId, CheckConclusion, CheckRun, CheckStatus, NewCheckRun, Protection, Role,
    Ruleset, State, Status, StatusState, WorkflowState,
};

/// Who does things where a story doesn't say.
pub(super) const SOMEBODY: &str = "octocat";

/// A repository.
#[derive(Clone)]
pub struct Repository {
    shared: Arc<Shared>,
    id: u64,
}

impl fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Repository").field(&self.id).finish()
    }
}

impl Repository {
    #[track_caller]
    pub(super) fn create<P: Into<String>, C: Into<Content>>(
        shared: &Arc<Shared>,
        full_name: &str,
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Self {
        let Some((owner, name)) = full_name.split_once('/') else {
            panic!("{full_name} is not owner/name");
        };
        let files = changes(files);
        let id = shared.with(|state| {
            let taken = state.repository_named(owner, name).is_some();
            assert!(!taken, "there is a repository {full_name} already");
            let id = state.add_repository(owner, name, None);
            if !files.is_empty() {
                state.push(id, "main", SOMEBODY, "Initial commit", files);
            }
            id
        });
        Self {
            shared: Arc::clone(shared),
            id,
        }
    }

    #[track_caller]
    pub(super) fn find(shared: &Arc<Shared>, full_name: &str) -> Self {
        let (owner, name) = full_name.split_once('/').unwrap_or_default();
        let id = shared.with(|state| state.repository_named(owner, name).map(|it| it.id));
        Self {
            shared: Arc::clone(shared),
            id: id.unwrap_or_else(|| panic!("there is no repository {full_name}")),
        }
    }

    /// Its id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `owner/name`.
    pub fn full_name(&self) -> String {
        self.with(|state| state.repositories[&self.id].full_name())
    }

    /// Renames it; its id stays, and its old name leads to it.
    pub fn rename(&self, name: &str) {
        self.with(|state| {
            let Some(it) = state.repositories.get_mut(&self.id) else {
                return;
            };
            let former = std::mem::replace(&mut it.name, name.to_owned());
            let changes = json!({ "changes": { "repository": { "name": { "from": former } } } });
            it.former_names.push(former);
            state.emit_repository(self.id, "renamed", changes);
        });
    }

    /// Gives it to another account, an organisation; its id stays.
    pub fn transfer(&self, owner: &str) {
        self.with(|state| state.transfer(self.id, owner));
    }

    /// Deletes it. A pull request from a deleted fork has a head without a repository; other
    /// handles on a deleted repository panic when used.
    pub fn delete(&self) {
        self.with(|state| {
            state.emit_repository(self.id, "deleted", json!({}));
            state.repositories.remove(&self.id);
        });
    }

    /// Makes another branch the default.
    pub fn set_default_branch(&self, branch: &str) {
        self.change(|it| branch.clone_into(&mut it.default_branch));
    }

    /// Forks it to another account.
    #[must_use]
    pub fn fork(&self, owner: &str) -> Self {
        let id = self.with(|state| {
            state.ensure_account(owner, crate::state::AccountKind::User);
            let name = state.repositories[&self.id].name.clone();
            state.add_repository(owner, &name, Some(self.id))
        });
        Self {
            shared: Arc::clone(&self.shared),
            id,
        }
    }

    /// The tip of a branch.
    ///
    /// # Panics
    /// When there is no such branch.
    #[track_caller]
    pub fn tip(&self, branch: &str) -> ObjectId {
        let tip = self.with(|state| state.repositories[&self.id].branches.get(branch).copied());
        tip.unwrap_or_else(|| panic!("there is no branch {branch}"))
    }

    /// A branch at the tip of another.
    ///
    /// # Panics
    /// When there is no such other branch.
    #[track_caller]
    pub fn create_branch(&self, name: &str, from: &str) {
        let tip = self.tip(from);
        self.force_push(name, tip);
    }

    /// Commits these files on top of a branch and pushes; the new tip. A branch that isn't
    /// there begins at the tip of the default branch.
    pub fn push<P: Into<String>, C: Into<Content>>(
        &self,
        branch: &str,
        message: &str,
        files: impl IntoIterator<Item = (P, C)>,
    ) -> ObjectId {
        let files = changes(files);
        self.with(|state| {
            let repository = &state.repositories[&self.id];
            let known = repository.branches.contains_key(branch);
            if let (false, Some(tip)) = (known, repository.tip()) {
                state.move_branch(self.id, branch, tip, SOMEBODY);
            }
            state.push(self.id, branch, SOMEBODY, message, files)
        })
    }

    /// Moves a branch to a commit that is there, whatever it was before.
    pub fn force_push(&self, branch: &str, commit: ObjectId) {
        self.with(|state| state.move_branch(self.id, branch, commit, SOMEBODY));
    }

    /// Deletes a branch.
    pub fn delete_branch(&self, branch: &str) {
        self.change(|it| it.branches.remove(branch));
    }

    /// Loses a commit for good, as happens where history was rewritten and then cleaned up.
    pub fn lose_commit(&self, commit: ObjectId) {
        self.with(|state| state.objects_mut(self.id).lose(commit));
    }

    /// Opens a pull request between two of its branches.
    ///
    /// # Panics
    /// When a branch is missing.
    #[track_caller]
    pub fn open_pull_request(&self, head: &str, base: &str, title: &str) -> PullRequest {
        self.open_pull_request_from(self, head, base, title)
    }

    /// Opens a pull request from a branch of a fork.
    ///
    /// # Panics
    /// When a branch is missing.
    #[track_caller]
    pub fn open_pull_request_from(
        &self,
        fork: &Self,
        head: &str,
        base: &str,
        title: &str,
    ) -> PullRequest {
        let sides = ((fork.id, head), (self.id, base));
        let number = self.with(|state| state.open_pull_request(sides.0, sides.1, SOMEBODY, title));
        let number = number.unwrap_or_else(|| panic!("there is no branch {head} or {base}"));
        PullRequest::new(&self.shared, self.id, number)
    }

    /// A pull request that is there.
    pub fn pull_request(&self, number: u64) -> PullRequest {
        PullRequest::new(&self.shared, self.id, number)
    }

    /// Adds a ruleset; its id.
    pub fn add_ruleset(&self, ruleset: Ruleset) -> u64 {
        self.with(|state| {
            let id = state.fresh_id();
            if let Some(repository) = state.repositories.get_mut(&self.id) {
                repository.rulesets.push(Ruleset { id, ..ruleset });
            }
            id
        })
    }

    /// Removes its own rulesets of this name.
    pub fn remove_ruleset(&self, name: &str) {
        self.change(|it| it.rulesets.retain(|it| it.name != name));
    }

    /// Protects a branch, or all that fit a pattern, in the classic way; replaces what was said
    /// of the same pattern.
    pub fn protect(&self, pattern: &str, protection: Protection) {
        self.change(|it| {
            it.protections.retain(|it| it.pattern != pattern);
            it.protections.push(Protection {
                pattern: pattern.to_owned(),
                ..protection
            });
        });
    }

    /// Takes classic protection off.
    pub fn unprotect(&self, pattern: &str) {
        self.change(|it| it.protections.retain(|it| it.pattern != pattern));
    }

    /// Lets a user (`@login`), a team (`@organization/team`) or whoever has an address do
    /// something; replaces what they could do.
    pub fn add_collaborator(&self, name: &str, role: Role) {
        self.change(|it| it.collaborators.insert(name.to_lowercase(), role));
    }

    /// Takes a user, a team or an address out.
    pub fn remove_collaborator(&self, name: &str) {
        self.change(|it| it.collaborators.remove(&name.to_lowercase()));
    }

    /// Turns a workflow off or on, by the path of its file.
    pub fn set_workflow_state(&self, path: &str, workflow_state: WorkflowState) {
        self.change(|it| it.workflow_states.insert(path.to_owned(), workflow_state));
    }

    /// Changes the Actions settings.
    pub fn set_actions_policy(&self, policy: ActionsPolicy) {
        self.change(|it| it.actions_policy = policy);
    }

    /// An App reports a finished check, as [`GITHUB_ACTIONS`](crate::GITHUB_ACTIONS) does for a
    /// job; the check run's id.
    pub fn report_check(
        &self,
        commit: ObjectId,
        name: &str,
        app: AppId,
        conclusion: CheckConclusion,
    ) -> u64 {
        self.with(|state| {
            let now = state.now();
            let id = state.add_check_run(NewCheckRun {
                repository: self.id,
                app,
                name: name.to_owned(),
                head_sha: commit,
            });
            if let Some(run) = state.check_runs.get_mut(&id) {
                run.status = CheckStatus::Completed;
                run.conclusion = Some(conclusion);
                run.completed_at = Some(now);
            }
            id
        })
    }

    /// Somebody posts a commit status with a personal token.
    pub fn report_status(&self, commit: ObjectId, context: &str, status: StatusState) {
        self.with(|state| {
            let status = Status {
                id: state.fresh_id(),
                repository: self.id,
                sha: commit,
                app: None,
                context: context.to_owned(),
                state: status,
                description: None,
                target_url: None,
                created_at: state.now(),
            };
            state.statuses.push(status);
        });
    }

    /// Every check run of a commit, oldest first.
    pub fn check_runs(&self, commit: ObjectId) -> Vec<CheckRun> {
        self.with(|state| {
            let runs = state.check_runs_of(self.id, commit);
            runs.into_iter().cloned().collect()
        })
    }

    /// Somebody presses "Re-run" at a check run.
    ///
    /// # Panics
    /// When there is no check run with this id.
    #[track_caller]
    pub fn rerequest_check_run(&self, id: u64) {
        let asked = self.with(|state| state.rerequest_check_run(id, SOMEBODY));
        assert!(asked.is_some(), "there is no check run {id}");
    }

    /// This user presses a button of a check run.
    ///
    /// # Panics
    /// When there is no check run with this id, or no such button on it.
    #[track_caller]
    pub fn press(&self, id: u64, identifier: &str, login: &str) {
        let pressed = self.with(|state| state.press(id, identifier, login));
        assert!(
            pressed.is_some(),
            "no button {identifier} at check run {id}"
        );
    }

    /// Somebody presses "Re-run all checks" at an App's check suite.
    ///
    /// # Panics
    /// When there is no check suite with this id.
    #[track_caller]
    pub fn rerequest_check_suite(&self, id: u64) {
        let asked = self.with(|state| state.rerequest_check_suite(id, SOMEBODY));
        assert!(asked.is_some(), "there is no check suite {id}");
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.with(change)
    }

    fn change<T>(&self, change: impl FnOnce(&mut crate::state::Repository) -> T) {
        self.with(|state| {
            if let Some(repository) = state.repositories.get_mut(&self.id) {
                change(repository);
            }
        });
    }
}

fn changes<P: Into<String>, C: Into<Content>>(
    files: impl IntoIterator<Item = (P, C)>,
) -> Vec<(String, Content)> {
    let files = files.into_iter();
    files
        .map(|(path, content)| (path.into(), content.into()))
        .collect()
}
