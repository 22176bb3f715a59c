//! `phase-mirror setup`: registers the App by a manifest, from a page on loopback, and stores what
//! GitHub returns in the data folder.

mod browser;
mod flow;
mod page;

use std::future::IntoFuture as _;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use github::{ApiUrl, GITHUB_COM, NewApp};
use runtime::app_file::{self, APP_FILE};
use runtime::config::{Outset, Sources};
use runtime::shutdown;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::args::Setup;
use crate::exit::{self, Failure};
use crate::terminal::{BOLD, CODE, DIM, printable, styled};
use flow::{Flow, Reached, Registered};

/// GitHub gives a manifest one hour from its page to its key.
const PATIENCE: Duration = Duration::from_hours(1);

/// How long the browser may take to read the last page.
const LAST_PAGE: Duration = Duration::from_secs(5);

/// Where people read about the App.
const HOMEPAGE: &str = env!("CARGO_PKG_REPOSITORY");

/// Runs the command.
pub(crate) async fn run(args: Setup) -> Result<(), Failure> {
    let sources = Sources {
        file: args.config.clone(),
        data: args.data.clone(),
        ..Sources::default()
    };
    let outset = Outset::load(&sources.with_process_environment())?;
    let api_url = api_url(&args, &outset)?;
    check_free(&args, &outset)?;
    app_file::prepare(&outset.data).with_context(|| {
        let folder = outset.data.display();
        format!("the App can't be stored in {folder}; give a folder that you may write with --data")
    })?;

    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port.unwrap_or(0)));
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("the page can't be served on {address}"))?;
    let address = listener.local_addr().context("the page has no address")?;
    let state = random()?;
    let manifest = NewApp {
        name: &args.name,
        homepage: HOMEPAGE,
        webhook_url: &args.webhook_url,
        redirect_url: &format!("http://{address}/created"),
    }
    .manifest();
    let web_url = github::web_url(&api_url);
    let (ended, mut ends) = mpsc::channel(1);
    let (progress, reached) = watch::channel(Reached::default());
    let flow = Arc::new(Flow {
        page: github::registration_page(&web_url, args.organization.as_deref(), &state),
        web_url,
        api_url,
        manifest,
        state,
        data: outset.data.clone(),
        registered: tokio::sync::Mutex::default(),
        reached: progress,
        ended,
    });
    invite(address, &args);

    let stop = CancellationToken::new();
    shutdown::on_signals(stop.clone()).map_err(anyhow::Error::from)?;
    let closed = CancellationToken::new();
    let server = axum::serve(listener, page::router(flow))
        .with_graceful_shutdown(closed.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    let end = tokio::select! {
        end = ends.recv() => end,
        () = stop.cancelled() => None,
        () = tokio::time::sleep(PATIENCE) => None,
    };
    closed.cancel();
    // A browser that keeps its connection open is not waited for.
    let _ = tokio::time::timeout(LAST_PAGE, server).await;
    // What GitHub gives once may have come in these last seconds.
    let end = end.or_else(|| ends.try_recv().ok());
    let registered = end.unwrap_or_else(|| reached.borrow().clone().end())?;
    conclude(&registered, &outset.data);
    Ok(())
}

/// The API to ask, from the option or the configuration.
fn api_url(args: &Setup, outset: &Outset) -> Result<ApiUrl, Failure> {
    let configured = outset.api_url.as_deref();
    let configured = configured.map(ApiUrl::new).transpose().map_err(|error| {
        Failure::usage(
            anyhow::Error::new(error).context("the configuration's `github.api_url`"),
            "correct it, or remove it and give --api-url",
        )
    })?;
    match (&args.api_url, configured) {
        (Some(asked), Some(configured)) if *asked != configured => Err(Failure::usage(
            anyhow!(
                "`github.api_url` is configured as {}, which `serve` would ask",
                configured.as_str()
            ),
            "change it there, or leave --api-url out",
        )),
        (Some(api_url), _) => Ok(api_url.clone()),
        (None, Some(api_url)) => Ok(api_url),
        (None, None) => Ok(ApiUrl::new(GITHUB_COM).map_err(anyhow::Error::from)?),
    }
}

/// Nothing that is in use may be put aside unasked.
fn check_free(args: &Setup, outset: &Outset) -> Result<(), Failure> {
    if let Some(place) = &outset.app {
        return Err(Failure::usage(
            anyhow!("{place} names an App, which `serve` would use and not the new one"),
            "remove `client_id` and `app_id` from the configuration, with the key and the secret",
        ));
    }
    let stored = app_file::is_stored(&outset.data);
    let stored = stored.with_context(|| format!("cannot look into {}", outset.data.display()))?;
    if stored && !args.replace {
        let file = outset.data.join(APP_FILE);
        return Err(Failure::usage(
            anyhow!("an App is stored already, in {}", file.display()),
            "`phase-mirror doctor` says how it fares; --replace registers another in its place",
        ));
    }
    Ok(())
}

/// Shows where to go on.
fn invite(address: SocketAddr, args: &Setup) {
    let url = format!("http://{address}/");
    let opened = !args.no_browser && browser::open(&url);
    let word = if opened {
        "Opened in your browser:"
    } else {
        "Open in a browser:"
    };
    say(&format!(
        "{} {}\n{}",
        styled(BOLD, word),
        styled(CODE, &url),
        styled(DIM, "It waits for an hour; Ctrl-C ends it.")
    ));
    if !args.webhook_url.starts_with("https://") {
        exit::warn(&"the webhook's URL is not https://: others can read what GitHub sends");
    }
}

/// What was done, and what is left to do.
fn conclude(registered: &Registered, data: &Path) {
    if let Err(why) = &registered.hook {
        exit::warn(&format!(
            "the webhook could not be set to JSON ({why}); set its content type to \
             application/json on the App's page: {}",
            printable(&registered.html_url)
        ));
    }
    let data = data.display();
    say(&format!(
        "{} {}\nStored in {}, with its key and its secret beside it.\n\nNext:\n  Install it: {}\n  \
         phase-mirror serve --data {data}\n  phase-mirror doctor --data {data}",
        styled(
            BOLD,
            &format!("Registered {:?}:", printable(&registered.name))
        ),
        printable(&registered.html_url),
        registered.stored.display(),
        styled(CODE, &printable(&registered.install_url())),
    ));
}

/// 32 random bytes as hex.
fn random() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("the system gave no random bytes")?;
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digits.concat())
}

fn say(text: &str) {
    // A closed standard output leaves nobody to tell.
    let _ = writeln!(anstream::stdout(), "{text}");
}
