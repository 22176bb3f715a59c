//! What a worker does, told one delivery at a time.

use std::time::Duration;

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, Postponed, WorkError, evaluate};
use app::event::{Event, Message};
use app::ports::{Deliveries, DeliveryOutcome, TestMerge};
use app::testing::Fault;

use crate::simulation::Simulation;
use crate::stage::{self, Base, REPOSITORY};

const FIRST: Attempt = Attempt {
    number: 1,
    last: false,
};
const LAST: Attempt = Attempt {
    number: 12,
    last: true,
};

/// One pull request and the delivery that opened it.
fn opened(base: Base) -> (Simulation, Message) {
    let simulation = Simulation::new();
    stage::put(&simulation.world, 1, 0, base);
    (simulation, stage::message(1, 1, 0, None))
}

async fn work(
    simulation: &Simulation,
    message: &Message,
    attempt: Attempt,
) -> Result<Disposition, WorkError> {
    evaluate(&simulation.worker, message, attempt).await
}

async fn outcome(simulation: &Simulation, message: &Message) -> DeliveryOutcome {
    match work(simulation, message, FIRST).await {
        Ok(Disposition::Finished(outcome)) => outcome,
        other => panic!("{message:?}: {other:?}"),
    }
}

fn conclusions(simulation: &Simulation) -> Vec<Option<Conclusion>> {
    let runs = simulation.world.runs();
    runs.into_iter().map(|run| run.conclusion).collect()
}

async fn detail(simulation: &Simulation, message: &Message) -> String {
    let end = simulation.world.finished(&message.delivery).await;
    let end = end.expect("answered").expect("finished");
    end.detail
}

#[tokio::test]
async fn what_a_judgement_came_to_is_measured_once() {
    let (simulation, message) = opened(Base::Strict);
    for _ in 0..2 {
        assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    }
    expect_test::expect![[r#"
        Decisions{outcome=block,mode=enforce} 1
        DeliveriesDuplicate{} 1
        DeliveriesFinished{outcome=done} 1
        EvaluateTime{} 0
        Findings{rule=MD-900} 51
        PublishTime{} 0
        RuleErrors{} 0
        SnapshotTime{} 0"#]]
    .assert_eq(&simulation.measured.lines().join("\n"));
}

#[tokio::test]
async fn a_failure_is_dead_only_when_no_attempt_is_left() {
    let (simulation, message) = opened(Base::Calm);
    simulation.world.outage_of("Leases::acquire");
    work(&simulation, &message, FIRST).await.expect_err("down");
    work(&simulation, &message, LAST).await.expect_err("down");
    let measured = simulation.measured.lines();
    assert_eq!(measured, ["DeliveriesDead{} 1", "DeliveriesFailed{} 1"]);
}

#[tokio::test]
async fn an_opened_pull_request_costs_one_read_one_create_and_an_update_per_50_annotations() {
    let (simulation, message) = opened(Base::Strict);
    assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Failure)]);
    let calls = simulation.world.calls();
    let stores = [
        "Deliveries",
        "Installations",
        "Leases",
        "Heads",
        "Evaluations",
        "Policies",
    ];
    let github: Vec<_> = calls
        .into_iter()
        .filter(|call| !stores.iter().any(|store| call.starts_with(store)))
        .collect();
    assert_eq!(
        github,
        [
            // By the token that the others need.
            "Access::reaches",
            "PullRequests::pull_request",
            "CheckRuns::create",
            "Snapshots::snapshot",
            "AccountPolicies::account_policy",
            "CheckRuns::update",
            "CheckRuns::update",
        ]
    );
    let detail = detail(&simulation, &message).await;
    assert_eq!(detail, "The check of 0000000 says failure.");
}

#[tokio::test]
async fn a_delivery_that_is_finished_costs_one_look() {
    let (simulation, message) = opened(Base::Calm);
    outcome(&simulation, &message).await;
    let before = simulation.world.calls().len();
    assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    let calls = simulation.world.calls();
    assert_eq!(calls[before..], ["Deliveries::finished"]);
}

