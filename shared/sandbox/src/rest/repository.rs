//! `/repos/{owner}/{repo}`.

use crate::http::{Refusal, Reply, Request};

/// The repository.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let json = request.state.full_repository_json(request.repository);
    Ok(Reply::ok(json))
}
