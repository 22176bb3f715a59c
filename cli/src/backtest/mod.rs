//! `phase-mirror backtest`: the oracle over what was merged, by what holds today.

mod answer;
mod chart;
mod journal;
mod kept;
mod replay;
mod text;
mod today;
mod verdict;

use std::io::{self, Write as _};
use std::sync::Arc;

use app::GitHubErrorKind;
use oracle::Run;
use runtime::wiring;

use crate::api::{self, Calls};
use crate::args::{Backtest, BacktestFormat};
use crate::exit::{self, Failure};
use crate::output::{self, write};
use crate::progress::Progress;
use answer::{Answer, Subject};
use kept::Kept;
use replay::{CutShort, Replay};
use today::Today;

/// Runs the command.
pub(crate) async fn run(args: &Backtest) -> Result<(), Failure> {
    let run = Run {
        id: "backtest".to_owned(),
        timestamp: output::time()?,
    };
    let calls = Arc::new(Calls::default());
    let answer = answer(args, &run, &calls).await;
    if args.explain_calls {
        // Whoever closed standard error does not want to know.
        let _ = write!(io::stderr(), "{calls}");
    }
    let answer = answer?;
    output::ended(match args.format {
        BacktestFormat::Text => write(anstream::stdout(), &text::render(&answer)),
        // For machines: not a byte is touched on the way.
        BacktestFormat::Json => write(io::stdout(), &answer.to_json()),
    })
}

async fn answer(args: &Backtest, run: &Run, calls: &Arc<Calls>) -> Result<Answer, Failure> {
    let calls = Arc::clone(calls);
    let github = api::connect(args.api_url.clone(), args.actions_app_id, calls)?;
    let today = {
        let _progress = Progress::begin("asking GitHub what holds today");
        Today::read(args, &github).await?
    };
    let mut kept = Kept::open(args, &today);
    let replay = Replay {
        github: &github,
        today: &today,
        run,
    };
    let pull_requests = replay.all(&mut kept).await.map_err(|cut_short| {
        say_how_far(&cut_short, today.history.merged.len(), &kept);
        let what = format!("cannot read {} at GitHub", today.name);
        api::refused(what, cut_short.error)
    })?;
    let subject = Subject {
        repository: today.name,
        branch: today.snapshot.subject.base_branch,
        timestamp: run.timestamp,
        policy: &today.policy,
        dry_run: today.dry_run,
        complete: today.history.complete,
    };
    Ok(Answer::new(subject, pull_requests))
}

/// What the next run need not do again, and from when on.
fn say_how_far(cut_short: &CutShort, total: usize, kept: &Kept) {
    if !kept.keeps() {
        return;
    }
    let from = match &cut_short.error.kind {
        GitHubErrorKind::RateLimited { retry_after } => {
            let from = wiring::now() + *retry_after;
            format!(", from {} UTC on", from.strftime("%Y-%m-%d %H:%M"))
        }
        _ => String::new(),
    };
    exit::warn(&format!(
        "{} of {total} are judged and kept; the same command goes on from there{from}",
        cut_short.done
    ));
}
