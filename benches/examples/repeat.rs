//! Does one thing a given number of times and says nothing: what scripts/bench-instructions
//! counts the instructions of. Without arguments it lists what it can do.

use std::hint::black_box;
use std::process::ExitCode;

use app::ingest::{Intake, ingest};
use benches::{
    Delivery, SMALL_WORKFLOW, golden, intake, intake_that_reads_nothing, large_workflow, repository,
};
use futures_util::FutureExt;
use oracle::testing::Fixture;

/// A case, ready to be repeated.
type Repeat = fn(usize);

const CASES: &[(&str, Repeat)] = &[
    ("parse-0.8-kb", |count| parse(SMALL_WORKFLOW, count)),
    ("parse-8-kb", |count| parse(&large_workflow(), count)),
    ("evaluate-golden", |count| evaluate(&golden(), count)),
    ("evaluate-1000-files", |count| {
        evaluate(&repository(1_000, 20), count);
    }),
    ("ingest-pull-request", |count| deliver(&intake(), count)),
    ("ingest-signature-only", |count| {
        deliver(&intake_that_reads_nothing(), count);
    }),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            for (name, _) in CASES {
                println!("{name}");
            }
            ExitCode::SUCCESS
        }
        [name, count] => {
            let case = CASES.iter().find(|(case, _)| case == name);
            let (Some((_, repeat)), Ok(count)) = (case, count.parse()) else {
                eprintln!("error: expected a case and a count, found '{name} {count}'");
                return ExitCode::from(2);
            };
            repeat(count);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("error: expected no argument, or CASE COUNT");
            ExitCode::from(2)
        }
    }
}

fn parse(text: &str, count: usize) {
    for _ in 0..count {
        black_box(workflows::parse(black_box(text.as_bytes()))).ok();
    }
}

fn evaluate(fixture: &Fixture, count: usize) {
    let run = Fixture::run();
    for _ in 0..count {
        black_box(oracle::evaluate(
            black_box(&fixture.snapshot),
            &fixture.policy,
            &run,
        ));
    }
}

fn deliver(intake: &Intake, count: usize) {
    let delivery = Delivery::pull_request();
    let request = delivery.request();
    for _ in 0..count {
        black_box(ingest(intake, black_box(&request)).now_or_never());
    }
}
