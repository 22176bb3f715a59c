//! The workflows that Actions knows
//! (<https://docs.github.com/en/rest/actions/workflows#list-repository-workflows>).

use app::GitHubError;
use app::event::Repository;
use oracle::{ActionsWorkflow, Fact, Reason, RepoPath};
use serde::Deserialize;

use super::{permitted, unusable};
use crate::GitHub;
use crate::api::Pages;
use crate::endpoint::WORKFLOWS;

/// What the list is, in words.
pub(crate) const FACT: &str = "states of workflows";

/// A page of the list as GitHub gives it.
#[derive(Deserialize)]
pub(crate) struct Page {
    pub(crate) workflows: Vec<WorkflowBody>,
}

/// A workflow as GitHub describes it.
#[derive(Deserialize)]
pub(crate) struct WorkflowBody {
    path: String,
    state: String,
}

impl GitHub {
    pub(super) async fn workflows(
        &self,
        repository: &Repository,
    ) -> Result<Fact<Vec<ActionsWorkflow>>, GitHubError> {
        let pages = self
            .api
            .read_all(repository, WORKFLOWS, &[], "", |page: Page| page.workflows)
            .await;
        let workflows = pages.map(|pages| match pages {
            Pages::Complete(all) => Fact::Known(workflows(all)),
            Pages::TooMany => unusable(
                FACT,
                Reason::Truncated,
                "There are more workflows than are read (2,000).",
            ),
        });
        permitted(FACT, "actions: read", workflows)
    }
}

/// Those of which something can be known.
pub(crate) fn workflows(bodies: Vec<WorkflowBody>) -> Vec<ActionsWorkflow> {
    bodies.into_iter().filter_map(known).collect()
}

/// A workflow without a path has no file that its state could be about.
fn known(body: WorkflowBody) -> Option<ActionsWorkflow> {
    let path = RepoPath::new(&body.path).ok()?;
    Some(ActionsWorkflow {
        path,
        state: body.state,
    })
}
