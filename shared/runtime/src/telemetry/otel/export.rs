//! Sends what the buffer holds, in batches, and keeps quiet where it can't.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::buffer::Buffer;
use super::receiver::{Receiver, SendError};
use super::settings::{self, Settings};
use super::{layer, payload};
use crate::telemetry::chain;

/// The most spans of a request; OpenTelemetry's own default (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`).
const BATCH: usize = 512;

/// How often a process sends; OpenTelemetry's own default (`OTEL_BSP_SCHEDULE_DELAY`).
const INTERVAL: Duration = Duration::from_secs(5);

/// How long sending may take while work goes on beside it; the default of
/// `OTEL_EXPORTER_OTLP_TIMEOUT`.
const BESIDE: Duration = Duration::from_secs(10);

/// How long somebody may be kept waiting: GitHub for the webhook's answer, a user for the end of a
/// process.
const WAITED_FOR: Duration = Duration::from_secs(1);

/// How long a receiver that failed is left alone, so that not every invocation waits for it.
const REST: Duration = Duration::from_secs(30);

/// The spans' way to their receiver.
pub(in crate::telemetry) struct Export {
    service: String,
    buffer: Arc<Buffer>,
    receiver: Receiver,
    health: Mutex<Health>,
}

/// How the receiver was met with last, and what was said of it. Locked while sending.
#[derive(Default)]
struct Health {
    /// The end of its rest after a failure.
    rests_until: Option<Instant>,
    failing: bool,
    /// Dropping is logged once.
    drops_told: bool,
}

/// Whether a receiver that failed is left alone for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterFailure {
    Rest,
    TryAnyway,
}

impl Export {
    /// As the process's environment has it, with what of it is not used. `None`: nothing is
    /// exported.
    pub(in crate::telemetry) fn from_environment(
        service: &str,
    ) -> (Option<Arc<Self>>, Vec<String>) {
        let (settings, mut warnings) = settings::read(service, |name| std::env::var(name).ok());
        let export = settings.and_then(|settings| match Self::new(settings) {
            Ok(export) => Some(Arc::new(export)),
            Err(error) => {
                warnings.push(format!(
                    "no spans are exported: the system's certificates can't be used: {error}"
                ));
                None
            }
        });
        (export, warnings)
    }

    pub(super) fn new(settings: Settings) -> std::io::Result<Self> {
        Ok(Self {
            receiver: Receiver::new(&settings)?,
            service: settings.service,
            buffer: Arc::default(),
            health: Mutex::default(),
        })
    }

    /// What takes spans out of `tracing`.
    pub(in crate::telemetry) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        layer::layer(Arc::clone(&self.buffer))
    }

    /// What waits, which stays there.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> Vec<super::span::Span> {
        self.buffer.take(usize::MAX).spans().to_vec()
    }

    /// How many spans were dropped.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        self.buffer.dropped()
    }

    /// Sends what is there, for somebody who waits.
    pub(in crate::telemetry) async fn flush(&self) {
        self.send(WAITED_FOR, AfterFailure::Rest).await;
    }

    /// Sends every now and then until `work` is done, and once more then.
    pub(in crate::telemetry) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut ticks = tokio::time::interval(INTERVAL);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = ticks.tick() => {}
            }
            let mut sending = std::pin::pin!(self.send(BESIDE, AfterFailure::Rest));
            tokio::select! {
                done = &mut work => {
                    // What is on its way is given time; what is broken off goes back to the buffer.
                    let _ = tokio::time::timeout(WAITED_FOR, sending).await;
                    break done;
                }
                () = &mut sending => {}
            }
        };
        self.send(WAITED_FOR, AfterFailure::TryAnyway).await;
        let dropped = self.buffer.dropped();
        if dropped > 0 {
            tracing::warn!(spans = dropped, "spans were dropped and not exported");
        }
        done
    }

    /// Sends all that is there, in batches, until the time is over or the receiver fails.
    async fn send(&self, within: Duration, after_failure: AfterFailure) {
        let deadline = Instant::now() + within;
        let mut health = self.health.lock().await;
        let rests = health.rests_until.is_some_and(|end| Instant::now() < end);
        if !rests || after_failure == AfterFailure::TryAnyway {
            while self.send_batch(&mut health, deadline).await {}
        }
        let dropped = self.buffer.dropped();
        if dropped > 0 && !health.drops_told {
            health.drops_told = true;
            tracing::warn!(
                spans = dropped,
                "spans are dropped and not exported; this is said once"
            );
        }
    }

    /// Sends a batch; whether there may be another.
    async fn send_batch(&self, health: &mut Health, deadline: Instant) -> bool {
        let batch = self.buffer.take(BATCH);
        let count = batch.spans().len();
        let left = deadline.saturating_duration_since(Instant::now());
        if count == 0 || left.is_zero() {
            return false;
        }
        let body = payload::request(&self.service, batch.spans());
        match self.receiver.send(body, left).await {
            Ok(rejected) => {
                batch.settle(rejected);
                health.succeeded();
                count == BATCH
            }
            Err(error) => {
                if !error.is_passing() {
                    batch.settle(count as u64);
                }
                health.failed(&error);
                false
            }
        }
    }
}

impl Health {
    fn succeeded(&mut self) {
        self.rests_until = None;
        if std::mem::take(&mut self.failing) {
            tracing::info!("spans are exported again");
        }
    }

    fn failed(&mut self, error: &SendError) {
        self.rests_until = Some(Instant::now() + REST);
        if !std::mem::replace(&mut self.failing, true) {
            let code = codes::SPANS_NOT_EXPORTED;
            tracing::warn!(
                error.code = %code,
                error = chain(error),
                "spans are not exported; work goes on"
            );
        }
    }
}
