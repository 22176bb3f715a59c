//! Apps and installations.

use serde_json::{Value, json};

use super::{maybe_time, time};
use crate::state::{AccountKind, AppId, Installation, State, node_id};

impl State {
    /// `integration`; `null` where there is none.
    pub(crate) fn app_json(&self, id: AppId) -> Value {
        let Some(app) = self.apps.get(&id) else {
            return Value::Null;
        };
        let page = format!("{}/apps/{}", self.base_url, app.slug);
        json!({
            "id": app.id,
            "client_id": app.client_id,
            "slug": app.slug,
            "node_id": node_id("A", id.0),
            "owner": self.account_json(&app.owner),
            "name": app.name,
            "description": null,
            "external_url": page,
            "html_url": page,
            "created_at": time(app.created_at),
            "updated_at": time(app.created_at),
            "permissions": app.permissions,
            "events": app.events,
        })
    }

    /// `installation`.
    pub(crate) fn installation_json(&self, installation: &Installation) -> Value {
        let Installation { id, account, .. } = installation;
        let base = &self.base_url;
        let app = &self.apps[&installation.app];
        let target = self.accounts.get(account);
        let kind = target.map_or(AccountKind::User, |it| it.kind);
        let suspended = installation.suspended.as_ref();
        json!({
            "id": id,
            "client_id": app.client_id,
            "account": self.account_json(account),
            "repository_selection": installation.selection.as_str(),
            "access_tokens_url": format!("{base}/app/installations/{id}/access_tokens"),
            "repositories_url": format!("{base}/installation/repositories"),
            "html_url": format!("{base}/organizations/{account}/settings/installations/{id}"),
            "app_id": app.id,
            "app_slug": app.slug,
            "target_id": target.map_or(0, |it| it.id),
            "target_type": kind.as_str(),
            "permissions": installation.permissions,
            "events": app.events,
            "created_at": time(installation.created_at),
            "updated_at": time(installation.updated_at),
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": suspended.map(|(_, by)| self.account_json(by)),
            "suspended_at": maybe_time(suspended.map(|(at, _)| *at)),
        })
    }

    /// `simple-installation`, as it stands in webhook bodies.
    pub(crate) fn simple_installation_json(id: u64) -> Value {
        json!({"id": id, "node_id": node_id("MDIzOkluc3RhbGxhdGlvbg", id)})
    }
}
