//! CODEOWNERS: parses anything, and decides paths by it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &[u8]| {
    let file = codeowners::parse(source);
    for path in ["README.md", "src/lib.rs", ".github/workflows/ci.yml", "a/b/c/d e"] {
        let _ = file.decide(path);
    }
    // Paths that the file itself speaks of reach deeper than ours.
    for rule in file.rules() {
        let _ = file.decide(rule.text.trim_matches('/'));
    }
});
