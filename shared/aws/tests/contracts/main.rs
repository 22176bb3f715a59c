//! The contract suites of the ports on emulators of AWS, and what only AWS can do to us: late
//! removal of items, answers that get lost, items that others wrote.
//!
//! Run by `scripts/with-emulators cargo test -p aws --all-features`.

mod actions;
mod endpoint;
mod expiry;
mod foreign;
mod lost_answers;
mod parameters;
mod queue;
mod recorder;
mod site;
mod stores;
