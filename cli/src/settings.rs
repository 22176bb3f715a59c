//! `phase-mirror settings export`: what GitHub enforces, as a file.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use github::ACTIONS_ON_GITHUB_COM;
use runtime::environment::{self, TOKEN_VARIABLES};
use runtime::wiring;

use crate::args::{Export, SettingsCommand};
use crate::exit::Failure;

/// Runs the command.
pub(crate) async fn run(command: SettingsCommand) -> Result<(), Failure> {
    let SettingsCommand::Export(args) = command;
    let token = environment::github_token().ok_or_else(|| {
        let [first, second] = TOKEN_VARIABLES;
        Failure::usage(
            anyhow!("no token for GitHub: neither {first} nor {second} is set"),
            "create one that reads the repository, or use `gh auth token`",
        )
    })?;
    let on_github_com = args.api_url.is_github_com();
    let actions = args
        .actions_app_id
        .or_else(|| on_github_com.then_some(ACTIONS_ON_GITHUB_COM));
    let github = wiring::github_with_token(args.api_url.clone(), token, actions);
    let github = github.map_err(anyhow::Error::new)?;
    let file = export(&github, &args).await?;
    std::io::stdout()
        .write_all(file.as_bytes())
        .context("cannot write the settings")?;
    Ok(())
}

async fn export(github: &github::GitHub, args: &Export) -> Result<String, Failure> {
    let exported = github
        .export_settings(&args.repository, args.branch.as_ref())
        .await;
    exported.map_err(|error| {
        let help = match error.kind {
            app::GitHubErrorKind::Unauthorized => Some("GitHub does not take the token: renew it"),
            app::GitHubErrorKind::NotFound => {
                Some("check the name, and that the token's owner can see the repository")
            }
            _ => None,
        };
        Failure::Other {
            error: anyhow::Error::new(error)
                .context(format!("cannot read the settings of {}", args.repository)),
            help,
        }
    })
}
