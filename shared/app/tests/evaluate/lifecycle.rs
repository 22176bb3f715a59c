//! The App is removed while workers work, and nothing stays behind.

use app::event::{Concern, DeliveryId, Event, Message};
use app::ports::DeliveryOutcome;
use app::testing::Fault;

use crate::simulation::Simulation;
use crate::stage::{self, Base, REPOSITORY};

/// The installation on the stage.
const INSTALLATION: u64 = 1;

fn concern(delivery: u32, concern: Concern) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{delivery:08x}")).expect("hex digits"),
        trace: None,
        event: Event::Installation {
            installation_id: INSTALLATION,
            concern,
        },
    }
}

/// The account removes the App, and GitHub says so.
fn uninstall(simulation: &mut Simulation) {
    simulation.world.uninstall(INSTALLATION);
    simulation.world.hide_repository(REPOSITORY);
    simulation.send(concern(90, Concern::Removed));
}

fn judged_once() -> Simulation {
    let mut simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, Base::Strict);
    simulation.send(stage::message(1, 1, 0, None));
    simulation.settle();
    assert!(simulation.world.stored_of(REPOSITORY) >= 4);
    simulation
}

#[test]
fn an_uninstallation_that_is_killed_or_fails_at_any_call_is_completed() {
    let until = {
        let mut undisturbed = judged_once();
        let before = undisturbed.world.calls().len();
        uninstall(&mut undisturbed);
        undisturbed.settle();
        assert_eq!(undisturbed.world.stored_of(REPOSITORY), 0);
        before..undisturbed.world.calls().len()
    };
    assert!(until.len() >= 5, "{until:?}");
    for call in until {
        for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
            let mut simulation = judged_once();
            simulation.world.fault_at(call, fault);
            uninstall(&mut simulation);
            simulation.settle();
            assert_eq!(
                simulation.world.stored_of(REPOSITORY),
                0,
                "{fault:?} at {call}"
            );
            simulation.assert_settled();
        }
        let mut simulation = judged_once();
        uninstall(&mut simulation);
        simulation.start(0);
        while simulation.is_working() && simulation.world.calls().len() < call {
            simulation.step(0);
        }
        simulation.kill(0);
        simulation.settle();
        assert_eq!(
            simulation.world.stored_of(REPOSITORY),
            0,
            "killed at {call}"
        );
        simulation.assert_settled();
    }
}

/// Whatever a worker has just done when the App is removed: it goes on, or is killed.
#[test]
fn a_worker_in_the_midst_of_it_leaves_nothing_behind() {
    for first in [true, false] {
        for steps in 0..40 {
            for is_killed in [false, true] {
                let mut simulation = if first {
                    Simulation::new()
                } else {
                    judged_once()
                };
                stage::put(&simulation.world, 1, 1, Base::Grumpy);
                simulation.send(stage::message(2, 1, 1, Some(0)));
                simulation.start(0);
                for _ in 0..steps {
                    simulation.step(0);
                }
                uninstall(&mut simulation);
                // The purge runs as far as it can before the worker takes its next step.
                simulation.start(0);
                simulation.finish(1);
                if is_killed {
                    simulation.kill(0);
                }
                simulation.settle();
                let left = simulation.world.stored_of(REPOSITORY);
                assert_eq!(left, 0, "{first} {steps} {is_killed}");
                simulation.assert_settled();
            }
        }
    }
}

#[test]
fn what_comes_after_the_end_leaves_nothing() {
    let mut simulation = judged_once();
    uninstall(&mut simulation);
    simulation.settle();
    let late = stage::message(3, 1, 0, None);
    simulation.send(late.clone());
    simulation.settle();
    assert_eq!(simulation.world.stored_of(REPOSITORY), 0);
    let end = simulation.world.end_of(&late.delivery).expect("an end");
    assert_eq!(end.outcome, DeliveryOutcome::Refused);
}

/// Events are no proof: a late one tells of what is long undone.
#[test]
fn an_installation_that_github_still_has_is_not_purged() {
    let mut simulation = judged_once();
    let stored = simulation.world.stored_of(REPOSITORY);
    simulation.send(concern(91, Concern::Removed));
    simulation.send(concern(92, Concern::Left(vec![REPOSITORY])));
    simulation.send(concern(93, Concern::Left(Vec::new())));
    simulation.settle();
    assert_eq!(simulation.world.stored_of(REPOSITORY), stored);
}

#[test]
fn where_github_can_not_be_asked_nothing_is_removed() {
    for outage in ["Access::is_installed", "Access::reaches"] {
        let mut simulation = judged_once();
        let stored = simulation.world.stored_of(REPOSITORY);
        simulation.attempts = 3;
        simulation.world.outage_of(outage);
        simulation.world.remove_repository(INSTALLATION, REPOSITORY);
        let wanted = match outage {
            "Access::reaches" => Concern::Left(vec![REPOSITORY]),
            _ => Concern::Removed,
        };
        simulation.send(concern(94, wanted));
        for _ in 0..3 {
            simulation.world.advance(std::time::Duration::from_mins(1));
            simulation.start(0);
            simulation.finish(0);
        }
        assert_eq!(simulation.world.stored_of(REPOSITORY), stored, "{outage}");
    }
}
