//! Workflows (<https://docs.github.com/en/rest/actions/workflows>).

use serde_json::json;

use crate::http::{Refusal, Reply, Request};
use crate::json::time;
use crate::state::node_id;

/// The workflows of a repository.
pub(super) fn list(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let state = &request.state;
    let repository = &state.repositories[&request.repository];
    let url = state.repository_url(repository.id);
    let page = state.repository_page(repository.id);
    let workflows = state.workflows(repository.id).into_iter();
    let items = workflows
        .map(|it| {
            json!({
                "id": it.id,
                "node_id": node_id("W", it.id),
                "name": it.name,
                "path": it.path,
                "state": it.state.as_str(),
                "created_at": time(repository.created_at),
                "updated_at": time(repository.pushed_at),
                "url": format!("{url}/actions/workflows/{}", it.id),
                "html_url": format!("{page}/blob/{}/{}", repository.default_branch, it.path),
                "badge_url": format!("{page}/workflows/{}/badge.svg", it.id),
            })
        })
        .collect();
    Ok(request.counted_page("workflows", items))
}
