//! Log lines as flat JSON: what the spans around an event know is on its line, not nested, so
//! that one field finds every line of a delivery.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// Writes one JSON object a line. Spans' fields have to be formatted by
/// [`JsonFields`](tracing_subscriber::fmt::format::JsonFields).
#[derive(Debug, Clone, Copy)]
pub(super) struct FlatJson;

/// A line. An inner span's field replaces an outer one's, an event's replaces both.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    target: &'a str,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Default, Serialize)]
#[serde(transparent)]
struct Fields(BTreeMap<String, Value>);

impl<S, N> FormatEvent<S, N> for FlatJson
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        let scope = context.event_scope();
        for span in scope.into_iter().flat_map(Scope::from_root) {
            if let Some(known) = span.extensions().get::<FormattedFields<N>>() {
                fields.extend(&known.fields);
            }
        }
        event.record(&mut fields);
        let line = Line {
            timestamp: format!("{:.6}", Timestamp::now()),
            level: event.metadata().level().as_str(),
            target: event.metadata().target(),
            fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

impl Fields {
    /// Adds what a span knows, which is a JSON object, or nothing while it knows nothing.
    fn extend(&mut self, object: &str) {
        if let Ok(fields) = serde_json::from_str::<BTreeMap<String, Value>>(object) {
            self.0.extend(fields);
        }
    }

    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.set(field, chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

/// An error with what caused it, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (**cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use app::trace::{TraceId, trace};
    use expect_test::expect;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A writer that a test can read.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] io::Error);

    #[test]
    fn the_spans_around_an_event_are_on_its_line() {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .event_format(FlatJson)
            .with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(lines);
        tracing::subscriber::with_default(subscriber, || {
            let request = tracing::info_span!("request", request.id = "1-2", inner = false);
            let _request = request.enter();
            let delivery = app::delivery_span!("webhook");
            trace(&delivery, TraceId::from_bytes([0xab; 16]));
            let _delivery = delivery.enter();
            let _inner = tracing::debug_span!("call", inner = true).entered();
            let error = Outer(io::Error::other("inner\n\u{1b}[31m"));
            tracing::error!(
                error = &error as &dyn Error,
                attempt = 2,
                ratio = 0.5,
                debt = -1,
                what = ?Some("it"),
                "a \"quoted\" message"
            );
        });
        let line = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let (begin, rest) = line.split_once(',').unwrap();
        assert!(begin.starts_with("{\"timestamp\":\"20"), "{begin}");
        expect![[r#"
            "level":"ERROR","target":"runtime::telemetry::json::tests","attempt":2,"debt":-1,"error":"outer: inner\n\u001b[31m","inner":true,"message":"a \"quoted\" message","ratio":0.5,"request.id":"1-2","trace.id":"abababababababababababababababab","what":"Some(\"it\")"}
        "#]]
        .assert_eq(rest);
    }
}
