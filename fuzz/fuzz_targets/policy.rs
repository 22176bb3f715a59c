//! Policy files: parses anything, and resolves it as either of the two files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oracle::BranchName;
use oracle::policy::{parse, resolve};

fuzz_target!(|source: &[u8]| {
    let Ok(file) = parse(".github/phase-mirror.yml", source) else {
        return;
    };
    if let Ok(branch) = BranchName::new("main") {
        let _ = resolve(None, Some(&file), &branch);
        let _ = resolve(Some(&file), None, &branch);
        let _ = resolve(Some(&file), Some(&file), &branch);
    }
});
