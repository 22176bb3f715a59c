//! The worker's use case under everything that can happen to it: deliveries doubled, reordered
//! and at once, workers killed between any two calls, calls that fail with and without effect,
//! leases that run out.

mod deadline;
mod kills;
mod lifecycle;
mod policies;
mod properties;
mod pushes;
mod reruns;
mod simulation;
mod stage;
mod stories;
