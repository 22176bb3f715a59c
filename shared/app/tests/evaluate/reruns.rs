//! Wishes for another check: each is answered once, by a run made after it came.

use std::time::Duration;

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, evaluate};
use app::event::{Message, Wish};
use app::ports::{DeliveryOutcome, Generation, REMEMBERED_RERUNS};
use app::testing::Fault;
use proptest::prelude::*;

use crate::simulation::Simulation;
use crate::stage::{self, Base, REPOSITORY};

const FIRST: Attempt = Attempt {
    number: 1,
    last: false,
};

/// A pull request whose head is judged.
fn judged(base: Base) -> Simulation {
    let mut simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, base);
    simulation.send(stage::message(1, 1, 0, None));
    simulation.settle();
    simulation
}

/// How a message ends at the first attempt, and what is said of it.
async fn end(simulation: &Simulation, message: &Message) -> (DeliveryOutcome, String) {
    let ended = evaluate(&simulation.worker, message, FIRST).await;
    let Ok(Disposition::Finished(outcome)) = ended else {
        panic!("{message:?}: {ended:?}");
    };
    let end = simulation.world.end_of(&message.delivery);
    (outcome, end.expect("it is recorded").detail)
}

async fn outcome(simulation: &Simulation, message: &Message) -> DeliveryOutcome {
    end(simulation, message).await.0
}

/// Generations and conclusions of all runs.
fn runs(simulation: &Simulation) -> Vec<(String, Option<Conclusion>)> {
    let runs = simulation.world.runs().into_iter();
    runs.map(|run| {
        let generation = run.external_id.0.rsplit('/').next().map(str::to_owned);
        (generation.unwrap_or_default(), run.conclusion)
    })
    .collect()
}

fn latest(simulation: &Simulation) -> Generation {
    let latest = simulation.world.latest_generation(&stage::head(0));
    latest.expect("the head is judged")
}

#[tokio::test]
async fn a_rerun_is_a_run_of_its_own_though_nothing_changed() {
    let simulation = judged(Base::Strict);
    let asked = stage::rerun(2, 0, &[1]);
    assert_eq!(
        end(&simulation, &asked).await,
        (
            DeliveryOutcome::Done,
            "The check of 0000000 says failure.".to_owned()
        )
    );
    let failure = Some(Conclusion::Failure);
    let expected = [("1".to_owned(), failure), ("2".to_owned(), failure)];
    assert_eq!(runs(&simulation), expected);
    // The same delivery again, and another event about the same state, change nothing.
    outcome(&simulation, &asked).await;
    outcome(&simulation, &stage::message(3, 1, 0, None)).await;
    assert_eq!(runs(&simulation), expected);
}

#[tokio::test]
async fn a_rerun_judges_anew_what_changed_without_an_event() {
    let simulation = judged(Base::Strict);
    stage::put(&simulation.world, 1, 0, Base::Calm);
    let asked = stage::rerun(2, 0, &[1]);
    assert_eq!(outcome(&simulation, &asked).await, DeliveryOutcome::Done);
    assert_eq!(runs(&simulation)[1].1, Some(Conclusion::Success));
}

#[tokio::test]
async fn pull_requests_are_those_known_those_named_or_else_those_found() {
    let list = "PullRequests::open_with_head";
    for (named, looks) in [(&[1][..], 0), (&[9], 1), (&[], 1)] {
        let simulation = Simulation::new();
        stage::put(&simulation.world, 1, 0, Base::Grumpy);
        let asked = stage::rerun(1, 0, named);
        assert_eq!(outcome(&simulation, &asked).await, DeliveryOutcome::Done);
        assert_eq!(runs(&simulation)[0].1, Some(Conclusion::Neutral));
        let calls = simulation.world.calls().into_iter();
        let found = calls.filter(|call| *call == list).count();
        assert_eq!(found, looks, "named {named:?}");
    }
    let simulation = judged(Base::Calm);
    let asked = stage::rerun(2, 0, &[]);
    assert_eq!(outcome(&simulation, &asked).await, DeliveryOutcome::Done);
    let calls = simulation.world.calls();
    assert!(!calls.contains(&list), "the head's are known: {calls:?}");
}

#[tokio::test]
async fn where_no_open_pull_request_has_the_head_nothing_is_done() {
    let simulation = judged(Base::Calm);
    stage::change(&simulation.world, 1, |it| it.open = false);
    let asked = stage::rerun(2, 0, &[1]);
    assert_eq!(
        end(&simulation, &asked).await,
        (
            DeliveryOutcome::Ignored,
            "No open pull request has the head 0000000.".to_owned()
        )
    );
    assert_eq!(runs(&simulation).len(), 1);
}

#[tokio::test]
async fn where_pull_requests_can_not_be_looked_through_that_is_said() {
    let simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, Base::Calm);
    simulation.world.open_too_many();
    let (outcome, detail) = end(&simulation, &stage::rerun(1, 0, &[])).await;
    assert_eq!(outcome, DeliveryOutcome::Refused);
    assert_eq!(
        detail,
        "which pull requests have the head 0000000 is not known: More are open than are looked \
         through; a push to them brings their check (installation 1, repository 7)"
    );
    assert_eq!(runs(&simulation), []);
    // Who is known need not be looked for.
    assert_eq!(
        self::outcome(&simulation, &stage::rerun(2, 0, &[1])).await,
        DeliveryOutcome::Done
    );
}

#[tokio::test]
async fn where_the_repository_is_gone_a_rerun_is_refused() {
    let simulation = judged(Base::Calm);
    simulation.world.hide_repository(REPOSITORY);
    let refused = outcome(&simulation, &stage::rerun(2, 0, &[1])).await;
    assert_eq!(refused, DeliveryOutcome::Refused);
}

