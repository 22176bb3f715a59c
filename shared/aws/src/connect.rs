//! One configuration for every client: region, endpoints and credentials from where AWS's
//! tools look for them, our own time-outs and retries.

use std::fmt;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codes::Code;

/// To an endpoint of its own region a connection takes some milliseconds. A packet that was
/// lost is repeated by the system after a second, and another address is the better try.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// An answer takes some ten milliseconds, at bad times hundreds. What takes longer is lost, and
/// a second try is likely to fare better than more waiting.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

/// All tries of one call, with the pauses between them. GitHub waits ten seconds for the
/// answer to a delivery, which is what the longest call of the webhook must stay below.
/// <https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks>
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);

/// With the SDK's jitter and its budget: a bucket of tokens that retries take from and answers
/// fill, so that an outage is not made worse by everybody trying four times.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
const ATTEMPTS: u32 = 4;

/// The mean first pause after "you are too fast" is half of this.
const INITIAL_BACKOFF: Duration = Duration::from_millis(200);

/// Two pauses of this length still fit into [`OPERATION_TIMEOUT`].
const MAX_BACKOFF: Duration = Duration::from_secs(2);

/// Whose certificates are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roots {
    /// Mozilla's, as this program was built with: nothing is to be read at a cold start.
    #[default]
    Bundled,
    /// The machine's: where an endpoint has a certificate of a private authority.
    System,
}

/// What one may choose; all else is read where AWS's tools read it (`AWS_REGION`,
/// `AWS_ENDPOINT_URL`, profiles, the instance's or function's role).
/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Whose certificates are trusted.
    pub roots: Roots,
}

/// AWS can't be spoken to as things are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No region is configured.
    #[error("no AWS region is configured; set AWS_REGION")]
    NoRegion,
    /// The HTTP client can't be made.
    #[error("no HTTP client for AWS: {0}")]
    HttpClient(String),
}

impl ConnectError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::NoRegion | Self::HttpClient(_) => codes::AWS_CONNECTION,
        }
    }
}

/// The way to AWS, shared by every client made from it.
#[derive(Clone)]
pub struct Connection {
    config: SdkConfig,
    observer: Option<SharedInterceptor>,
}

impl Connection {
    /// Finds out region, endpoints and where credentials come from. Sends nothing; in a Lambda
    /// function everything needed is in the environment.
    pub async fn open(settings: Settings) -> Result<Self, ConnectError> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client(settings.roots)?)
            .timeout_config(timeouts())
            .retry_config(retries());
        if let Ok(name) = AppName::new("phase-mirror") {
            loader = loader.app_name(name);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(ConnectError::NoRegion);
        }
        Ok(Self::from(config))
    }

    /// Shows every call to `observer`, for tests and for counting.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Intercept + 'static) -> Self {
        self.observer = Some(SharedInterceptor::new(observer));
        self
    }

    /// The region.
    pub fn region(&self) -> &str {
        self.config.region().map_or("", |region| region.as_ref())
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn observer(&self) -> Option<SharedInterceptor> {
        self.observer.clone()
    }
}

/// A configuration made elsewhere, with everything of it as it is.
impl From<SdkConfig> for Connection {
    fn from(config: SdkConfig) -> Self {
        Self {
            config,
            observer: None,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("region", &self.region())
            .field("endpoint", &self.config.endpoint_url())
            .finish_non_exhaustive()
    }
}

/// The time-outs of every call.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// The retries of every call.
pub fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(INITIAL_BACKOFF)
        .with_max_backoff(MAX_BACKOFF)
}

/// An HTTP client on the process's one TLS stack.
fn http_client(roots: Roots) -> Result<SharedHttpClient, ConnectError> {
    let store = match roots {
        Roots::System => tls::TrustStore::default(),
        Roots::Bundled => tls::TrustStore::empty().with_pem_certificate(bundled_roots()),
    };
    let context = tls::TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(|error| ConnectError::HttpClient(error.to_string()))?;
    let provider = tls::Provider::rustls(tls::rustls_provider::CryptoMode::AwsLc);
    Ok(Builder::new()
        .tls_provider(provider)
        .tls_context(context)
        .build_https())
}

/// Mozilla's root certificates as PEM, the form in which the SDK takes them.
fn bundled_roots() -> String {
    let mut roots = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        roots.push_str("-----BEGIN CERTIFICATE-----\n");
        STANDARD.encode_string(certificate, &mut roots);
        roots.push_str("\n-----END CERTIFICATE-----\n");
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SDK panics at the first call if one of them can't be read.
    #[test]
    fn both_kinds_of_roots_make_a_client() {
        for roots in [Roots::Bundled, Roots::System] {
            http_client(roots).expect("a client");
        }
        let certificates = bundled_roots().matches("BEGIN CERTIFICATE").count();
        assert!(certificates > 50, "{certificates}");
    }
}
