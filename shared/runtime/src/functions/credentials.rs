//! What the App signs in with, from SSM.

use std::sync::Arc;

use app::metrics::Metrics;
use app::ports::{Budgets, Clock};
use aws::ParameterSet;
use aws::names::{Names, ParameterName};
use github::{GitHub, GitHubConfig, PrivateKey};
use secrecy::ExposeSecret;

use super::parameters::{Cached, ReadParameters};
use super::settings::GitHubSettings;

/// The adapter to GitHub with the credentials that are in force: another key, another adapter, which
/// knows by `budgets` what the one before was told. Who calls as the App alone needs none.
pub(super) fn github(
    source: Arc<dyn ReadParameters>,
    settings: &GitHubSettings,
    clock: Arc<dyn Clock>,
    metrics: Arc<dyn Metrics>,
    budgets: Option<Arc<dyn Budgets>>,
) -> Cached<GitHub> {
    let asked = Asked::of(&settings.common.names);
    let (api_url, actions_app_id) = (settings.api_url.clone(), settings.actions_app_id);
    let names = vec![
        asked.client_id.clone(),
        asked.app_id.clone(),
        asked.private_key.clone(),
    ];
    let github_clock = Arc::clone(&clock);
    let understand = move |set: &ParameterSet| {
        let (issuer, private_key) = asked.understand(set)?;
        let config = GitHubConfig {
            api_url: api_url.clone(),
            issuer,
            private_key: Arc::new(private_key),
            actions_app_id,
        };
        let (clock, metrics) = (Arc::clone(&github_clock), Arc::clone(&metrics));
        let github = match &budgets {
            Some(budgets) => GitHub::sharing(&config, clock, metrics, Arc::clone(budgets)),
            None => GitHub::measured(&config, clock, metrics),
        };
        github.map_err(|error| vec![error.to_string()])
    };
    Cached::new(source, names, clock, Box::new(understand))
}

/// What is read.
pub(super) const PARAMETERS: [ParameterName; 3] = [
    ParameterName::ClientId,
    ParameterName::AppId,
    ParameterName::PrivateKey,
];

struct Asked {
    client_id: String,
    app_id: String,
    private_key: String,
}

impl Asked {
    fn of(names: &Names) -> Self {
        let [client_id, app_id, private_key] = PARAMETERS.map(|name| names.parameter(name));
        Self {
            client_id,
            app_id,
            private_key,
        }
    }

    /// The `iss` of our tokens and the key they are signed with, or everything that is wrong.
    fn understand(&self, set: &ParameterSet) -> Result<(String, PrivateKey), Vec<String>> {
        let issuer = self.issuer(set);
        let key = set
            .require(&self.private_key)
            .map_err(|error| error.to_string())
            .and_then(|found| {
                PrivateKey::from_pem(&found.value)
                    .map_err(|error| format!("{}: {error}", self.private_key))
            });
        match (issuer, key) {
            (Ok(issuer), Ok(key)) => Ok((issuer, key)),
            (issuer, key) => Err([issuer.err(), key.err()].into_iter().flatten().collect()),
        }
    }

    /// The client id, or else the App's id: GitHub takes both and recommends the first.
    fn issuer(&self, set: &ParameterSet) -> Result<String, String> {
        let found = [&self.client_id, &self.app_id]
            .into_iter()
            .find_map(|name| Some((name, set.found.get(name)?)));
        let Some((name, parameter)) = found else {
            let (client_id, app_id) = (&self.client_id, &self.app_id);
            return Err(format!("there is neither {client_id} nor {app_id}"));
        };
        let issuer = parameter.value.expose_secret().trim();
        let fine = (1..=64).contains(&issuer.len())
            && issuer
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.');
        fine.then(|| issuer.to_owned())
            .ok_or_else(|| format!("{name} is no id: letters, digits and dots are expected"))
    }
}
