//! Registering an App by a manifest: what it asks to be, and the exchange of GitHub's code for its key
//! and secret.
//!
//! <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use app::metrics::Unmeasured;
use app::ports::Clock;
use app::{GitHubError, GitHubErrorKind};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use tower::ServiceExt;

use crate::config::{ApiUrl, ClientError, GITHUB_COM};
use crate::endpoint::{CONVERT_MANIFEST, SET_HOOK, encode};
use crate::registration::{EVENTS, PERMISSIONS};
use crate::transport::{self, Call, NOBODY};
use crate::{GitHub, error};

/// An App that is to be registered.
#[derive(Debug, Clone, Copy)]
pub struct NewApp<'a> {
    /// Its name, which no other App at this GitHub may have; people can change it on GitHub's page.
    pub name: &'a str,
    /// Its homepage.
    pub homepage: &'a str,
    /// Where GitHub sends webhooks.
    pub webhook_url: &'a str,
    /// Where GitHub sends the browser with the code.
    pub redirect_url: &'a str,
}

impl NewApp<'_> {
    /// The manifest, in JSON: the permissions and events are those that the App can use.
    pub fn manifest(&self) -> String {
        let permissions: BTreeMap<&str, &str> = PERMISSIONS
            .iter()
            .map(|permission| (permission.name, permission.access))
            .collect();
        let events: Vec<&str> = EVENTS.iter().map(|(event, _)| *event).collect();
        json!({
            "name": self.name,
            "url": self.homepage,
            "hook_attributes": { "url": self.webhook_url, "active": true },
            "redirect_url": self.redirect_url,
            "public": false,
            "default_permissions": permissions,
            "default_events": events,
        })
        .to_string()
    }
}

/// The page to which a browser posts a manifest, of the user's own or of an organisation's. `state` comes
/// back with the code. `web_url` is without a slash at its end.
pub fn registration_page(web_url: &str, organization: Option<&str>, state: &str) -> String {
    let place = match organization {
        Some(organization) => format!("organizations/{}/settings", encode(organization)),
        None => "settings".to_owned(),
    };
    format!("{web_url}/{place}/apps/new?state={}", encode(state))
}

/// GitHub's web address, without a slash at its end, which goes with an API's: `https://github.com`,
/// `https://SUBDOMAIN.ghe.com`, or the server itself.
pub fn web_url(api_url: &ApiUrl) -> String {
    let api = api_url.as_str();
    let of_cloud = api == GITHUB_COM || api.ends_with(".ghe.com");
    match api.split_once("://api.") {
        Some((scheme, host)) if of_cloud => format!("{scheme}://{host}"),
        _ => api.strip_suffix("/api/v3").unwrap_or(api).to_owned(),
    }
}

/// An App that was registered. `Debug` shows no secret.
#[derive(Deserialize)]
pub struct NewlyRegistered {
    /// Its id.
    pub id: u64,
    /// Its client ID.
    pub client_id: String,
    /// The name that it was given.
    pub name: String,
    /// Its page, below which it is installed (`/installations/new`).
    pub html_url: String,
    /// Its private key, in PEM. GitHub gives it this once.
    #[serde(deserialize_with = "secret")]
    pub pem: SecretString,
    /// What its webhooks are signed with; `None` where GitHub made none.
    #[serde(deserialize_with = "maybe_secret")]
    pub webhook_secret: Option<SecretString>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn maybe_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(SecretString::from))
}

impl fmt::Debug for NewlyRegistered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewlyRegistered")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Why a code could not be exchanged.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// There is no HTTP client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// GitHub did not give the App: the code is unknown, used or older than an hour, or there was no
    /// answer.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
}

/// Exchanges the code for the App with its key and secret. A code can be used once, so this is never
/// repeated by itself.
///
/// # Panics
/// Outside of a Tokio runtime: the HTTP client puts a task of its own on it.
pub async fn convert(
    api_url: &ApiUrl,
    code: &str,
    clock: Arc<dyn Clock>,
) -> Result<NewlyRegistered, ConversionError> {
    let transport = transport::connect(Arc::new(Unmeasured), Arc::clone(&clock), None)?;
    let uri = api_url.rest(&CONVERT_MANIFEST.path(&[code]));
    let uri =
        uri.map_err(|source| error::error(CONVERT_MANIFEST, GitHubErrorKind::Invalid, source))?;
    let call = Call {
        endpoint: CONVERT_MANIFEST,
        uri,
        installation: None,
        bearer: Arc::new(NOBODY.into()),
        body: None,
        attempt: 1,
    };
    let answer = transport.oneshot(call).await;
    let answer = answer.map_err(|source| error::not_answered(CONVERT_MANIFEST, source))?;
    let answer = error::accepted(CONVERT_MANIFEST, answer, clock.now())?;
    Ok(error::json(CONVERT_MANIFEST, &answer)?)
}

impl GitHub {
    /// Lets the App's webhook be sent as JSON, with certificates looked at, and signed with this secret.
    /// A manifest can't say so, and GitHub's documented default is a form.
    pub async fn configure_hook(&self, secret: &SecretString) -> Result<(), GitHubError> {
        let body = json!({
            "content_type": "json",
            "insecure_ssl": "0",
            "secret": secret.expose_secret(),
        });
        let body = body.to_string().into_bytes();
        let path = SET_HOOK.path(&[]);
        let answer = self
            .api
            .send_as_app_with(SET_HOOK, &path, Some(body.into()));
        error::accepted(SET_HOOK, answer.await?, self.api.now()).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_asks_for_what_the_app_can_use_and_no_more() {
        let new = NewApp {
            name: "Phase Mirror",
            homepage: "https://mirror.example",
            webhook_url: "https://mirror.example/webhook",
            redirect_url: "http://127.0.0.1:4000/created",
        };
        let manifest: serde_json::Value = serde_json::from_str(&new.manifest()).unwrap();
        assert_eq!(manifest["default_permissions"]["checks"], "write");
        let asked = manifest["default_permissions"].as_object().unwrap();
        assert_eq!(asked.len(), PERMISSIONS.len());
        let writing = asked.values().filter(|access| *access != "read").count();
        assert_eq!(writing, 1, "only checks are written");
        assert_eq!(
            manifest["default_events"],
            json!(["pull_request", "merge_group", "push", "repository"])
        );
        assert_eq!(manifest["public"], false);
    }

    #[test]
    fn the_web_is_beside_the_api() {
        for (api, web) in [
            (GITHUB_COM, "https://github.com"),
            ("https://api.octo.ghe.com", "https://octo.ghe.com"),
            ("https://ghes.example/api/v3", "https://ghes.example"),
            (
                "https://api.ghes.example/api/v3/",
                "https://api.ghes.example",
            ),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
        ] {
            assert_eq!(web_url(&ApiUrl::new(api).unwrap()), web);
        }
    }

    #[test]
    fn an_organisation_has_a_page_of_its_own() {
        assert_eq!(
            registration_page("https://github.com", None, "a b"),
            "https://github.com/settings/apps/new?state=a%20b"
        );
        assert_eq!(
            registration_page("https://ghes.example", Some("octo/../org"), "s"),
            "https://ghes.example/organizations/octo%2F..%2Forg/settings/apps/new?state=s"
        );
    }
}