/// A worker was killed before it had judged: who asks now gets that judgement, and not two.
#[test]
fn a_run_in_progress_that_has_yet_to_judge_is_the_answer() {
    let mut simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, Base::Calm);
    simulation.send(stage::message(1, 1, 0, None));
    simulation.start(0);
    while simulation.world.runs().is_empty() {
        simulation.step(0);
    }
    simulation.kill(0);
    simulation.world.advance(Duration::from_secs(130));
    simulation.send(stage::rerun(2, 0, &[1]));
    // Before the message of the worker that was killed.
    simulation.start(1);
    simulation.finish(0);
    simulation.settle();
    simulation.assert_settled();
    assert_eq!(runs(&simulation).len(), 1);
    assert_eq!(latest(&simulation).reruns.len(), 1);
}

/// What was judged before somebody asked does not answer him, even where it is said only now.
#[test]
fn a_judgement_that_is_stored_is_said_and_then_made_again() {
    let mut simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, Base::Calm);
    simulation.send(stage::message(1, 1, 0, None));
    simulation.start(0);
    while !simulation.world.calls().contains(&"Evaluations::put") {
        simulation.step(0);
    }
    simulation.kill(0);
    simulation.world.advance(Duration::from_secs(130));
    stage::put(&simulation.world, 1, 0, Base::Strict);
    simulation.send(stage::rerun(2, 0, &[1]));
    simulation.start(1);
    simulation.finish(0);
    simulation.settle();
    simulation.assert_settled();
    let conclusions: Vec<_> = runs(&simulation).into_iter().map(|run| run.1).collect();
    let expected = [Some(Conclusion::Success), Some(Conclusion::Failure)];
    assert_eq!(conclusions, expected);
}

#[test]
fn killed_at_any_two_calls_a_rerun_is_one_run() {
    let calls = {
        let mut undisturbed = judged(Base::Strict);
        let before = undisturbed.world.calls().len();
        undisturbed.send(stage::rerun(2, 0, &[]));
        undisturbed.settle();
        undisturbed.world.calls().len() - before
    };
    assert!(calls >= 15, "a rerun of {calls} calls");
    for first in 0..calls {
        for second in 0..calls {
            let mut simulation = judged(Base::Strict);
            simulation.send(stage::rerun(2, 0, &[]));
            for steps in [first, second] {
                simulation.world.advance(Duration::from_secs(200));
                simulation.start(0);
                (0..=steps).for_each(|_| simulation.step(0));
                simulation.kill(0);
            }
            simulation.settle();
            simulation.assert_settled();
            assert_eq!(runs(&simulation).len(), 2, "killed at {first}, {second}");
        }
    }
}

#[test]
fn of_many_reruns_the_latest_are_remembered() {
    let mut simulation = judged(Base::Calm);
    let wishes = u32::try_from(REMEMBERED_RERUNS).expect("a small number") + 2;
    for delivery in 0..wishes {
        simulation.send(stage::rerun(10 + delivery, 0, &[]));
        simulation.settle();
    }
    let latest = latest(&simulation);
    assert_eq!(latest.number, wishes + 1);
    assert_eq!(latest.reruns.len(), REMEMBERED_RERUNS);
    let newest = stage::rerun(10 + wishes - 1, 0, &[]).delivery;
    assert!(latest.answers(&newest));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// One run for each wish that came when the last was granted, whatever befalls the workers:
    /// kills, lost calls, duplicates at work at the same time.
    #[test]
    fn there_are_as_many_runs_as_were_asked_for(
        wishes in prop::collection::vec(
            (
                any::<bool>(),
                prop::collection::vec((0..25_usize, any::<bool>()), 0..3),
                prop::option::of((0..25_usize, prop::sample::select(
                    vec![Fault::BeforeEffect, Fault::AfterEffect],
                ))),
            ),
            1..4,
        ),
    ) {
        let mut simulation = judged(Base::Grumpy);
        for (delivery, (is_named, accidents, fault)) in (2..).zip(&wishes) {
            let named: &[u64] = if *is_named { &[1] } else { &[] };
            let asked = stage::rerun(delivery, 0, named);
            if let Some((after, fault)) = fault {
                let call = simulation.world.calls().len() + after;
                simulation.world.fault_at(call, *fault);
            }
            simulation.send(asked.clone());
            for (steps, is_slow) in accidents {
                simulation.send(asked.clone());
                simulation.start(0);
                (0..*steps).for_each(|_| simulation.step(0));
                if *is_slow {
                    // It goes on later, when somebody else has long begun.
                    simulation.world.advance(Duration::from_secs(130));
                } else {
                    simulation.kill(0);
                    simulation.world.advance(Duration::from_secs(61));
                }
            }
            simulation.settle();
        }
        simulation.assert_settled();
        prop_assert_eq!(simulation.world.runs().len(), wishes.len() + 1);
        let number = u32::try_from(wishes.len()).unwrap() + 1;
        prop_assert_eq!(latest(&simulation).number, number);
    }
}

#[tokio::test]
async fn what_is_only_observed_is_listed_for_whoever_asks_and_for_no_other() {
    let simulation = judged(Base::Calm);
    let asked = stage::wish(2, 0, &[1], Wish::Observed);
    assert_eq!(outcome(&simulation, &asked).await, DeliveryOutcome::Done);
    let listed = |run: &app::testing::RecordedRun| run.summary.contains("mode `observe`");
    let runs = simulation.world.runs();
    assert_eq!(runs.iter().map(listed).collect::<Vec<_>>(), [false, true]);
    outcome(&simulation, &stage::rerun(3, 0, &[1])).await;
    assert!(!listed(&simulation.world.runs()[2]));
    assert_eq!(
        simulation.world.forgotten(),
        [REPOSITORY; 2],
        "as things are now"
    );
}
