//! The App as one process: server, queue and workers, started and stopped in order.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use app::counters::Counters;
use app::evaluate::{Disposition, LEASE, Worker, evaluate};
use app::event::DeliveryId;
use app::ingest::Intake;
use axum::Router;
use embedded::{Queue, Stage, Verdict, Workers};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::judge::judge;
use crate::live::Live;
use crate::server::{self, Limits, Services};
use crate::telemetry::chain;
use crate::wiring::Assembly;

/// The App, listening and at work.
pub struct Process {
    address: SocketAddr,
    listener: TcpListener,
    router: Router,
    limits: Limits,
    workers: Workers,
}

impl Process {
    /// Binds the address and starts the workers; what an earlier process left is taken up.
    ///
    /// Needs Tokio's multi-threaded runtime: on the other one no report can be made.
    pub async fn start(
        config: &Config,
        live: Arc<Live>,
        assembly: Assembly,
    ) -> anyhow::Result<Self> {
        let Assembly {
            queue,
            ports,
            stores,
            ..
        } = assembly;
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let counters = Arc::new(Counters::default());
        let intake = Intake {
            secrets: live,
            max_body_bytes: config.server.max_body_bytes,
            decode: github::webhook::decode,
            queue,
            metrics: Arc::clone(&counters) as _,
        };
        let router = server::router(Services {
            intake: Arc::new(intake),
            stores: stores.clone(),
            counters: Arc::clone(&counters),
            body_timeout: config.server.request_timeout,
            began: Instant::now(),
        });
        Ok(Self {
            address,
            listener,
            router,
            limits: Limits {
                max_connections: config.server.max_connections,
                header_timeout: config.server.request_timeout,
                grace: config.server.shutdown_grace,
            },
            workers: start_workers(
                config.workers,
                stores.queue(),
                Worker {
                    ports,
                    judge,
                    lease: LEASE,
                    deadline: None,
                    metrics: counters,
                },
            ),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then stops in order: no more connections, requests to their end,
    /// work to its end, all within the grace period.
    pub async fn run(self, stop: CancellationToken) {
        tracing::info!(
            address = %self.address,
            version = env!("CARGO_PKG_VERSION"),
            "listening"
        );
        let began_to_stop = stop.clone();
        let serving = server::serve(self.listener, self.router, self.limits, stop);
        let deadline = async {
            began_to_stop.cancelled().await;
            Instant::now() + self.limits.grace
        };
        let ((), deadline) = tokio::join!(serving, deadline);
        let left = deadline.saturating_duration_since(Instant::now());
        let shutdown = self.workers.shutdown(left).await;
        if shutdown.returned > 0 {
            tracing::warn!(
                deliveries = shutdown.returned,
                "work was cut off at the end of the grace period; it is taken up at the next start"
            );
        }
        tracing::info!("stopped");
    }
}

/// Workers that evaluate what the queue holds.
fn start_workers(count: NonZeroUsize, queue: &Queue, worker: Worker) -> Workers {
    let worker = Arc::new(worker);
    // Who watches a delivery watches the ports; the queue's own stages are in its log lines.
    let unwatched = |_: &DeliveryId, _: &Stage| {};
    Workers::start(queue.clone(), count, unwatched, move |message, attempt| {
        let worker = Arc::clone(&worker);
        async move {
            match evaluate(&worker, &message, attempt).await {
                Ok(Disposition::Finished(_)) => Verdict::Done,
                Ok(Disposition::RetryIn(delay, _)) => Verdict::RetryIn(delay),
                Err(error) => Verdict::Failed {
                    code: error.code(),
                    reason: chain(&error),
                },
            }
        }
    })
}
