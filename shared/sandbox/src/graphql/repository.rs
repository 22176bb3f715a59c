//! Repositories and their branches.

use super::arguments::Arguments;
use super::connection::Connection;
use super::git;
use super::object::{FieldError, Object, Resolved};
use super::pull_request::{PullRequestNode, listed};
use super::view::View;
use crate::git::ObjectId;
use crate::state::{Repository, node_id};

/// `Repository`.
pub(super) struct RepositoryNode<'v, 's> {
    view: &'v View<'s>,
    repository: &'s Repository,
}

impl<'v, 's> RepositoryNode<'v, 's> {
    pub(super) fn new(view: &'v View<'s>, repository: &'s Repository) -> Self {
        Self { view, repository }
    }

    fn branch(&self, name: &str) -> Option<RefNode<'v, 's>> {
        RefNode::find(self.view, self.repository, name)
    }

    /// What `object` asks for, by id or in Git's words: `main`, `HEAD`, `main:path`.
    fn object(&self, arguments: &Arguments) -> Result<Option<ObjectId>, FieldError> {
        let state = self.view.state;
        let oid = arguments.string("oid")?;
        let expression = arguments.string("expression")?;
        if let Some(oid) = oid {
            return oid.parse().map(Some).map_err(|_| FieldError::Argument {
                kind: "argumentLiteralsIncompatible",
                message: format!("'{oid}' is not a valid GitObjectID"),
            });
        }
        let Some(expression) = expression else {
            return Ok(None);
        };
        let (revision, path) = match expression.split_once(':') {
            Some((revision, path)) => (revision, Some(path)),
            None => (expression, None),
        };
        let commit = match revision {
            "HEAD" => self.repository.tip(),
            revision => state.resolve(self.repository.id, revision),
        };
        Ok(commit.and_then(|commit| match path {
            None => Some(commit),
            Some("") => state
                .objects(self.repository.id)
                .commit(commit)
                .map(|it| it.tree),
            Some(path) => state
                .objects(self.repository.id)
                .entry(commit, path)
                .map(|it| it.id),
        }))
    }
}

impl Object for RepositoryNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "Repository"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &["Node", "RepositoryInfo", "UniformResourceLocatable"]
    }

    fn non_null(&self) -> &'static [&'static str] {
        &["pullRequests"]
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        let (view, repository) = (self.view, self.repository);
        match name {
            "id" => Ok(Resolved::scalar(node_id("R", repository.id))),
            "databaseId" => Ok(Resolved::scalar(repository.id)),
            "name" => Ok(Resolved::scalar(repository.name.as_str())),
            "nameWithOwner" => Ok(Resolved::scalar(repository.full_name())),
            "isPrivate" => Ok(Resolved::scalar(repository.private)),
            "isFork" => Ok(Resolved::scalar(repository.parent.is_some())),
            "isEmpty" => Ok(Resolved::scalar(repository.tip().is_none())),
            "defaultBranchRef" => {
                view.require(repository.id, "contents")?;
                Ok(Resolved::optional(self.branch(&repository.default_branch)))
            }
            "ref" => {
                view.require(repository.id, "contents")?;
                let name = arguments.required_string("qualifiedName")?;
                let name = name.strip_prefix("refs/heads/").unwrap_or(name);
                Ok(Resolved::optional(self.branch(name)))
            }
            "object" => {
                view.require(repository.id, "contents")?;
                let id = self.object(arguments)?;
                Ok(id.map_or(Resolved::NULL, |id| git::resolve(view, repository.id, id)))
            }
            "pullRequest" => {
                view.require(repository.id, "pull_requests")?;
                let number = arguments.required_number("number")?;
                let found = repository.pull_requests.get(&number).ok_or_else(|| {
                    FieldError::NotFound(format!(
                        "Could not resolve to a PullRequest with the number of {number}."
                    ))
                })?;
                Ok(Resolved::object(PullRequestNode::new(view, found)))
            }
            "pullRequests" => {
                view.require(repository.id, "pull_requests")?;
                let all = listed(view, repository, arguments)?;
                Connection::of("PullRequestConnection", name, arguments, all)
            }
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// `Ref`: a branch.
pub(super) struct RefNode<'v, 's> {
    view: &'v View<'s>,
    repository: u64,
    name: &'s str,
    tip: ObjectId,
}

impl<'v, 's> RefNode<'v, 's> {
    /// The branch with this name.
    pub(super) fn find(view: &'v View<'s>, repository: &'s Repository, name: &str) -> Option<Self> {
        let (name, tip) = repository.branches.get_key_value(name)?;
        Some(Self {
            view,
            repository: repository.id,
            name,
            tip: *tip,
        })
    }
}

impl Object for RefNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "Ref"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        Ok(match name {
            "name" => Resolved::scalar(self.name),
            "prefix" => Resolved::scalar("refs/heads/"),
            "target" => git::resolve(self.view, self.repository, self.tip),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}