#[tokio::test]
async fn of_two_pull_requests_with_one_head_the_worst_stands_until_it_goes() {
    for leave in [
        stage_closed as fn(&Simulation) -> Message,
        stage_pushed,
        stage_retargeted,
    ] {
        let (simulation, first) = opened(Base::Strict);
        stage::put(&simulation.world, 2, 0, Base::Calm);
        let second = stage::message(2, 2, 0, None);
        assert_eq!(outcome(&simulation, &second).await, DeliveryOutcome::Done);
        assert_eq!(conclusions(&simulation), [Some(Conclusion::Success)]);
        assert_eq!(outcome(&simulation, &first).await, DeliveryOutcome::Done);
        let worst = Some(Conclusion::Failure);
        assert_eq!(conclusions(&simulation)[1], worst, "the worst stands");

        let left = leave(&simulation);
        assert_eq!(outcome(&simulation, &left).await, DeliveryOutcome::Done);
        let runs = simulation.world.runs();
        let latest = runs.iter().rfind(|run| run.sha == stage::commit(0));
        let conclusion = latest.and_then(|run| run.conclusion);
        assert_eq!(conclusion, Some(Conclusion::Success), "and goes with it");
    }
}

fn stage_closed(simulation: &Simulation) -> Message {
    stage::change(&simulation.world, 1, |it| it.open = false);
    stage::message(3, 1, 0, None)
}

fn stage_pushed(simulation: &Simulation) -> Message {
    stage::change(&simulation.world, 1, |it| it.head = stage::commit(1));
    stage::message(3, 1, 1, Some(0))
}

fn stage_retargeted(simulation: &Simulation) -> Message {
    stage::put(&simulation.world, 1, 0, Base::Calm);
    stage::message(3, 1, 0, None)
}

#[tokio::test]
async fn late_events_end_without_a_check() {
    let (simulation, message) = opened(Base::Calm);
    stage::change(&simulation.world, 1, |it| it.head = stage::commit(1));
    let superseded = outcome(&simulation, &message).await;
    assert_eq!(superseded, DeliveryOutcome::Superseded);
    stage::change(&simulation.world, 1, |it| it.open = false);
    let closed = stage::message(2, 1, 1, None);
    assert_eq!(
        outcome(&simulation, &closed).await,
        DeliveryOutcome::Ignored
    );
    assert_eq!(simulation.world.runs(), []);
}

#[tokio::test]
async fn what_is_not_there_for_us_is_refused_once_and_for_all() {
    let (simulation, message) = opened(Base::Calm);
    simulation.world.hide_repository(REPOSITORY);
    assert_eq!(
        outcome(&simulation, &message).await,
        DeliveryOutcome::Refused
    );
    assert_eq!(
        detail(&simulation, &message).await,
        "the App is not installed on the repository any more, or that is gone (installation 1, \
         repository 7)"
    );
    let measured = simulation.measured.lines();
    assert_eq!(measured, ["DeliveriesFinished{outcome=refused} 1"]);
}

#[tokio::test]
async fn without_permission_to_write_checks_a_delivery_is_refused() {
    let (simulation, message) = opened(Base::Calm);
    simulation.world.forbid_checks(REPOSITORY);
    assert_eq!(
        outcome(&simulation, &message).await,
        DeliveryOutcome::Refused
    );
    let detail = detail(&simulation, &message).await;
    assert!(detail.contains("lacks a permission"), "{detail}");
}

#[tokio::test]
async fn a_held_head_is_left_to_its_holder() {
    let (mut simulation, message) = opened(Base::Calm);
    simulation.send(message.clone());
    simulation.start(0);
    (0..4).for_each(|_| simulation.step(0));
    let answer = work(&simulation, &message, FIRST).await.unwrap();
    let delay = Duration::from_secs(2);
    assert_eq!(answer, Disposition::RetryIn(delay, Postponed::HeadTaken));
    // Somebody has to hear of it when there is no other attempt to wait for.
    let answer = work(&simulation, &message, LAST).await;
    assert!(matches!(
        answer,
        Err(WorkError::NoAttemptLeft(Postponed::HeadTaken))
    ));
}

