//! Installation access tokens, each for one repository and with no permission more than is
//! needed (<https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>).

use std::sync::Arc;
use std::time::Duration;

use app::event::Repository;
use app::{GitHubError, GitHubErrorKind};
use bytes::Bytes;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use moka::ops::compute::Op;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Signer;
use crate::config::ApiUrl;
use crate::endpoint::{ACCESS_TOKEN, Endpoint};
use crate::error;
use crate::transport::{Answer, Call, Transport};

/// A token this close to its end is not begun to be used.
const RESERVE: SignedDuration = SignedDuration::from_mins(5);

/// How long it is remembered that an installation lacks optional permissions. Its owner may
/// grant them at any time.
const MEMORY: Duration = Duration::from_hours(1);

/// How many tokens are kept; one is about 600 bytes.
const KEPT: u64 = 10_000;

/// A token, good for one repository.
pub(crate) struct Token {
    /// Of any length and form.
    pub(crate) secret: Arc<SecretString>,
    expires_at: Timestamp,
}

/// Gets tokens and keeps them while they are good.
pub(crate) struct Tokens {
    signer: Signer,
    /// By installation, repository and purpose.
    kept: Cache<(u64, u64, Purpose), Arc<Token>>,
    /// Installations that refused what is optional for a purpose.
    restricted: Cache<(u64, Purpose), ()>,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// All ordinary work.
    Work,
    /// Looking at settings that only `administration: read` shows. The permission reaches far
    /// beyond them and few need grant it, so it is in a token of its own that nothing else uses.
    Settings,
    /// Reading the policy of the repository's account, in the account's repository `.github`.
    AccountPolicy,
}

/// What a token is asked to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everything that is of use for the work.
    Full,
    /// Only what nothing works without.
    Required,
    /// What shows settings.
    Settings,
    /// What shows files.
    Contents,
}

/// What GitHub gives.
#[derive(Deserialize)]
struct Created {
    token: String,
    expires_at: Timestamp,
}

impl Tokens {
    pub(crate) fn new(signer: Signer) -> Self {
        Self {
            signer,
            kept: Cache::new(KEPT),
            restricted: Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(MEMORY)
                .build(),
        }
    }

