//! The sandbox and GitHub's own descriptions of its API, held against each other.

#![cfg(test)]
#![cfg(feature = "contract")]

mod catches;
mod client;
mod events;
mod graphql;
mod graphql_refusals;
mod rest;
mod scene;