#[tokio::test]
async fn a_pending_test_merge_is_waited_for_and_then_done_without() {
    let (simulation, message) = opened(Base::Calm);
    stage::change(&simulation.world, 1, |it| {
        it.test_merge = TestMerge::Pending;
    });
    for (number, seconds) in [(1, 2), (2, 4), (3, 8), (4, 16)] {
        let attempt = Attempt { number, ..FIRST };
        let answer = work(&simulation, &message, attempt).await.unwrap();
        let delay = Duration::from_secs(seconds);
        let expected = Disposition::RetryIn(delay, Postponed::TestMergePending);
        assert_eq!(answer, expected, "attempt {number}");
        assert_eq!(conclusions(&simulation), [None], "visible while it waits");
    }
    let attempt = Attempt { number: 5, ..FIRST };
    let answer = work(&simulation, &message, attempt).await.unwrap();
    assert_eq!(answer, Disposition::Finished(DeliveryOutcome::Done));
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Success)]);
}

#[tokio::test]
async fn a_push_that_github_does_not_show_yet_is_waited_for() {
    let (simulation, _) = opened(Base::Calm);
    let pushed = stage::message(1, 1, 1, Some(0));
    let answer = work(&simulation, &pushed, FIRST).await.unwrap();
    let delay = Duration::from_secs(2);
    assert_eq!(answer, Disposition::RetryIn(delay, Postponed::GitHubLags));
    stage::change(&simulation.world, 1, |it| it.head = stage::commit(1));
    assert_eq!(outcome(&simulation, &pushed).await, DeliveryOutcome::Done);
}

#[tokio::test]
async fn a_pull_request_that_github_does_not_show_yet_is_waited_for_and_then_refused() {
    let (simulation, _) = opened(Base::Calm);
    let other = stage::message(2, 2, 5, None);
    for number in 1..=4 {
        let attempt = Attempt { number, ..FIRST };
        let answer = work(&simulation, &other, attempt).await.unwrap();
        let lags = matches!(answer, Disposition::RetryIn(_, Postponed::GitHubLags));
        assert!(lags, "attempt {number}: {answer:?}");
    }
    let attempt = Attempt { number: 5, ..FIRST };
    let answer = work(&simulation, &other, attempt).await.unwrap();
    assert_eq!(answer, Disposition::Finished(DeliveryOutcome::Refused));
    let detail = detail(&simulation, &other).await;
    assert!(
        detail.starts_with("PullRequests::pull_request: not found"),
        "{detail}"
    );

    let third = stage::message(3, 3, 6, None);
    let answer = work(&simulation, &third, FIRST).await.unwrap();
    assert!(matches!(answer, Disposition::RetryIn(..)), "{answer:?}");
    stage::put(&simulation.world, 3, 6, Base::Calm);
    assert_eq!(outcome(&simulation, &third).await, DeliveryOutcome::Done);
}

#[tokio::test]
async fn a_base_that_github_does_not_show_yet_is_waited_for() {
    let (simulation, _) = opened(Base::Calm);
    let mut edited = stage::message(1, 1, 0, None);
    if let Event::PullRequest { base_before, .. } = &mut edited.event {
        *base_before = Some(Base::Calm.branch());
    }
    let answer = work(&simulation, &edited, FIRST).await.unwrap();
    let delay = Duration::from_secs(2);
    assert_eq!(answer, Disposition::RetryIn(delay, Postponed::GitHubLags));
    assert_eq!(
        simulation.world.runs(),
        [],
        "nothing is said of the base before"
    );
    stage::put(&simulation.world, 1, 0, Base::Strict);
    assert_eq!(outcome(&simulation, &edited).await, DeliveryOutcome::Done);
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Failure)]);
}

