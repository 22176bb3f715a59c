//! Spans as the protocol's JSON: `ExportTraceServiceRequest`, and what is of interest of its answer.
//! <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::span::{Attribute, Span};

/// The protocol's `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

/// The field whose presence makes a span a failure.
const FAILURE: &str = "error.code";

/// A request's body.
pub(super) fn request(service: &str, spans: &[Span]) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION");
    let resource = [
        attribute("service.name", &Attribute::text(service)),
        attribute("service.version", &Attribute::text(version)),
    ];
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{
            "scope": {"name": "phase-mirror", "version": version},
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }]})
    .to_string()
    .into_bytes()
}

/// How many spans of a request the receiver did not take, by its answer's body. An answer that is
/// not understood counts as none: its status said that all is well.
pub(super) fn rejected(body: &[u8]) -> u64 {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let count = &answer["partialSuccess"]["rejectedSpans"];
    // A 64-bit number is a string in this encoding; receivers accept and send both.
    let text = count.as_str().and_then(|text| text.parse().ok());
    text.or(count.as_u64()).unwrap_or(0)
}

fn span(span: &Span) -> Value {
    let attributes = span.attributes.iter();
    let mut value = json!({
        "traceId": span.trace.to_string(),
        "spanId": hex(span.id),
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": nanoseconds(span.began),
        "endTimeUnixNano": nanoseconds(span.ended),
        "attributes": attributes.map(|(name, value)| attribute(name, value)).collect::<Vec<_>>(),
    });
    if let Some(parent) = span.parent {
        value["parentSpanId"] = json!(hex(parent));
    }
    if span.attributes.iter().any(|(name, _)| *name == FAILURE) {
        value["status"] = json!({"code": ERROR});
    }
    value
}

fn attribute(name: &str, value: &Attribute) -> Value {
    let value = match value {
        Attribute::Text(text) => json!({"stringValue": text}),
        Attribute::Number(number) => json!({"intValue": number.to_string()}),
    };
    json!({"key": name, "value": value})
}

fn hex(id: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(id))
}

fn nanoseconds(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use app::trace::TraceId;
    use expect_test::expect;

    use super::super::span::Kind;
    use super::*;

    #[test]
    fn a_span_in_the_protocols_form() {
        let began = UNIX_EPOCH + Duration::from_nanos(1_544_712_660_000_000_001);
        let spans = [Span {
            name: "evaluate",
            trace: TraceId::parse("5b8efff798038103d269b633813fc60c").unwrap(),
            id: [0, 0xe1, 0x9b, 0x7e, 0xc3, 0xc1, 0xb1, 0x74],
            parent: Some([0xee; 8]),
            kind: Kind::Consumer,
            began,
            ended: began + Duration::from_millis(1),
            attributes: vec![
                ("installation.id", Attribute::Number(7)),
                ("outcome", Attribute::text("failed")),
                ("error.code", Attribute::text("PM-E306")),
            ],
        }];
        let body: Value = serde_json::from_slice(&request("phase-mirror", &spans)).unwrap();
        let scope = &body["resourceSpans"][0]["scopeSpans"][0];
        expect![[r#"
            {
              "attributes": [
                {
                  "key": "installation.id",
                  "value": {
                    "intValue": "7"
                  }
                },
                {
                  "key": "outcome",
                  "value": {
                    "stringValue": "failed"
                  }
                },
                {
                  "key": "error.code",
                  "value": {
                    "stringValue": "PM-E306"
                  }
                }
              ],
              "endTimeUnixNano": "1544712660001000001",
              "kind": 5,
              "name": "evaluate",
              "parentSpanId": "eeeeeeeeeeeeeeee",
              "spanId": "00e19b7ec3c1b174",
              "startTimeUnixNano": "1544712660000000001",
              "status": {
                "code": 2
              },
              "traceId": "5b8efff798038103d269b633813fc60c"
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&scope["spans"][0]).unwrap());
        let service = &body["resourceSpans"][0]["resource"]["attributes"][0];
        assert_eq!(service["value"]["stringValue"], "phase-mirror");
    }

    #[test]
    fn an_answer_says_what_was_not_taken() {
        for (body, count) in [
            (r#"{}"#, 0),
            (r#"{"partialSuccess":{"rejectedSpans":"3"}}"#, 3),
            (r#"{"partialSuccess":{"rejectedSpans":3}}"#, 3),
            (r#"{"partialSuccess":{"rejectedSpans":-3}}"#, 0),
            ("<html>", 0),
            ("", 0),
        ] {
            assert_eq!(rejected(body.as_bytes()), count, "{body}");
        }
    }
}
