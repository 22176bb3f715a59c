//! Holds exchanges to GitHub's own descriptions of its API, so that neither the App nor the
//! sandbox can drift from what GitHub accepts and gives.
//!
//! The descriptions are the OpenAPI document of the REST API and its webhooks and the schema of
//! the GraphQL API, as GitHub publishes them. They are not in the repository:
//! `scripts/contracts` fetches them.
//!
//! **Invariant:** stricter than GitHub's description where it is loose. A member that the
//! description does not name is a violation, in requests and in responses alike, because a
//! misspelt one would otherwise pass; only schemas that name no member at all are open.

mod corrections;
mod error;
mod graphql;
mod graphql_response;
mod openapi;
mod parameters;
mod rest;
mod routes;
mod schema;
mod violation;
mod watched;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use error::ContractError;
pub use violation::{Part, Violation};
pub use watched::Watched;

use graphql::GraphQl;
use openapi::OpenApi;

use crate::Exchange;

/// GitHub's descriptions, loaded. Validators are made when first needed and kept.
#[derive(Debug)]
pub struct Contract {
    openapi: OpenApi,
    graphql_schema: String,
    graphql: OnceLock<GraphQl>,
    webhook_examples: PathBuf,
}

impl Contract {
    /// Loads the descriptions from the folder in `PHASE_MIRROR_CONTRACTS`, or else from where
    /// `scripts/contracts` puts them.
    pub fn load() -> Result<Self, ContractError> {
        Self::load_from(&folder()?)
    }

    /// Loads the descriptions from a folder.
    pub fn load_from(folder: &Path) -> Result<Self, ContractError> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|source| ContractError::Read { path, source })
        };
        let path = folder.join("api.github.com.json");
        let openapi = OpenApi::parse(&read("api.github.com.json")?)
            .map_err(|source| ContractError::Parse { path, source })?;
        Ok(Self {
            openapi,
            graphql_schema: read("schema.graphql")?,
            graphql: OnceLock::new(),
            webhook_examples: folder.join("webhook-examples.json"),
        })
    }

    /// The contract of this process, loaded once.
    pub fn shared() -> Result<&'static Self, &'static ContractError> {
        static SHARED: OnceLock<Result<Contract, ContractError>> = OnceLock::new();
        SHARED.get_or_init(Self::load).as_ref()
    }

    /// What in an exchange with GitHub's API differs from its description; empty when nothing.
    pub fn check_exchange(&self, exchange: &Exchange) -> Vec<Violation> {
        if exchange.call.path == "/graphql" {
            self.graphql().check(exchange)
        } else {
            rest::check(&self.openapi, exchange)
        }
    }

    /// What in the body of a webhook differs from GitHub's description of its event and action.
    pub fn check_webhook(&self, event: &str, body: &[u8]) -> Vec<Violation> {
        rest::check_webhook(&self.openapi, event, body)
    }

    /// GitHub's example bodies of an event's webhooks. They are of different years: the older
    /// ones lack members that are required today.
    pub fn webhook_examples(&self, event: &str) -> Result<Vec<serde_json::Value>, ContractError> {
        #[derive(serde::Deserialize)]
        struct Event {
            name: String,
            examples: Vec<serde_json::Value>,
        }
        let path = self.webhook_examples.clone();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ContractError::Read { path, source }),
        };
        let events: Vec<Event> =
            serde_json::from_str(&text).map_err(|source| ContractError::Parse { path, source })?;
        Ok(events
            .into_iter()
            .filter(|known| known.name == event)
            .flat_map(|known| known.examples)
            .collect())
    }

    fn graphql(&self) -> &GraphQl {
        self.graphql
            .get_or_init(|| GraphQl::parse(&self.graphql_schema))
    }
}

/// Where `scripts/contracts` puts what it fetches, the descriptions and other published schemas
/// among it; the two must agree.
pub fn folder() -> Result<PathBuf, ContractError> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    variable("PHASE_MIRROR_CONTRACTS")
        .or_else(|| variable("PHASE_MIRROR_CACHE").map(|cache| cache.join("contracts")))
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("phase-mirror/contracts")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/phase-mirror/contracts")))
        .ok_or(ContractError::NoFolder)
}
