//! Comparing two commits (<https://docs.github.com/en/rest/commits/commits#compare-two-commits>).

use serde_json::{Value, json};

use crate::git::ObjectId;
use crate::http::{Refusal, Reply, Request};

/// The most changed files that GitHub lists, on the first page only.
const MOST_FILES: usize = 300;

/// The most commits that GitHub lists.
const MOST_COMMITS: usize = 250;

/// From the merge base to the head.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let names = request.parameter("basehead");
    let (base_name, head_name) = names.split_once("...").ok_or_else(Refusal::not_found)?;
    let base = side(request, base_name)?;
    let head = side(request, head_name)?;
    let objects = request.objects();
    let merge_base = objects.merge_base(base, head).ok_or_else(|| {
        Refusal::new(
            404,
            format!("No common ancestor between {base_name} and {head_name}."),
        )
    })?;
    let ahead = objects.commits_between(base, head);
    let behind = objects.commits_between(head, base).len();
    let changes = objects.changes(&objects.files(merge_base), &objects.files(head));
    let (state, repository) = (&request.state, request.repository);
    let commits: Vec<Value> = ahead
        .iter()
        .take(MOST_COMMITS)
        .map(|id| state.commit_json(repository, *id))
        .collect();
    let files: Vec<Value> = changes
        .iter()
        .take(MOST_FILES)
        .map(|it| state.diff_entry_json(repository, head, it))
        .collect();
    let url = format!("{}/compare/{names}", state.repository_url(repository));
    let page = format!("{}/compare/{names}", state.repository_page(repository));
    Ok(Reply::ok(json!({
        "url": url,
        "html_url": page,
        "permalink_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "base_commit": state.commit_json(repository, base),
        "merge_base_commit": state.commit_json(repository, merge_base),
        "status": match (ahead.len(), behind) {
            (0, 0) => "identical",
            (_, 0) => "ahead",
            (0, _) => "behind",
            _ => "diverged",
        },
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "commits": commits,
        "files": files,
    })))
}

/// A commit by branch, by id, or by `owner:branch` of a fork.
fn side(request: &Request<'_>, name: &str) -> Result<ObjectId, Refusal> {
    let state = &request.state;
    let found = match name.split_once(':') {
        Some((owner, branch)) => {
            let network = state.repositories[&request.repository].network;
            let mut forks = state.repositories.values();
            let fork = forks.find(|it| it.network == network && it.owner == owner);
            fork.and_then(|it| state.resolve(it.id, branch))
        }
        None => state.resolve(request.repository, name),
    };
    found.ok_or_else(Refusal::not_found)
}
