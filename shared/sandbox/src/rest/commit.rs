//! Commits and what they belong to.

use serde_json::Value;

use crate::http::{Refusal, Reply, Request};
use crate::json::Detail;

/// The open pull requests that bring a commit. Empty for those from forks: GitHub looks at the
/// repository's own branches only.
pub(super) fn pull_requests(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let id = request.object_id("commit_sha")?;
    let state = &request.state;
    let objects = request.objects();
    objects
        .commit(id)
        .ok_or_else(|| Refusal::new(422, format!("No commit found for SHA: {id}")))?;
    let pull_requests = state.repositories[&request.repository]
        .pull_requests
        .values();
    let items: Vec<Value> = pull_requests
        .filter(|it| it.open && !it.is_from_fork())
        .filter(|it| {
            objects
                .commits_between(it.base.sha, it.head.sha)
                .contains(&id)
        })
        .map(|it| state.pull_request_json(request.repository, it.number, Detail::Simple))
        .collect();
    Ok(request.page(items))
}
