//! How long CODEOWNERS takes: to read, to decide a path, and to survey a tree. Budget: 2 µs a
//! path with a thousand rules.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use oracle::{Fact, RepoPath};

const RULES: usize = 1_000;
const PATHS: usize = 100_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let text = benches::codeowners(RULES);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| codeowners::parse(black_box(text.as_bytes())));
}

#[divan::bench]
fn decide(bencher: Bencher<'_, '_>) {
    let file = codeowners::parse(benches::codeowners(RULES).as_bytes());
    let paths = paths();
    bencher.counter(ItemsCount::new(paths.len())).bench(|| {
        let owned = paths.iter().filter(|path| file.decide(path).is_some());
        assert_eq!(black_box(owned.count()), paths.len());
    });
}

#[divan::bench]
fn survey(bencher: Bencher<'_, '_>) {
    let file = codeowners::parse(benches::codeowners(RULES).as_bytes());
    let paths = paths();
    bencher.counter(ItemsCount::new(paths.len())).bench(|| {
        let mut matches = 0;
        let survey = file.survey(paths.iter().map(String::as_str), |_, matching| {
            matches += matching.len();
        });
        assert!(survey.is_ok() && black_box(matches) >= paths.len());
    });
}

/// The paths of a tree, sorted.
fn paths() -> Vec<String> {
    let fixture = benches::owned_repository(PATHS, RULES);
    let Fact::Known(entries) = fixture.snapshot.after.entries else {
        return Vec::new();
    };
    entries.keys().map(RepoPath::to_string).collect()
}
