//! The function `redelivery`: a schedule wakes it, and it asks GitHub again for what is not done
//! (template.yaml says how often).

use std::sync::Arc;

use anyhow::Context as _;
use app::metrics::{Measurement, Metrics as _};
use app::ports::Clock;
use app::redeliver::{Asked, redeliver};
use aws::actions::{self, Action};
use aws::names::{FunctionName, ParameterName};
use aws::{Connection, Parameters, Stores};
use github::GitHub;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;

use super::credentials;
use super::parameters::Cached;
use super::settings::GitHubSettings;
use crate::clock::SystemClock;
use crate::telemetry::{self, chain, emf::Emf};

const NAME: FunctionName = FunctionName::Redelivery;

/// What the function may do in AWS; a test holds template.yaml to it.
pub const ACTIONS: &[&[Action]] = &[actions::PARAMETERS, actions::DELIVERIES_LOOKED_UP];

/// The parameters it reads.
pub const PARAMETERS: &[ParameterName] = &credentials::PARAMETERS;

/// Asks, each time that it is woken, until the platform ends the process.
pub async fn run() -> Result<(), Error> {
    let function = prepare().await.inspect_err(super::report_start)?;
    let function = &function;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<IgnoredAny>| async move {
        let asked = function.ask().await;
        function.metrics.flush();
        // An error is Lambda's to count: an alarm watches it.
        asked.map(|_| ()).map_err(Error::from)
    }))
    .await
}

struct Function {
    github: Cached<GitHub>,
    stores: Stores,
    clock: Arc<dyn Clock>,
    metrics: Arc<Emf>,
}

async fn prepare() -> anyhow::Result<Function> {
    let settings = super::from_environment(GitHubSettings::read)?;
    telemetry::install(settings.common.log);
    let connection = Connection::open(aws::Settings::default())
        .await
        .context("AWS can't be reached as things are")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let metrics = Arc::new(super::metrics(NAME));
    let parameters = Arc::new(Parameters::new(&connection));
    let measured = Arc::clone(&metrics) as _;
    let github = credentials::github(parameters, &settings, Arc::clone(&clock), measured, None);
    // Of the stores only the deliveries are looked at: it is told no bucket, and may use none.
    let bucket = String::new();
    let stores = Stores::new(
        &connection,
        settings.common.names,
        bucket,
        Arc::clone(&clock),
    );
    Ok(Function {
        github,
        stores,
        clock,
        metrics,
    })
}

impl Function {
    async fn ask(&self) -> anyhow::Result<Asked> {
        let asked = async {
            let github = self.github.current().await.map_err(|error| {
                let code = error.code();
                anyhow::Error::new(error).context(format!("{code}: no credentials"))
            })?;
            let asked = redeliver(&*self.clock, &self.stores, &*github).await;
            asked.map_err(|error| {
                let code = error.code();
                anyhow::Error::new(error).context(format!("{code}: not all could be asked for"))
            })
        };
        let asked = asked.await;
        match &asked {
            Ok(Asked {
                missing,
                asked,
                given_up,
                refused,
            }) => {
                self.metrics.record(&Measurement::GivenUp(*given_up));
                tracing::info!(
                    deliveries.missing = missing,
                    deliveries.asked = asked,
                    deliveries.given_up = given_up,
                    deliveries.refused = refused,
                    "GitHub is asked to send again what is not done"
                );
            }
            Err(error) => tracing::error!(
                reason = chain(&**error),
                "what is not done could not be asked for; the next time is soon"
            ),
        }
        asked
    }
}
