//! One request to GitHub and its answer: the stack of layers that every call goes through.
//!
//! From the outside in: [`Retry`] sends again what may be repeated, [`Trace`] makes each
//! attempt a span and a measurement, [`Http`] sends it through octocrab within a time and a size. Limits of rate,
//! concurrency and failure belong between `Retry` and `Trace`.

mod client;
mod retry;
mod trace;

use std::sync::Arc;

use app::metrics::Metrics;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use secrecy::SecretString;
use tower::util::BoxCloneSyncService;

use crate::config::ClientError;
use crate::endpoint::Endpoint;

use client::Http;
use retry::Retry;
use trace::Trace;

/// The whole stack.
pub(crate) type Transport = BoxCloneSyncService<Call, Answer, NoAnswer>;

/// In place of a bearer, where it is not said who asks.
pub(crate) const NOBODY: &str = "";

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) endpoint: Endpoint,
    pub(crate) uri: Uri,
    /// An installation token, or our JWT.
    pub(crate) bearer: Arc<SecretString>,
    /// JSON.
    pub(crate) body: Option<Bytes>,
    /// Counted from 1.
    pub(crate) attempt: u32,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// No connection, a broken one, or no sign of life in time.
    #[error("no answer from GitHub")]
    Network(#[source] octocrab::Error),
    /// No answer in time.
    #[error("no answer from GitHub within {} s", client::TIMEOUT.as_secs())]
    Timeout,
    /// More than we are ready to hold.
    #[error("an answer of more than {} MB", client::LARGEST_ANSWER >> 20)]
    TooLarge,
    /// The request can't be put into HTTP.
    #[error("a request that HTTP can't carry")]
    Request(#[source] http::Error),
}

/// Makes the stack.
pub(crate) fn connect(metrics: Arc<dyn Metrics>) -> Result<Transport, ClientError> {
    let octocrab = octocrab::Octocrab::builder()
        .build()
        .map_err(|_| ClientError)?;
    let stack = Retry::new(Trace::new(Http::new(octocrab), metrics));
    Ok(BoxCloneSyncService::new(stack))
}
