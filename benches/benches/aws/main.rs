//! Every operation of the stores on AWS beside the same requests made with the SDK directly, on an
//! emulator: what the adapter itself costs. `scripts/bench-stores` runs it.
//!
//! Each pair is a call of the port and, on a key of its own, the same request by hand; which goes
//! first alternates. Exit code 1: somewhere the 99th percentiles are too far apart.

#![expect(
    clippy::large_futures,
    reason = "a box would be another cost of what is timed"
)]

mod direct;
mod operation;
mod ports;
mod sameness;
mod site;
mod spread;

use std::fmt::Debug;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use direct::{Direct, Prepared};
use operation::{Operation, Subject};
use ports::Ports;
use site::Site;
use spread::{Comparison, Spread};

/// How often every operation is measured. The median of the rounds is what counts, so that no
/// single pause of the emulator or the machine decides.
const ROUNDS: usize = 5;

/// Pairs of one operation in one round.
const PAIRS: usize = 500;

/// Pairs before these, which are not looked at: connections, caches, the emulator's own compiler.
const WARM_UP: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let site = Site::new().await;
    let mut keys = 0..;
    sameness::assert_same_requests(&site, &mut keys).await;

    let (ports, direct) = (site.ports(None), site.direct(None));
    let mut bench = Bench {
        ports,
        direct,
        keys,
    };
    for operation in Operation::ALL {
        bench.round(operation, WARM_UP).await;
    }
    let mut comparisons = Operation::ALL.map(|_| Comparison::default());
    for round in 1..=ROUNDS {
        for (operation, comparison) in Operation::ALL.into_iter().zip(&mut comparisons) {
            let [port, request] = bench.round(operation, PAIRS).await;
            comparison.add(Spread::of(port), Spread::of(request));
        }
        // A run takes minutes: who waits sees what it comes to so far.
        if round < ROUNDS {
            eprintln!("{}", table(round, &comparisons));
        }
    }
    println!("{}", table(ROUNDS, &comparisons));
    if comparisons.iter().any(Comparison::is_above_limit) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn table(rounds: usize, comparisons: &[Comparison]) -> String {
    let mut lines = vec![
        format!("{rounds} rounds of {PAIRS} pairs; times in ms; medians of the rounds"),
        format!("{:28}{}", "operation", Comparison::HEADER),
    ];
    for (operation, comparison) in Operation::ALL.into_iter().zip(comparisons) {
        lines.push(format!("{:28}{comparison}", operation.name()));
    }
    lines.join("\n")
}

struct Bench {
    ports: Ports,
    direct: Direct,
    keys: std::ops::RangeFrom<u64>,
}

impl Bench {
    /// How long the port and the request took, in this order.
    async fn round(&mut self, operation: Operation, pairs: usize) -> [Vec<Duration>; 2] {
        let (mut port, mut request) = (Vec::new(), Vec::new());
        let mut subjects = self.subjects(operation).await;
        for pair in 0..pairs {
            if pair > 0 && operation.uses_up_its_subject() {
                subjects = self.subjects(operation).await;
            }
            let [ours, theirs] = &subjects;
            let theirs = &Prepared::new(operation, theirs);
            if pair % 2 == 0 {
                port.push(timed(self.ports.call(operation, ours)).await);
                request.push(timed(self.direct.call(operation, theirs)).await);
            } else {
                request.push(timed(self.direct.call(operation, theirs)).await);
                port.push(timed(self.ports.call(operation, ours)).await);
            }
        }
        [port, request]
    }

    async fn subjects(&mut self, operation: Operation) -> [Subject; 2] {
        let mut keys = || self.keys.next().expect("enough numbers");
        let subjects = [Subject::new(keys()), Subject::new(keys())];
        for subject in &subjects {
            self.ports.prepare(operation, subject).await;
        }
        subjects
    }
}

async fn timed<E: Debug>(call: impl Future<Output = Result<(), E>>) -> Duration {
    let began = Instant::now();
    let answer = call.await;
    let took = began.elapsed();
    answer.expect("the emulator does it");
    took
}
