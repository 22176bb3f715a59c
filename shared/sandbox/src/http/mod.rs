//! GitHub's HTTP: the server, and what happens around every request.

mod answer;
mod auth;
mod exchange;
mod fault;
mod page;
pub(crate) mod query;
mod refusal;
mod request;
mod route;
mod server;
mod web;

pub use exchange::{Call, Exchange};
pub use fault::{Failure, Fault};

pub(crate) use fault::Faults;
pub(crate) use refusal::Refusal;
pub(crate) use request::{Reply, Request};
pub(crate) use route::{Audience, Route};
pub(crate) use server::{bind, serve};
