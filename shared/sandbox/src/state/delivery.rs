//! Webhook deliveries
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>).

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::{App, AppId, ContentType, State};

/// A webhook delivery, sent or not.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// GitHub's id of this delivery.
    pub id: u64,
    /// The event's id: redeliveries and other Apps have the same one.
    pub guid: String,
    /// As in `X-GitHub-Event`.
    pub event: String,
    /// The `action` of the body.
    pub action: Option<String>,
    /// To which App.
    pub app: AppId,
    /// About which installation.
    pub installation_id: Option<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether somebody asked for it again.
    pub redelivery: bool,
    /// Where it is sent; `None`: nowhere, the App has no address.
    pub url: Option<String>,
    /// Names in GitHub's case.
    pub headers: Vec<(String, String)>,
    /// The exact bytes that are signed.
    pub body: Vec<u8>,
    /// In which form they are.
    pub(crate) content_type: ContentType,
    /// What came of it; `None`: not tried, or under way.
    pub attempt: Option<Attempt>,
}

impl Delivery {
    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        let (_, value) = self.headers.iter().find(found)?;
        Some(value)
    }
}

/// The one try that GitHub makes.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The receiver's status code; `None`: it didn't answer, or not within ten seconds.
    pub status: Option<u16>,
    /// How long it took.
    pub duration: Duration,
}

impl State {
    /// Makes a delivery and puts it into the outbox if it has somewhere to go.
    pub(crate) fn deliver(
        &mut self,
        app: AppId,
        installation_id: Option<u64>,
        guid: &str,
        event: &str,
        body: &serde_json::Value,
    ) -> u64 {
        let id = self.fresh_id();
        let receiver = &self.apps[&app];
        let content_type = receiver.content_type;
        let bytes = encoded(content_type, &body.to_string());
        let delivery = Delivery {
            id,
            guid: guid.to_owned(),
            event: event.to_owned(),
            action: body["action"].as_str().map(str::to_owned),
            app,
            installation_id,
            created_at: self.now(),
            redelivery: false,
            url: receiver.webhook_url.clone(),
            headers: headers(receiver, guid, event, content_type, &bytes),
            content_type,
            body: bytes,
            attempt: None,
        };
        self.enqueue(delivery);
        id
    }

    /// Delivers again: another id, the same GUID and body, signed with the App's secret of now.
    pub(crate) fn redeliver(&mut self, id: u64) -> Option<u64> {
        let mut delivery = self.deliveries.get(&id)?.clone();
        let app = &self.apps[&delivery.app];
        // The body is the same for ever, and so is its form.
        let (kind, body) = (delivery.content_type, &delivery.body);
        delivery.headers = headers(app, &delivery.guid, &delivery.event, kind, body);
        delivery.url.clone_from(&app.webhook_url);
        delivery.id = self.fresh_id();
        delivery.created_at = self.now();
        delivery.redelivery = true;
        delivery.attempt = None;
        let id = delivery.id;
        self.enqueue(delivery);
        Some(id)
    }

    fn enqueue(&mut self, delivery: Delivery) {
        if delivery.url.is_some() {
            self.outbox.push(delivery.id);
        }
        self.deliveries.insert(delivery.id, delivery);
    }

    /// A GUID for an event.
    pub(crate) fn fresh_guid(&mut self) -> String {
        let id = self.fresh_id();
        let time = self.now().as_second();
        format!("{time:08x}-{:04x}-11f0-8000-{id:012x}", id % 0x1_0000)
    }
}

/// The bytes that are sent for a body.
fn encoded(content_type: ContentType, json: &str) -> Vec<u8> {
    if content_type == ContentType::Json {
        return json.as_bytes().to_vec();
    }
    let mut form = b"payload=".to_vec();
    for byte in json.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            form.push(byte);
        } else {
            form.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    form
}

fn headers(
    app: &App,
    guid: &str,
    event: &str,
    content_type: ContentType,
    body: &[u8],
) -> Vec<(String, String)> {
    let signature = signature(&app.webhook_secret, body);
    let kind = match content_type {
        ContentType::Json => "application/json",
        ContentType::Form => "application/x-www-form-urlencoded",
    };
    [
        ("Accept", "*/*".to_owned()),
        ("Content-Type", kind.to_owned()),
        ("User-Agent", "GitHub-Hookshot/5a0d1b0".to_owned()),
        ("X-GitHub-Delivery", guid.to_owned()),
        ("X-GitHub-Event", event.to_owned()),
        ("X-GitHub-Hook-ID", app.hook_id.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID", app.id.to_string()),
        (
            "X-GitHub-Hook-Installation-Target-Type",
            "integration".to_owned(),
        ),
        ("X-Hub-Signature-256", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// `sha256=` and the HMAC of the body in hexadecimal digits.
fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    let digits = mac.finalize().into_bytes();
    let digits: Vec<String> = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={}", digits.concat())
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// GitHub's own example:
    /// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    #[test]
    fn bodies_are_signed_as_in_githubs_documentation() {
        assert_eq!(
            signature("It's a Secret to Everybody", b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }
}
