//! The command line: what there is to say, and its help.

mod backtest;
mod check;
mod deliveries;
mod doctor;
mod settings;
mod setup;
mod target;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use backtest::{Backtest, BacktestFormat};
pub(crate) use check::{Check, ReportFormat};
pub(crate) use deliveries::{
    AppConfiguration, DeliveriesCommand, ListDeliveries, ReplayDeliveries,
};
pub(crate) use doctor::Doctor;
pub(crate) use settings::{Export, SettingsCommand};
pub(crate) use setup::Setup;
pub(crate) use target::Target;

const EXIT_CODES: &str = "\
Exit codes:
  0  done; check: nothing blocks; doctor: nothing lacks; with --once: the check is as expected
  1  check: new findings block; doctor: something lacks; with --once: the check is not as expected
  2  wrong usage, or a policy or configuration that can't be used
  3  anything else went wrong";

const EXAMPLES: &str = "\
Examples:
  See it work, on this machine only, with a GitHub in memory:
      phase-mirror serve --sandbox

  The same as a test, which ends after the first check:
      phase-mirror serve --sandbox --once

  Check the configuration and start nothing:
      phase-mirror serve --config /etc/phase-mirror/config.toml --check-config

  Serve webhooks behind a reverse proxy:
      phase-mirror serve --config /etc/phase-mirror/config.toml --data /var/lib/phase-mirror";

const MATCH_EXAMPLES: &str = "\
Examples:
  Who has to review this file?
      phase-mirror codeowners match .github/CODEOWNERS src/main.rs

  Which files does nobody own?
      git ls-files | phase-mirror codeowners match .github/CODEOWNERS --format json |
          jq -r '.[] | select(.owners == []) | .path'";

/// Finds where a repository contradicts itself, and says so on every pull request.
///
/// Phase Mirror is a GitHub App. It compares what a repository's settings require with what its
/// workflows can report, and publishes contradictions that a pull request would introduce as a
/// Check Run with annotations. `phase-mirror check` does the same over a checkout.
#[derive(Debug, Parser)]
#[command(name = "phase-mirror", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Backtest(Backtest),
    Serve(Serve),
    Setup(Setup),
    Doctor(Doctor),
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    #[command(subcommand)]
    Codeowners(CodeownersCommand),
    #[command(subcommand)]
    Settings(SettingsCommand),
}

/// Asks a CODEOWNERS file.
#[derive(Debug, Subcommand)]
pub(crate) enum CodeownersCommand {
    Match(Match),
}

/// Says for each path who owns it, and which line decides.
///
/// Patterns mean what they mean to GitHub: the last line that matches decides, a line without
/// owners leaves a path to nobody, and a line that GitHub would skip is named and skipped.
#[derive(Debug, Args)]
#[command(after_long_help = [MATCH_EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Match {
    /// The CODEOWNERS file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Paths in the repository [default: one on each line of standard input].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line for each.
    Text,
    /// A JSON array.
    Json,
}

/// Receives webhooks and answers them with Check Runs, in one process.
///
/// Data (an SQLite database with the queue, leases and results) is kept in one folder. A process
/// that was killed takes its work up again at the next start. SIGTERM or SIGINT (Ctrl-C) ends it
/// in order; a second signal ends it at once.
///
/// Settings come from a TOML file and from environment variables; docs/configuration.md lists
/// all of them.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Serve {
    /// Configuration file [default: config.toml in the data folder, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Data folder, created where it is missing [default: phase-mirror-data, or a temporary one
    /// with --sandbox].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Address to receive webhooks on, such as 127.0.0.1:8080; overrides the configuration.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,

    /// Check the configuration, name every problem, and end.
    #[arg(long)]
    pub(crate) check_config: bool,

    /// Show Phase Mirror at work against a GitHub in memory.
    ///
    /// Starts a sandbox GitHub on loopback, opens a sample pull request whose repository
    /// contradicts itself, shows the delivery's life as it happens, then the finished Check Run
    /// here and on a local page. Reads no configuration and reaches nothing outside of this
    /// machine.
    #[arg(long, conflicts_with_all = ["config", "listen", "check_config"])]
    pub(crate) sandbox: bool,

    /// End after the first check; exit 0 only if it is as expected.
    #[arg(long, requires = "sandbox")]
    pub(crate) once: bool,

    /// Port of the sandbox's local page [default: any that is free].
    #[arg(
        long,
        value_name = "PORT",
        requires = "sandbox",
        conflicts_with = "once"
    )]
    pub(crate) port: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
