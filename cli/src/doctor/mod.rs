//! `phase-mirror doctor`: what keeps the App from its work.

mod diagnosis;
mod show;

use std::io::Write as _;

use app::GitHubError;
use app::ports::HookDelivery;
use github::{Dated, GitHub, Hook, Installed, Registration};
use jiff::Timestamp;
use runtime::config::{Config, Sources};
use runtime::live::Live;
use runtime::wiring::{self, DataFolder};

use crate::args::{Doctor, Format};
use crate::exit::Failure;
use crate::progress::Progress;

/// Everything that was seen.
struct Facts {
    /// This machine's time, just after GitHub's.
    now: Timestamp,
    /// What should be put right about the configuration.
    warnings: Vec<String>,
    data: anyhow::Result<DataFolder>,
    registration: Dated<Registration>,
    /// What is asked as an App that GitHub knows; `None` where it does not.
    as_app: Option<AsApp>,
}

struct AsApp {
    installations: Result<Vec<Installed>, GitHubError>,
    hook: Result<Option<Hook>, GitHubError>,
    deliveries: Result<Vec<HookDelivery>, GitHubError>,
}

/// Runs the command.
pub(crate) async fn run(args: Doctor) -> Result<(), Failure> {
    let sources = Sources {
        file: args.config,
        data: args.data,
        ..Sources::default()
    };
    let sources = sources.with_process_environment();
    let loaded = Config::load(&sources)?;
    let progress = Progress::begin("asking GitHub");
    let facts = look(
        loaded.warnings.iter().map(ToString::to_string),
        &loaded.config,
    )
    .await?;
    drop(progress);
    let findings = diagnosis::of(&facts);
    let said = match args.format {
        Format::Text => write!(anstream::stdout(), "{}", show::text(&findings)),
        Format::Json => write!(std::io::stdout(), "{}", show::json(&findings)),
    };
    // A closed standard output leaves nobody to tell; the exit code does.
    let _ = said;
    match findings.iter().map(|finding| finding.state).max() {
        Some(diagnosis::State::Unseen) => Err(Failure::NotSeen),
        Some(diagnosis::State::Lacking) => Err(Failure::Lacking),
        _ => Ok(()),
    }
}

async fn look(warnings: impl Iterator<Item = String>, config: &Config) -> Result<Facts, Failure> {
    let github = wiring::github(&config.github, Live::fixed(config))?;
    let registration = github.registration().await;
    let now = wiring::now();
    let as_app = match registration.answer {
        Ok(_) => Some(as_app(&github).await),
        Err(_) => None,
    };
    Ok(Facts {
        now,
        warnings: warnings.collect(),
        data: wiring::data_folder(&config.data),
        registration,
        as_app,
    })
}

async fn as_app(github: &GitHub) -> AsApp {
    let (installations, hook, deliveries) = tokio::join!(
        github.installations(),
        github.hook(),
        github.latest_deliveries(),
    );
    AsApp {
        installations,
        hook,
        deliveries,
    }
}
