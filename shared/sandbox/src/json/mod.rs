//! GitHub's JSON: how the state looks in REST answers and webhook bodies.
//!
//! Shapes are those of GitHub's OpenAPI description, with every field that it requires.

mod account;
mod app;
mod check_run;
mod commit;
mod pull_request;
mod repository;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use pull_request::Detail;

/// A time as GitHub writes it.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_string()
}

/// A time that may not have come.
pub(crate) fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(time(at)))
}

/// Adds the fields of one object to another.
pub(crate) fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
