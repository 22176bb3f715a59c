//! `phase-mirror serve --sandbox`: the App at work against a GitHub in memory, for people to
//! watch, and with `--once` for tests.

mod expected;
mod life;
mod observed;
mod sample;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use app::evaluate::Ports;
use app::event::DeliveryId;
use runtime::config::{
    ApiUrl, Config, GitHubConfig, LogConfig, LogFormat, PrivateKey, ServerConfig,
};
use runtime::live::Live;
use runtime::process::Process;
use runtime::wiring::{self, Assembly};
use runtime::{shutdown, telemetry};
use sandbox::{App, Delivery, GITHUB_ACTIONS, Options, Sandbox};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::args::Serve;
use crate::exit::Failure;
use crate::page;
use crate::terminal::{self, BOLD, CODE, DIM, GREEN, RED, styled};
use crate::view::CheckView;
use life::Life;
use observed::{Observed, ObservedDeliveries};
use sample::Sample;

/// How long the first check may take before it counts as not coming.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the sandbox until Ctrl-C, or until the first check with `--once`.
pub(crate) async fn run(args: Serve) -> Result<(), Failure> {
    telemetry::install(LOG);
    let stop = CancellationToken::new();
    shutdown::on_signals(stop.clone()).map_err(anyhow::Error::from)?;
    let folder = DataFolder::new(args.data)?;
    let options = Options {
        ids_after: random_id()?,
        ..Options::default()
    };
    let github = Sandbox::start(options)
        .await
        .context("the sandbox GitHub did not start")?;
    let github = Arc::new(github);
    let app = sample::register_app(&github);
    let secret = random_secret()?;
    app.set_webhook_secret(&secret);
    let config = config(&folder, &github, &app, secret)?;

    let counted = Arc::clone(&github);
    let life = Life::begin(move || counted.calls().len());
    let (ended, ends) = unbounded_channel();
    let in_force = Live::fixed(&config);
    let assembly = wiring::assemble(&config, Arc::clone(&in_force))?;
    let process = Process::start(&config, in_force, observe(assembly, &life, ended)).await?;
    say(&introduction(&github, &process));
    app.set_webhook_url(&format!("http://{}/webhook", process.address()));
    let serving = tokio::spawn(process.run(stop.clone()));

    let mut show = Show {
        sample: Arc::new(Sample::open(&github, &app, &life)),
        github,
        app,
        ends,
        stop: stop.clone(),
    };
    let verdict = show.first_check().await;
    if !args.once {
        show.go_on(args.port).await?;
    }
    stop.cancel();
    serving.await.context("the App ended unexpectedly")?;
    if args.once { verdict } else { Ok(()) }
}

/// What is going on, for whoever watches.
struct Show {
    github: Arc<Sandbox>,
    app: App,
    sample: Arc<Sample>,
    /// Deliveries that came to their end.
    ends: UnboundedReceiver<DeliveryId>,
    stop: CancellationToken,
}

impl Show {
    /// Waits for the first check, shows it, and says whether it is as expected.
    async fn first_check(&mut self) -> Result<(), Failure> {
        let first = tokio::time::timeout(PATIENCE, end_of_ours(&self.github, &mut self.ends));
        tokio::select! {
            _ = first => {}
            () = self.stop.cancelled() => {
                return Err(Failure::Other {
                    error: anyhow::anyhow!("interrupted before the first check"),
                    help: None,
                });
            }
        }
        let Some(check) = self.show_check() else {
            return Err(Failure::Other {
                error: anyhow::anyhow!("no check run was completed"),
                help: Some("the steps above end where it went wrong"),
            });
        };
        match expected::differences(&check) {
            None => {
                say(&format!(
                    "{} the check is as expected: this pull request would bring both contradictions",
                    styled(GREEN, "ok:")
                ));
                Ok(())
            }
            Some(diff) => {
                say(&format!(
                    "{} the check is not as expected\n{diff}",
                    styled(RED, &format!("error[{}]:", codes::NOT_AS_EXPECTED))
                ));
                Err(Failure::NotAsExpected)
            }
        }
    }

