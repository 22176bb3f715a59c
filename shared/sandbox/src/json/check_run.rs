//! Check runs and suites, their annotations, and commit statuses.

use serde_json::{Value, json};

use super::{maybe_time, time};
use crate::git::ObjectId;
use crate::state::{Annotation, CheckRun, State, Status, node_id};

impl State {
    /// `check-run`.
    pub(crate) fn check_run_json(&self, run: &CheckRun) -> Value {
        let url = self.repository_url(run.repository_id);
        let page = self.repository_page(run.repository_id);
        let url = format!("{url}/check-runs/{}", run.id);
        let page = format!("{page}/runs/{}", run.id);
        let repository = self.repositories.get(&run.repository_id);
        let pull_requests: Vec<Value> = repository
            .into_iter()
            .flat_map(|it| it.pull_requests_with_head(run.head_sha))
            .map(|it| self.minimal_pull_request_json(it))
            .collect();
        json!({
            "id": run.id,
            "node_id": node_id("CR", run.id),
            "name": run.name,
            "head_sha": run.head_sha.to_string(),
            "external_id": run.external_id.clone().unwrap_or_default(),
            "url": url,
            "html_url": page,
            "details_url": run.details_url.as_ref().unwrap_or(&page),
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": time(run.started_at),
            "completed_at": maybe_time(run.completed_at),
            "output": {
                "title": run.output.title,
                "summary": run.output.summary,
                "text": run.output.text,
                "annotations_count": run.annotations.len(),
                "annotations_url": format!("{url}/annotations"),
            },
            "check_suite": {"id": run.suite_id},
            "app": self.app_json(run.app),
            "pull_requests": pull_requests,
        })
    }

    /// `simple-check-suite`, as it stands in webhooks about its runs.
    pub(crate) fn simple_check_suite_json(&self, id: u64) -> Option<Value> {
        let mut suite = self.check_suite_json(id)?;
        let members = suite.as_object_mut()?;
        for member in ["check_runs_url", "head_commit", "latest_check_runs_count"] {
            members.remove(member);
        }
        Some(suite)
    }

    /// The check suite of a webhook about it. GitHub puts a suite that is wanted again back into
    /// its queue.
    pub(crate) fn check_suite_json(&self, id: u64) -> Option<Value> {
        let ((repository, sha, app), _) = self.check_suites.iter().find(|(_, it)| **it == id)?;
        let in_repository = self.repositories.get(repository)?;
        let branch = in_repository.branches.iter().find(|(_, tip)| *tip == sha);
        let parent = self.objects(*repository).commit(*sha)?.parents.first();
        let runs = self.check_runs_of(*repository, *sha);
        let runs = runs.into_iter().filter(|run| run.suite_id == id);
        let began_at = runs.map(|run| run.started_at).min();
        let latest = self.latest_check_runs_of(*repository, *sha);
        let latest = latest.into_iter().filter(|run| run.suite_id == id);
        let pull_requests: Vec<Value> = in_repository
            .pull_requests_with_head(*sha)
            .map(|it| self.minimal_pull_request_json(it))
            .collect();
        let commit = self.pushed_commit_json(*repository, *sha);
        let head_commit = [
            "id",
            "tree_id",
            "message",
            "timestamp",
            "author",
            "committer",
        ]
        .map(|member| (member.to_owned(), commit[member].clone()));
        let url = format!("{}/check-suites/{id}", self.repository_url(*repository));
        Some(json!({
            "id": id,
            "node_id": node_id("CS", id),
            "head_branch": branch.map(|(name, _)| name),
            "head_sha": sha.to_string(),
            "status": "queued",
            "conclusion": null,
            "url": url,
            "before": parent.copied().unwrap_or(ObjectId::ZERO).to_string(),
            "after": sha.to_string(),
            "pull_requests": pull_requests,
            "app": self.app_json(*app),
            "created_at": time(began_at.unwrap_or_else(|| self.now())),
            "updated_at": time(self.now()),
            "latest_check_runs_count": latest.count(),
            "check_runs_url": format!("{url}/check-runs"),
            "head_commit": Value::Object(head_commit.into_iter().collect()),
        }))
    }

    /// `check-annotation`.
    pub(crate) fn annotation_json(&self, run: &CheckRun, annotation: &Annotation) -> Value {
        let page = self.repository_page(run.repository_id);
        json!({
            "path": annotation.path,
            "blob_href": format!("{page}/blob/{}/{}", run.head_sha, annotation.path),
            "start_line": annotation.start_line,
            "end_line": annotation.end_line,
            "start_column": annotation.start_column,
            "end_column": annotation.end_column,
            "annotation_level": annotation.annotation_level,
            "title": annotation.title,
            "message": annotation.message,
            "raw_details": annotation.raw_details,
        })
    }

    /// `status`.
    pub(crate) fn status_json(&self, status: &Status) -> Value {
        let url = self.repository_url(status.repository);
        let bot = status.app.and_then(|app| self.apps.get(&app));
        let creator = bot.map(|app| self.account_json(&format!("{}[bot]", app.slug)));
        json!({
            "id": status.id,
            "node_id": node_id("SC", status.id),
            "url": format!("{url}/statuses/{}", status.sha),
            "avatar_url": null,
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": time(status.created_at),
            "updated_at": time(status.created_at),
            "creator": creator,
        })
    }
}
