//! The endpoints, one module per resource, and the table of them.

#![expect(
    clippy::unnecessary_wraps,
    reason = "handlers have one signature, and some of them refuse nothing"
)]

mod actions_permissions;
mod app;
mod branch;
mod check_run;
mod check_run_input;
mod codeowners;
mod collaborator;
mod commit;
mod compare;
mod git_data;
mod graphql;
mod hook;
mod manifest;
mod pull_request;
mod repository;
mod status;
mod workflow;

use crate::http::{Audience, Route};
use crate::state::Access::{Read, Write};

const ANYBODY: Audience = Audience::Anybody;
const APP: Audience = Audience::App;
const INSTALLATION: Audience = Audience::Installation;
const METADATA: Audience = Audience::Repository("metadata", Read);
const CONTENTS: Audience = Audience::Repository("contents", Read);
const PULL_REQUESTS: Audience = Audience::Repository("pull_requests", Read);
const CHECKS: Audience = Audience::Repository("checks", Read);
const WRITE_CHECKS: Audience = Audience::Repository("checks", Write);
const ADMINISTRATION: Audience = Audience::Repository("administration", Read);
const ACTIONS: Audience = Audience::Repository("actions", Read);
const WRITE_STATUSES: Audience = Audience::Repository("statuses", Write);

/// Every endpoint. Templates are those of GitHub's OpenAPI description; permissions those of
/// <https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps>.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", template: "/app", audience: APP, handler: app::show },
    Route { method: "GET", template: "/app/installations", audience: APP, handler: app::installations },
    Route { method: "GET", template: "/app/installations/{installation_id}", audience: APP, handler: app::installation },
    Route { method: "POST", template: "/app/installations/{installation_id}/access_tokens", audience: APP, handler: app::create_token },
    Route { method: "GET", template: "/app/hook/config", audience: APP, handler: hook::config },
    Route { method: "PATCH", template: "/app/hook/config", audience: APP, handler: hook::configure },
    Route { method: "POST", template: "/app-manifests/{code}/conversions", audience: ANYBODY, handler: manifest::convert },
    Route { method: "GET", template: "/app/hook/deliveries", audience: APP, handler: hook::deliveries },
    Route { method: "POST", template: "/app/hook/deliveries/{delivery_id}/attempts", audience: APP, handler: hook::redeliver },
    Route { method: "GET", template: "/installation/repositories", audience: INSTALLATION, handler: app::repositories },
    Route { method: "POST", template: "/graphql", audience: INSTALLATION, handler: graphql::execute },
    Route { method: "GET", template: "/repos/{owner}/{repo}", audience: METADATA, handler: repository::show },
    Route { method: "GET", template: "/repos/{owner}/{repo}/branches/{branch}", audience: CONTENTS, handler: branch::show },
    Route { method: "GET", template: "/repos/{owner}/{repo}/rules/branches/{branch}", audience: METADATA, handler: branch::rules },
    Route { method: "GET", template: "/repos/{owner}/{repo}/codeowners/errors", audience: CONTENTS, handler: codeowners::errors },
    Route { method: "GET", template: "/repos/{owner}/{repo}/collaborators/{username}/permission", audience: METADATA, handler: collaborator::permission },
    Route { method: "GET", template: "/repos/{owner}/{repo}/git/trees/{tree_sha}", audience: CONTENTS, handler: git_data::tree },
    Route { method: "GET", template: "/repos/{owner}/{repo}/git/blobs/{file_sha}", audience: CONTENTS, handler: git_data::blob },
    Route { method: "GET", template: "/repos/{owner}/{repo}/git/commits/{commit_sha}", audience: CONTENTS, handler: git_data::commit },
    Route { method: "GET", template: "/repos/{owner}/{repo}/pulls", audience: PULL_REQUESTS, handler: pull_request::list },
    Route { method: "GET", template: "/repos/{owner}/{repo}/pulls/{pull_number}", audience: PULL_REQUESTS, handler: pull_request::show },
    Route { method: "GET", template: "/repos/{owner}/{repo}/pulls/{pull_number}/files", audience: PULL_REQUESTS, handler: pull_request::files },
    Route { method: "GET", template: "/repos/{owner}/{repo}/compare/{basehead}", audience: CONTENTS, handler: compare::show },
    Route { method: "GET", template: "/repos/{owner}/{repo}/commits/{ref}/check-runs", audience: CHECKS, handler: check_run::list },
    Route { method: "GET", template: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", audience: PULL_REQUESTS, handler: commit::pull_requests },
    Route { method: "POST", template: "/repos/{owner}/{repo}/check-runs", audience: WRITE_CHECKS, handler: check_run::create },
    Route { method: "GET", template: "/repos/{owner}/{repo}/check-runs/{check_run_id}", audience: CHECKS, handler: check_run::show },
    Route { method: "PATCH", template: "/repos/{owner}/{repo}/check-runs/{check_run_id}", audience: WRITE_CHECKS, handler: check_run::update },
    Route { method: "GET", template: "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", audience: CHECKS, handler: check_run::annotations },
    Route { method: "GET", template: "/repos/{owner}/{repo}/actions/permissions", audience: ADMINISTRATION, handler: actions_permissions::show },
    Route { method: "GET", template: "/repos/{owner}/{repo}/actions/permissions/selected-actions", audience: ADMINISTRATION, handler: actions_permissions::selected },
    Route { method: "GET", template: "/repos/{owner}/{repo}/actions/workflows", audience: ACTIONS, handler: workflow::list },
    Route { method: "POST", template: "/repos/{owner}/{repo}/statuses/{sha}", audience: WRITE_STATUSES, handler: status::create },
];
