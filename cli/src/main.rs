//! The `phase-mirror` command: reads the command line, runs what it names, and ends with an
//! exit code that `--help` documents.

mod api;
mod args;
mod backtest;
mod check;
mod codeowners;
mod deliveries;
mod demo;
mod doctor;
mod exit;
mod output;
mod page;
mod progress;
mod serve;
mod settings;
mod setup;
mod terminal;
mod view;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) if args.sandbox => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Check(args) => check::run(&args).await,
        Command::Backtest(args) => backtest::run(&args).await,
        Command::Setup(args) => setup::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Deliveries(command) => deliveries::run(command).await,
        Command::Codeowners(command) => codeowners::run(&command),
        Command::Settings(command) => settings::run(command).await,
    };
    exit::conclude(result)
}
