//! One story, with one accident at every single call of it.

use std::time::Duration;

use app::testing::Fault;

use crate::simulation::Simulation;
use crate::stage::{self, Base, REPOSITORY};

/// What befalls the worker at its `call`th call.
#[derive(Debug, Clone, Copy)]
enum Accident {
    /// It is killed before the call has its effect, and so after that of the call before.
    Killed,
    Fails(Fault),
}

/// Two pull requests with one head and different bases, then a new base, a wish for another check,
/// a push that leaves the other behind, a close, and a wish that comes too late; then a merge group,
/// a wish for its check, and its end.
const CHAPTERS: [fn(&mut Simulation); 10] = [
    |simulation| {
        stage::put(&simulation.world, 1, 0, Base::Strict);
        simulation.send(stage::message(1, 1, 0, None));
    },
    |simulation| {
        stage::put(&simulation.world, 2, 0, Base::Calm);
        simulation.send(stage::message(2, 2, 0, None));
    },
    |simulation| {
        stage::put(&simulation.world, 2, 0, Base::Grumpy);
        simulation.send(stage::message(3, 2, 0, None));
    },
    |simulation| simulation.send(stage::rerun(6, 0, &[2])),
    |simulation| {
        stage::change(&simulation.world, 1, |it| it.head = stage::commit(1));
        simulation.send(stage::message(4, 1, 1, Some(0)));
    },
    |simulation| {
        stage::change(&simulation.world, 2, |it| it.open = false);
        simulation.send(stage::message(5, 2, 0, None));
    },
    |simulation| simulation.send(stage::rerun(7, 0, &[])),
    |simulation| {
        stage::put_group(&simulation.world, 3, Base::Grumpy);
        simulation.send(stage::group(8, 3, Base::Grumpy));
    },
    |simulation| simulation.send(stage::rerun(9, 3, &[])),
    |simulation| {
        simulation
            .world
            .destroy_merge_group(REPOSITORY, &stage::commit(3));
        simulation.send(stage::group(10, 3, Base::Grumpy));
    },
];

/// Tells the story; at its `call`th call the accident happens. `turn` turns the page while the
/// worker is down, so that it comes back to another world.
fn tell(call: usize, accident: Accident, turn: Turn) -> Simulation {
    let mut simulation = Simulation::new();
    if let Accident::Fails(fault) = accident {
        simulation.world.fault_at(call, fault);
    }
    let mut killed = false;
    let mut chapters = CHAPTERS.into_iter();
    while let Some(chapter) = chapters.next() {
        chapter(&mut simulation);
        simulation.start(0);
        while simulation.is_working() {
            if matches!(accident, Accident::Killed)
                && !killed
                && simulation.world.calls().len() == call
            {
                killed = true;
                simulation.kill(0);
                if turn == Turn::WhileDown
                    && let Some(next) = chapters.next()
                {
                    next(&mut simulation);
                }
                simulation.world.advance(Duration::from_secs(61));
            }
            simulation.step(0);
        }
        simulation.settle();
    }
    simulation.settle();
    simulation
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    WhenDone,
    WhileDown,
}

/// How many calls the story takes without an accident.
fn calls() -> usize {
    let simulation = tell(usize::MAX, Accident::Killed, Turn::WhenDone);
    simulation.assert_settled();
    simulation.world.calls().len()
}

#[test]
fn a_kill_between_any_two_calls_changes_nothing() {
    let undisturbed = tell(usize::MAX, Accident::Killed, Turn::WhenDone);
    for call in 0..calls() {
        let simulation = tell(call, Accident::Killed, Turn::WhenDone);
        simulation.assert_settled();
        let conclusions = |simulation: &Simulation| {
            let runs = simulation.world.runs();
            let said = |run: app::testing::RecordedRun| (run.external_id, run.conclusion);
            runs.into_iter().map(said).collect::<Vec<_>>()
        };
        assert_eq!(
            conclusions(&simulation),
            conclusions(&undisturbed),
            "the same generations say the same, killed at call {call}"
        );
    }
}

#[test]
fn a_kill_while_the_world_moves_on_ends_well() {
    for call in 0..calls() {
        tell(call, Accident::Killed, Turn::WhileDown).assert_settled();
    }
}

#[test]
fn a_failure_of_any_call_with_or_without_its_effect_changes_nothing() {
    for call in 0..calls() {
        for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
            tell(call, Accident::Fails(fault), Turn::WhenDone).assert_settled();
        }
    }
}

#[test]
fn two_kills_at_any_two_calls_of_the_first_chapter_change_nothing() {
    let mut alone = Simulation::new();
    CHAPTERS[0](&mut alone);
    alone.settle();
    let calls = alone.world.calls().len();
    for first in 0..calls {
        for second in 0..calls {
            let mut simulation = Simulation::new();
            CHAPTERS[0](&mut simulation);
            for steps in [first, second] {
                simulation.world.advance(Duration::from_secs(200));
                simulation.start(0);
                (0..=steps).for_each(|_| simulation.step(0));
                simulation.kill(0);
            }
            simulation.settle();
            simulation.assert_settled();
            assert_eq!(simulation.world.runs().len(), 1, "one generation, one run");
        }
    }
}

#[test]
fn a_worker_that_was_too_slow_does_no_harm() {
    let mut alone = Simulation::new();
    CHAPTERS[0](&mut alone);
    alone.settle();
    let calls = alone.world.calls().len();
    for slow in 0..calls {
        for other in 0..=calls {
            let mut simulation = Simulation::new();
            CHAPTERS[0](&mut simulation);
            simulation.duplicate(0);
            simulation.start(0);
            (0..=slow).for_each(|_| simulation.step(0));
            // Its lease runs out, somebody else begins, and then it wakes up.
            simulation.world.advance(Duration::from_secs(130));
            simulation.start(0);
            (0..=other).for_each(|_| simulation.step(1));
            simulation.finish(0);
            simulation.settle();
            simulation.assert_settled();
            assert_eq!(simulation.world.runs().len(), 1, "one generation, one run");
        }
    }
}

#[test]
fn a_lease_that_was_renewed_too_late_is_not_relied_on() {
    let mut alone = Simulation::new();
    CHAPTERS[0](&mut alone);
    alone.settle();
    for slow in 0..alone.world.calls().len() {
        for steps_after in 1..=3 {
            let mut simulation = Simulation::new();
            CHAPTERS[0](&mut simulation);
            simulation.duplicate(0);
            simulation.start(0);
            (0..=slow).for_each(|_| simulation.step(0));
            // It wakes up, and its next call is on its way when somebody else sees the head
            // free.
            simulation.world.advance(Duration::from_secs(130));
            (0..steps_after).for_each(|_| simulation.step(0));
            simulation.start(0);
            simulation.finish(1);
            simulation.settle();
            simulation.assert_settled();
            assert_eq!(simulation.world.runs().len(), 1, "one generation, one run");
        }
    }
}
