//! The function `webhook`: takes GitHub's deliveries in by a function URL.
//!
//! Before the first request it has its configuration, the webhook's secrets (one call of SSM) and
//! a connection to SQS. Where the secrets can't be read it still starts, and answers 503 until
//! they can: GitHub lists such a delivery as failed, from where it is asked for again.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use app::ingest::{IngestOutcome, Intake, MAX_BODY_BYTES, SecretSource, ingest};
use app::metrics::{Measurement, Metrics};
use app::trace::TraceId;
use aws::actions::{self, Action};
use aws::names::{FunctionName, ParameterName};
use aws::{Connection, Parameters, Queue};
use aws_lambda_events::lambda_function_urls::{
    LambdaFunctionUrlRequest, LambdaFunctionUrlResponse,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};

use super::settings::Settings;
use super::url;
use super::webhook_secrets::{self, SsmSecrets};
use crate::clock::SystemClock;
use crate::telemetry::{self, Spans, emf::Emf};

const NAME: FunctionName = FunctionName::Webhook;

/// What the function may do in AWS; a test holds template.yaml to it.
pub const ACTIONS: &[&[Action]] = &[actions::EVENT_QUEUE, actions::PARAMETERS];

/// The parameters it reads.
pub const PARAMETERS: &[ParameterName] = &webhook_secrets::PARAMETERS;

/// GitHub waits for ten seconds, and so does Lambda (template.yaml): an answer of our own comes
/// before, although secrets and queue may each take eight. What is queued all the same is queued
/// twice when GitHub delivers again, which does no harm.
const ANSWER_WITHIN: Duration = Duration::from_millis(8_500);

/// Answers requests until the platform ends the process.
pub async fn run() -> Result<(), Error> {
    let function = prepare().await.inspect_err(super::report_start)?;
    let function = &function;
    lambda_runtime::run(service_fn(move |event| async move {
        Ok::<_, Error>(receive(function, event).await)
    }))
    .await
}

struct Function {
    intake: Intake,
    metrics: Arc<Emf>,
    spans: Spans,
}

async fn prepare() -> anyhow::Result<Function> {
    let settings = super::from_environment(Settings::read)?;
    let spans = telemetry::install_with_spans(settings.log, &super::service(NAME));
    let connection = Connection::open(aws::Settings::default())
        .await
        .context("AWS can't be reached as things are")?;
    let parameters = Arc::new(Parameters::new(&connection));
    let secrets = SsmSecrets::new(parameters, &settings.names, Arc::new(SystemClock));
    let queue = Queue::new(&connection, settings.queues);
    // Both at once: they share nothing but the processor.
    let (_, warm) = tokio::join!(secrets.current(), queue.warm());
    // The first request meets what failed here, too, and answers for it.
    if let Err(error) = warm {
        super::report_cold(&error);
    }
    let metrics = Arc::new(super::metrics(NAME));
    Ok(Function {
        intake: Intake {
            secrets: Arc::new(secrets),
            max_body_bytes: MAX_BODY_BYTES,
            decode: github::webhook::decode,
            queue: Arc::new(queue),
            metrics: Arc::clone(&metrics) as _,
        },
        metrics,
        spans,
    })
}

async fn receive(
    function: &Function,
    event: LambdaEvent<LambdaFunctionUrlRequest>,
) -> LambdaFunctionUrlResponse {
    let LambdaEvent {
        payload: request,
        context,
    } = event;
    let trace = context
        .xray_trace_id
        .as_deref()
        .and_then(TraceId::from_xray_header);
    let body = match url::body(&request) {
        Ok(body) => body,
        Err(none) => return none.answer(&context.request_id),
    };
    let request = url::webhook_request(&request, &body, trace);
    let ingested = tokio::time::timeout(ANSWER_WITHIN, ingest(&function.intake, &request)).await;
    let outcome = ingested.unwrap_or_else(|_| {
        tracing::error!(
            error.code = %codes::WEBHOOK_UNAVAILABLE,
            "webhook not queued in time; GitHub has to deliver it again"
        );
        let outcome = IngestOutcome::Unavailable;
        function.metrics.record(&Measurement::Received(outcome));
        outcome
    });
    function.metrics.flush();
    function.spans.flush().await;
    url::answer(
        outcome.status(),
        outcome.word(),
        outcome.code(),
        &context.request_id,
    )
}
