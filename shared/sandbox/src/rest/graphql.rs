//! `POST /graphql`: the one endpoint of the other API (<https://docs.github.com/en/graphql>).

use serde_json::Value;

use crate::graphql;
use crate::http::{Refusal, Reply, Request};

/// Runs a query. Whatever comes of it is said in the body, with status 200.
pub(super) fn execute(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let body: Value = request.json()?;
    let viewer = request.token()?.clone();
    Ok(Reply::ok(graphql::execute(request.state, &viewer, &body)))
}
