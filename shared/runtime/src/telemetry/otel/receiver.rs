//! The receiver of spans, over the HTTP and TLS stack that the adapters have.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::uri::{Scheme, Uri};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::payload;
use super::settings::Settings;

/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long a connection is kept for the next request: less than receivers commonly keep it.
const IDLE: Duration = Duration::from_secs(30);

/// Where spans are sent. Redirects are not followed: headers may hold a key.
pub(super) struct Receiver {
    endpoint: Uri,
    headers: HeaderMap,
    client: Transport,
}

/// The system's certificates are read only where they are needed.
enum Transport {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

/// Why spans were not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// No answer.
    #[error("the receiver does not answer")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    /// No answer in time.
    #[error("the receiver did not answer in time")]
    TooSlow,
    /// An answer that is not "taken".
    #[error("the receiver answers {0}")]
    Refused(StatusCode),
    /// No request can be made of the settings.
    #[error("the request can't be made")]
    Request(#[from] http::Error),
}

impl SendError {
    /// Whether the same spans may be taken another time.
    /// <https://opentelemetry.io/docs/specs/otlp/#failures-1>
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TooSlow => true,
            Self::Refused(status) => matches!(status.as_u16(), 429 | 502 | 503 | 504),
            Self::Request(_) => false,
        }
    }
}

impl Receiver {
    /// Calls nobody. An error: the system has no certificates that can be used.
    pub(super) fn new(settings: &Settings) -> io::Result<Self> {
        let mut headers = settings.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!(
                "phase-mirror/",
                env!("CARGO_PKG_VERSION")
            )));
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        let client = if settings.endpoint.scheme() == Some(&Scheme::HTTPS) {
            let connector = HttpsConnectorBuilder::new().with_native_roots()?;
            Transport::Tls(client.build(connector.https_only().enable_http1().build()))
        } else {
            Transport::Plain(client.build(HttpConnector::new()))
        };
        Ok(Self {
            endpoint: settings.endpoint.clone(),
            headers,
            client,
        })
    }

    /// Sends a body, and says how many of its spans were not taken though the request was.
    pub(super) async fn send(&self, body: Vec<u8>, within: Duration) -> Result<u64, SendError> {
        let sent = tokio::time::timeout(within, self.exchange(body)).await;
        sent.unwrap_or(Err(SendError::TooSlow))
    }

    async fn exchange(&self, body: Vec<u8>) -> Result<u64, SendError> {
        let mut request = Request::post(self.endpoint.clone()).body(Full::from(body))?;
        request.headers_mut().extend(self.headers.clone());
        let answer = match &self.client {
            Transport::Plain(client) => client.request(request).await,
            Transport::Tls(client) => client.request(request).await,
        };
        let answer = answer.map_err(SendError::Unreachable)?;
        let status = answer.status();
        // To its end, so that the connection can be used again.
        let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES);
        let body = body.collect().await;
        if !status.is_success() {
            return Err(SendError::Refused(status));
        }
        Ok(body.map_or(0, |body| payload::rejected(&body.to_bytes())))
    }
}
