//! GitHub Apps and their keys.

use std::fmt;

use jiff::Timestamp;

use super::app_key::AppKey;
use super::{AccountKind, Permissions, State};

/// An App's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct AppId(pub u64);

impl fmt::Display for AppId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// The App whose check runs GitHub Actions makes, as on github.com.
pub const GITHUB_ACTIONS: AppId = AppId(15368);

/// How a webhook's body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// As it is.
    Json,
    /// As the field `payload` of a form.
    Form,
}

/// A registered App.
pub(crate) struct App {
    /// Its id.
    pub(crate) id: AppId,
    /// Its client id, the `iss` that GitHub recommends for JWTs.
    pub(crate) client_id: String,
    /// Its name in addresses.
    pub(crate) slug: String,
    /// Its name.
    pub(crate) name: String,
    /// Login of its owner.
    pub(crate) owner: String,
    /// What it asks of those who install it.
    pub(crate) permissions: Permissions,
    /// The webhook events that it wants.
    pub(crate) events: Vec<String>,
    /// Where its webhooks go; `None`: they are recorded only.
    pub(crate) webhook_url: Option<String>,
    /// What its webhooks are signed with.
    pub(crate) webhook_secret: String,
    /// How its webhooks' bodies are sent.
    pub(crate) content_type: ContentType,
    /// The id of its webhook.
    pub(crate) hook_id: u64,
    /// When it was registered.
    pub(crate) created_at: Timestamp,
    /// `None` for an App that never calls.
    key: Option<AppKey>,
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("App")
            .field("id", &self.id)
            .field("slug", &self.slug)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Whether an RS256 signature over this message is by the App's key.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = self.key.as_ref();
        key.is_some_and(|key| key.signed(message, signature))
    }

    /// Its private key, in PKCS#1 PEM; empty for an App that never calls.
    pub(crate) fn private_key(&self) -> &str {
        self.key.as_ref().map_or("", |key| &key.private_pem)
    }
}

impl State {
    /// Registers an App; gives its private key as GitHub does, in PKCS#1 PEM.
    pub(crate) fn register_app(
        &mut self,
        name: &str,
        owner: &str,
        permissions: Permissions,
        events: Vec<String>,
    ) -> (AppId, String) {
        let others = self.apps.values().filter(|it| it.key.is_some());
        let key = AppKey::of_app(others.count());
        let private_key = key.private_pem.clone();
        self.ensure_account(owner, AccountKind::User);
        let id = AppId(self.fresh_id());
        let app = App {
            id,
            client_id: format!("Iv23li{:014x}", id.0),
            slug: name.to_lowercase().replace(' ', "-"),
            name: name.to_owned(),
            owner: owner.to_owned(),
            permissions,
            events,
            webhook_url: None,
            webhook_secret: String::new(),
            content_type: ContentType::Json,
            hook_id: self.fresh_id(),
            created_at: self.now(),
            key: Some(key),
        };
        self.apps.insert(id, app);
        (id, private_key)
    }

    /// GitHub's own App, which posts the check runs of workflows.
    pub(super) fn add_github_actions(&mut self) {
        self.ensure_account("github", AccountKind::Organization);
        let app = App {
            id: GITHUB_ACTIONS,
            client_id: "Iv1.05c79e9ad1f6bdfa".to_owned(),
            slug: "github-actions".to_owned(),
            name: "GitHub Actions".to_owned(),
            owner: "github".to_owned(),
            permissions: Permissions::metadata(),
            events: Vec::new(),
            webhook_url: None,
            webhook_secret: String::new(),
            content_type: ContentType::Json,
            hook_id: self.fresh_id(),
            created_at: self.now(),
            key: None,
        };
        self.apps.insert(GITHUB_ACTIONS, app);
    }
}
