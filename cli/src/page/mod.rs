//! The local page: what GitHub's own page of a pull request's checks would show.
//!
//! It is bound to loopback, answers only to this machine's names, loads nothing from elsewhere
//! and runs no script; what it shows was written by strangers and is escaped.

mod html;
mod markdown;

pub(crate) use markdown::escape;

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, response::Html};

use crate::view::PullRequestView;

/// What the page shows and can do.
pub(crate) trait Stage: Send + Sync {
    /// The pull request as it is now.
    fn view(&self) -> PullRequestView;
    /// Whether the commit that puts the sample right can still be pushed.
    fn can_push_fix(&self) -> bool;
    /// Pushes it.
    fn push_fix(&self);
}

/// The page's routes.
pub(crate) fn router(stage: Arc<dyn Stage>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/style.css", get(style))
        .route("/fix", post(fix))
        .layer(middleware::from_fn(secured))
        .layer(middleware::from_fn(addressed))
        .with_state(stage)
}

#[derive(serde::Deserialize)]
struct Open {
    /// The index of the check to show; ours, which is the last, where none is named.
    check: Option<usize>,
}

async fn page(State(stage): State<Arc<dyn Stage>>, Query(open): Query<Open>) -> Html<String> {
    let view = stage.view();
    let last = view.checks.len().saturating_sub(1);
    let offer = if stage.can_push_fix() {
        html::Offer::PushFix
    } else {
        html::Offer::Nothing
    };
    Html(html::render(&view, open.check.unwrap_or(last), offer))
}

/// The pages' style.
pub(crate) async fn style() -> impl IntoResponse {
    let kind = (CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind], include_str!("style.css"))
}

async fn fix(State(stage): State<Arc<dyn Stage>>, headers: HeaderMap) -> Response {
    // Browsers say whose page a request comes from; another site's may not act here.
    let foreign = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin");
    if foreign {
        return StatusCode::FORBIDDEN.into_response();
    }
    if stage.can_push_fix() {
        stage.push_fix();
    }
    Redirect::to("/").into_response()
}

/// Another site's name that leads here is none of ours.
pub(crate) async fn addressed(request: Request, next: Next) -> Response {
    if runtime::server::is_this_machine(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Nothing may be loaded from elsewhere, framed, or kept.
async fn secured(request: Request, next: Next) -> Response {
    let policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
                  base-uri 'none'; frame-ancestors 'none'";
    let headers = [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, next.run(request).await).into_response()
}
