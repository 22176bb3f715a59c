//! `phase-mirror check`: the oracle over a checkout.

mod explain;
mod facts;
mod failure;
mod live;
pub(crate) mod policy;

use std::io::{self, Write as _};
use std::sync::Arc;

use app::render::{Colour, Existing, TextOptions, report_markdown, report_sarif, report_text};
use oracle::{Outcome, Report, Run};

use crate::api::Calls;
use crate::args::{Check, ReportFormat};
use crate::exit::Failure;
use crate::output::{self, write};
use crate::progress::Progress;
use live::Live;
use policy::Named;

/// Runs the command.
pub(crate) async fn run(args: &Check) -> Result<(), Failure> {
    if let Some(rule) = &args.explain {
        return explain::run(rule);
    }
    let run = Run {
        id: "check".to_owned(),
        timestamp: output::time()?,
    };
    let calls = Arc::new(Calls::default());
    let report = report(args, &run, &calls).await;
    if args.explain_calls {
        // Whoever closed standard error does not want to know.
        let _ = write!(io::stderr(), "{calls}");
    }
    let report = report?;
    show(args, &report)?;
    match report.decision.outcome {
        Outcome::Pass | Outcome::Warn => Ok(()),
        Outcome::Block => Err(Failure::Blocked),
    }
}

/// Collects the facts and judges them.
async fn report(args: &Check, run: &Run, calls: &Arc<Calls>) -> Result<Report, Failure> {
    let progress = Progress::begin(match args.github {
        Some(_) => "asking GitHub",
        None => "reading the checkout",
    });
    let live = match &args.github {
        Some(target) => Some(Live::connect(args, target, Arc::clone(calls))?),
        None => None,
    };
    let snapshot = facts::collect(args, live.as_ref()).await?;
    let account = match &live {
        Some(live) => live.account_policy().await?,
        None => None,
    };
    let named = Named {
        policy: args.policy.as_deref(),
        organisation: args.organization_policy.as_deref(),
    };
    let policy = policy::in_force(named, &snapshot, account)?;
    progress.now("comparing");
    Ok(oracle::evaluate(&snapshot, &policy, run))
}

/// Colour is written always; the stream drops it where it is no terminal.
fn text_options(args: &Check) -> TextOptions {
    TextOptions {
        colour: Colour::Ansi,
        existing: if args.all {
            Existing::InFull
        } else {
            Existing::InShort
        },
        ..TextOptions::default()
    }
}

fn show(args: &Check, report: &Report) -> Result<(), Failure> {
    let written = match args.format {
        ReportFormat::Text => {
            let text = report_text(report, text_options(args));
            write(anstream::stdout(), &text)
        }
        // For machines: not a byte is touched on the way.
        ReportFormat::Json => write(io::stdout(), &report.to_json()),
        ReportFormat::Sarif => write(io::stdout(), &report_sarif(report)),
        ReportFormat::Markdown => write(io::stdout(), &report_markdown(report)),
    };
    output::ended(written)
}
