//! The `phase-mirror` command.

mod page;
mod terminal;
mod view;

fn main() {}
