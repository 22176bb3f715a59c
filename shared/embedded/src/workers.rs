//! Workers: tasks of this process that take messages from the queue and settle them.
//!
//! One dispatcher receives, and starts a task per message while there is room. It is woken by
//! a send or by a worker that ends, and otherwise when the next message becomes visible.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::delivery_span;
use app::evaluate::Attempt;
use app::event::{DeliveryId, Message};
use app::trace::{ended, identify};
use codes::Code;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use crate::dead_letters::DeadLetter;
use crate::queue::{Queue, Receipt, Received};

/// How long a message stays hidden after a worker was last heard of.
const VISIBILITY: Duration = Duration::from_mins(1);

/// How often a worker says that it is still at work.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// The longest pause of the dispatcher: a clock that was set back must not make it sleep on.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a handler made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Settled; never to be seen again.
    Done,
    /// Not now: try again after this time (at most 12 hours).
    RetryIn(Duration),
    /// Failed; tried again after a back-off.
    Failed {
        /// The code that docs/errors.md explains.
        code: Code,
        /// Why, in one sentence.
        reason: String,
    },
}

impl Verdict {
    /// What its span says became of the message, and what failed.
    fn ending(&self, attempt: Attempt) -> (&'static str, Option<Code>) {
        match self {
            Self::Done => ("settled", None),
            Self::RetryIn(_) => ("postponed", None),
            Self::Failed { code, .. } if attempt.last => ("dead", Some(*code)),
            Self::Failed { code, .. } => ("failed", Some(*code)),
        }
    }
}

/// What happens to a message, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// A worker has it.
    Started(Attempt),
    /// It is settled.
    Done,
    /// It will be tried again.
    Retry {
        /// After this time.
        delay: Duration,
        /// Why, where it failed.
        reason: Option<String>,
    },
    /// It was given up for this reason.
    Dead(String),
}

/// How a shutdown went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shutdown {
    /// Messages whose work was cut off; they are in the queue, visible at once.
    pub returned: usize,
}

/// Running workers. Dropped without [`shutdown`](Self::shutdown) they stop where they are, and
/// their messages come back when their visibility time-out ends or the queue is next opened.
pub struct Workers {
    shared: Arc<Shared>,
    dispatcher: JoinHandle<JoinSet<()>>,
    stop: DropGuard,
}

type Observer = Box<dyn Fn(&DeliveryId, &Stage) + Send + Sync>;

struct Shared {
    queue: Queue,
    observer: Observer,
    running: Mutex<BTreeMap<i64, Receipt>>,
    stop: CancellationToken,
}

impl Workers {
    /// Starts `count` workers that run `handler` on the queue's messages. `observer` is told
    /// each stage of each delivery; it must not block.
    pub fn start<H, F>(
        queue: Queue,
        count: NonZeroUsize,
        observer: impl Fn(&DeliveryId, &Stage) + Send + Sync + 'static,
        handler: H,
    ) -> Self
    where
        H: Fn(Message, Attempt) -> F + Send + Sync + 'static,
        F: Future<Output = Verdict> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            queue,
            observer: Box::new(observer),
            running: Mutex::default(),
            stop: stop.clone(),
        });
        let dispatcher = tokio::spawn(dispatch(Arc::clone(&shared), count, Arc::new(handler)));
        Self {
            shared,
            dispatcher,
            stop: stop.drop_guard(),
        }
    }

    /// Takes no more messages, lets running work end within `grace`, then cuts it off and
    /// returns its messages to the queue at once.
    pub async fn shutdown(self, grace: Duration) -> Shutdown {
        drop(self.stop);
        let mut jobs = match self.dispatcher.await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(
                    error.code = %codes::DISPATCHER_ENDED,
                    error = &error as &dyn Error,
                    "the queue's dispatcher ended by itself"
                );
                JoinSet::new()
            }
        };
        let drained = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, drained).await.is_err() {
            jobs.shutdown().await;
        }
        let cut_off = self.shared.running();
        for receipt in &cut_off {
            if let Err(error) = self.shared.queue.release(*receipt, Duration::ZERO).await {
                tracing::warn!(
                    error.code = %error.code(),
                    error = &error as &dyn Error,
                    "a message comes back later"
                );
            }
        }
        Shutdown {
            returned: cut_off.len(),
        }
    }
}

impl Shared {
    fn running(&self) -> Vec<Receipt> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().copied().collect()
    }

    fn begin(&self, receipt: Receipt) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(receipt.message_id, receipt);
    }

    fn end(&self, receipt: Receipt) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&receipt.message_id);
    }
}

