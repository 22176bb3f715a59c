//! Pull requests (<https://docs.github.com/en/rest/pulls>).

use serde_json::Value;

use crate::http::{Refusal, Reply, Request};
use crate::json::Detail;
use crate::state::{PullRequest, Repository};

/// The most changed files that GitHub lists.
const MOST_FILES: usize = 3_000;

/// A pull request. Asking is what makes GitHub try the merge, so the answer to the first
/// questions can be that it isn't known yet.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let number = request.number("pull_number")?;
    let pull_request = request.state.pull_request(request.repository, number);
    let test_merge = pull_request
        .ok_or_else(Refusal::not_found)?
        .read_test_merge();
    let detail = Detail::Full(test_merge);
    let state = &request.state;
    Ok(Reply::ok(state.pull_request_json(
        request.repository,
        number,
        detail,
    )))
}

/// The pull requests of a repository, newest first, filtered by `state`, `base` and `head`.
pub(super) fn list(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let repository = &request.state.repositories[&request.repository];
    let wanted = request.asked("state").unwrap_or_else(|| "open".to_owned());
    let (base, head) = (request.asked("base"), request.asked("head"));
    let fits = |it: &&PullRequest| {
        let state = wanted == "all" || (wanted == "open") == it.open;
        let base = base.as_ref().is_none_or(|base| *base == it.base.branch);
        let head = head.as_ref().is_none_or(|head| *head == label(request, it));
        state && base && head
    };
    let items = pull_requests(request, repository, fits);
    Ok(request.page(items))
}

fn label(request: &Request<'_>, pull_request: &PullRequest) -> String {
    let owner = request
        .state
        .repositories
        .get(&pull_request.head.repository);
    let owner = owner.map_or("ghost", |it| &it.owner);
    format!("{owner}:{}", pull_request.head.branch)
}

fn pull_requests(
    request: &Request<'_>,
    repository: &Repository,
    fits: impl Fn(&&PullRequest) -> bool,
) -> Vec<Value> {
    let newest_first = repository.pull_requests.values().rev();
    newest_first
        .filter(fits)
        .map(|it| {
            let state = &request.state;
            state.pull_request_json(repository.id, it.number, Detail::Simple)
        })
        .collect()
}

/// The files that a pull request changes.
pub(super) fn files(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let number = request.number("pull_number")?;
    let pull_request = request.state.pull_request(request.repository, number);
    let head = pull_request.ok_or_else(Refusal::not_found)?.head.sha;
    let files = request.state.pull_request_files(request.repository, number);
    let items = files
        .iter()
        .take(MOST_FILES)
        .map(|it| request.state.diff_entry_json(request.repository, head, it))
        .collect();
    Ok(request.page(items))
}
