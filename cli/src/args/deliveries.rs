//! `phase-mirror deliveries`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EXIT_CODES, Format};

const LIST_EXAMPLES: &str = "\
Examples:
  What has GitHub sent in the last three days, and what was answered?
      phase-mirror deliveries list --data /var/lib/phase-mirror

  What was not taken?
      phase-mirror deliveries list --failed --format json";

const REPLAY_EXAMPLES: &str = "\
Examples:
  Which deliveries were not taken and would be asked for?
      phase-mirror deliveries replay --failed --dry-run

  Ask for them again:
      phase-mirror deliveries replay --failed

  Ask for one, by its id of the list:
      phase-mirror deliveries replay 12345678";

/// Looks through what GitHub has sent to the App, and asks for it again.
#[derive(Debug, Subcommand)]
pub(crate) enum DeliveriesCommand {
    List(ListDeliveries),
    Replay(ReplayDeliveries),
}

/// Where the App's configuration is; the same as of `serve`.
#[derive(Debug, Args)]
pub(crate) struct AppConfiguration {
    /// Configuration file [default: config.toml in the data folder, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Data folder [default: phase-mirror-data].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Lists what GitHub has sent in the last three days, the latest first.
///
/// Each attempt has a line: its id, when, the event, what was answered, and the delivery's own id,
/// which all its attempts share and which log lines have as `delivery.id`.
#[derive(Debug, Args)]
#[command(after_long_help = [LIST_EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct ListDeliveries {
    #[command(flatten)]
    pub(crate) app: AppConfiguration,

    /// Only those whose latest attempt was not taken (2xx).
    #[arg(long)]
    pub(crate) failed: bool,

    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Asks GitHub to send deliveries again.
///
/// What comes twice has one effect. `serve` asks by itself for what it has not done; this is for what
/// you want at once, or where another program took the webhooks.
#[derive(Debug, Args)]
#[command(after_long_help = [REPLAY_EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct ReplayDeliveries {
    #[command(flatten)]
    pub(crate) app: AppConfiguration,

    /// Ids of attempts, as `deliveries list` shows them.
    #[arg(value_name = "ID", required_unless_present = "failed")]
    pub(crate) ids: Vec<u64>,

    /// All of the last three days whose latest attempt was not taken, of events that are worked on.
    #[arg(long, conflicts_with = "ids")]
    pub(crate) failed: bool,

    /// Say which these are, and ask for none.
    #[arg(long)]
    pub(crate) dry_run: bool,
}
