//! Check runs, their annotations, and commit statuses.

use serde_json::{Value, json};

use super::{maybe_time, time};
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
