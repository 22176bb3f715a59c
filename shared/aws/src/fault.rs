//! What AWS or the way there said, in one sentence, and what kind of failure that is.
//!
//! The SDK's own errors are not kept: printed in full they show the answer's body, which may
//! hold a secret.

use app::StoreErrorKind;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// More of a message than this says nothing more.
const MAX_MESSAGE_CHARS: usize = 500;

/// The headers in which the services give a request's id, which AWS's support asks for.
const REQUEST_ID_HEADERS: [&str; 2] = ["x-amzn-requestid", "x-amz-request-id"];

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", request(request_id.as_deref()))]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// The service's code, where it answered with one.
    pub(crate) code: Option<String>,
    message: String,
    request_id: Option<String>,
}

/// What to think of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Asked too often.
    Throttled,
    /// No answer, none that can be read, or one that says "later".
    Unavailable,
    /// The caller may not, or its credentials are wrong.
    Denied,
    /// The item is too large.
    TooLarge,
    /// Any other "no".
    Refused,
}

impl From<FaultKind> for StoreErrorKind {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Throttled | FaultKind::Unavailable => Self::Unavailable,
            FaultKind::TooLarge => Self::TooLarge,
            FaultKind::Denied | FaultKind::Refused => Self::Refused,
        }
    }
}

fn request(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" (request {id})"))
}

impl Fault {
    /// What a call's error comes to.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let unavailable = |message: String| (FaultKind::Unavailable, None, message);
        let (kind, code, message) = match error {
            SdkError::ServiceError(answer) => service(answer.err(), answer.raw().status().as_u16()),
            SdkError::TimeoutError(_) => unavailable("no answer in time".to_owned()),
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error().map_or_else(
                    || "unknown cause".to_owned(),
                    |error| DisplayErrorContext(error).to_string(),
                );
                unavailable(format!("the request could not be sent: {cause}"))
            }
            SdkError::ResponseError(answer) => unavailable(format!(
                "the answer can't be understood (HTTP {})",
                answer.raw().status().as_u16()
            )),
            // Before anything is sent: no credentials, or an input that makes no request.
            SdkError::ConstructionFailure(_) => (
                FaultKind::Refused,
                None,
                DisplayErrorContext(error).to_string(),
            ),
            _ => unavailable("an unknown kind of failure".to_owned()),
        };
        Self {
            kind,
            code,
            message: message.chars().take(MAX_MESSAGE_CHARS).collect(),
            request_id: request_id(error),
        }
    }
}

fn request_id<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let headers = error.raw_response()?.headers();
    REQUEST_ID_HEADERS
        .iter()
        .find_map(|name| headers.get(name))
        .map(str::to_owned)
}

fn service<E: ProvideErrorMetadata>(error: &E, status: u16) -> (FaultKind, Option<String>, String) {
    let code = error.code();
    let said = error.message().unwrap_or("no reason given");
    let kind = kind(code.unwrap_or_default(), said, status);
    let message = match code {
        Some(code) => format!("HTTP {status}, {code}: {said}"),
        None => format!("HTTP {status}: {said}"),
    };
    (kind, code.map(str::to_owned), message)
}

/// Codes of DynamoDB, SQS, SSM, KMS and S3; what is not listed goes by its status.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn kind(code: &str, said: &str, status: u16) -> FaultKind {
    match code {
        "BandwidthLimitExceeded"
        | "KMS.ThrottlingException"
        | "KmsThrottled"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "ThrottledException"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException" => FaultKind::Throttled,
        "ConditionalRequestConflict"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "OperationAborted"
        | "RequestTimeout"
        | "TransactionCanceledException"
        | "TransactionConflictException"
        | "TransactionInProgressException" => FaultKind::Unavailable,
        "EntityTooLarge" => FaultKind::TooLarge,
        "ValidationException" if said.contains("tem size") => FaultKind::TooLarge,
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthorizationError"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "KMS.AccessDeniedException"
        | "KmsAccessDenied"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => FaultKind::Denied,
        _ => match status {
            429 => FaultKind::Throttled,
            500.. => FaultKind::Unavailable,
            401 | 403 => FaultKind::Denied,
            _ => FaultKind::Refused,
        },
    }
}
