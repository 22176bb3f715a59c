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

const WHAT: &str = "states of workflows";

#[derive(Deserialize)]
struct Page {
    workflows: Vec<WorkflowBody>,
}

#[derive(Deserialize)]
struct WorkflowBody {
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
            Pages::Complete(all) => Fact::Known(all.into_iter().filter_map(known).collect()),
            Pages::TooMany => unusable(
                WHAT,
                Reason::Truncated,
                "There are more workflows than are read (2,000).",
            ),
        });
        permitted(WHAT, "actions: read", workflows)
    }
}

/// A workflow without a path has no file that its state could be about.
fn known(body: WorkflowBody) -> Option<ActionsWorkflow> {
    let path = RepoPath::new(&body.path).ok()?;
    Some(ActionsWorkflow {
        path,
        state: body.state,
    })
}
