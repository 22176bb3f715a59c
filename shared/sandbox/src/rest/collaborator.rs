//! Who may do what (<https://docs.github.com/en/rest/collaborators/collaborators>).

use serde_json::json;

use crate::http::{Refusal, Reply, Request};
use crate::json::extend;
use crate::state::Role;

/// What a user may do, by whatever gives the right. `maintain` is shown as `write`, `triage` as
/// `read`; who has no role may read what is public.
pub(super) fn permission(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let login = request.parameter("username").to_owned();
    let state = &request.state;
    if !state.accounts.contains_key(&login) {
        return Err(Refusal::not_found());
    }
    let repository = &state.repositories[&request.repository];
    let role = match repository.role_of(&login) {
        None if repository.private => None,
        None => Some(Role::Read),
        role => role,
    };
    let (permission, name) = match role {
        None => ("none", ""),
        Some(Role::Read) => ("read", "read"),
        Some(Role::Triage) => ("read", "triage"),
        Some(Role::Write) => ("write", "write"),
        Some(Role::Maintain) => ("write", "maintain"),
        Some(Role::Admin) => ("admin", "admin"),
    };
    let at_least = |least: Role| role.is_some_and(|role| role >= least);
    let mut user = state.account_json(&login);
    extend(
        &mut user,
        json!({
            "role_name": name,
            "permissions": {
                "pull": at_least(Role::Read),
                "triage": at_least(Role::Triage),
                "push": at_least(Role::Write),
                "maintain": at_least(Role::Maintain),
                "admin": at_least(Role::Admin),
            },
        }),
    );
    Ok(Reply::ok(json!({
        "permission": permission,
        "role_name": name,
        "user": user,
    })))
}
