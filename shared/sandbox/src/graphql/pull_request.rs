//! Pull requests.

use super::arguments::Arguments;
use super::connection::{Connection, Node};
use super::git;
use super::object::{FieldError, Object, Resolved};
use super::repository::{RefNode, RepositoryNode};
use super::view::View;
use crate::git::ObjectId;
use crate::state::{HeadRef, PullRequest, Repository, TestMerge, node_id};

/// The pull requests of a repository as `states`, `baseRefName`, `headRefName` and `orderBy`
/// ask; oldest first unless they say otherwise.
pub(super) fn listed<'v>(
    view: &'v View<'_>,
    repository: &'v Repository,
    arguments: &Arguments,
) -> Result<Vec<Node<'v>>, FieldError> {
    let states = arguments.strings("states")?;
    let (base, head) = (
        arguments.string("baseRefName")?,
        arguments.string("headRefName")?,
    );
    let mut wanted: Vec<&PullRequest> = repository
        .pull_requests
        .values()
        .filter(|it| {
            states
                .as_ref()
                .is_none_or(|states| states.contains(&state(it)))
        })
        .filter(|it| base.is_none_or(|base| it.base.branch == base))
        .filter(|it| head.is_none_or(|head| it.head.branch == head))
        .collect();
    if let Some(order) = arguments.input("orderBy")? {
        match order.get("field").and_then(|field| field.as_str()) {
            Some("CREATED_AT") => wanted.sort_by_key(|it| (it.created_at, it.number)),
            Some("UPDATED_AT") => wanted.sort_by_key(|it| (it.updated_at, it.number)),
            other => {
                return Err(FieldError::Argument {
                    kind: "SANDBOX_UNIMPLEMENTED",
                    message: format!("the sandbox does not order pull requests by {other:?}"),
                });
            }
        }
        if order
            .get("direction")
            .is_some_and(|direction| direction == "DESC")
        {
            wanted.reverse();
        }
    }
    let nodes = wanted.into_iter().map(|it| PullRequestNode::new(view, it));
    Ok(nodes
        .map(|node| Ok(Box::new(node) as Box<dyn Object>))
        .collect())
}

fn state(pull_request: &PullRequest) -> &'static str {
    match (pull_request.open, pull_request.merged) {
        (true, _) => "OPEN",
        (false, Some(_)) => "MERGED",
        (false, None) => "CLOSED",
    }
}

/// `PullRequest`.
pub(super) struct PullRequestNode<'v, 's> {
    view: &'v View<'s>,
    it: &'v PullRequest,
}

impl<'v, 's> PullRequestNode<'v, 's> {
    pub(super) fn new(view: &'v View<'s>, it: &'v PullRequest) -> Self {
        Self { view, it }
    }

    fn branch(&self, side: &HeadRef) -> Option<RefNode<'v, 's>> {
        let repository = self.view.repository(side.repository)?;
        RefNode::find(self.view, repository, &side.branch)
    }

    fn test_merge(&self) -> Option<TestMerge> {
        self.view
            .test_merge(self.it.base.repository, self.it.number)
    }

    fn mergeable(&self) -> &'static str {
        match self.test_merge() {
            _ if self.it.merged.is_some() => "UNKNOWN",
            None => "UNKNOWN",
            Some(TestMerge::Conflicting) => "CONFLICTING",
            Some(TestMerge::Clean { .. }) => "MERGEABLE",
        }
    }

    fn test_merge_commit(&self) -> Resolved<'v> {
        match self.test_merge() {
            Some(TestMerge::Clean { commit }) if self.it.merged.is_none() => {
                git::resolve(self.view, self.it.base.repository, commit)
            }
            _ => Resolved::NULL,
        }
    }

    fn commits(&self) -> Vec<Node<'v>> {
        let repository = self.it.base.repository;
        let objects = self.view.state.objects(repository);
        let ids = objects.commits_between(self.it.base.sha, self.it.head.sha);
        let nodes = ids.into_iter().map(|id| PullRequestCommit {
            view: self.view,
            repository,
            id,
        });
        nodes
            .map(|node| Ok(Box::new(node) as Box<dyn Object>))
            .collect()
    }
}

impl Object for PullRequestNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "PullRequest"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["Node", "RepositoryNode", "UniformResourceLocatable"]
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        let it = self.it;
        Ok(match name {
            "id" => Resolved::scalar(node_id("PR", it.id)),
            "number" => Resolved::scalar(it.number),
            "title" => Resolved::scalar(it.title.as_str()),
            "state" => Resolved::scalar(state(it)),
            "closed" => Resolved::scalar(!it.open),
            "merged" => Resolved::scalar(it.merged.is_some()),
            "isDraft" => Resolved::scalar(it.draft),
            "isCrossRepository" => Resolved::scalar(it.is_from_fork()),
            "url" => {
                let page = self.view.state.repository_page(it.base.repository);
                Resolved::scalar(format!("{page}/pull/{}", it.number))
            }
            "author" => Resolved::object(ActorNode(&it.author)),
            "mergedAt" => Resolved::scalar(it.merged.map(|(at, _)| at.to_string())),
            "createdAt" => Resolved::scalar(it.created_at.to_string()),
            "updatedAt" => Resolved::scalar(it.updated_at.to_string()),
            "headRefOid" => Resolved::scalar(it.head.sha.to_string()),
            "headRefName" => Resolved::scalar(it.head.branch.as_str()),
            "headRef" => Resolved::optional(self.branch(&it.head)),
            "headRepository" => {
                let repository = self.view.repository(it.head.repository);
                Resolved::optional(repository.map(|found| RepositoryNode::new(self.view, found)))
            }
            "baseRefOid" => Resolved::scalar(it.base.sha.to_string()),
            "baseRefName" => Resolved::scalar(it.base.branch.as_str()),
            "baseRef" => Resolved::optional(self.branch(&it.base)),
            "baseRepository" => {
                let repository = self.view.repository(it.base.repository);
                Resolved::optional(repository.map(|found| RepositoryNode::new(self.view, found)))
            }
            "mergeable" => Resolved::scalar(self.mergeable()),
            "potentialMergeCommit" => self.test_merge_commit(),
            "mergeCommit" => it.merged.map_or(Resolved::NULL, |(_, commit)| {
                git::resolve(self.view, it.base.repository, commit)
            }),
            "commits" => {
                let commits = self.commits();
                return Connection::of("PullRequestCommitConnection", name, arguments, commits);
            }
            _ => return Err(FieldError::Unimplemented),
        })
    }
}

/// `User`: who did something.
struct ActorNode<'v>(&'v str);

impl Object for ActorNode<'_> {
    fn type_name(&self) -> &'static str {
        "User"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["Actor", "Node", "UniformResourceLocatable"]
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "login" => Ok(Resolved::scalar(self.0)),
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// `PullRequestCommit`.
struct PullRequestCommit<'v, 's> {
    view: &'v View<'s>,
    repository: u64,
    id: ObjectId,
}

impl Object for PullRequestCommit<'_, '_> {
    fn type_name(&self) -> &'static str {
        "PullRequestCommit"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "commit" => Ok(Resolved::optional(git::commit(
                self.view,
                self.repository,
                self.id,
            ))),
            _ => Err(FieldError::Unimplemented),
        }
    }
}