#[tokio::test]
async fn a_merge_group_that_github_does_not_show_yet_is_waited_for_and_one_that_went_is_not() {
    let (simulation, _) = opened(Base::Calm);
    let requested = stage::group(8, 3, Base::Grumpy);
    let answer = work(&simulation, &requested, FIRST).await.unwrap();
    let delay = Duration::from_secs(2);
    assert_eq!(answer, Disposition::RetryIn(delay, Postponed::GitHubLags));
    stage::put_group(&simulation.world, 3, Base::Grumpy);
    assert_eq!(
        outcome(&simulation, &requested).await,
        DeliveryOutcome::Done
    );

    let group = stage::commit(3);
    simulation.world.destroy_merge_group(REPOSITORY, &group);
    let destroyed = stage::group(9, 3, Base::Grumpy);
    let superseded = outcome(&simulation, &destroyed).await;
    assert_eq!(superseded, DeliveryOutcome::Superseded);
}

#[tokio::test]
async fn when_the_last_attempt_fails_the_check_says_so_and_the_next_event_judges_again() {
    let (simulation, message) = opened(Base::Calm);
    simulation.world.outage_of("Snapshots::snapshot");
    assert!(matches!(
        work(&simulation, &message, FIRST).await,
        Err(WorkError::GitHub(_))
    ));
    assert_eq!(conclusions(&simulation), [None]);
    assert!(matches!(
        work(&simulation, &message, LAST).await,
        Err(WorkError::GitHub(_))
    ));
    assert_eq!(conclusions(&simulation), [Some(Conclusion::ActionRequired)]);
    let run = simulation.world.runs().remove(0);
    assert_eq!(run.title, "Could not be judged");
    assert!(
        run.summary
            .starts_with("GitHub did not answer as it should")
    );

    simulation.world.recover();
    assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    assert_eq!(
        conclusions(&simulation),
        [Some(Conclusion::ActionRequired), Some(Conclusion::Success)]
    );
}

#[tokio::test]
async fn what_was_going_to_be_said_is_not_overruled_by_giving_up() {
    let (simulation, message) = opened(Base::Strict);
    simulation.world.outage_of("CheckRuns::update");
    assert!(work(&simulation, &message, LAST).await.is_err());
    assert_eq!(conclusions(&simulation), [None]);
    simulation.world.recover();
    assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Failure)]);
}

#[tokio::test]
async fn a_run_whose_creation_was_not_recorded_is_found_again() {
    let (simulation, message) = opened(Base::Calm);
    let create = 12;
    simulation.world.fault_at(create, Fault::AfterEffect);
    assert!(work(&simulation, &message, FIRST).await.is_err());
    assert_eq!(simulation.world.calls()[create], "CheckRuns::create");
    assert_eq!(outcome(&simulation, &message).await, DeliveryOutcome::Done);
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Success)]);
}

#[tokio::test]
async fn a_run_that_nobody_calls_for_any_more_does_not_stay_in_progress() {
    let (simulation, message) = opened(Base::Calm);
    simulation.world.outage_of("Snapshots::snapshot");
    assert!(work(&simulation, &message, FIRST).await.is_err());
    simulation.world.recover();
    stage::change(&simulation.world, 1, |it| it.open = false);
    let closed = stage::message(2, 1, 0, None);
    assert_eq!(
        outcome(&simulation, &closed).await,
        DeliveryOutcome::Ignored
    );
    assert_eq!(conclusions(&simulation), [Some(Conclusion::Cancelled)]);
    // Opened again, it is judged after all.
    stage::change(&simulation.world, 1, |it| it.open = true);
    let reopened = stage::message(3, 1, 0, None);
    assert_eq!(outcome(&simulation, &reopened).await, DeliveryOutcome::Done);
    assert_eq!(conclusions(&simulation)[1], Some(Conclusion::Success));
}
