//! Workflow files: parses anything, and names the checks of every job, which may call the file
//! that it is in.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workflows::{Callee, job_names};

fuzz_target!(|source: &[u8]| {
    let Ok(workflow) = workflows::parse(source) else {
        return;
    };
    let itself = |_: &str| Callee::Found(&workflow);
    for job in &workflow.jobs {
        let _ = job_names(&itself, ".github/workflows/ci.yml", &workflow, job);
    }
});
