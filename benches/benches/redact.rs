//! How long it takes to take secrets out of a text.

use benches::{large_workflow, text_with_secrets};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    // The detectors are built when they are first needed; "first" measures that.
    let begun = std::time::Instant::now();
    black_box(redaction::redact("a"));
    println!("first text, detectors included: {:?}", begun.elapsed());
    divan::main();
}

#[divan::bench]
fn name_of_5_bytes(bencher: Bencher<'_, '_>) {
    redact(bencher, "build");
}

#[divan::bench]
fn text_of_4_kib(bencher: Bencher<'_, '_>) {
    redact(bencher, &large_workflow()[..4096]);
}

#[divan::bench]
fn text_of_4_kib_with_21_secrets(bencher: Bencher<'_, '_>) {
    redact(bencher, &text_with_secrets()[..4096]);
}

#[divan::bench]
fn hostile_text_of_4_kib(bencher: Bencher<'_, '_>) {
    redact(bencher, &"password=$a:".repeat(512)[..4096]);
}

#[divan::bench]
fn workflow_of_8_kb(bencher: Bencher<'_, '_>) {
    redact(bencher, &large_workflow());
}

fn redact(bencher: Bencher<'_, '_>, text: &str) {
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| redaction::redact(black_box(text)));
}
