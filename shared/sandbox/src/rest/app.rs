//! `/app` and `/installation` (<https://docs.github.com/en/rest/apps>).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Refusal, Reply, Request};
use crate::json::{extend, time};
use crate::state::{Access, Installation, Permissions, Selection, State};

/// The most repositories that a token can be scoped to.
const MOST_REPOSITORIES: usize = 500;

/// The App that calls.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let app = request.app();
    let installations = request.state.installations.values();
    let count = installations.filter(|it| it.app == app).count();
    let mut json = request.state.app_json(app);
    extend(&mut json, json!({"installations_count": count}));
    Ok(Reply::ok(json))
}

/// Its installations.
pub(super) fn installations(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let app = request.app();
    let installations = request.state.installations.values();
    let items = installations
        .filter(|it| it.app == app)
        .map(|it| request.state.installation_json(it))
        .collect();
    Ok(request.page(items))
}

/// One of its installations.
pub(super) fn installation(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let installation = own_installation(request)?;
    Ok(Reply::ok(request.state.installation_json(installation)))
}

fn own_installation<'a>(request: &'a Request<'_>) -> Result<&'a Installation, Refusal> {
    let id = request.number("installation_id")?;
    let found = request.state.installations.get(&id);
    found
        .filter(|it| it.app == request.app())
        .ok_or_else(Refusal::not_found)
}

/// What a token is asked to be good for.
#[derive(Debug, Default, Deserialize)]
struct Scope {
    repositories: Option<Vec<String>>,
    repository_ids: Option<Vec<u64>>,
    permissions: Option<Permissions>,
}

/// An access token for one of its installations.
pub(super) fn create_token(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let installation = own_installation(request)?;
    if installation.suspended.is_some() {
        return Err(Refusal::new(403, "This installation has been suspended"));
    }
    let scope: Scope = request.json()?;
    let permissions = permissions(installation, scope.permissions.as_ref())?;
    let selection = selection(request.state, installation, &scope)?;
    let id = installation.id;
    let (text, token) = request.state.mint_token(id, permissions, selection);
    let mut json = json!({
        "token": text,
        "expires_at": time(token.expires_at),
        "permissions": token.permissions,
        "repository_selection": token.selection.as_str(),
    });
    if let Selection::Selected(ids) = &token.selection {
        let repositories: Vec<Value> = ids
            .iter()
            .map(|id| request.state.repository_json(*id))
            .collect();
        extend(&mut json, json!({"repositories": repositories}));
    }
    Ok(Reply::created(json))
}

fn permissions(
    installation: &Installation,
    asked: Option<&Permissions>,
) -> Result<Permissions, Refusal> {
    let Some(asked) = asked else {
        return Ok(installation.permissions.clone());
    };
    let asked = asked.clone().with("metadata", Access::Read);
    if !installation.permissions.covers(&asked) {
        let message = "The permissions requested are not granted to this installation.";
        return Err(Refusal::new(422, message));
    }
    Ok(asked)
}

fn selection(
    state: &State,
    installation: &Installation,
    scope: &Scope,
) -> Result<Selection, Refusal> {
    if scope.repositories.is_none() && scope.repository_ids.is_none() {
        return Ok(installation.selection.clone());
    }
    let names = scope.repositories.iter().flatten();
    let by_name = names.map(|name| {
        let repository = state.repository_named(&installation.account, name);
        repository.map(|it| it.id)
    });
    let listed = scope.repository_ids.iter().flatten().copied().map(Some);
    let ids: Option<BTreeSet<u64>> = by_name.chain(listed).collect();
    ids.filter(|ids| ids.len() <= MOST_REPOSITORIES)
        .filter(|ids| ids.iter().all(|id| state.installed_on(installation, *id)))
        .map(Selection::Selected)
        .ok_or_else(|| {
            let message = "There is at least one repository that does not exist or is not \
                           accessible to the parent installation.";
            Refusal::new(422, message)
        })
}

/// The repositories that the token reaches.
pub(super) fn repositories(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let token = request.token()?;
    let selection = token.selection.as_str();
    let ids = request.state.reachable(token);
    let items = ids.into_iter().map(|id| request.state.repository_json(id));
    let items = items.collect();
    let mut reply = request.counted_page("repositories", items);
    extend(&mut reply.json, json!({"repository_selection": selection}));
    Ok(reply)
}
