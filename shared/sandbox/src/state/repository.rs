//! Repositories, their branches and pushes to them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    AccountKind, ActionsPolicy, Collaborators, Protection, PullRequest, Ruleset, State,
    WorkflowState,
};
use crate::git::{Commit, Content, Files, Object, ObjectId, ObjectStore, Signature};

/// A repository.
#[derive(Debug)]
pub(crate) struct Repository {
    /// GitHub's id.
    pub(crate) id: u64,
    /// Login of its owner.
    pub(crate) owner: String,
    /// Its name.
    pub(crate) name: String,
    /// The names that it had before; they lead to it as long as nobody else takes them.
    pub(crate) former_names: Vec<String>,
    /// Whether only invited people see it.
    pub(crate) private: bool,
    /// The branch that it opens on; it exists once something is pushed to it.
    pub(crate) default_branch: String,
    /// Tips by name.
    pub(crate) branches: BTreeMap<String, ObjectId>,
    /// What it is a fork of.
    pub(crate) parent: Option<u64>,
    /// Which objects it shares.
    pub(crate) network: u64,
    /// By number.
    pub(crate) pull_requests: BTreeMap<u64, PullRequest>,
    /// Classic branch protection rules, oldest first.
    pub(crate) protections: Vec<Protection>,
    /// Its own rulesets.
    pub(crate) rulesets: Vec<Ruleset>,
    /// Who may do what beside its owner.
    pub(crate) collaborators: Collaborators,
    /// States of workflows that somebody set, by path; others are active.
    pub(crate) workflow_states: BTreeMap<String, WorkflowState>,
    /// What its Actions settings permit.
    pub(crate) actions_policy: ActionsPolicy,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it was last pushed to.
    pub(crate) pushed_at: Timestamp,
}

impl Repository {
    /// `owner/name`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// How many pull requests are open.
    pub(crate) fn open_pull_requests(&self) -> usize {
        self.pull_requests.values().filter(|it| it.open).count()
    }

    /// The open pull requests that have this head and come from no fork.
    pub(crate) fn pull_requests_with_head(
        &self,
        sha: ObjectId,
    ) -> impl Iterator<Item = &PullRequest> {
        let all = self.pull_requests.values();
        all.filter(move |it| it.open && it.head.sha == sha && !it.is_from_fork())
    }

    /// The tip of the default branch; `None`: the repository is empty.
    pub(crate) fn tip(&self) -> Option<ObjectId> {
        self.branches.get(&self.default_branch).copied()
    }
}

impl State {
    /// A new, empty repository; its owner is an organization unless the account exists.
    pub(crate) fn add_repository(&mut self, owner: &str, name: &str, parent: Option<u64>) -> u64 {
        self.ensure_account(owner, AccountKind::Organization);
        let id = self.fresh_id();
        let source = parent.and_then(|parent| self.repositories.get(&parent));
        let repository = Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            former_names: Vec::new(),
            private: false,
            default_branch: source
                .map_or_else(|| "main".to_owned(), |it| it.default_branch.clone()),
            branches: source.map(|it| it.branches.clone()).unwrap_or_default(),
            parent,
            network: source.map_or(id, |it| it.network),
            pull_requests: BTreeMap::new(),
            protections: Vec::new(),
            rulesets: Vec::new(),
            collaborators: Collaborators::new(),
            workflow_states: BTreeMap::new(),
            actions_policy: ActionsPolicy::default(),
            created_at: self.now(),
            pushed_at: self.now(),
        };
        self.networks.entry(repository.network).or_default();
        self.repositories.insert(id, repository);
        id
    }

    /// The repository with this name; GitHub's names are case-insensitive.
    pub(crate) fn repository_named(&self, owner: &str, name: &str) -> Option<&Repository> {
        self.repositories
            .values()
            .find(|it| it.owner.eq_ignore_ascii_case(owner) && it.name.eq_ignore_ascii_case(name))
    }

    /// The repository with this name, or the one that had it before it was renamed.
    pub(crate) fn repository_once_named(&self, owner: &str, name: &str) -> Option<&Repository> {
        let had_it = |it: &&Repository| {
            let mut names = it.former_names.iter();
            it.owner.eq_ignore_ascii_case(owner) && names.any(|it| it.eq_ignore_ascii_case(name))
        };
        self.repository_named(owner, name)
            .or_else(|| self.repositories.values().find(had_it))
    }

    /// The objects of a repository.
    pub(crate) fn objects(&self, repository: u64) -> &ObjectStore {
        &self.networks[&self.repositories[&repository].network]
    }

    /// The objects of a repository, to add to.
    pub(crate) fn objects_mut(&mut self, repository: u64) -> &mut ObjectStore {
        let network = self.repositories[&repository].network;
        self.networks.entry(network).or_default()
    }

    /// What a person would write for a commit: a branch name, `refs/heads/…` or an id.
    pub(crate) fn resolve(&self, repository: u64, reference: &str) -> Option<ObjectId> {
        let branches = &self.repositories.get(&repository)?.branches;
        let name = reference
            .strip_prefix("refs/heads/")
            .or_else(|| reference.strip_prefix("heads/"))
            .unwrap_or(reference);
        branches.get(name).copied().or_else(|| {
            let id = reference.parse().ok()?;
            self.objects(repository).commit(id).map(|_| id)
        })
    }

    /// Commits files on some parents, without moving a branch.
    pub(crate) fn commit(
        &mut self,
        repository: u64,
        parents: Vec<ObjectId>,
        files: &Files,
        author: &str,
        message: &str,
    ) -> ObjectId {
        self.ensure_account(author, AccountKind::User);
        let author = Signature {
            name: author.to_owned(),
            email: format!("{author}@users.noreply.github.com"),
            at: self.now(),
        };
        let objects = self.objects_mut(repository);
        let tree = objects.write_tree(files);
        objects.put(Object::Commit(Commit {
            tree,
            parents,
            author,
            message: message.to_owned(),
        }))
    }

    /// Commits changes on top of a branch and moves it: what `git commit && git push` does.
    pub(crate) fn push(
        &mut self,
        repository: u64,
        branch: &str,
        author: &str,
        message: &str,
        changes: Vec<(String, Content)>,
    ) -> ObjectId {
        let parent = self.repositories[&repository].branches.get(branch).copied();
        let objects = self.objects_mut(repository);
        let mut files = parent.map(|it| objects.files(it)).unwrap_or_default();
        objects.apply(&mut files, changes);
        let parents = parent.into_iter().collect();
        let commit = self.commit(repository, parents, &files, author, message);
        self.move_branch(repository, branch, commit, author);
        commit
    }

    /// Moves a branch, forced or not, with everything that follows at GitHub: the `push` event,
    /// `synchronize` for the pull requests that have it as head, new test merges.
    pub(crate) fn move_branch(&mut self, repository: u64, branch: &str, tip: ObjectId, by: &str) {
        let now = self.now();
        let Some(moved) = self.repositories.get_mut(&repository) else {
            return;
        };
        let before = moved.branches.insert(branch.to_owned(), tip);
        moved.pushed_at = now;
        if before == Some(tip) {
            return;
        }
        self.emit_push(
            repository,
            branch,
            before.unwrap_or(ObjectId::ZERO),
            tip,
            by,
        );
        self.branch_moved(repository, branch, tip, by);
    }
}
