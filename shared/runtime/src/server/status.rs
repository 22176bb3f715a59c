//! `GET /health` for probes, `GET /status` for operators.

use std::net::SocketAddr;

use app::StoreError;
use app::event::{DeliveryId, Message};
use app::ports::FinishedDelivery;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use embedded::DeadLetter;
use serde_json::{Value, json};

use super::Services;
use super::answer::Answer;
use super::host::is_this_machine;

/// How many finished deliveries and dead letters `/status` lists.
const LISTED: u32 = 50;

/// 200 while the process runs and its stores answer.
pub(super) async fn health(State(services): State<Services>) -> Answer {
    match services.stores.recent_deliveries(1).await {
        Ok(_) => Answer::new(StatusCode::OK, "ok"),
        Err(error) => unavailable(&error),
    }
}

/// How the process is doing. Names deliveries, so it is for this machine only: a request from
/// elsewhere, through a proxy, or to another name than this machine's, finds nothing here.
pub(super) async fn status(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let through_proxy = ["forwarded", "x-forwarded-for", "via"]
        .iter()
        .any(|name| headers.contains_key(*name));
    if through_proxy || !peer.ip().is_loopback() || !is_this_machine(&headers) {
        return Answer::new(StatusCode::NOT_FOUND, "not_found").into_response();
    }
    match describe(&services).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => unavailable(&error).into_response(),
    }
}

fn unavailable(error: &StoreError) -> Answer {
    tracing::error!(
        error.code = %error.code(),
        error = error as &dyn std::error::Error,
        "the stores do not answer"
    );
    Answer::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
}

async fn describe(services: &Services) -> Result<Value, StoreError> {
    let depth = services.stores.queue().depth().await?;
    let dead = services.stores.queue().dead_letters(LISTED).await?;
    let recent = services.stores.recent_deliveries(LISTED).await?;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": services.began.elapsed().as_secs(),
        "deliveries": services.counters.snapshot(),
        "queue": {
            "visible": depth.visible,
            "held": depth.held,
            "delayed": depth.delayed,
            "dead": depth.dead,
        },
        "dead_letters": dead.iter().map(dead_letter).collect::<Vec<_>>(),
        "recent": recent.iter().map(finished).collect::<Vec<_>>(),
    }))
}

fn finished((id, end): &(DeliveryId, FinishedDelivery)) -> Value {
    json!({"delivery": id, "outcome": end.outcome, "detail": end.detail, "at": end.at})
}

fn dead_letter(letter: &DeadLetter) -> Value {
    let message = serde_json::from_str::<Message>(&letter.body).ok();
    json!({
        "delivery": message.map(|message| message.delivery),
        "reason": letter.reason,
        "attempts": letter.receives,
        "at": letter.died_at,
    })
}
