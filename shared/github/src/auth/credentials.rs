//! As whom a call is made: as an installation of the App, or with a token of somebody's own.

use std::sync::Arc;

use app::event::Repository;
use app::{GitHubError, GitHubErrorKind};
use jiff::Timestamp;
use secrecy::SecretString;

use super::{Purpose, Token, Tokens};
use crate::config::ApiUrl;
use crate::endpoint::Endpoint;
use crate::error;
use crate::transport::Transport;

/// Where tokens come from.
pub(crate) enum Credentials {
    /// Installation tokens, made and renewed as needed.
    App(Box<Tokens>),
    /// One token, as it is.
    Given(Arc<Token>),
}

impl Credentials {
    /// A token of somebody's own.
    pub(crate) fn given(secret: SecretString) -> Self {
        Self::Given(Arc::new(Token::lasting(secret)))
    }

    /// A token for a repository.
    pub(crate) async fn token(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        repository: &Repository,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Arc<Token>, GitHubError> {
        match self {
            Self::App(tokens) => {
                let token = tokens.token(transport, urls, repository, purpose, now);
                token.await
            }
            Self::Given(token) => Ok(Arc::clone(token)),
        }
    }

    /// Gets a token for work on a repository, by the ids of installation and repository, in place
    /// of the one that is kept.
    pub(crate) async fn renew(
        &self,
        transport: &Transport,
        urls: &ApiUrl,
        place: (u64, u64),
        now: Timestamp,
    ) -> Result<(), GitHubError> {
        match self {
            Self::App(tokens) => tokens.renew(transport, urls, place, now).await,
            Self::Given(_) => Ok(()),
        }
    }

    /// A token of the App itself.
    pub(crate) async fn app(
        &self,
        endpoint: Endpoint,
        now: Timestamp,
    ) -> Result<SecretString, GitHubError> {
        match self {
            Self::App(tokens) => tokens.sign(endpoint, now).await,
            Self::Given(_) => {
                let source =
                    error::Misunderstood("a token of somebody's own is no App's".to_owned());
                let kind = GitHubErrorKind::Unauthorized;
                Err(error::error(endpoint, kind, source))
            }
        }
    }

    /// Forgets what was refused to the installation; a token of somebody's own has no memory.
    pub(crate) async fn forget_restrictions(&self, repository: &Repository) {
        match self {
            Self::App(tokens) => tokens.forget_restrictions(repository).await,
            Self::Given(_) => {}
        }
    }

    /// Forgets the tokens of an installation, and what was refused to it.
    pub(crate) async fn forget_installation(&self, installation_id: u64) {
        match self {
            Self::App(tokens) => tokens.forget_installation(installation_id).await,
            Self::Given(_) => {}
        }
    }

    /// Drops a token that GitHub refused; whether another can be had.
    pub(crate) async fn replaces(
        &self,
        repository: &Repository,
        purpose: Purpose,
        refused: &Arc<Token>,
    ) -> bool {
        match self {
            Self::App(tokens) => {
                tokens.drop_refused(repository, purpose, refused).await;
                true
            }
            Self::Given(_) => false,
        }
    }
}
