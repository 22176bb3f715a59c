//! Tests through the public interface.

mod limits;
mod names;
mod parsing;
mod properties;