async fn dispatch<H, F>(shared: Arc<Shared>, count: NonZeroUsize, handler: Arc<H>) -> JoinSet<()>
where
    H: Fn(Message, Attempt) -> F + Send + Sync + 'static,
    F: Future<Output = Verdict> + Send + 'static,
{
    let mut jobs = JoinSet::new();
    while !shared.stop.is_cancelled() {
        let mut pause = Duration::MAX;
        if jobs.len() < count.get() {
            // Never cancelled halfway, or a message would be held by nobody.
            match shared
                .queue
                .receive_except(VISIBILITY, &shared.running())
                .await
            {
                Ok(reception) => {
                    reception.dead.iter().for_each(|dead| shared.report(dead));
                    if let Some(received) = reception.received {
                        shared.begin(received.receipt);
                        jobs.spawn(work(Arc::clone(&shared), Arc::clone(&handler), received));
                        continue;
                    }
                    pause = reception
                        .next_in
                        .unwrap_or(LONGEST_PAUSE)
                        .min(LONGEST_PAUSE);
                }
                Err(error) => {
                    tracing::error!(
                        error.code = %error.code(),
                        error = &error as &dyn Error,
                        "cannot receive from the queue"
                    );
                    pause = LONGEST_PAUSE;
                }
            }
        }
        let room = jobs.len() < count.get();
        tokio::select! {
            () = shared.stop.cancelled() => {}
            Some(_) = jobs.join_next() => {}
            () = shared.queue.sent(), if room => {}
            () = tokio::time::sleep(pause), if room => {}
        }
    }
    jobs
}

async fn work<H, F>(shared: Arc<Shared>, handler: Arc<H>, received: Received)
where
    H: Fn(Message, Attempt) -> F + Send + Sync + 'static,
    F: Future<Output = Verdict> + Send + 'static,
{
    let attempt = received.attempt();
    let Received {
        message, receipt, ..
    } = received;
    let delivery = message.delivery.clone();
    let span = delivery_span!("settle");
    identify(&span, &message);
    (shared.observer)(&delivery, &Stage::Started(attempt));
    // A task of its own, so that a panic is a failure of this message and of nothing else.
    let mut job =
        AbortOnDropHandle::new(tokio::spawn(async move { handler(message, attempt).await }));
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.reset();
    let verdict = loop {
        tokio::select! {
            outcome = &mut job => break outcome.unwrap_or_else(|_| {
                Verdict::Failed {
                    code: codes::WORKER_PANICKED,
                    reason: "the handler panicked".to_owned(),
                }
            }),
            _ = heartbeat.tick() => extend(&shared, receipt).instrument(span.clone()).await,
        }
    };
    let (outcome, failure) = verdict.ending(attempt);
    let settled = settle(&shared, &delivery, attempt, receipt, verdict);
    match settled.instrument(span.clone()).await {
        Ok(()) => ended(&span, outcome, failure),
        Err(error) => {
            span.in_scope(|| {
                tracing::error!(
                    error.code = %error.code(),
                    error = &error as &dyn Error,
                    "what was done could not be noted; the message comes back"
                );
            });
            ended(&span, "not_noted", Some(error.code()));
        }
    }
    shared.end(receipt);
}

async fn extend(shared: &Shared, receipt: Receipt) {
    match shared.queue.extend(receipt, VISIBILITY).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!("working on a message that was taken back"),
        Err(error) => tracing::warn!(
            error.code = %error.code(),
            error = &error as &dyn Error,
            "a running message may be taken back"
        ),
    }
}

async fn settle(
    shared: &Shared,
    delivery: &DeliveryId,
    attempt: Attempt,
    receipt: Receipt,
    verdict: Verdict,
) -> Result<(), app::StoreError> {
    let queue = &shared.queue;
    let stage = match verdict {
        Verdict::Done => {
            queue.delete(receipt).await?;
            Stage::Done
        }
        Verdict::RetryIn(delay) => {
            queue.release(receipt, delay).await?;
            Stage::Retry {
                delay,
                reason: None,
            }
        }
        Verdict::Failed { code, reason } if attempt.last => {
            queue.give_up(receipt, reason.clone()).await?;
            tracing::error!(
                error.code = %code,
                attempt = attempt.number,
                reason,
                "given up; the message is with the dead letters"
            );
            Stage::Dead(reason)
        }
        Verdict::Failed { code, reason } => {
            let delay = attempt.back_off();
            queue.release(receipt, delay).await?;
            tracing::warn!(
                error.code = %code,
                attempt = attempt.number,
                retry_in_ms = delay.as_millis(),
                reason,
                "failed, to be retried"
            );
            Stage::Retry {
                delay,
                reason: Some(reason),
            }
        }
    };
    (shared.observer)(delivery, &stage);
    Ok(())
}

impl Shared {
    fn report(&self, dead: &DeadLetter) {
        if let Ok(message) = serde_json::from_str::<Message>(&dead.body) {
            let span = delivery_span!("settle");
            identify(&span, &message);
            span.in_scope(|| {
                tracing::error!(
                    error.code = %codes::ATTEMPTS_USED_UP,
                    reason = dead.reason,
                    "given up; the message is with the dead letters"
                );
            });
            ended(&span, "dead", Some(codes::ATTEMPTS_USED_UP));
            (self.observer)(&message.delivery, &Stage::Dead(dead.reason.clone()));
        } else {
            tracing::error!(
                error.code = %codes::MESSAGE_DAMAGED,
                reason = dead.reason,
                "a damaged message was set aside"
            );
        }
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("running", &self.shared.running())
            .finish_non_exhaustive()
    }
}
