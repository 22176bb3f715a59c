//! A span as it is exported.

use std::time::SystemTime;

use app::trace::TraceId;

/// The name of the span that a delivery begins with.
const WEBHOOK: &str = "webhook";

/// The longest text that is exported; ours are much shorter.
const MAX_TEXT: usize = 256;

/// Eight bytes, not all zero. <https://www.w3.org/TR/trace-context/#parent-id>
pub(super) type SpanId = [u8; 8];

/// What a span knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    Text(String),
    Number(i64),
}

/// A span that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) name: &'static str,
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) kind: Kind,
    pub(super) began: SystemTime,
    pub(super) ended: SystemTime,
    /// By name, in the order in which they became known.
    pub(super) attributes: Vec<(&'static str, Attribute)>,
}

/// Which side of the queue it is. The numbers are the protocol's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Answers a request.
    Server = 2,
    /// Works on a message.
    Consumer = 5,
}

/// Where a span is in its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) kind: Kind,
}

impl Position {
    /// The place of a span with this name in this trace; `None` without randomness.
    ///
    /// The webhook's span is the root of its trace, and its id follows from the trace's: so the
    /// workers' spans can name it as their parent though a message carries no more than the trace.
    pub(super) fn of(name: &str, trace: Option<TraceId>) -> Option<Self> {
        let kind = if name == WEBHOOK {
            Kind::Server
        } else {
            Kind::Consumer
        };
        let (id, parent) = match (trace, kind) {
            (Some(trace), Kind::Server) => (root(trace), None),
            (Some(trace), Kind::Consumer) => (random()?, Some(root(trace))),
            // A message of a version that knew no traces.
            (None, _) => (random()?, None),
        };
        let trace = match trace {
            Some(trace) => trace,
            None => TraceId::from_bytes(random()?)?,
        };
        Some(Self {
            trace,
            id,
            parent,
            kind,
        })
    }
}

/// The id of the span that a trace begins with.
fn root(trace: TraceId) -> SpanId {
    let mut id = SpanId::default();
    for (position, byte) in trace.to_bytes().into_iter().enumerate() {
        id[position % 8] ^= byte;
    }
    // Zeros mean "no span".
    if id == [0; 8] { [0xff; 8] } else { id }
}

/// Random bytes, if the system gives any and not all of them are zero.
fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    (bytes != [0; N]).then_some(bytes)
}

impl Attribute {
    /// A text, cut where it is too long.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text[..text.floor_char_boundary(MAX_TEXT)].to_owned())
    }

    /// A number, as text where the protocol's numbers end.
    pub(super) fn number(number: impl TryInto<i64> + Copy + ToString) -> Self {
        match number.try_into() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Text(number.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_find_the_webhooks_span_by_the_trace_alone() {
        let trace = TraceId::parse("4bf92f3577b34da6a3ce929d0e0e4736");
        let webhook = Position::of("webhook", trace).unwrap();
        let evaluate = Position::of("evaluate", trace).unwrap();
        let again = Position::of("evaluate", trace).unwrap();
        assert_eq!((webhook.parent, webhook.kind), (None, Kind::Server));
        assert_eq!(evaluate.parent, Some(webhook.id));
        assert_eq!(evaluate.trace, webhook.trace);
        assert_ne!(evaluate.id, again.id);
    }

    #[test]
    fn a_span_without_trace_begins_one() {
        let one = Position::of("evaluate", None).unwrap();
        let other = Position::of("evaluate", None).unwrap();
        assert_ne!(one.trace, other.trace);
        assert_eq!(one.parent, None);
    }

    #[test]
    fn no_id_is_zero() {
        let halves_alike = TraceId::from_bytes([7; 16]).unwrap();
        assert_ne!(root(halves_alike), [0; 8]);
    }

    #[test]
    fn what_does_not_fit_is_kept_as_text() {
        assert_eq!(Attribute::number(7_u64), Attribute::Number(7));
        let large = Attribute::Text(u64::MAX.to_string());
        assert_eq!(Attribute::number(u64::MAX), large);
        let cut = Attribute::text(&"ä".repeat(200));
        assert_eq!(cut, Attribute::Text("ä".repeat(128)));
    }
}
