//! The HTTP side: the webhook, and what operators ask.
//!
//! Clients are told a status and a request id, never anything internal; operators find the
//! request id in the log.

mod answer;
mod body;
mod connections;
mod host;
mod status;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::counters::Counters;
use app::ingest::Intake;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use embedded::Embedded;

pub use connections::{Limits, serve};
pub use host::is_this_machine;

use answer::Answer;

/// What the routes work with.
#[derive(Clone)]
pub struct Services {
    /// Takes webhooks in.
    pub intake: Arc<Intake>,
    /// Tell how deliveries ended and how much waits.
    pub stores: Embedded,
    /// What became of deliveries since the process began.
    pub counters: Arc<Counters>,
    /// How long a client may take to send its body.
    pub body_timeout: Duration,
    /// When the process began to serve.
    pub began: Instant,
}

/// All routes.
pub fn router(services: Services) -> Router {
    Router::new()
        .route("/webhook", post(webhook::receive))
        .route("/health", get(status::health))
        .route("/status", get(status::status))
        .fallback(|| async { Answer::new(StatusCode::NOT_FOUND, "not_found") })
        .method_not_allowed_fallback(|| async {
            Answer::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
        })
        .layer(middleware::from_fn(answer::identify))
        .with_state(services)
}
