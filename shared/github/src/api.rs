//! Calls as an installation: REST and GraphQL with the right token, in the ports' errors.

use std::sync::Arc;

use app::GitHubError;
use app::event::Repository;
use app::metrics::Metrics;
use app::ports::{Budgets, Clock};
use bytes::Bytes;
use http::{StatusCode, Uri};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

use crate::auth::{Credentials, Purpose, Signer, Tokens};
use crate::config::{ApiUrl, ClientError, GitHubConfig};
use crate::endpoint::{Endpoint, GRAPHQL};
use crate::error;
use crate::graphql::{self, Reply};
use crate::transport::{self, Answer, Call, Transport};

/// How many pages of a list are followed: 100 items each.
pub(crate) const MOST_PAGES: u32 = 20;

/// What every port is made of.
pub(crate) struct Api {
    transport: Transport,
    credentials: Credentials,
    urls: ApiUrl,
    clock: Arc<dyn Clock>,
}

/// A list, or the first part of one that has no end.
pub(crate) enum Pages<T> {
    /// All of it.
    Complete(Vec<T>),
    /// Longer than we follow.
    TooMany,
}

impl Api {
    pub(crate) fn new(
        config: &GitHubConfig,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
        budgets: Option<Arc<dyn Budgets>>,
    ) -> Result<Self, ClientError> {
        let signer = Signer::new(config.issuer.clone(), config.private_key.clone());
        let credentials = Credentials::App(Box::new(Tokens::new(signer)));
        Self::connect(config.api_url.clone(), credentials, clock, metrics, budgets)
    }

    /// Calls with a token of somebody's own.
    pub(crate) fn with_token(
        api_url: ApiUrl,
        token: SecretString,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
    ) -> Result<Self, ClientError> {
        Self::connect(api_url, Credentials::given(token), clock, metrics, None)
    }

