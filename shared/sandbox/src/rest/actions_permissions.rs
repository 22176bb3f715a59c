//! What Actions permits (<https://docs.github.com/en/rest/actions/permissions>).

use serde_json::json;

use crate::http::{Refusal, Reply, Request};
use crate::json::extend;
use crate::state::ActionsPolicy;

/// Whether Actions runs, and in one word what workflows may use.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let policy = &request.state.repositories[&request.repository].actions_policy;
    let mut json = json!({ "enabled": *policy != ActionsPolicy::Disabled });
    if let Some(allowed) = policy.allowed_actions() {
        extend(
            &mut json,
            json!({ "allowed_actions": allowed, "sha_pinning_required": false }),
        );
    }
    if let ActionsPolicy::Selected(_) = policy {
        let url = request.state.repository_url(request.repository);
        let url = format!("{url}/actions/permissions/selected-actions");
        extend(&mut json, json!({ "selected_actions_url": url }));
    }
    Ok(Reply::ok(json))
}

/// What is selected, where the policy is a selection.
pub(super) fn selected(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    match &request.state.repositories[&request.repository].actions_policy {
        ActionsPolicy::Selected(selected) => Ok(Reply::ok(json!({
            "github_owned_allowed": selected.github_owned,
            "verified_allowed": selected.verified,
            "patterns_allowed": selected.patterns,
        }))),
        _ => Err(Refusal::new(409, "Conflict")),
    }
}
