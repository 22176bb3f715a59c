//! What the benchmarks and the instruction counts work on: inputs of the sizes that repositories
//! have, made the same way every time. docs/performance.md says how to run them.

mod repositories;
mod webhook;

pub use repositories::{
    LARGE_WORKFLOW_JOBS, SMALL_WORKFLOW, codeowners, golden, large_workflow, owned_repository,
    repository, text_with_secrets,
};
pub use webhook::{Delivery, SECRET, intake, intake_that_reads_nothing};
