//! Requests as a function URL hands them on.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;
use serde_json::{Value, json};

use crate::functions::url::{NoWebhook, body, webhook_request};

fn request(changes: &[(&str, Value)]) -> LambdaFunctionUrlRequest {
    let mut request = json!({
        "version": "2.0",
        "rawPath": "/webhook",
        "headers": {
            "content-type": "application/json",
            "x-github-event": "ping",
            "X-GitHub-Delivery": "1",
            "x-hub-signature-256": "sha256=00",
        },
        "requestContext": {"timeEpoch": 0, "http": {"method": "POST"}},
        "body": "{\"zen\":\"ü\"}",
        "isBase64Encoded": false,
    });
    for (pointer, value) in changes {
        *request.pointer_mut(pointer).expect("there") = value.clone();
    }
    serde_json::from_value(request).expect("a request")
}

#[test]
fn text_is_taken_to_the_byte() {
    let request = request(&[]);
    let body = body(&request).unwrap();
    assert_eq!(&*body, "{\"zen\":\"ü\"}".as_bytes());
    let webhook = webhook_request(&request, &body, None);
    assert_eq!(webhook.event, Some("ping"));
    assert_eq!(webhook.delivery, Some("1"), "names in any case");
    assert_eq!(webhook.content_type, Some("application/json"));
}

#[test]
fn base64_is_decoded() {
    let request = request(&[
        ("/body", json!("eyJ6ZW4iOiLDvCJ9")),
        ("/isBase64Encoded", json!(true)),
    ]);
    assert_eq!(&*body(&request).unwrap(), "{\"zen\":\"ü\"}".as_bytes());
}

/// `lambda_http` panics here.
#[test]
fn what_is_said_to_be_base64_and_is_not_is_refused() {
    for text in ["{}", "eyJ6ZW4iOiLDvCJ", "a", "=", "ü"] {
        let request = request(&[("/body", json!(text)), ("/isBase64Encoded", json!(true))]);
        assert_eq!(body(&request), Err(NoWebhook::Encoding), "{text}");
    }
}

#[test]
fn nothing_else_is_answered_as_a_webhook() {
    for method in ["GET", "PUT", "post"] {
        let request = request(&[("/requestContext/http/method", json!(method))]);
        assert_eq!(body(&request), Err(NoWebhook::Method), "{method}");
    }
    let request = request(&[("/rawPath", json!("/status"))]);
    assert_eq!(body(&request), Err(NoWebhook::Path));
    let answer = NoWebhook::Path.answer("7");
    let said: Value = serde_json::from_str(&answer.body.unwrap()).unwrap();
    assert_eq!(answer.status_code, 404);
    assert_eq!(said, json!({"status": "not_found", "request_id": "7"}));
}

#[test]
fn a_request_without_body_has_an_empty_one() {
    let request = request(&[("/body", Value::Null)]);
    assert_eq!(&*body(&request).unwrap(), b"");
}
