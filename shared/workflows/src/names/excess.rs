//! Permissions that a reusable workflow asks for and its caller does not have: GitHub then
//! refuses the caller's whole file (`PermissionsHelper` of its parser).

use crate::model::{Access, Permissions};

/// Scopes that `read-all` and `write-all` surely hold.
const CORE_SCOPES: &[&str] = &[
    "actions",
    "checks",
    "contents",
    "deployments",
    "issues",
    "packages",
    "pull-requests",
    "security-events",
    "statuses",
];

/// The first scope of which more is asked for than there is, as "`contents: write`".
pub(super) fn excess(asked: &Permissions, allowed: &Permissions) -> Option<String> {
    let scopes: Vec<(&str, Access)> = match asked {
        Permissions::Scopes(grants) => grants
            .iter()
            .map(|grant| (grant.scope.as_str(), grant.access.value))
            .collect(),
        Permissions::ReadAll => CORE_SCOPES
            .iter()
            .map(|scope| (*scope, Access::Read))
            .collect(),
        Permissions::WriteAll => CORE_SCOPES
            .iter()
            .map(|scope| (*scope, Access::Write))
            .collect(),
    };
    let (scope, access) = scopes
        .into_iter()
        .find(|(scope, access)| *access > level(allowed, scope))?;
    let access = match access {
        Access::None => "none",
        Access::Read => "read",
        Access::Write => "write",
    };
    Some(format!("`{scope}: {access}`"))
}

fn level(permissions: &Permissions, scope: &str) -> Access {
    match permissions {
        Permissions::WriteAll => Access::Write,
        // These have no level `read`, so that the short form may hold them or not.
        Permissions::ReadAll if matches!(scope, "id-token" | "copilot-requests") => Access::Write,
        Permissions::ReadAll => Access::Read,
        Permissions::Scopes(grants) => grants
            .iter()
            .find(|grant| grant.scope.eq_ignore_ascii_case(scope))
            .map_or(Access::None, |grant| grant.access.value),
    }
}
