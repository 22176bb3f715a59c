//! Apps and their installations.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::repository::Repository;
use crate::shared::Shared;
use crate::state::{Access, AccountKind, AppId, Permissions, Selection};

/// An App to register.
#[derive(Clone)]
pub struct NewApp {
    name: String,
    owner: String,
    permissions: Permissions,
    events: Vec<String>,
    webhook_url: Option<String>,
    webhook_secret: String,
}

impl fmt::Debug for NewApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewApp")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl NewApp {
    /// An App with this name that may read metadata and hears of nothing.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            owner: "octocat".to_owned(),
            permissions: Permissions::metadata(),
            events: Vec::new(),
            webhook_url: None,
            webhook_secret: "It's a Secret to Everybody".to_owned(),
        }
    }

    /// Asks for a permission, in GitHub's words (`checks`, `pull_requests` …).
    #[must_use]
    pub fn permission(mut self, name: &str, access: Access) -> Self {
        self.permissions = self.permissions.with(name, access);
        self
    }

    /// Subscribes to an event.
    #[must_use]
    pub fn subscribed_to(mut self, event: &str) -> Self {
        self.events.push(event.to_owned());
        self
    }

    /// Sends webhooks to this address, `http://` on loopback. Without one they are recorded
    /// only, for the test to take.
    #[must_use]
    pub fn webhook_url(mut self, url: &str) -> Self {
        self.webhook_url = Some(url.to_owned());
        self
    }

    /// Signs webhooks with this secret.
    #[must_use]
    pub fn webhook_secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.webhook_secret);
        self
    }
}

/// A registered App.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
    id: AppId,
    client_id: String,
    private_key: String,
    webhook_secret: String,
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("App")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl App {
    pub(super) fn register(shared: &Arc<Shared>, new: NewApp) -> Self {
        let secret = new.webhook_secret.clone();
        let (id, client_id, private_key) = shared.with(|state| {
            let (id, private_key) =
                state.register_app(&new.name, &new.owner, new.permissions, new.events);
            let app = state.apps.get_mut(&id).expect("was registered above");
            app.webhook_secret.clone_from(&secret);
            let client_id = app.client_id.clone();
            if let Some(url) = new.webhook_url {
                app.webhook_url = Some(url);
                state.emit_ping(id);
            }
            (id, client_id, private_key)
        });
        Self {
            shared: Arc::clone(shared),
            id,
            client_id,
            private_key,
            webhook_secret: secret,
        }
    }

    pub(super) fn find(shared: &Arc<Shared>, slug: &str) -> Option<Self> {
        shared.with(|state| {
            let app = state.apps.values().find(|it| it.slug == slug)?;
            Some(Self {
                shared: Arc::clone(shared),
                id: app.id,
                client_id: app.client_id.clone(),
                private_key: app.private_key().to_owned(),
                webhook_secret: app.webhook_secret.clone(),
            })
        })
    }

    /// Its id.
    pub fn id(&self) -> AppId {
        self.id
    }

    /// Its client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Its private key, as GitHub's download has it: PKCS#1 in PEM.
    pub fn private_key(&self) -> &str {
        &self.private_key
    }

    /// What its webhooks were signed with when it was registered.
    pub fn webhook_secret(&self) -> &str {
        &self.webhook_secret
    }

    /// Sends webhooks to this address from now on, beginning with a `ping`.
    pub fn set_webhook_url(&self, url: &str) {
        self.shared.with(|state| {
            if let Some(app) = state.apps.get_mut(&self.id) {
                app.webhook_url = Some(url.to_owned());
                state.emit_ping(self.id);
            }
        });
    }

    /// Signs webhooks with this secret from now on.
    pub fn set_webhook_secret(&self, secret: &str) {
        self.shared.with(|state| {
            if let Some(app) = state.apps.get_mut(&self.id) {
                secret.clone_into(&mut app.webhook_secret);
            }
        });
    }

    /// Installs it on all repositories of an account.
    pub fn install(&self, account: &str) -> Installation {
        self.installed(account, Selection::All)
    }

    /// Installs it on these repositories of one account.
    ///
    /// # Panics
    /// When there are none.
    #[track_caller]
    pub fn install_on(&self, repositories: &[&Repository]) -> Installation {
        let first = repositories
            .first()
            .expect("an installation needs a repository");
        let owner = first.full_name();
        let owner = owner.split('/').next().unwrap_or_default();
        let ids = repositories.iter().map(|it| it.id()).collect();
        self.installed(owner, Selection::Selected(ids))
    }

    fn installed(&self, account: &str, selection: Selection) -> Installation {
        let id = self.shared.with(|state| {
            state.ensure_account(account, AccountKind::Organization);
            let id = state.install(self.id, account, selection);
            state.emit_installation(id, "created", account);
            id
        });
        Installation {
            shared: Arc::clone(&self.shared),
            id,
        }
    }
}

/// An App's installation on an account.
#[derive(Clone)]
pub struct Installation {
    shared: Arc<Shared>,
    id: u64,
}

