//! `phase-mirror check`.

use std::path::PathBuf;

use clap::Args;
use github::ApiUrl;
use oracle::BranchName;

use super::{EXIT_CODES, Target};

const EXAMPLES: &str = "\
Examples:
  What contradicts what, in this checkout?
      phase-mirror check

  What would this branch introduce into main?
      phase-mirror check --base origin/main

  With the settings that GitHub has for the branch (rules, protection, recent checks):
      phase-mirror settings export octo-org/hello > settings.json
      phase-mirror check --settings settings.json --base origin/main

  The same, with what GitHub says now (the token is read from GITHUB_TOKEN or GH_TOKEN):
      GITHUB_TOKEN=$(gh auth token) phase-mirror check . --github octo-org/hello --base origin/main

  A pull request, as the App would judge it; and a whole repository, without a checkout:
      phase-mirror check --github octo-org/hello#7
      phase-mirror check --github octo-org/hello

  For code scanning:
      phase-mirror check --format sarif > phase-mirror.sarif

  What is this rule about?
      phase-mirror check --explain MD-001";

/// Finds where a checkout contradicts itself.
///
/// Judges the files as they are on the disk (those that Git tracks or would take). Without
/// --base every finding is new; with it, only those are that the change introduces. What GitHub
/// enforces is not in a checkout: without --github or --settings, what depends on it is listed as not
/// looked at, and never taken to be fine.
///
/// With --github and no PATH nothing on the disk is read: GitHub is asked for everything, as the
/// App asks it. Nothing is ever written to GitHub.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Check {
    /// The repository, or a folder in it [default: the current folder; with --github, none].
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,

    /// Ask GitHub, with the token in `GITHUB_TOKEN` or `GH_TOKEN`.
    ///
    /// With PATH: for what it enforces on the branch (--branch), and the organisation's policy.
    /// Without: for the pull request with this number, or else for the branch as it is. The token
    /// reads contents, actions, checks, pull requests and statuses; what it may not see is listed
    /// as not looked at.
    #[arg(long, value_name = "OWNER/REPO[#N]", conflicts_with = "settings")]
    pub(crate) github: Option<Target>,

    /// Say on standard error which calls of GitHub were made.
    #[arg(long, requires = "github")]
    pub(crate) explain_calls: bool,

    /// The REST API of a GitHub Enterprise Server [default: that of github.com].
    #[arg(long, value_name = "URL", requires = "github", value_parser = ApiUrl::new)]
    pub(crate) api_url: Option<ApiUrl>,

    /// The id of the GitHub Actions App there [default: 15368 on github.com, else unknown].
    #[arg(long, value_name = "ID", requires = "github")]
    pub(crate) actions_app_id: Option<u64>,

    /// Compare with where the histories of REV and of what is checked out meet.
    ///
    /// REV is a branch, a tag or a commit. Policy and suppressions then count as they stand
    /// there, so that a change can't excuse itself.
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,

    /// GitHub's settings of the branch, as `phase-mirror settings export` writes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,

    /// Policy to use instead of .github/phase-mirror.yml.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// The organisation's policy, which the repository's is merged over.
    #[arg(long, value_name = "FILE")]
    pub(crate) organization_policy: Option<PathBuf>,

    /// The branch that would be merged into [default: that of --settings, else the default
    /// branch].
    #[arg(long, value_name = "NAME", value_parser = BranchName::new)]
    pub(crate) branch: Option<BranchName>,

    /// How to answer.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,

    /// Show in full what was there already, too.
    #[arg(long)]
    pub(crate) all: bool,

    /// Explain a rule instead, by its id or name.
    #[arg(long, value_name = "RULE", conflicts_with_all = [
        "path", "base", "settings", "github", "policy", "organization_policy", "branch", "format",
        "all",
    ])]
    pub(crate) explain: Option<String>,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people, as compilers do.
    Text,
    /// The report, schema 3 (schemas/dissonance-report.v3.schema.json).
    Json,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Markdown, for job summaries and comments.
    Markdown,
}
