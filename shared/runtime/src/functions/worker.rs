//! The functions that work on a queue's messages: `pull-request`, `check-run`.
//!
//! Before the first batch it has its configuration, the App's credentials (one call of SSM), and
//! connections to DynamoDB and S3 where they can be had. Without credentials it still
//! starts, and leaves every message in the queue until they can be read.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use app::StoreError;

use app::evaluate::{Attempt, Disposition, LEASE, Ports, Worker, evaluate};
use app::event::Message;
use app::metrics::{Measurement, Metrics};
use app::ports::Clock;
use async_trait::async_trait;
use aws::actions::{self, Action};
use aws::names::{FunctionName, ParameterName, QueueName};
use aws::{Connection, Parameters, Queue, Stores};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use codes::Code;
use github::GitHub;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use tokio::time::Instant;

use super::batch::{self, Hide, Verdict};
use super::credentials;
use super::parameters::Cached;
use super::settings::{Settings, WorkerSettings};
use crate::clock::SystemClock;
use crate::judge::judge;
use crate::telemetry::{self, Spans, chain, emf::Emf};

/// What every such function may do in AWS; a test holds template.yaml to it.
pub const ACTIONS: &[&[Action]] = &[
    actions::QUEUE_CONSUMER,
    actions::PARAMETERS,
    actions::DELIVERIES,
    actions::LEASES,
    actions::LEASES_ABANDONED,
    actions::HEADS,
    actions::POLICIES,
    actions::BUDGETS,
    actions::EVALUATIONS,
    actions::INSTALLATIONS,
];

/// What `lifecycle` may do besides.
pub const LIFECYCLE_ACTIONS: &[&[Action]] = &[actions::INSTALLATIONS_LISTED, actions::PURGE];

/// The parameters it reads.
pub const PARAMETERS: &[ParameterName] = &credentials::PARAMETERS;

/// What is left of a function's time when work on its messages is broken off: enough to say so
/// to the queue, so that they are tried again soon and not when their visibility time-out ends.
/// As long as the longest call of SQS.
const RESERVE: Duration = Duration::from_secs(10);

/// What a worker has, before that, to let go of its head: a call of DynamoDB, and on a last
/// attempt two of GitHub that complete the Check Run.
const LETTING_GO: Duration = Duration::from_secs(10);

/// Works on the batches of this queue until the platform ends the process.
pub async fn run(queue: QueueName) -> Result<(), Error> {
    let function = Function::prepare(queue)
        .await
        .inspect_err(super::report_start)?;
    let function = &function;
    lambda_runtime::run(service_fn(move |event| async move {
        Ok::<_, Error>(function.work(event).await)
    }))
    .await
}

struct Function {
    github: Cached<GitHub>,
    stores: Arc<Stores>,
    queue: OwnQueue,
    max_receives: u32,
    clock: Arc<dyn Clock>,
    metrics: Arc<Emf>,
    spans: Spans,
}

/// The queue that feeds this function.
struct OwnQueue {
    queues: Queue,
    name: QueueName,
}

#[async_trait]
impl Hide for OwnQueue {
    async fn hide(&self, receipt_handle: &str, hidden: Duration) -> Result<(), StoreError> {
        self.queues.hide(self.name, receipt_handle, hidden).await
    }
}

impl Function {
    async fn prepare(name: QueueName) -> anyhow::Result<Self> {
        let settings = super::from_environment(WorkerSettings::read)?;
        let function = match name {
            QueueName::PullRequest => FunctionName::PullRequest,
            QueueName::CheckRun => FunctionName::CheckRun,
            QueueName::Lifecycle => FunctionName::Lifecycle,
        };
        let spans =
            telemetry::install_with_spans(settings.github.common.log, &super::service(function));
        let connection = Connection::open(aws::Settings::default())
            .await
            .context("AWS can't be reached as things are")?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let parameters = Arc::new(Parameters::new(&connection));
        let metrics = Arc::new(super::metrics(function));
        let measured = Arc::clone(&metrics) as Arc<dyn Metrics>;
        let WorkerSettings {
            github: settings,
            bucket,
            max_receives,
        } = settings;
        let Settings { names, queues, .. } = settings.common.clone();
        let stores = Arc::new(Stores::new(&connection, names, bucket, Arc::clone(&clock)));
        let budgets = Some(Arc::clone(&stores) as _);
        let github =
            credentials::github(parameters, &settings, Arc::clone(&clock), measured, budgets);
        let queues = Queue::new(&connection, queues);
        let (_, warm) = tokio::join!(github.current(), stores.warm());
        // The first message meets what failed here, too, and waits in the queue for it.
        if let Err(error) = warm {
            super::report_cold(&error);
        }
        Ok(Self {
            github,
            stores,
            queue: OwnQueue { queues, name },
            max_receives,
            clock,
            metrics,
            spans,
        })
    }

