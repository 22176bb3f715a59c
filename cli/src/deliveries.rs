//! `phase-mirror deliveries`: what GitHub has sent to the App, and sending it again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use app::event::DeliveryId;
use app::ports::{HookDeliveries as _, HookDelivery};
use app::redeliver::{LOOKS_BACK, is_of_one};
use app::webhook::{Expectation, expectation};
use github::{GitHub, MOST_DELIVERIES};
use jiff::Timestamp;
use runtime::config::{Config, Sources};
use runtime::live::Live;
use runtime::wiring;
use serde_json::json;

use crate::api;
use crate::args::{AppConfiguration, DeliveriesCommand, Format, ListDeliveries, ReplayDeliveries};
use crate::exit::{self, Failure};
use crate::progress::Progress;
use crate::terminal::printable;

/// Runs the command.
pub(crate) async fn run(command: DeliveriesCommand) -> Result<(), Failure> {
    match command {
        DeliveriesCommand::List(args) => list(args).await,
        DeliveriesCommand::Replay(args) => replay(args).await,
    }
}

async fn list(args: ListDeliveries) -> Result<(), Failure> {
    let github = connect(args.app)?;
    let mut sent = sent(&github).await?;
    if args.failed {
        sent = failed(sent);
    }
    let text = match args.format {
        Format::Text => lines(&sent),
        Format::Json => documents(&sent),
    };
    say(&text)
}

async fn replay(args: ReplayDeliveries) -> Result<(), Failure> {
    let github = connect(args.app)?;
    let ids = if args.failed {
        let worked_on = |one: &HookDelivery| {
            expectation(&one.event, one.action.as_deref()) != Expectation::Nothing
        };
        let failed = failed(sent(&github).await?).into_iter().filter(worked_on);
        failed.map(|one| one.id).collect()
    } else {
        args.ids
    };
    if args.dry_run {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        return say(&format!(
            "{} would be asked for: {}\n",
            plural(ids.len()),
            ids.join(" ")
        ));
    }
    let (mut asked, mut refused) = (0, None);
    for id in ids {
        match github.redeliver(id).await {
            Ok(()) => asked += 1,
            Err(error) if is_of_one(&error) => {
                exit::warn(&format!("cannot ask for {id} again"));
                refused = Some(error);
            }
            Err(error) => {
                say(&format!("{} asked for\n", plural(asked)))?;
                let what = format!("cannot ask for {id} again");
                return Err(api::refused_as_app(what, error));
            }
        }
    }
    say(&format!("{} asked for\n", plural(asked)))?;
    refused.map_or(Ok(()), |error| {
        let what = "not all could be asked for".to_owned();
        Err(api::refused_as_app(what, error))
    })
}

fn connect(app: AppConfiguration) -> Result<Arc<GitHub>, Failure> {
    let sources = Sources {
        file: app.config,
        data: app.data,
        ..Sources::default()
    };
    let loaded = Config::load(&sources.with_process_environment())?;
    let config = loaded.config;
    Ok(wiring::github(&config.github, Live::fixed(&config))?)
}

/// Every attempt of the last three days, the latest first.
async fn sent(github: &GitHub) -> Result<Vec<HookDelivery>, Failure> {
    let progress = Progress::begin("asking GitHub");
    let since = wiring::now().checked_sub(LOOKS_BACK);
    let sent = github.sent_since(since.unwrap_or(Timestamp::MIN)).await;
    drop(progress);
    let mut sent = sent.map_err(|error| {
        api::refused_as_app("cannot list what GitHub has sent".to_owned(), error)
    })?;
    if sent.len() >= MOST_DELIVERIES {
        exit::warn(&format!(
            "only the latest {MOST_DELIVERIES} deliveries are looked at"
        ));
    }
    sent.sort_by_key(|one| std::cmp::Reverse((one.at, one.id)));
    Ok(sent)
}

/// The latest attempts of deliveries of which that was not taken.
fn failed(sent: Vec<HookDelivery>) -> Vec<HookDelivery> {
    let mut latest: BTreeMap<DeliveryId, u64> = BTreeMap::new();
    for one in &sent {
        latest.entry(one.guid.clone()).or_insert(one.id);
    }
    let is_latest = |one: &HookDelivery| latest.get(&one.guid) == Some(&one.id);
    let mut sent = sent;
    sent.retain(|one| is_latest(one) && !one.is_taken());
    sent
}

fn lines(sent: &[HookDelivery]) -> String {
    let event = |one: &HookDelivery| match &one.action {
        Some(action) => printable(&format!("{}.{action}", one.event)),
        None => printable(&one.event),
    };
    let width = sent.iter().map(|one| event(one).chars().count()).max();
    let width = width.unwrap_or_default();
    let digits = sent.iter().map(|one| one.id.to_string().len()).max();
    let digits = digits.unwrap_or_default();
    let mut text = String::new();
    for one in sent {
        let status = one
            .status
            .map_or_else(|| "none".to_owned(), |it| it.to_string());
        let (id, at, event, guid) = (one.id, one.at, event(one), &one.guid);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{id:>digits$}  {at}  {event:width$}  {status:>4}  {guid}"
        );
    }
    text
}

fn documents(sent: &[HookDelivery]) -> String {
    let all: Vec<_> = sent
        .iter()
        .map(|one| {
            json!({
                "id": one.id, "guid": one.guid, "at": one.at,
                "event": one.event, "action": one.action, "status": one.status,
            })
        })
        .collect();
    // A list of JSON values always serialises.
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

fn plural(count: usize) -> String {
    match count {
        1 => "1 delivery".to_owned(),
        count => format!("{count} deliveries"),
    }
}

fn say(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other.context("cannot write the answer")?),
    }
}
