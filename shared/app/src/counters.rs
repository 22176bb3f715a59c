//! What became of deliveries, counted since the process began: the metrics of `/status`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::ingest::{BadRequest, IngestOutcome};
use crate::metrics::{Measurement, Metrics};
use crate::ports::DeliveryOutcome;

/// Counters of one process, counted from any number of threads.
#[derive(Debug, Default)]
pub struct Counters {
    received: AtomicU64,
    accepted: AtomicU64,
    pings: AtomicU64,
    ignored: AtomicU64,
    unauthorized: AtomicU64,
    wrong_content_type: AtomicU64,
    bad_header: AtomicU64,
    bad_body: AtomicU64,
    too_large: AtomicU64,
    unavailable: AtomicU64,
    done: AtomicU64,
    superseded: AtomicU64,
    refused: AtomicU64,
    nothing_to_do: AtomicU64,
    duplicate: AtomicU64,
    postponed: AtomicU64,
    failed: AtomicU64,
    dead: AtomicU64,
}

/// The counters at one time, for health pages and logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountersSnapshot {
    /// Webhook requests that came in.
    pub received: u64,
    /// Those whose event was queued.
    pub accepted: u64,
    /// GitHub's greetings.
    pub pings: u64,
    /// Genuine events that change nothing here.
    pub ignored: u64,
    /// Requests that were turned away, by reason.
    pub rejected: Rejected,
    /// Deliveries that a worker is finished with, by outcome.
    pub finished: Finished,
    /// Messages of deliveries that a worker had been finished with before.
    pub duplicate: u64,
    /// Times that a worker asked for a message again later, though nothing had failed.
    pub postponed: u64,
    /// Times that a worker failed on a message that is tried again.
    pub failed: u64,
    /// Messages given up after their last attempt failed.
    pub dead: u64,
}

/// Requests that were turned away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Signature missing or wrong.
    pub unauthorized: u64,
    /// Another content type than JSON.
    pub content_type: u64,
    /// A header missing or malformed.
    pub header: u64,
    /// A body that is no JSON, or lacks what its event always has.
    pub body: u64,
    /// A body above the limit.
    pub too_large: u64,
    /// The queue could not take it.
    pub unavailable: u64,
}

/// Deliveries that a worker is finished with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Their effect is there.
    pub done: u64,
    /// Their head had moved on.
    pub superseded: u64,
    /// They can't be worked on.
    pub refused: u64,
    /// Nothing was to be done.
    pub ignored: u64,
}

impl Metrics for Counters {
    fn record(&self, measurement: &Measurement<'_>) {
        match *measurement {
            Measurement::Received(outcome) => {
                add(&self.received);
                add(self.became(outcome));
            }
            Measurement::Finished(outcome) => add(self.ended(outcome)),
            Measurement::Duplicate => add(&self.duplicate),
            Measurement::Postponed(_) => add(&self.postponed),
            Measurement::Failed => add(&self.failed),
            Measurement::Dead => add(&self.dead),
            // Nothing of a delivery's life.
            Measurement::GivenUp(_)
            | Measurement::Judged(_)
            | Measurement::Took(..)
            | Measurement::GitHubCall(_) => {}
        }
    }
}

impl Counters {
    fn became(&self, outcome: IngestOutcome) -> &AtomicU64 {
        match outcome {
            IngestOutcome::Accepted => &self.accepted,
            IngestOutcome::Ping => &self.pings,
            IngestOutcome::Ignored => &self.ignored,
            IngestOutcome::Unauthorized => &self.unauthorized,
            IngestOutcome::BadRequest(BadRequest::ContentType) => &self.wrong_content_type,
            IngestOutcome::BadRequest(BadRequest::Header(_)) => &self.bad_header,
            IngestOutcome::BadRequest(BadRequest::Body(_)) => &self.bad_body,
            IngestOutcome::TooLarge => &self.too_large,
            IngestOutcome::Unavailable => &self.unavailable,
        }
    }

    fn ended(&self, outcome: DeliveryOutcome) -> &AtomicU64 {
        match outcome {
            DeliveryOutcome::Done => &self.done,
            DeliveryOutcome::Superseded => &self.superseded,
            DeliveryOutcome::Refused => &self.refused,
            DeliveryOutcome::Ignored => &self.nothing_to_do,
        }
    }

    /// The counters now. Each is exact; together they may be of slightly different moments.
    pub fn snapshot(&self) -> CountersSnapshot {
        CountersSnapshot {
            received: read(&self.received),
            accepted: read(&self.accepted),
            pings: read(&self.pings),
            ignored: read(&self.ignored),
            rejected: Rejected {
                unauthorized: read(&self.unauthorized),
                content_type: read(&self.wrong_content_type),
                header: read(&self.bad_header),
                body: read(&self.bad_body),
                too_large: read(&self.too_large),
                unavailable: read(&self.unavailable),
            },
            finished: Finished {
                done: read(&self.done),
                superseded: read(&self.superseded),
                refused: read(&self.refused),
                ignored: read(&self.nothing_to_do),
            },
            duplicate: read(&self.duplicate),
            postponed: read(&self.postponed),
            failed: read(&self.failed),
            dead: read(&self.dead),
        }
    }
}

// Nothing else is published through a counter, so no ordering is needed.
fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
