//! Tests through the public interface.

mod names;
mod parsing;
mod properties;
