//! Answers that tell a client what it needs and nothing else, and the ids of requests.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use codes::Code;
use serde_json::json;
use tracing::Instrument;

/// An answer with one word for what happened, and an error's code where its asker can act on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    http: StatusCode,
    status: &'static str,
    code: Option<Code>,
}

impl Answer {
    pub(super) fn new(http: StatusCode, status: &'static str) -> Self {
        Self {
            http,
            status,
            code: None,
        }
    }

    /// The same, with a code that docs/errors.md explains.
    pub(super) fn with(self, code: Code) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut body = json!({"status": self.status});
        if let Some(code) = self.code {
            body["code"] = code.to_string().into();
        }
        (self.http, Json(body)).into_response()
    }
}

/// Gives every request an id: in its log lines and in its answer's `X-Request-Id`.
pub(super) async fn identify(request: Request, next: Next) -> Response {
    let id = request_id();
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Unique over restarts: when this process began, and a count.
fn request_id() -> String {
    static BEGAN: LazyLock<i64> = LazyLock::new(|| jiff::Timestamp::now().as_millisecond());
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{:x}-{:x}", *BEGAN, COUNT.fetch_add(1, Ordering::Relaxed))
}
