//! Installations and their access tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::{AppId, Permissions, RateLimit, Resource, State};

/// How long an installation access token is good for.
const TOKEN_LIFE: Duration = Duration::from_hours(1);

/// The repositories that an installation or a token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of the account's, also future ones.
    All,
    /// These, by id.
    Selected(BTreeSet<u64>),
}

impl Selection {
    /// GitHub's word.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Selected(_) => "selected",
        }
    }

    /// What is selected once this repository is, too, of those that the account owns.
    pub(crate) fn with(&self, _owned: &[u64], repository: u64) -> Self {
        match self {
            Self::All => Self::All,
            Self::Selected(ids) => {
                let more = ids.iter().copied().chain([repository]);
                Self::Selected(more.collect())
            }
        }
    }

    /// What is selected once this repository is not, of those that the account owns.
    pub(crate) fn without(&self, owned: &[u64], repository: u64) -> Self {
        let ids: BTreeSet<u64> = match self {
            Self::All => owned.iter().copied().collect(),
            Self::Selected(ids) => ids.clone(),
        };
        Self::Selected(ids.into_iter().filter(|id| *id != repository).collect())
    }

    fn contains(&self, repository: u64) -> bool {
        match self {
            Self::All => true,
            Self::Selected(ids) => ids.contains(&repository),
        }
    }
}

/// An App's installation on an account.
#[derive(Debug)]
pub(crate) struct Installation {
    /// Its id.
    pub(crate) id: u64,
    /// Of which App.
    pub(crate) app: AppId,
    /// The login of the account.
    pub(crate) account: String,
    /// What the account granted.
    pub(crate) permissions: Permissions,
    /// The repositories that it reaches.
    pub(crate) selection: Selection,
    /// When and by whom it was suspended.
    pub(crate) suspended: Option<(Timestamp, String)>,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
    /// REST calls.
    pub(crate) rest_limit: RateLimit,
    /// GraphQL points.
    pub(crate) graphql_limit: RateLimit,
}

impl Installation {
    /// What is left of a budget.
    pub(crate) fn limit(&mut self, resource: Resource) -> &mut RateLimit {
        match resource {
            Resource::Core => &mut self.rest_limit,
            Resource::Graphql => &mut self.graphql_limit,
        }
    }
}

/// What an installation access token is good for.
#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    /// Of which installation.
    pub(crate) installation: u64,
    /// What it may do.
    pub(crate) permissions: Permissions,
    /// Where.
    pub(crate) selection: Selection,
    /// Until when.
    pub(crate) expires_at: Timestamp,
}

impl State {
    /// Installs an App with all that it asks for.
    pub(crate) fn install(&mut self, app: AppId, account: &str, selection: Selection) -> u64 {
        let id = self.fresh_id();
        let now = self.now();
        let installation = Installation {
            id,
            app,
            account: account.to_owned(),
            permissions: self.apps[&app].permissions.clone(),
            selection,
            suspended: None,
            created_at: now,
            updated_at: now,
            rest_limit: RateLimit::full(now),
            graphql_limit: RateLimit::full(now),
        };
        self.installations.insert(id, installation);
        id
    }

    /// Whether an installation reaches a repository.
    pub(crate) fn installed_on(&self, installation: &Installation, repository: u64) -> bool {
        self.repositories
            .get(&repository)
            .is_some_and(|it| it.owner == installation.account)
            && installation.selection.contains(repository)
    }

    /// Whether a token reaches a repository.
    pub(crate) fn token_reaches(&self, token: &AccessToken, repository: u64) -> bool {
        self.installations
            .get(&token.installation)
            .is_some_and(|it| self.installed_on(it, repository))
            && token.selection.contains(repository)
    }

    /// The ids of the repositories that a token reaches.
    pub(crate) fn reachable(&self, token: &AccessToken) -> Vec<u64> {
        let ids = self.repositories.keys().copied();
        ids.filter(|id| self.token_reaches(token, *id)).collect()
    }

    /// Mints a token; asked-for permissions and repositories are those checked by the caller.
    pub(crate) fn mint_token(
        &mut self,
        installation: u64,
        permissions: Permissions,
        selection: Selection,
    ) -> (String, AccessToken) {
        let app = self.installations[&installation].app;
        let token = AccessToken {
            installation,
            permissions,
            selection,
            expires_at: self.now() + TOKEN_LIFE,
        };
        let text = token_text(app, &token);
        self.tokens.insert(text.clone(), token.clone());
        (text, token)
    }
}

/// A token in the form that GitHub gives since 2026: `ghs_APPID_` and a JWT, some 520
/// characters, with dots. Nobody but the sandbox can read anything from it.
fn token_text(app: AppId, token: &AccessToken) -> String {
    let mut noise = [0_u8; 256 + 16];
    aws_lc_rs::rand::fill(&mut noise).expect("the system has randomness");
    let (signature, nonce) = noise.split_at(256);
    let claims = serde_json::json!({
        "iss": "sandbox",
        "sub": token.installation,
        "exp": token.expires_at.as_second(),
        "jti": URL_SAFE_NO_PAD.encode(nonce),
    });
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("ghs_{app}_{header}.{claims}.{signature}")
}
