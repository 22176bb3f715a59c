//! GitHub, behind the ports of [`app`]: App authentication, REST and GraphQL, Check Runs; and
//! the payloads of its webhooks.
//!
//! **Invariant.** Nothing of octocrab, HTTP or JSON leaves this crate: its types are the
//! ports' own. No token, no key and no body of a request or an answer is ever logged or put
//! into an error.
//!
//! **Invariant.** What GitHub could not or would not show is an error or
//! [`Unavailable`](oracle::Unavailable), never an empty answer; no request with an effect is
//! repeated by itself.
//!
//! Feature `client` (default) is everything that talks to GitHub; [`webhook`] is there without
//! it.

#[cfg(feature = "client")]
mod access;
mod api;
#[cfg(feature = "client")]
mod auth;
#[cfg(feature = "client")]
mod check_run;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod collaborators;
#[cfg(feature = "client")]
mod config;
#[cfg(feature = "client")]
mod endpoint;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod graphql;
#[cfg(feature = "client")]
mod history;
#[cfg(feature = "client")]
mod manifest;
#[cfg(feature = "client")]
mod pull_request;
#[cfg(feature = "client")]
mod registration;
#[cfg(feature = "client")]
mod settings_file;
#[cfg(feature = "client")]
mod snapshot;
#[cfg(feature = "client")]
mod transport;
pub mod webhook;

#[cfg(feature = "client")]
pub use client::GitHub;
#[cfg(feature = "client")]
pub use config::{
    ACTIONS_ON_GITHUB_COM, ApiUrl, ClientError, ConfigError, GITHUB_COM, GitHubConfig, KeySource,
    KeyUnavailable, PrivateKey,
};
#[cfg(feature = "client")]
pub use history::{Change, History, Merged};
#[cfg(feature = "client")]
pub use manifest::{ConversionError, NewApp, NewlyRegistered, convert, registration_page, web_url};
#[cfg(feature = "client")]
pub use registration::{
    Account, Dated, EVENTS, Granted, Hook, Installed, MOST_DELIVERIES, PERMISSIONS, Permission,
    Registration,
};
#[cfg(feature = "client")]
pub use settings_file::{SettingsFile, SettingsFileError, unknown_settings};
#[cfg(feature = "client")]
pub use snapshot::Past;
