//! Any story, told in any order, with any accidents, ends in the same state.

use std::time::Duration;

use app::testing::Fault;
use proptest::prelude::*;

use crate::simulation::Simulation;
use crate::stage::{self, Base, REPOSITORY};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Happening {
    /// A pull request is opened, or opened again, or gets another base.
    Open { number: u64, base: Base },
    /// A push moves it to another commit.
    Push { number: u64, head: u8 },
    /// It is closed.
    Close { number: u64 },
    /// Somebody wants the check of a commit again. GitHub may name a pull request with it.
    Rerun { head: u8, named: Option<u64> },
    /// GitHub delivers something a second time.
    Duplicate(usize),
    /// A worker takes a message out of the queue.
    Start(usize),
    /// A worker takes some steps.
    Steps { which: usize, count: usize },
    /// A worker works until it is done with its message, one way or the other.
    Finish(usize),
    /// A worker is killed.
    Kill(usize),
    /// A call to come goes wrong.
    Fault { after: usize, fault: Fault },
    /// Time passes: enough for requests to time out, or for leases to run out.
    Pass(Duration),
}

fn happening() -> impl Strategy<Value = Happening> {
    let number = 1..=3_u64;
    let base = prop::sample::select(Base::ALL.to_vec());
    let fault = prop::sample::select(vec![Fault::BeforeEffect, Fault::AfterEffect]);
    let seconds = prop::sample::select(vec![1, 10, 40, 130]);
    prop_oneof![
        4 => (number.clone(), base).prop_map(|(number, base)| Happening::Open { number, base }),
        3 => (number.clone(), 0..2_u8).prop_map(|(number, head)| Happening::Push { number, head }),
        1 => number.clone().prop_map(|number| Happening::Close { number }),
        2 => (0..2_u8, prop::option::of(number.clone()))
            .prop_map(|(head, named)| Happening::Rerun { head, named }),
        1 => any::<usize>().prop_map(Happening::Duplicate),
        6 => any::<usize>().prop_map(Happening::Start),
        6 => (any::<usize>(), 1..25_usize)
            .prop_map(|(which, count)| Happening::Steps { which, count }),
        6 => any::<usize>().prop_map(Happening::Finish),
        1 => any::<usize>().prop_map(Happening::Kill),
        1 => (0..10_usize, fault).prop_map(|(after, fault)| Happening::Fault { after, fault }),
        2 => seconds.prop_map(|seconds| Happening::Pass(Duration::from_secs(seconds))),
    ]
}

impl Happening {
    fn happens(&self, simulation: &mut Simulation, delivery: u32) {
        match *self {
            Self::Open { number, base } => open(simulation, delivery, number, base),
            Self::Push { number, head } => push(simulation, delivery, number, head),
            Self::Close { number } => close(simulation, delivery, number),
            Self::Rerun { head, named } => {
                let named = Vec::from_iter(named);
                simulation.send(stage::rerun(delivery, head, &named));
            }
            Self::Duplicate(which) => simulation.duplicate(which),
            Self::Start(which) => simulation.start(which),
            Self::Steps { which, count } => (0..count).for_each(|_| simulation.step(which)),
            Self::Finish(which) => simulation.finish(which),
            Self::Kill(which) => simulation.kill(which),
            Self::Fault { after, fault } => {
                let call = simulation.world.calls().len() + after;
                simulation.world.fault_at(call, fault);
            }
            Self::Pass(time) => simulation.world.advance(time),
        }
    }
}

/// The number of a commit that the pull request has as its head, if it is there.
fn head_now(simulation: &Simulation, number: u64) -> Option<u8> {
    let now = simulation.world.pull_request_now(REPOSITORY, number)?;
    (0..3).find(|n| stage::commit(*n) == now.head)
}

fn open(simulation: &mut Simulation, delivery: u32, number: u64, base: Base) {
    // All pull requests begin with the same head.
    let head = head_now(simulation, number).unwrap_or(0);
    stage::put(&simulation.world, number, head, base);
    simulation.send(stage::message(delivery, number, head, None));
}

fn push(simulation: &mut Simulation, delivery: u32, number: u64, head: u8) {
    let Some(before) = head_now(simulation, number).filter(|before| *before != head) else {
        return;
    };
    stage::change(&simulation.world, number, |it| {
        it.head = stage::commit(head);
    });
    simulation.send(stage::message(delivery, number, head, Some(before)));
}

fn close(simulation: &mut Simulation, delivery: u32, number: u64) {
    if let Some(head) = head_now(simulation, number) {
        stage::change(&simulation.world, number, |it| it.open = false);
        simulation.send(stage::message(delivery, number, head, None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Deliveries doubled, reordered and at once; workers killed; calls that fail with and
    /// without effect; leases that run out under a worker that is slow; last attempts that fail.
    #[test]
    fn everything_ends_in_one_state(
        story in prop::collection::vec(happening(), 1..60),
        attempts in prop::sample::select(vec![2, 4, u32::MAX]),
    ) {
        let mut simulation = Simulation::new();
        simulation.attempts = attempts;
        for (delivery, happening) in (0..).zip(&story) {
            happening.happens(&mut simulation, delivery);
        }
        simulation.settle();
        simulation.assert_settled();
        // And once more all of it, which changes nothing.
        let runs = simulation.world.runs();
        for delivery in 0..story.len() {
            simulation.duplicate(delivery);
        }
        simulation.settle();
        simulation.assert_settled();
        prop_assert_eq!(simulation.world.runs(), runs);
    }
}
