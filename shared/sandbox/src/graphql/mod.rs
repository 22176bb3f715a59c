//! The GraphQL API: runs the queries that the App sends, for real, over the sandbox's state.
//!
//! **Invariant:** what the sandbox does not have is an explicit error, never a null: a query
//! that GitHub would answer is answered in full or refused in words. Nothing here knows HTTP.

mod arguments;
mod checks;
mod connection;
mod document;
mod executor;
mod git;
mod object;
mod pull_request;
mod query;
mod repository;
mod view;

use serde_json::{Value, json};

use crate::state::{AccessToken, State};

/// Runs a request body (`query`, `variables`, `operationName`) for the holder of a token and
/// gives the response body, which GitHub sends with status 200 whatever it says.
pub(crate) fn execute(state: &mut State, viewer: &AccessToken, request: &Value) -> Value {
    let document = match document::Document::from_request(request) {
        Ok(document) => document,
        Err(error) => return json!({ "errors": [error] }),
    };
    let view = view::View::new(state, viewer);
    let response = executor::Execution::run(&document, &query::Query(&view));
    for (repository, number) in view.into_test_merges_read() {
        if let Some(pull_request) = state.pull_request_mut(repository, number) {
            pull_request.read_test_merge();
        }
    }
    response
}
