//! `phase-mirror backtest`.

use std::path::PathBuf;

use clap::Args;
use github::{ApiUrl, GITHUB_COM};
use oracle::{BranchName, RepositoryName};

use super::EXIT_CODES;

/// GitHub's list of pull requests is read up to 2,000 entries.
const MOST: i64 = 1_000;

const EXAMPLES: &str = "\
Examples:
  What would have been blocked lately (the token is read from GITHUB_TOKEN or GH_TOKEN)?
      GITHUB_TOKEN=$(gh auth token) phase-mirror backtest --github octo-org/hello

  What if the policy were this one?
      phase-mirror backtest --github octo-org/hello --last 200 --policy strict.yml

  The pull requests that would have been blocked, for a script:
      phase-mirror backtest --github octo-org/hello --format json |
          jq -r '.pull_requests[] | select(.outcome == \"block\") | .url'";

/// Says which merged pull requests would have been blocked, and by which rule.
///
/// Judges the pull requests that a branch took last again, each as it was merged, by the policy and
/// the settings that the branch has today: what the App would do from now on. Nothing is written to
/// GitHub. What would have been blocked is an answer and no failure: the exit code is then 0, too.
///
/// Each verdict is kept in the cache folder ($XDG_CACHE_HOME/phase-mirror, or else
/// ~/.cache/phase-mirror), so that a run that was cut short goes on where it was.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Backtest {
    /// The repository, asked with the token in `GITHUB_TOKEN` or `GH_TOKEN`.
    ///
    /// The token reads contents, actions, checks, pull requests and statuses; what it may not see is
    /// listed as not looked at.
    #[arg(long, value_name = "OWNER/REPO", value_parser = RepositoryName::new)]
    pub(crate) github: RepositoryName,

    /// How many pull requests, the last that were merged.
    #[arg(
        long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u16).range(1..=MOST)
    )]
    pub(crate) last: u16,

    /// The branch that they were merged into [default: the repository's default branch].
    #[arg(long, value_name = "NAME", value_parser = BranchName::new)]
    pub(crate) branch: Option<BranchName>,

    /// Policy to use instead of the branch's .github/phase-mirror.yml.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// The organisation's policy, which the repository's is merged over [default: that of GitHub].
    #[arg(long, value_name = "FILE")]
    pub(crate) organization_policy: Option<PathBuf>,

    /// How to answer.
    #[arg(long, value_enum, default_value_t = BacktestFormat::Text)]
    pub(crate) format: BacktestFormat,

    /// Judge all of them anew, whatever an earlier run has kept.
    #[arg(long)]
    pub(crate) fresh: bool,

    /// Say on standard error which calls of GitHub were made.
    #[arg(long)]
    pub(crate) explain_calls: bool,

    /// The REST API of a GitHub Enterprise Server.
    #[arg(long, value_name = "URL", default_value = GITHUB_COM, value_parser = ApiUrl::new)]
    pub(crate) api_url: ApiUrl,

    /// The id of the GitHub Actions App there [default: 15368 on github.com, else unknown].
    #[arg(long, value_name = "ID")]
    pub(crate) actions_app_id: Option<u64>,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum BacktestFormat {
    /// For people, with a bar chart.
    Text,
    /// For programs (schemas/backtest.v1.schema.json).
    Json,
}
