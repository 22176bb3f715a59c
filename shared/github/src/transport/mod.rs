//! One request to GitHub and its answer: the stack of layers that every call goes through.
//!
//! From the outside in: [`Retry`] sends again what may be repeated, [`Limits`] keeps back what GitHub
//! would refuse or can't take, [`Trace`] makes each attempt a span and a measurement, [`Http`] sends it
//! through octocrab within a time and a size.

mod client;
mod limits;
mod retry;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use app::metrics::Metrics;
use app::ports::{Budgets, Clock};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use secrecy::SecretString;
use tower::util::BoxCloneSyncService;

use crate::config::ClientError;
use crate::endpoint::Endpoint;

use client::Http;
use limits::Limits;
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
    /// Which installation it is made for, whose limits it keeps to; `None`: none.
    pub(crate) installation: Option<u64>,
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
    /// It was not sent: GitHub has said to wait, and this is what is left of that.
    #[error("GitHub has said to wait {} s more", .0.as_secs())]
    Limited(Duration),
    /// It was not sent: GitHub fails call after call.
    #[error("GitHub fails call after call and is left alone for a moment")]
    Failing,
    /// More than we are ready to hold.
    #[error("an answer of more than {} MB", client::LARGEST_ANSWER >> 20)]
    TooLarge,
    /// The request can't be put into HTTP.
    #[error("a request that HTTP can't carry")]
    Request(#[source] http::Error),
}

/// Makes the stack. `budgets`: where it shares with others what GitHub says of limits.
pub(crate) fn connect(
    metrics: Arc<dyn Metrics>,
    clock: Arc<dyn Clock>,
    budgets: Option<Arc<dyn Budgets>>,
) -> Result<Transport, ClientError> {
    let octocrab = octocrab::Octocrab::builder()
        .build()
        .map_err(|_| ClientError)?;
    let sent = Trace::new(Http::new(octocrab), metrics);
    let stack = Retry::new(Limits::new(sent, clock, budgets));
    Ok(BoxCloneSyncService::new(stack))
}
