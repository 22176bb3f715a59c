//! `phase-mirror settings`.

use clap::{Args, Subcommand};
use github::{ApiUrl, GITHUB_COM};
use oracle::{BranchName, RepositoryName};

use super::EXIT_CODES;

const EXAMPLES: &str = "\
Examples:
  The settings of the default branch, with the token of the GitHub CLI:
      GITHUB_TOKEN=$(gh auth token) phase-mirror settings export octo-org/hello > settings.json

  Another branch, on a GitHub Enterprise Server:
      phase-mirror settings export octo-org/hello --branch release/1.x \\
          --api-url https://github.example.com/api/v3 --actions-app-id 4";

/// Asks GitHub for what it enforces.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    Export(Export),
}

/// Writes GitHub's settings of a branch, for `phase-mirror check --settings`.
///
/// The file holds GitHub's own answers: rules of rulesets, classic protection, workflow states,
/// and the checks of recently merged pull requests. It holds no secret. The token is read from
/// `GITHUB_TOKEN` or `GH_TOKEN`; it needs to read contents, actions, checks, pull requests and
/// statuses, and what it may not see is said in the file.
#[derive(Debug, Args)]
#[command(after_long_help = [EXAMPLES, "\n\n", EXIT_CODES].concat(), after_help = EXIT_CODES)]
pub(crate) struct Export {
    /// The repository, owner/name.
    #[arg(value_name = "OWNER/REPO", value_parser = RepositoryName::new)]
    pub(crate) repository: RepositoryName,

    /// The branch [default: the repository's default branch].
    #[arg(long, value_name = "NAME", value_parser = BranchName::new)]
    pub(crate) branch: Option<BranchName>,

    /// The REST API of a GitHub Enterprise Server.
    #[arg(long, value_name = "URL", default_value = GITHUB_COM, value_parser = ApiUrl::new)]
    pub(crate) api_url: ApiUrl,

    /// The id of the GitHub Actions App there [default: 15368 on github.com, else unknown].
    #[arg(long, value_name = "ID")]
    pub(crate) actions_app_id: Option<u64>,
}
