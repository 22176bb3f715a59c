//! The `phase-mirror` command.
fn main() {}
