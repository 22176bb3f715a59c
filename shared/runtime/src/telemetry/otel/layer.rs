//! Takes the spans of deliveries out of `tracing`.
//!
//! Only spans with a field `trace.id` are taken, which `app::delivery_span!` opens, and of these
//! only the fields: ids, outcomes and codes. Log lines are not exported, so that no text can get
//! out by this way.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use app::trace::TraceId;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::buffer::Buffer;
use super::span::{Attribute, Position, Span};

/// The field that holds a span's trace.
const TRACE: &str = "trace.id";

/// Fills the buffer with the spans that end.
pub(super) fn layer<S>(buffer: Arc<Buffer>) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    // A filter of its own: what log lines are written says nothing about spans.
    Spans { buffer }.with_filter(filter_fn(is_exported))
}

fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.fields().field(TRACE).is_some()
}

struct Spans {
    buffer: Arc<Buffer>,
}

/// A span that has not ended.
struct Open {
    began: SystemTime,
    trace: Option<TraceId>,
    attributes: Vec<(&'static str, Attribute)>,
}

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut open = Open {
            began: SystemTime::now(),
            trace: None,
            attributes: Vec::new(),
        };
        attributes.record(&mut open);
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(open);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(open) = span.extensions_mut().remove::<Open>() else {
            return;
        };
        match Position::of(span.name(), open.trace) {
            Some(position) => self.buffer.push(open.end(span.name(), position)),
            None => self.buffer.drop_spans(1),
        }
    }
}

impl Open {
    fn end(self, name: &'static str, position: Position) -> Span {
        Span {
            name,
            trace: position.trace,
            id: position.id,
            parent: position.parent,
            kind: position.kind,
            began: self.began,
            // The clock may have been set back.
            ended: SystemTime::now().max(self.began),
            attributes: self.attributes,
        }
    }

    /// The latest value of a field counts.
    fn set(&mut self, field: &Field, value: Attribute) {
        let name = field.name();
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.attributes.push((name, value)),
        }
    }
}

impl Visit for Open {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Attribute::number(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Attribute::number(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            TRACE => self.trace = TraceId::parse(value),
            _ => self.set(field, Attribute::text(value)),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