    fn connect(
        urls: ApiUrl,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        metrics: Arc<dyn Metrics>,
        budgets: Option<Arc<dyn Budgets>>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            urls,
            transport: transport::connect(metrics, Arc::clone(&clock), budgets)?,
            credentials,
            clock,
        })
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Makes sure of a token, so that calls which follow at once need not.
    pub(crate) async fn sign_in(&self, repository: &Repository) -> Result<(), GitHubError> {
        let now = self.clock.now();
        let token =
            self.credentials
                .token(&self.transport, &self.urls, repository, Purpose::Work, now);
        token.await.map(|_| ())
    }

    /// Makes sure of a token that is made now, so that the repository is the installation's now.
    pub(crate) async fn sign_in_anew(
        &self,
        installation_id: u64,
        repository_id: u64,
    ) -> Result<(), GitHubError> {
        let now = self.clock.now();
        let place = (installation_id, repository_id);
        let credentials = &self.credentials;
        credentials
            .renew(&self.transport, &self.urls, place, now)
            .await
    }

    /// Forgets what tokens of the installation were refused, and the tokens.
    pub(crate) async fn forget_installation(&self, installation_id: u64) {
        self.credentials.forget_installation(installation_id).await;
    }

    /// Forgets what a token for the repository was refused.
    pub(crate) async fn forget(&self, repository: &Repository) {
        self.credentials.forget_restrictions(repository).await;
    }

    /// Reads something of a repository. `values` are those of the template after `{repo}`.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
        values: &[&str],
        query: &str,
    ) -> Result<T, GitHubError> {
        let path = path(repository, endpoint, values, query);
        let answer = self.send(repository, endpoint, &path, None).await?;
        error::json(endpoint, &answer)
    }

    /// Reads settings of a repository, which are shown to `administration: read` only.
    pub(crate) async fn read_settings<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
    ) -> Result<T, GitHubError> {
        let uri = self.uri(endpoint, &path(repository, endpoint, &[], ""))?;
        let answer = self
            .exchange(repository, Purpose::Settings, endpoint, uri, None)
            .await?;
        error::json(endpoint, &answer)
    }

    /// Reads all pages of a list; `items` takes them out of a page.
    pub(crate) async fn read_all<P: DeserializeOwned, T>(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
        values: &[&str],
        query: &str,
        items: fn(P) -> Vec<T>,
    ) -> Result<Pages<T>, GitHubError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let query = match page {
                1 => format!("{query}per_page=100"),
                page => format!("{query}per_page=100&page={page}"),
            };
            let path = path(repository, endpoint, values, &query);
            let answer = self.send(repository, endpoint, &path, None).await?;
            all.extend(items(error::json(endpoint, &answer)?));
            if !has_next(&answer) {
                return Ok(Pages::Complete(all));
            }
        }
        Ok(Pages::TooMany)
    }

    /// Writes something of a repository.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
        values: &[&str],
        body: &impl Serialize,
    ) -> Result<T, GitHubError> {
        let body = encode(endpoint, body)?;
        let path = path(repository, endpoint, values, "");
        let answer = self.send(repository, endpoint, &path, Some(body)).await?;
        error::json(endpoint, &answer)
    }

    /// Sends a query. What it could not answer in part is in the reply's errors.
    pub(crate) async fn query(
        &self,
        repository: &Repository,
        query: &str,
        variables: &Value,
    ) -> Result<Reply, GitHubError> {
        self.query_for(Purpose::Work, repository, query, variables)
            .await
    }

    /// Sends a query for a purpose of its own, with the token for that.
    pub(crate) async fn query_for(
        &self,
        purpose: Purpose,
        repository: &Repository,
        query: &str,
        variables: &Value,
    ) -> Result<Reply, GitHubError> {
        let body = serde_json::json!({ "query": query, "variables": variables });
        let body = encode(GRAPHQL, &body)?;
        let uri = self.urls.graphql();
        let answer = self
            .exchange(repository, purpose, GRAPHQL, uri, Some(body))
            .await?;
        graphql::reply(&answer, self.clock.now())
    }

    /// Asks as the App itself, not as an installation; the answer, whatever its status.
    pub(crate) async fn send_as_app(
        &self,
        endpoint: Endpoint,
        path: &str,
    ) -> Result<Answer, GitHubError> {
        self.send_as_app_with(endpoint, path, None).await
    }

    /// As [`send_as_app`](Self::send_as_app), with a JSON body.
    pub(crate) async fn send_as_app_with(
        &self,
        endpoint: Endpoint,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Answer, GitHubError> {
        let uri = self.uri(endpoint, path)?;
        let bearer = self.credentials.app(endpoint, self.clock.now()).await?;
        let call = Call {
            endpoint,
            uri,
            installation: None,
            bearer: Arc::new(bearer),
            body,
            attempt: 1,
        };
        let answer = self.transport.clone().oneshot(call).await;
        answer.map_err(|source| error::not_answered(endpoint, source))
    }

    async fn send(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Answer, GitHubError> {
        let uri = self.uri(endpoint, path)?;
        self.exchange(repository, Purpose::Work, endpoint, uri, body)
            .await
    }

    fn uri(&self, endpoint: Endpoint, path: &str) -> Result<Uri, GitHubError> {
        let uri = self.urls.rest(path);
        uri.map_err(|source| error::error(endpoint, app::GitHubErrorKind::Invalid, source))
    }

    async fn exchange(
        &self,
        repository: &Repository,
        purpose: Purpose,
        endpoint: Endpoint,
        uri: Uri,
        body: Option<Bytes>,
    ) -> Result<Answer, GitHubError> {
        let mut renewed = false;
        loop {
            let now = self.clock.now();
            let token = self
                .credentials
                .token(&self.transport, &self.urls, repository, purpose, now)
                .await?;
            let call = Call {
                endpoint,
                uri: uri.clone(),
                installation: Some(repository.installation_id),
                bearer: Arc::clone(&token.secret),
                body: body.clone(),
                attempt: 1,
            };
            let answer = self.transport.clone().oneshot(call).await;
            let answer = answer.map_err(|source| error::not_answered(endpoint, source))?;
            if answer.status == StatusCode::UNAUTHORIZED {
                let credentials = &self.credentials;
                let replaced = credentials.replaces(repository, purpose, &token).await;
                // Who is not let in has done nothing, so even an effect may be tried again.
                if replaced && !std::mem::replace(&mut renewed, true) {
                    continue;
                }
            }
            return error::accepted(endpoint, answer, self.clock.now());
        }
    }
}

fn path(repository: &Repository, endpoint: Endpoint, values: &[&str], query: &str) -> String {
    let mut all = vec![repository.name.owner(), repository.name.name()];
    all.extend(values);
    let mut path = endpoint.path(&all);
    if !query.is_empty() {
        path.push('?');
        path.push_str(query);
    }
    path
}

fn encode(endpoint: Endpoint, body: &impl Serialize) -> Result<Bytes, GitHubError> {
    let body = serde_json::to_vec(body);
    body.map(Bytes::from)
        .map_err(|source| error::error(endpoint, app::GitHubErrorKind::Invalid, source))
}

/// Whether a `Link` header names a next page
/// (<https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>).
fn has_next(answer: &Answer) -> bool {
    let link = answer.headers.get(http::header::LINK);
    link.and_then(|link| link.to_str().ok())
        .is_some_and(|link| link.contains("rel=\"next\""))
}
