//! Where the spans of deliveries go: to a receiver of OpenTelemetry's protocol, where the build has
//! the feature `otel` and the environment names one; else nowhere.

use std::sync::Arc;

use super::Export;

/// The way out for spans. Export never holds up or fails the work that the spans are about.
#[derive(Clone)]
pub struct Spans(pub(super) Option<Arc<Export>>);

impl Spans {
    /// Sends what is waiting. To be called at the end of an invocation: afterwards the process may
    /// be frozen. Takes a second at most; what is not taken by then stays for the next time.
    pub async fn flush(&self) {
        if let Some(export) = &self.0 {
            export.flush().await;
        }
    }

    /// Sends spans while `work` is going on, and what is left at its end.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(export) => export.during(work).await,
            None => work.await,
        }
    }
}
