//! Apps that are registered by a manifest
//! (<https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>).

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{AppId, ContentType, Permissions, State};

/// How long a code is good for.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What an App asks to be. A field that GitHub does not document is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    name: Option<String>,
    #[expect(dead_code, reason = "it is required, and shown to people only")]
    url: String,
    hook_attributes: Option<HookAttributes>,
    /// Where the browser is sent with the code.
    pub(crate) redirect_url: String,
    #[expect(dead_code, reason = "who may install it is no part of the sandbox")]
    #[serde(default)]
    public: bool,
    #[expect(dead_code, reason = "for people")]
    description: Option<String>,
    #[serde(default)]
    default_events: Vec<String>,
    #[serde(default)]
    default_permissions: Permissions,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HookAttributes {
    url: String,
    active: Option<bool>,
}

/// A code that is yet to be exchanged.
#[derive(Debug, Clone)]
pub(crate) struct ManifestCode {
    code: String,
    app: AppId,
    until: Timestamp,
}

impl State {
    /// Registers the App and gives the code for its key and secret.
    pub(crate) fn accept_manifest(&mut self, manifest: Manifest, owner: &str) -> String {
        let permissions = manifest.default_permissions;
        let permissions = permissions.with("metadata", super::Access::Read);
        let name = manifest.name.unwrap_or_else(|| "Unnamed".to_owned());
        let (app, _) = self.register_app(&name, owner, permissions, manifest.default_events);
        let secret = format!("{:040x}", self.fresh_id());
        if let Some(registered) = self.apps.get_mut(&app) {
            registered.webhook_secret = secret;
            // The documented default of `webhook-config-content-type`.
            registered.content_type = ContentType::Form;
            registered.webhook_url = manifest
                .hook_attributes
                .filter(|hook| hook.active != Some(false))
                .map(|hook| hook.url);
        }
        let code = format!("{:040x}", self.fresh_id());
        self.manifest_codes.push(ManifestCode {
            code: code.clone(),
            app,
            until: self.clock.now() + LIFE,
        });
        code
    }

    /// The App of a code, which is then used up.
    pub(crate) fn redeem(&mut self, code: &str) -> Option<AppId> {
        let now = self.clock.now();
        self.manifest_codes.retain(|it| it.until > now);
        let at = self.manifest_codes.iter().position(|it| it.code == code)?;
        Some(self.manifest_codes.swap_remove(at).app)
    }
}
