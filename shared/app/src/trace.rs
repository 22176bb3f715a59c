//! What a delivery's log lines are found by, on both sides of the queue.

use std::fmt;

use codes::Code;
use serde::{Deserialize, Serialize};
use tracing::Span;

use crate::event::Message;

/// A trace id of W3C Trace Context: 16 bytes, not all zero, as 32 lowercase hex digits.
/// <https://www.w3.org/TR/trace-context/#trace-id>
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// An id of these bytes; `None` for zeros, which mean "no trace".
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        (bytes != [0; 16]).then_some(Self(bytes))
    }

    /// Reads 32 lowercase hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return None;
        };
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = lowercase_digit(*high)? << 4 | lowercase_digit(*low)?;
        }
        Self::from_bytes(bytes)
    }

    /// Reads the `Root` of an X-Ray tracing header
    /// (`Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`), in which
    /// version 1 writes the same 16 bytes in two parts.
    /// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
    pub fn from_xray_header(header: &str) -> Option<Self> {
        let mut fields = header.split(';').map(str::trim);
        let root = fields.find_map(|field| field.strip_prefix("Root="))?;
        let (seconds, rest) = root.strip_prefix("1-")?.split_once('-')?;
        (seconds.len() == 8)
            .then(|| Self::parse(&format!("{seconds}{rest}")))
            .flatten()
    }

    /// The id as X-Ray writes it: `1-`, 8 hex digits, `-`, 24 hex digits.
    pub fn to_xray(self) -> String {
        let digits = self.to_string();
        let (seconds, rest) = digits.split_at(8);
        format!("1-{seconds}-{rest}")
    }

    /// The 16 bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

/// W3C forbids capitals; two spellings of one id would be two ids for a log search.
fn lowercase_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for TraceId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a trace id is 32 lowercase hex digits, not all zero")
    }
}

impl From<TraceId> for String {
    fn from(id: TraceId) -> Self {
        id.to_string()
    }
}

/// Opens a span whose lines can be found by trace, delivery, installation and repository, once
/// [`identify`] or [`trace`] has told it; [`ended`] tells it what became of the delivery. Its level
/// is `error` so that no configured level takes the fields away from the lines that are left.
///
/// A span with a field `trace.id` is one that is exported, with these fields and no others.
#[macro_export]
macro_rules! delivery_span {
    ($name:literal) => {
        tracing::error_span!(
            $name,
            trace.id = tracing::field::Empty,
            delivery.id = tracing::field::Empty,
            installation.id = tracing::field::Empty,
            repository.id = tracing::field::Empty,
            outcome = tracing::field::Empty,
            error.code = tracing::field::Empty,
        )
    };
}

/// Tells a [`delivery_span`] its trace, where there is one.
pub fn trace(span: &Span, id: Option<TraceId>) {
    if let Some(id) = id {
        span.record("trace.id", tracing::field::display(id));
    }
}

/// Tells a [`delivery_span`] what it is about. Ids only: names of
/// repositories can be secrets.
pub fn identify(span: &Span, message: &Message) {
    trace(span, message.trace);
    span.record("delivery.id", message.delivery.as_str());
    span.record("installation.id", message.event.installation_id());
    if let Some(repository) = message.event.repository() {
        span.record("repository.id", repository.id);
    }
}

/// Tells a [`delivery_span`] what became of its delivery, in one word, and
/// the code of what failed on our side. To be called last: lines that follow would have both.
pub fn ended(span: &Span, outcome: &'static str, failure: Option<Code>) {
    span.record("outcome", outcome);
    if let Some(code) = failure {
        span.record("error.code", tracing::field::display(code));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_w3c_calls_a_trace_id_is_one() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(TraceId::parse(id).unwrap().to_string(), id);
        for bad in [
            "",
            "4bf92f3577b34da6a3ce929d0e0e473",
            "4bf92f3577b34da6a3ce929d0e0e47360",
            "4BF92F3577B34DA6A3CE929D0E0E4736",
            "4bf92f3577b34da6a3ce929d0e0e473g",
            "00000000000000000000000000000000",
            "4bf92f3577b34da6a3ce929d0e0e47é",
        ] {
            assert_eq!(TraceId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn x_ray_writes_the_same_id_in_two_parts() {
        for header in [
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Self=1-67891234-12456789abcdef012345678; Root=1-5759e988-bd862e3fe1be46a994272793",
        ] {
            let id = TraceId::from_xray_header(header).unwrap();
            assert_eq!(id.to_string(), "5759e988bd862e3fe1be46a994272793");
            assert_eq!(id.to_xray(), "1-5759e988-bd862e3fe1be46a994272793");
        }
        for bad in [
            "",
            "Parent=53995c3f42cd8ad8",
            "Root=5759e988bd862e3fe1be46a994272793",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988b-d862e3fe1be46a994272793",
            "Root=1-00000000-000000000000000000000000",
        ] {
            assert_eq!(TraceId::from_xray_header(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn both_forms_give_the_id_back(bytes: [u8; 16]) {
            if let Some(id) = TraceId::from_bytes(bytes) {
                prop_assert_eq!(TraceId::parse(&id.to_string()), Some(id));
                let header = format!("Root={}", id.to_xray());
                prop_assert_eq!(TraceId::from_xray_header(&header), Some(id));
            }
        }

        #[test]
        fn no_header_is_too_strange(header: String) {
            let _ = TraceId::from_xray_header(&header);
        }
    }
}