impl fmt::Debug for Installation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Installation")
            .field(&self.id)
            .finish()
    }
}

impl Installation {
    /// Its id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Its owner suspends it.
    pub fn suspend(&self) {
        self.shared.with(|state| {
            let now = state.now();
            if let Some(installation) = state.installations.get_mut(&self.id) {
                let by = installation.account.clone();
                installation.suspended = Some((now, by.clone()));
                state.emit_installation(self.id, "suspend", &by);
            }
        });
    }

    /// Its owner lets it work again.
    pub fn unsuspend(&self) {
        self.shared.with(|state| {
            if let Some(installation) = state.installations.get_mut(&self.id) {
                installation.suspended = None;
                let by = installation.account.clone();
                state.emit_installation(self.id, "unsuspend", &by);
            }
        });
    }

    /// Its owner removes it; its tokens are dead at once.
    pub fn uninstall(&self) {
        self.shared.with(|state| {
            if let Some(installation) = state.installations.get(&self.id) {
                let by = installation.account.clone();
                state.emit_installation(self.id, "deleted", &by);
                state.installations.remove(&self.id);
            }
        });
    }

    /// Its owner gives it another repository.
    pub fn add_repository(&self, repository: &Repository) {
        self.select(repository, "added", Selection::with);
    }

    /// Its owner takes a repository away from it. From one that has all, GitHub does not say
    /// which are left.
    pub fn remove_repository(&self, repository: &Repository) {
        self.select(repository, "removed", Selection::without);
    }

    fn select(
        &self,
        repository: &Repository,
        action: &str,
        change: fn(&Selection, &[u64], u64) -> Selection,
    ) {
        self.shared.with(|state| {
            let Some(installation) = state.installations.get(&self.id) else {
                return;
            };
            let by = installation.account.clone();
            let owned = state.repositories.values().filter(|it| it.owner == by);
            let owned: Vec<u64> = owned.map(|it| it.id).collect();
            let named = match installation.selection {
                Selection::All => Vec::new(),
                Selection::Selected(_) => vec![repository.id()],
            };
            let selection = change(&installation.selection, &owned, repository.id());
            if let Some(installation) = state.installations.get_mut(&self.id) {
                installation.selection = selection;
            }
            state.emit_installation_repositories(self.id, action, &named, &by);
        });
    }

    /// Its owner grants a permission.
    pub fn grant(&self, name: &str, access: Access) {
        self.change_permissions(|it| it.with(name, access));
        self.shared.with(|state| {
            if let Some(installation) = state.installations.get(&self.id) {
                let by = installation.account.clone();
                state.emit_installation(self.id, "new_permissions_accepted", &by);
            }
        });
    }

    /// A permission that it has no more, or never was granted.
    pub fn revoke(&self, name: &str) {
        self.change_permissions(|it| it.without(name));
    }

    fn change_permissions(&self, change: impl FnOnce(Permissions) -> Permissions) {
        self.shared.with(|state| {
            if let Some(installation) = state.installations.get_mut(&self.id) {
                installation.permissions = change(installation.permissions.clone());
            }
        });
    }

    /// An access token with everything that was granted, without asking over HTTP.
    pub fn access_token(&self) -> String {
        self.shared.with(|state| {
            let permissions = state.installations[&self.id].permissions.clone();
            let selection = state.installations[&self.id].selection.clone();
            state.mint_token(self.id, permissions, selection).0
        })
    }

    /// Makes every token that is out worthless, as when the App's owner revokes them.
    pub fn revoke_tokens(&self) {
        let id = self.id;
        self.shared
            .with(|state| state.tokens.retain(|_, token| token.installation != id));
    }

    /// Spends what is left of this hour's budgets.
    pub fn exhaust_rate_limit(&self) {
        self.shared.with(|state| {
            if let Some(installation) = state.installations.get_mut(&self.id) {
                for limit in [
                    &mut installation.rest_limit,
                    &mut installation.graphql_limit,
                ] {
                    limit.used = limit.limit;
                }
            }
        });
    }

    /// Trips the secondary rate limit for this long.
    pub fn trip_secondary_rate_limit(&self, time: Duration) {
        self.trip(time, true, false);
    }

    /// The same, and GraphQL says so by an error in an answer of status 200.
    pub fn trip_secondary_rate_limit_by_error(&self, time: Duration) {
        self.trip(time, true, true);
    }

    /// The same, and the refusals don't say how long: GitHub leaves `retry-after` out at times.
    pub fn trip_secondary_rate_limit_silently(&self, time: Duration) {
        self.trip(time, false, false);
    }

    fn trip(&self, time: Duration, says_until_when: bool, refuses_by_error: bool) {
        self.shared.with(|state| {
            let until = state.clock.now() + time;
            if let Some(installation) = state.installations.get_mut(&self.id) {
                for limit in [
                    &mut installation.rest_limit,
                    &mut installation.graphql_limit,
                ] {
                    limit.blocked_until = Some(until);
                    limit.says_until_when = says_until_when;
                    limit.refuses_by_error = refuses_by_error;
                }
            }
        });
    }
}
