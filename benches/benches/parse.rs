//! How long a workflow file takes to read.

use benches::{SMALL_WORKFLOW, large_workflow};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

#[divan::bench]
fn workflow_of_0_8_kb(bencher: Bencher<'_, '_>) {
    parse(bencher, SMALL_WORKFLOW);
}

#[divan::bench]
fn workflow_of_8_kb(bencher: Bencher<'_, '_>) {
    parse(bencher, &large_workflow());
}

fn parse(bencher: Bencher<'_, '_>, text: &str) {
    assert!(workflows::parse(text.as_bytes()).is_ok_and(|workflow| workflow.problems.is_empty()));
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| workflows::parse(black_box(text.as_bytes())));
}
