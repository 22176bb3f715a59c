//! `/app/hook`: the App's own webhook and what was delivered to it
//! (<https://docs.github.com/en/rest/apps/webhooks>).

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Refusal, Reply, Request};
use crate::json::time;
use crate::state::{ContentType, Delivery};

/// How many deliveries are shown at once, unless asked for others, and at most.
const USUAL: usize = 30;
const MOST: usize = 100;

/// The webhook, without its secret.
pub(super) fn config(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let app = &request.state.apps[&request.app()];
    Ok(Reply::ok(json!({
        "content_type": match app.content_type {
            ContentType::Json => "json",
            ContentType::Form => "form",
        },
        "insecure_ssl": "0",
        "secret": "********",
        "url": app.webhook_url.clone().unwrap_or_default(),
    })))
}

/// What is to change of the webhook.
#[derive(Debug, Deserialize)]
struct Change {
    url: Option<String>,
    content_type: Option<String>,
    secret: Option<String>,
}

/// Changes the webhook.
pub(super) fn configure(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let (id, change) = (request.app(), request.json::<Change>()?);
    let content_type = match change.content_type.as_deref() {
        None => None,
        Some("json") => Some(ContentType::Json),
        Some("form") => Some(ContentType::Form),
        Some(_) => {
            return Err(Refusal::validation_failed(
                "Hook",
                "content_type",
                "invalid",
            ));
        }
    };
    if let Some(app) = request.state.apps.get_mut(&id) {
        app.content_type = content_type.unwrap_or(app.content_type);
        app.webhook_secret = change.secret.unwrap_or(app.webhook_secret.clone());
        app.webhook_url = change.url.or(app.webhook_url.take());
    }
    config(request)
}

/// Deliveries, the latest first; `cursor` is the id of the last that was seen.
pub(super) fn deliveries(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let app = request.app();
    let size = request.asked("per_page").and_then(|text| text.parse().ok());
    let size = size.map_or(USUAL, |size: usize| size.clamp(1, MOST));
    let before = request.asked("cursor").and_then(|text| text.parse().ok());
    let before = before.unwrap_or(u64::MAX);
    let all = request.state.deliveries.range(..before).rev();
    // What had nowhere to go was never delivered.
    let own = all.filter(|(_, it)| it.app == app && it.attempt.is_some());
    let mut items: Vec<&Delivery> = own.map(|(_, it)| it).take(size + 1).collect();
    let has_more = items.len() > size;
    items.truncate(size);
    let mut reply = Reply::ok(items.iter().map(|it| item(it)).collect());
    if let (true, Some(last)) = (has_more, items.last()) {
        let url = format!("{}/app/hook/deliveries", request.state.base_url);
        let next = format!("<{url}?per_page={size}&cursor={}>; rel=\"next\"", last.id);
        reply.headers.push(("link", next));
    }
    Ok(reply)
}

/// One of them is tried again.
pub(super) fn redeliver(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let (app, id) = (request.app(), request.number("delivery_id")?);
    let found = request.state.deliveries.get(&id).filter(|it| it.app == app);
    if found.is_none() {
        return Err(Refusal::not_found());
    }
    request.state.redeliver(id);
    let mut reply = Reply::ok(json!({}));
    reply.status = 202;
    Ok(reply)
}

/// `hook-delivery-item`
fn item(delivery: &Delivery) -> Value {
    let attempt = delivery.attempt.as_ref();
    let code = attempt.and_then(|attempt| attempt.status);
    let status = match code {
        Some(200..=299) => "OK".to_owned(),
        Some(code) => format!("Invalid HTTP Response: {code}"),
        None => "failed to connect to host".to_owned(),
    };
    json!({
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": time(delivery.created_at),
        "redelivery": delivery.redelivery,
        "duration": attempt.map_or(0.0, |attempt| attempt.duration.as_secs_f64()),
        "status": status,
        "status_code": code.unwrap_or(0),
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": null,
    })
}