    /// Serves the page, and shows every further check, until the stop.
    async fn go_on(&mut self, port: Option<u16>) -> Result<(), Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("the page can't be served on {address}"))?;
        let address = listener.local_addr().context("the page has no address")?;
        let stage: Arc<dyn page::Stage> = Arc::clone(&self.sample) as _;
        let stopped = self.stop.clone().cancelled_owned();
        let page = axum::serve(listener, page::router(stage)).with_graceful_shutdown(stopped);
        let page = tokio::spawn(page.into_future());
        say(&format!(
            "\n{} {}\n{}",
            styled(BOLD, "The same as GitHub would show it:"),
            styled(CODE, &format!("http://{address}/")),
            styled(DIM, "Ctrl-C ends the sandbox.")
        ));
        loop {
            tokio::select! {
                _ = self.ends.recv() => { self.show_check(); }
                () = self.stop.cancelled() => break,
            }
        }
        // Browsers keep connections open; nothing of theirs is worth waiting for.
        page.abort();
        Ok(())
    }

    /// Shows our completed check of the pull request's head, if there is one.
    fn show_check(&self) -> Option<CheckView> {
        let check = self.sample.finished_check(&self.app)?;
        let answered = self
            .github
            .deliveries()
            .into_iter()
            .rev()
            .find_map(|delivery| {
                let attempt = delivery
                    .attempt
                    .filter(|_| delivery.event == "pull_request")?;
                Some((attempt.status?, attempt.duration.as_millis()))
            });
        let answered = answered
            .map(|(status, ms)| format!("; GitHub had its {status} after {ms} ms"))
            .unwrap_or_default();
        say(&styled(
            DIM,
            &format!(
                "           {} calls to GitHub in all{answered}\n",
                self.github.calls().len()
            ),
        ));
        say(&terminal::check::render(&check));
        Some(check)
    }
}

/// Waits for the end of a delivery of this sandbox that makes a check; that the App was installed is
/// told as well. A folder that was used before may have one in its queue that another left behind.
async fn end_of_ours(github: &Sandbox, ends: &mut UnboundedReceiver<DeliveryId>) {
    while let Some(ended) = ends.recv().await {
        let deliveries = github.deliveries();
        let is_ours = |it: &Delivery| it.guid == ended.as_str() && it.event == "pull_request";
        if deliveries.iter().any(is_ours) {
            return;
        }
    }
}

fn introduction(github: &Sandbox, process: &Process) -> String {
    format!(
        "{}\n{}\n",
        styled(
            BOLD,
            "Phase Mirror in a sandbox: nothing leaves this machine."
        ),
        styled(
            DIM,
            &format!(
                "GitHub in memory at {}, the App at http://{}",
                github.base_url(),
                process.address()
            )
        )
    )
}

/// Watches the ports that tell of a delivery's life.
fn observe(assembly: Assembly, life: &Life, ended: UnboundedSender<DeliveryId>) -> Assembly {
    let Assembly {
        queue,
        ports,
        hook,
        stores,
    } = assembly;
    let ports = Ports {
        deliveries: ObservedDeliveries::new(ports.deliveries, life, ended),
        leases: Observed::new(ports.leases, life),
        evaluations: Observed::new(ports.evaluations, life),
        pull_requests: Observed::new(ports.pull_requests, life),
        snapshots: Observed::new(ports.snapshots, life),
        check_runs: Observed::new(ports.check_runs, life),
        ..ports
    };
    Assembly {
        queue: Observed::new(queue, life),
        ports,
        hook,
        stores,
    }
}

/// A closed standard output leaves nobody to tell.
fn say(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Only what goes wrong: the steps of a delivery are shown in their own way.
const LOG: LogConfig = LogConfig {
    format: LogFormat::Text,
    level: tracing::Level::WARN,
};

/// Where the App keeps its data.
struct DataFolder {
    path: PathBuf,
    /// Deleted when dropped, where none was named.
    _temporary: Option<tempfile::TempDir>,
}

impl DataFolder {
    fn new(named: Option<PathBuf>) -> anyhow::Result<Self> {
        if let Some(path) = named {
            return Ok(Self {
                path,
                _temporary: None,
            });
        }
        let temporary = tempfile::Builder::new()
            .prefix("phase-mirror-")
            .tempdir()
            .context("no temporary folder could be made")?;
        Ok(Self {
            path: temporary.path().to_owned(),
            _temporary: Some(temporary),
        })
    }
}

/// A configuration as an operator would write it after registering the App.
fn config(
    folder: &DataFolder,
    github: &Sandbox,
    app: &App,
    secret: String,
) -> anyhow::Result<Config> {
    Ok(Config {
        data: folder.path.clone(),
        server: ServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            max_body_bytes: app::ingest::MAX_BODY_BYTES,
            max_connections: 16,
            request_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(5),
        },
        workers: NonZeroUsize::MIN,
        github: GitHubConfig {
            api_url: ApiUrl::new(github.base_url())?,
            issuer: app.client_id().to_owned(),
            private_key: PrivateKey::from_pem(&SecretString::from(app.private_key()))?,
            webhook_secret: SecretString::from(secret),
            webhook_secret_previous: None,
            actions_app_id: Some(GITHUB_ACTIONS.0),
        },
        log: LOG,
    })
}

/// Where this sandbox's ids begin. In a folder that another sandbox used, the same ids would be
/// the same repositories and deliveries, which are done with.
fn random_id() -> anyhow::Result<u32> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).context("the system gave no random bytes")?;
    // At least a million, and room for as many below 2^31.
    Ok(1_000_000 + u32::from_ne_bytes(bytes) % (i32::MAX.unsigned_abs() - 2_000_000))
}

/// 32 random bytes as hex, as docs/serve.md advises.
fn random_secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("the system gave no random bytes")?;
    Ok(bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}
