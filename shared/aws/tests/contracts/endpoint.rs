//! Where the tests find something that answers like AWS.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

/// Something that answers like AWS.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// Named in failures.
    pub(crate) name: &'static str,
    url: String,
    is_real: bool,
}

const MINISTACK: &str = "PHASE_MIRROR_TEST_MINISTACK";
const MOTO: &str = "PHASE_MIRROR_TEST_MOTO";
const DYNAMODB_LOCAL: &str = "PHASE_MIRROR_TEST_DYNAMODB_LOCAL";
const REAL: &str = "PHASE_MIRROR_TEST_AWS_ENDPOINT";

fn emulator(variable: &'static str) -> Endpoint {
    let url = std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set; run scripts/with-emulators cargo test -p aws --all-features")
    });
    Endpoint {
        name: variable,
        url,
        is_real: false,
    }
}

fn real() -> Option<Endpoint> {
    let url = std::env::var(REAL).ok()?;
    Some(Endpoint {
        name: REAL,
        url,
        is_real: true,
    })
}

/// Whatever has every service.
pub(crate) fn of_every_service() -> Vec<Endpoint> {
    let mut endpoints = vec![emulator(MINISTACK), emulator(MOTO)];
    endpoints.extend(real());
    endpoints
}

/// Whatever has DynamoDB.
pub(crate) fn of_dynamodb() -> Vec<Endpoint> {
    let mut endpoints = of_every_service();
    endpoints.push(strictest());
    endpoints
}

/// The emulator by DynamoDB's makers.
pub(crate) fn strictest() -> Endpoint {
    emulator(DYNAMODB_LOCAL)
}

impl Endpoint {
    /// How to reach it, with a function's retries, but more patience: emulators work on one
    /// request at a time, on a machine that is busy with tests. Towards a real endpoint region
    /// and credentials are the environment's.
    pub(crate) async fn config(&self) -> SdkConfig {
        let patient = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(30))
            .build();
        let tls = Provider::rustls(CryptoMode::AwsLc);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .http_client(Builder::new().tls_provider(tls).build_https())
            .timeout_config(patient)
            .retry_config(aws::retries());
        if !self.is_real {
            let credentials = Credentials::new("test", "test", None, None, "tests");
            loader = loader
                .region(Region::from_static("us-east-1"))
                .credentials_provider(credentials);
        }
        loader.load().await
    }
}
