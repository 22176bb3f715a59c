//! Requests and answers of a function URL.
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads>
//!
//! Not by way of `lambda_http`: that panics where a body says that it is base64 and is not.

use std::borrow::Cow;

use app::ingest::WebhookRequest;
use app::trace::TraceId;
use aws_lambda_events::lambda_function_urls::{
    LambdaFunctionUrlRequest, LambdaFunctionUrlResponse,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codes::Code;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::json;

/// The webhook's path; what is asked of another is not ours to answer.
const PATH: &str = "/webhook";

/// A request that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoWebhook {
    /// Another path.
    Path,
    /// Another method than POST.
    Method,
    /// The body is not the base64 that it is said to be.
    Encoding,
}

/// The raw body, as it was signed.
pub(super) fn body(request: &LambdaFunctionUrlRequest) -> Result<Cow<'_, [u8]>, NoWebhook> {
    let path = request.raw_path.as_deref().unwrap_or("/");
    if path != PATH && path != "/" {
        return Err(NoWebhook::Path);
    }
    if request.request_context.http.method.as_deref() != Some("POST") {
        return Err(NoWebhook::Method);
    }
    let text = request.body.as_deref().unwrap_or_default();
    if !request.is_base64_encoded {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let decoded = STANDARD.decode(text).map_err(|_| NoWebhook::Encoding)?;
    Ok(Cow::Owned(decoded))
}

/// The request as the use case wants it.
pub(super) fn webhook_request<'a>(
    request: &'a LambdaFunctionUrlRequest,
    body: &'a [u8],
    trace: Option<TraceId>,
) -> WebhookRequest<'a> {
    let text = |name: &str| request.headers.get(name)?.to_str().ok();
    WebhookRequest {
        event: text("x-github-event"),
        delivery: text("x-github-delivery"),
        signature: text("x-hub-signature-256"),
        content_type: text(CONTENT_TYPE.as_str()),
        trace,
        body,
    }
}

/// An answer: a status, a word and an error's code; nothing of the request and nothing internal.
pub(super) fn answer(
    status: u16,
    word: &str,
    code: Option<Code>,
    request_id: &str,
) -> LambdaFunctionUrlResponse {
    let mut answer = LambdaFunctionUrlResponse::default();
    answer.status_code = i64::from(status);
    answer
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut body = json!({"status": word, "request_id": request_id});
    if let Some(code) = code {
        body["code"] = json!(code.to_string());
    }
    answer.body = Some(body.to_string());
    answer
}

impl NoWebhook {
    pub(super) fn answer(self, request_id: &str) -> LambdaFunctionUrlResponse {
        match self {
            Self::Path => answer(404, "not_found", None, request_id),
            Self::Method => answer(405, "method_not_allowed", None, request_id),
            Self::Encoding => {
                let code = codes::WEBHOOK_INCOMPLETE;
                answer(400, "malformed", Some(code), request_id)
            }
        }
    }
}
