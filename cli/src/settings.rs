//! `phase-mirror settings export`: what GitHub enforces, as a file.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use app::metrics::Unmeasured;

use crate::api;
use crate::args::{Export, SettingsCommand};
use crate::exit::Failure;

/// Runs the command.
pub(crate) async fn run(command: SettingsCommand) -> Result<(), Failure> {
    let SettingsCommand::Export(args) = command;
    let Export {
        repository,
        branch,
        api_url,
        actions_app_id,
    } = args;
    let github = api::connect(api_url, actions_app_id, Arc::new(Unmeasured))?;
    let file = github.export_settings(&repository, branch.as_ref()).await;
    let file = file.map_err(|error| {
        api::refused(format!("cannot read the settings of {repository}"), error)
    })?;
    std::io::stdout()
        .write_all(file.as_bytes())
        .context("cannot write the settings")?;
    Ok(())
}
