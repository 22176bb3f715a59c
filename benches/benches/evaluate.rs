//! How long the oracle takes, from a fetched snapshot to a report. Budget: less than 100 ms at
//! the 99th percentile.

use benches::{golden, owned_repository, repository};
use divan::{Bencher, black_box};
use oracle::testing::Fixture;

fn main() {
    divan::main();
}

#[divan::bench]
fn golden_case(bencher: Bencher<'_, '_>) {
    evaluate(bencher, &golden());
}

/// Files in each tree, and how many of them are workflows.
#[divan::bench(args = [(10, 2), (1_000, 20), (100_000, 50)], sample_count = 300)]
fn repository_of(bencher: Bencher<'_, '_>, (entries, workflows): (usize, usize)) {
    evaluate(bencher, &repository(entries, workflows));
}

/// Files in each tree, and rules of its CODEOWNERS.
#[divan::bench(args = [(1_000, 20), (100_000, 1_000)], sample_count = 300)]
fn codeowners_of(bencher: Bencher<'_, '_>, (entries, rules): (usize, usize)) {
    evaluate(bencher, &owned_repository(entries, rules));
}

fn evaluate(bencher: Bencher<'_, '_>, fixture: &Fixture) {
    let report = fixture.report();
    assert!(report.items.len() >= 2 && report.meta.rule_errors.is_empty());
    let run = Fixture::run();
    bencher.bench(|| oracle::evaluate(black_box(&fixture.snapshot), &fixture.policy, &run));
}