    async fn work(&self, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
        let left = event
            .context
            .deadline()
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        let deadline = Instant::now() + left.saturating_sub(RESERVE);
        let worker = self.worker(deadline.checked_sub(LETTING_GO)).await;
        let worker = Arc::new(worker);
        let handle = |message: Result<Message, StoreError>, attempt: Attempt| {
            let worker = Arc::clone(&worker);
            async move {
                let (code, reason) = match message {
                    Err(error) => (codes::MESSAGE_DAMAGED, chain(&error)),
                    Ok(message) => match apart(deadline, worker, message, attempt).await {
                        Ok(verdict) => return verdict,
                        Err(why) => why,
                    },
                };
                self.metrics.record(if attempt.last {
                    &Measurement::Dead
                } else {
                    &Measurement::Failed
                });
                Verdict::Failed { code, reason }
            }
        };
        let response = batch::work(event.payload, self.max_receives, &self.queue, handle).await;
        self.metrics.flush();
        self.spans.flush().await;
        response
    }

    /// A worker with the credentials that are in force, or why there is none.
    async fn worker(&self, deadline: Option<Instant>) -> Result<Worker, (Code, String)> {
        let github = self.github.current().await;
        let github = github.map_err(|error| (error.code(), chain(&*error)))?;
        let stores = &self.stores;
        Ok(Worker {
            ports: Ports {
                clock: Arc::clone(&self.clock),
                deliveries: Arc::clone(stores) as _,
                leases: Arc::clone(stores) as _,
                heads: Arc::clone(stores) as _,
                evaluations: Arc::clone(stores) as _,
                policies: Arc::clone(stores) as _,
                pull_requests: Arc::clone(&github) as _,
                snapshots: Arc::clone(&github) as _,
                check_runs: Arc::clone(&github) as _,
                account_policies: Arc::clone(&github) as _,
                collaborators: Arc::clone(&github) as _,
                installations: Arc::clone(stores) as _,
                access: Arc::clone(&github) as _,
                purge: Arc::clone(stores) as _,
            },
            judge,
            lease: LEASE,
            deadline,
            metrics: Arc::clone(&self.metrics) as _,
        })
    }
}

/// Works on one message in a task of its own, so that a panic, or a judgement that takes long, is
/// this message's and nobody else's. An error is what no use case has measured.
async fn apart(
    deadline: Instant,
    worker: Arc<Result<Worker, (Code, String)>>,
    message: Message,
    attempt: Attempt,
) -> Result<Verdict, (Code, String)> {
    let work = tokio::spawn(async move {
        match &*worker {
            Ok(worker) => Ok(one(worker, &message, attempt).await),
            Err(why) => Err(why.clone()),
        }
    });
    let stop = work.abort_handle();
    match tokio::time::timeout_at(deadline, work).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_)) => Err((codes::WORKER_PANICKED, "the handler panicked".to_owned())),
        Err(_) => {
            // What was done stays done; who comes next continues from there.
            stop.abort();
            Err((codes::TIME_OVER, "the function's time is over".to_owned()))
        }
    }
}

/// Works on one message; the use case measures what comes of it.
async fn one(worker: &Worker, message: &Message, attempt: Attempt) -> Verdict {
    match evaluate(worker, message, attempt).await {
        Ok(Disposition::Finished(_)) => Verdict::Done,
        Ok(Disposition::RetryIn(delay, _)) => Verdict::RetryIn(delay),
        Err(error) => Verdict::Failed {
            code: error.code(),
            reason: chain(&error),
        },
    }
}
