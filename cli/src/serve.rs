//! `phase-mirror serve`: the App as one process.

use std::io::Write as _;
use std::sync::Arc;

use runtime::config::{Config, Sources};
use runtime::live::{self, Live};
use runtime::process::Process;
use runtime::redelivery::{self, Redelivery};
use runtime::{shutdown, telemetry, wiring};
use tokio_util::sync::CancellationToken;

use crate::args::Serve;
use crate::exit::{self, Failure};

/// Serves until a signal ends it.
pub(crate) async fn run(args: Serve) -> Result<(), Failure> {
    let sources = Sources {
        file: args.config,
        data: args.data,
        listen: args.listen,
        ..Sources::default()
    };
    let sources = sources.with_process_environment();
    let loaded = Config::load(&sources)?;
    loaded.warnings.iter().for_each(exit::warn);
    let config = loaded.config;
    let live = Live::of(sources, &config);
    if args.check_config {
        wiring::github(&config.github, live)?;
        // A closed standard output leaves nobody to tell; the exit code does.
        let _ = writeln!(anstream::stdout(), "the configuration is valid");
        return Ok(());
    }
    let spans = telemetry::install_with_spans(config.log, "phase-mirror");
    let stop = CancellationToken::new();
    shutdown::on_signals(stop.clone()).map_err(anyhow::Error::from)?;
    let assembly = wiring::assemble(&config, Arc::clone(&live))?;
    let redelivery = Redelivery {
        clock: Arc::clone(&assembly.ports.clock),
        deliveries: Arc::clone(&assembly.ports.deliveries),
        hook: Arc::clone(&assembly.hook),
    };
    redelivery::watch(redelivery, stop.clone());
    live::watch(Arc::clone(&live), stop.clone()).map_err(anyhow::Error::from)?;
    let process = Process::start(&config, live, assembly).await?;
    spans.during(process.run(stop)).await;
    Ok(())
}
