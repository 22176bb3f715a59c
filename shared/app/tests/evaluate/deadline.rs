//! A worker whose time ends: what it holds is free for the next one at once.

use std::time::Duration;

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, WorkError, evaluate};
use app::ports::DeliveryOutcome;
use app::testing::Fault;
use tokio::time::Instant;

use crate::simulation::Simulation;
use crate::stage::{self, Base};

const FIRST: Attempt = Attempt {
    number: 1,
    last: false,
};
const LAST: Attempt = Attempt {
    number: 12,
    last: true,
};

/// A worker with half a minute, and a pull request to check.
fn stage() -> Simulation {
    let mut simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, Base::Strict);
    simulation.worker.deadline = Some(Instant::now() + Duration::from_secs(30));
    simulation
}

/// How many calls of ports it is from the message to its end when nothing goes wrong.
async fn calls_of_one_attempt() -> usize {
    let simulation = stage();
    let message = stage::message(1, 1, 0, None);
    let ended = evaluate(&simulation.worker, &message, FIRST).await;
    assert_eq!(
        ended.ok(),
        Some(Disposition::Finished(DeliveryOutcome::Done))
    );
    simulation.world.calls().len()
}

/// The calls at which a worker has the lease: all but the first two, which ask whether the delivery
/// is finished and for the lease, and the last two, which let go and finish the delivery.
async fn calls_under_the_lease() -> std::ops::Range<usize> {
    2..calls_of_one_attempt().await - 2
}

#[tokio::test(start_paused = true)]
async fn whatever_hangs_the_next_worker_need_not_wait_for_the_lease() {
    for hanging in calls_under_the_lease().await {
        let simulation = stage();
        let world = &simulation.world;
        world.fault_at(hanging, Fault::NeverAnswers);
        let message = stage::message(1, 1, 0, None);
        let ended = evaluate(&simulation.worker, &message, FIRST).await;
        let call = world.calls()[hanging];
        assert!(
            matches!(ended, Err(WorkError::TimeOver)),
            "{call} hangs: {ended:?}"
        );
        assert_eq!(
            world.calls().last(),
            Some(&"Leases::release"),
            "{call} hangs"
        );

        // No time has passed for the lease: it was let go of.
        let mut next = simulation.worker.clone();
        next.deadline = None;
        let ended = evaluate(&next, &message, FIRST).await;
        assert_eq!(
            ended.ok(),
            Some(Disposition::Finished(DeliveryOutcome::Done)),
            "{call} hung"
        );
        let runs = world.runs();
        assert_eq!(runs.len(), 1, "{call} hung");
        assert_eq!(runs[0].conclusion, Some(Conclusion::Failure), "{call} hung");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_leaves_no_run_in_progress() {
    for hanging in calls_under_the_lease().await {
        let simulation = stage();
        let world = &simulation.world;
        world.fault_at(hanging, Fault::NeverAnswers);
        let message = stage::message(1, 1, 0, None);
        let ended = evaluate(&simulation.worker, &message, LAST).await;
        assert!(matches!(ended, Err(WorkError::TimeOver)), "{ended:?}");
        // A judgement that is stored is not overruled: whoever has the delivery tried again
        // publishes it.
        if world.calls()[..hanging].contains(&"Evaluations::put") {
            continue;
        }
        for run in world.runs() {
            let call = world.calls()[hanging];
            assert_eq!(
                run.conclusion,
                Some(Conclusion::ActionRequired),
                "{call} hangs"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_in_time_hears_nothing_of_its_deadline() {
    let mut simulation = stage();
    simulation.send(stage::message(1, 1, 0, None));
    simulation.settle();
    simulation.assert_settled();
}
