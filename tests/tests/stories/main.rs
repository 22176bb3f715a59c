//! Stories of pull requests, told over the real parts: the sandbox GitHub over HTTP (every
//! request and answer held to GitHub's own descriptions), the GitHub adapter, SQLite on disk,
//! and the use cases. Only the webhook's HTTP is left out; the command's own tests have it.

mod actions;
mod faults;
mod hostile;
mod kills;
mod life;
mod lifecycle;
mod limits;
mod mirror;
mod policy;
mod queue;
mod redelivery;
mod refusals;
mod rerun;
mod workers;