    /// A token for a repository; callers at the same time share one request.
    pub(crate) async fn token(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        repository: &Repository,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Arc<Token>, GitHubError> {
        let (place, key) = (place(repository, purpose), key(repository, purpose));
        if let Some(token) = self.kept.get(&key).await.filter(|it| it.is_good(now)) {
            return Ok(token);
        }
        let entry = self.kept.entry(key);
        let made = entry.and_try_compute_with(async |kept| {
            // Whoever waited for another's request finds its token here.
            if kept.is_some_and(|kept| kept.value().is_good(now)) {
                return Ok(Op::Nop);
            }
            let token = self.create(transport, urls, place, purpose, now).await?;
            Ok(Op::Put(Arc::new(token)))
        });
        let entry = made.await?.into_entry();
        let missing = || error::unexpected(ACCESS_TOKEN, "the token was not kept");
        entry.map(moka::Entry::into_value).ok_or_else(missing)
    }

    /// Gets a token for work on the repository with these ids, of its installation and its own, in
    /// place of the one that is kept.
    pub(crate) async fn renew(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        place: (u64, u64),
        now: Timestamp,
    ) -> Result<(), GitHubError> {
        let key = (place.0, place.1, Purpose::Work);
        self.kept.invalidate(&key).await;
        let token = self
            .create(transport, urls, place, Purpose::Work, now)
            .await?;
        self.kept.insert(key, Arc::new(token)).await;
        Ok(())
    }

    /// Forgets the tokens of an installation, and what was refused to it.
    pub(crate) async fn forget_installation(&self, installation_id: u64) {
        for purpose in [Purpose::Work, Purpose::Settings] {
            self.restricted
                .invalidate(&(installation_id, purpose))
                .await;
        }
        let kept = self.kept.iter().map(|(key, _)| *key);
        for key in kept.filter(|key| key.0 == installation_id) {
            self.kept.invalidate(&key).await;
        }
    }

    /// Drops a token that GitHub refused, unless another has taken its place.
    pub(crate) async fn drop_refused(
        &self,
        repository: &Repository,
        purpose: Purpose,
        refused: &Arc<Token>,
    ) {
        let entry = self.kept.entry(key(repository, purpose));
        entry
            .and_compute_with(async |kept| match kept {
                Some(kept) if Arc::ptr_eq(kept.value(), refused) => Op::Remove,
                _ => Op::Nop,
            })
            .await;
    }

    /// Forgets that an installation lacks a permission, with the tokens that therefore lack it.
    pub(crate) async fn forget_restrictions(&self, repository: &Repository) {
        for purpose in [Purpose::Work, Purpose::Settings] {
            let restricted = (repository.installation_id, purpose);
            if self.restricted.remove(&restricted).await.is_some() {
                self.kept.invalidate(&key(repository, purpose)).await;
            }
        }
    }

    /// A token of the App itself, to call this with.
    pub(crate) async fn sign(
        &self,
        endpoint: Endpoint,
        now: Timestamp,
    ) -> Result<SecretString, GitHubError> {
        let jwt = self.signer.sign(now).await;
        jwt.map_err(|source| error::error(endpoint, source.kind(), source))
    }

    async fn create(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        (installation_id, repository_id): (u64, u64),
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Token, GitHubError> {
        let restricted = (installation_id, purpose);
        let is_restricted = self.restricted.contains_key(&restricted);
        let mut scope = match purpose {
            Purpose::Work if is_restricted => Scope::Required,
            Purpose::Work => Scope::Full,
            Purpose::Settings if is_restricted => return Err(not_granted(SETTINGS)),
            Purpose::Settings => Scope::Settings,
            Purpose::AccountPolicy => Scope::Contents,
        };
        loop {
            let asked = scope.asked(repository_id);
            let answer = self
                .ask(transport, urls, installation_id, &asked, now)
                .await?;
            if answer.status == StatusCode::UNPROCESSABLE_ENTITY {
                match Unprocessable::of(&answer) {
                    Unprocessable::Repository => return Err(hidden()),
                    Unprocessable::Permissions => {
                        self.restricted.insert(restricted, ()).await;
                        scope = scope.less()?;
                        continue;
                    }
                }
            }
            let answer = error::accepted(ACCESS_TOKEN, answer, now)?;
            let created: Created = error::json(ACCESS_TOKEN, &answer)?;
            return Ok(Token {
                secret: Arc::new(created.token.into()),
                expires_at: created.expires_at,
            });
        }
    }

    async fn ask(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        installation_id: u64,
        asked: &Value,
        now: Timestamp,
    ) -> Result<Answer, GitHubError> {
        let jwt = self.sign(ACCESS_TOKEN, now).await?;
        let path = ACCESS_TOKEN.path(&[&installation_id.to_string()]);
        let uri = urls
            .rest(&path)
            .map_err(|source| error::error(ACCESS_TOKEN, GitHubErrorKind::Invalid, source))?;
        let call = Call {
            endpoint: ACCESS_TOKEN,
            uri,
            installation: Some(installation_id),
            bearer: Arc::new(jwt),
            body: Some(Bytes::from(asked.to_string())),
            attempt: 1,
        };
        let answer = transport.clone().oneshot(call).await;
        answer.map_err(|source| error::not_answered(ACCESS_TOKEN, source))
    }
}

/// What a token is for, by the ids of installation and repository. That for an account's policy
/// serves all its repositories; no repository has the id 0.
fn place(repository: &Repository, purpose: Purpose) -> (u64, u64) {
    let id = match purpose {
        Purpose::Work | Purpose::Settings => repository.id,
        Purpose::AccountPolicy => 0,
    };
    (repository.installation_id, id)
}

/// What a token is kept by.
fn key(repository: &Repository, purpose: Purpose) -> (u64, u64, Purpose) {
    let (installation_id, repository_id) = place(repository, purpose);
    (installation_id, repository_id, purpose)
}

impl Token {
    /// A token whose end is not known.
    pub(crate) fn lasting(secret: SecretString) -> Self {
        Self {
            secret: Arc::new(secret),
            expires_at: Timestamp::MAX,
        }
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.duration_since(now) > RESERVE
    }
}

impl Scope {
    /// What to be content with where this is not granted.
    fn less(self) -> Result<Self, GitHubError> {
        match self {
            Self::Full => Ok(Self::Required),
            Self::Required => Err(not_granted(REQUIRED)),
            Self::Settings => Err(not_granted(SETTINGS)),
            Self::Contents => Err(not_granted(CONTENTS)),
        }
    }

    /// The request: where, and what.
    fn asked(self, repository_id: u64) -> Value {
        let permissions = self.permissions();
        match self {
            Self::Full | Self::Required | Self::Settings => json!({
                "repository_ids": [repository_id],
                "permissions": permissions,
            }),
            Self::Contents => json!({
                "repositories": [".github"],
                "permissions": permissions,
            }),
        }
    }

    fn permissions(self) -> Value {
        match self {
            Self::Full => json!({
                "actions": "read",
                "checks": "write",
                "contents": "read",
                "metadata": "read",
                "pull_requests": "read",
                "statuses": "read",
            }),
            Self::Required => json!({
                "checks": "write",
                "contents": "read",
                "metadata": "read",
                "pull_requests": "read",
            }),
            Self::Settings => json!({
                "administration": "read",
                "metadata": "read",
            }),
            Self::Contents => json!({
                "contents": "read",
                "metadata": "read",
            }),
        }
    }
}

/// Why GitHub makes no such token; only its words tell.
enum Unprocessable {
    /// The repository is not there, or not the installation's.
    Repository,
    /// The installation has not granted what was asked for.
    Permissions,
}

impl Unprocessable {
    fn of(answer: &Answer) -> Self {
        let message = error::message(answer).to_ascii_lowercase();
        if message.contains("repository") && !message.contains("permission") {
            Self::Repository
        } else {
            Self::Permissions
        }
    }
}

fn hidden() -> GitHubError {
    let source = error::Misunderstood(
        "the repository is not one of the installation, or is not there any more".to_owned(),
    );
    error::error(ACCESS_TOKEN, GitHubErrorKind::NotFound, source)
}

const REQUIRED: &str = "one of checks:write, contents:read, pull_requests:read";
const SETTINGS: &str = "administration:read";
const CONTENTS: &str = "contents:read";

fn not_granted(lacking: &str) -> GitHubError {
    let source = error::Misunderstood(format!(
        "the installation lacks {lacking}; its owner has to accept the App's permissions"
    ));
    error::error(ACCESS_TOKEN, GitHubErrorKind::Forbidden, source)
}
