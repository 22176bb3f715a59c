//! Tests through the public interface.

mod conditions;
mod limits;
mod names;
mod parsing;
mod properties;
