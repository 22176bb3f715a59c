//! GitHub Apps and their keys.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

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
    /// The id of its webhook.
    pub(crate) hook_id: u64,
    /// When it was registered.
    pub(crate) created_at: Timestamp,
    /// PKCS#1 public key; `None` for an App that never calls.
    public_key: Option<Vec<u8>>,
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
        self.public_key.as_ref().is_some_and(|key| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(message, signature)
                .is_ok()
        })
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
        let (private_key, public_key) = generate_key();
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
            hook_id: self.fresh_id(),
            created_at: self.now(),
            public_key: Some(public_key),
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
            hook_id: self.fresh_id(),
            created_at: self.now(),
            public_key: None,
        };
        self.apps.insert(GITHUB_ACTIONS, app);
    }
}

/// The length of the PKCS#8 header before the PKCS#1 key of a 2048-bit RSA key.
const PKCS8_HEADER: usize = 26;

fn generate_key() -> (String, Vec<u8>) {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("a generated key can be written");
    let encoded = STANDARD.encode(&pkcs8.as_ref()[PKCS8_HEADER..]);
    let lines: Vec<&str> = (0..encoded.len())
        .step_by(64)
        .map(|start| &encoded[start..encoded.len().min(start + 64)])
        .collect();
    let pem = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n",
        lines.join("\n")
    );
    (pem, pair.public_key().as_ref().to_vec())
}
