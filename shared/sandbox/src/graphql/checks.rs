//! What was reported about commits: check runs and statuses.

use serde::Serialize;
use serde_json::Value;

use super::arguments::Arguments;
use super::connection::{Connection, Node};
use super::object::{FieldError, Object, Resolved};
use super::view::View;
use crate::git::ObjectId;
use crate::state::{
    App, CheckConclusion, CheckRun, CheckStatus, RollupContext, Status, StatusState,
};

/// `StatusCheckRollup`.
pub(super) struct RollupNode<'v, 's> {
    view: &'v View<'s>,
    repository: u64,
    contexts: Vec<RollupContext<'s>>,
}

impl<'v, 's> RollupNode<'v, 's> {
    /// The rollup of a commit; null where nothing was reported. A token that may read neither
    /// checks nor statuses is refused it; one that may read either sees the others' places.
    pub(super) fn of(
        view: &'v View<'s>,
        repository: u64,
        commit: ObjectId,
    ) -> Result<Resolved<'v>, FieldError> {
        view.require(repository, "checks")
            .or_else(|_| view.require(repository, "statuses"))?;
        let contexts = view.state.rollup(repository, commit);
        let rollup = (!contexts.is_empty()).then_some(Self {
            view,
            repository,
            contexts,
        });
        Ok(Resolved::optional(rollup))
    }

    fn nodes(&self) -> Vec<Node<'_>> {
        let node = |context: &RollupContext<'s>| -> Node<'_> {
            match *context {
                RollupContext::CheckRun(run) => {
                    self.view.require(self.repository, "checks")?;
                    Ok(Box::new(CheckRunNode {
                        view: self.view,
                        run,
                    }))
                }
                RollupContext::Status(status) => {
                    self.view.require(self.repository, "statuses")?;
                    Ok(Box::new(StatusContextNode(status)))
                }
            }
        };
        self.contexts.iter().map(node).collect()
    }

    /// The worst of all, as GitHub shows it beside a commit.
    fn state(&self) -> &'static str {
        let worst = self.contexts.iter().map(|context| match context {
            RollupContext::CheckRun(run) => run_standing(run),
            RollupContext::Status(status) => status_standing(status.state),
        });
        match worst.max() {
            Some(Standing::Error) => "ERROR",
            Some(Standing::Failure) => "FAILURE",
            Some(Standing::Pending) => "PENDING",
            Some(Standing::Success) | None => "SUCCESS",
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Success,
    Pending,
    Failure,
    Error,
}

fn run_standing(run: &CheckRun) -> Standing {
    match (run.status, run.conclusion) {
        (CheckStatus::Queued | CheckStatus::InProgress, _) | (_, None) => Standing::Pending,
        (
            _,
            Some(CheckConclusion::Success | CheckConclusion::Neutral | CheckConclusion::Skipped),
        ) => Standing::Success,
        (
            _,
            Some(
                CheckConclusion::ActionRequired
                | CheckConclusion::Cancelled
                | CheckConclusion::Failure
                | CheckConclusion::TimedOut,
            ),
        ) => Standing::Failure,
    }
}

fn status_standing(state: StatusState) -> Standing {
    match state {
        StatusState::Success => Standing::Success,
        StatusState::Pending => Standing::Pending,
        StatusState::Failure => Standing::Failure,
        StatusState::Error => Standing::Error,
    }
}

/// GraphQL's enum values are REST's in upper case.
fn enum_value(value: impl Serialize) -> Resolved<'static> {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => Resolved::scalar(text.to_uppercase()),
        _ => Resolved::NULL,
    }
}

impl Object for RollupNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "StatusCheckRollup"
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "state" => Ok(Resolved::scalar(self.state())),
            "contexts" => Connection::of(
                "StatusCheckRollupContextConnection",
                name,
                arguments,
                self.nodes(),
            ),
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// `CheckRun`.
struct CheckRunNode<'v, 's> {
    view: &'v View<'s>,
    run: &'s CheckRun,
}

impl Object for CheckRunNode<'_, '_> {
    fn type_name(&self) -> &'static str {
        "CheckRun"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &[
            "StatusCheckRollupContext",
            "Node",
            "RequirableByPullRequest",
        ]
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        let run = self.run;
        Ok(match name {
            "name" => Resolved::scalar(run.name.as_str()),
            "databaseId" => Resolved::scalar(run.id),
            "status" => enum_value(run.status),
            "conclusion" => enum_value(run.conclusion),
            "externalId" => Resolved::scalar(run.external_id.clone()),
            "detailsUrl" => Resolved::scalar(run.details_url.clone()),
            "startedAt" => Resolved::scalar(run.started_at.to_string()),
            "completedAt" => Resolved::scalar(run.completed_at.map(|at| at.to_string())),
            "title" => Resolved::scalar(run.output.title.clone()),
            "summary" => Resolved::scalar(run.output.summary.clone()),
            "text" => Resolved::scalar(run.output.text.clone()),
            "checkSuite" => Resolved::object(CheckSuiteNode {
                id: run.suite_id,
                app: self.view.state.apps.get(&run.app),
            }),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}

/// `CheckSuite`.
struct CheckSuiteNode<'s> {
    id: u64,
    app: Option<&'s App>,
}

impl Object for CheckSuiteNode<'_> {
    fn type_name(&self) -> &'static str {
        "CheckSuite"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "databaseId" => Ok(Resolved::scalar(self.id)),
            "app" => Ok(Resolved::optional(self.app.map(AppNode))),
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// `App`.
struct AppNode<'s>(&'s App);

impl Object for AppNode<'_> {
    fn type_name(&self) -> &'static str {
        "App"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        Ok(match name {
            "databaseId" => Resolved::scalar(self.0.id.0),
            "slug" => Resolved::scalar(self.0.slug.as_str()),
            "name" => Resolved::scalar(self.0.name.as_str()),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}

/// `StatusContext`.
struct StatusContextNode<'s>(&'s Status);

impl Object for StatusContextNode<'_> {
    fn type_name(&self) -> &'static str {
        "StatusContext"
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        &[
            "StatusCheckRollupContext",
            "Node",
            "RequirableByPullRequest",
        ]
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        let status = self.0;
        Ok(match name {
            "context" => Resolved::scalar(status.context.as_str()),
            "state" => enum_value(status.state),
            "description" => Resolved::scalar(status.description.clone()),
            "targetUrl" => Resolved::scalar(status.target_url.clone()),
            "createdAt" => Resolved::scalar(status.created_at.to_string()),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}
