//! `phase-mirror doctor`.

use std::path::PathBuf;

use clap::Args;

use super::{EXIT_CODES, Format};

const EXAMPLES: &str = "\
Examples:
  Is everything as it must be?
      phase-mirror doctor --data /var/lib/phase-mirror

  For a monitor:
      phase-mirror doctor --data /var/lib/phase-mirror --format json";

/// Looks for what keeps the App from its work, and says what helps.
///
/// Checks the configuration, the data folder, this machine's clock, the App's key, its permissions
/// and events, where it is installed, its webhook, and what became of the latest deliveries. It takes
/// the same configuration as `serve`, may run beside it, and changes nothing at GitHub.
///
/// GitHub does not show the webhook's secret: that it is wrong is seen by deliveries that this side
/// refused.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Doctor {
    /// Configuration file [default: config.toml in the data folder, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Data folder [default: phase-mirror-data].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}
