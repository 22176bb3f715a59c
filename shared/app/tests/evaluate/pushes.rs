//! What is open against a branch is judged again, once: because its policy was pushed, or because
//! somebody who may push wants it.

use std::time::Duration;

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, Postponed, evaluate};
use app::event::{Login, Message, Wish};
use app::ports::{DeliveryOutcome, MOST_INTO, TestMerge};
use app::testing::Fault;

use crate::simulation::Simulation;
use crate::stage::{self, Base, commit};

/// Three pull requests whose heads are judged, two of them into the same branch.
fn judged() -> Simulation {
    let mut simulation = Simulation::new();
    for (number, head, base) in [
        (1, 1, Base::Strict),
        (2, 2, Base::Strict),
        (3, 3, Base::Calm),
    ] {
        stage::put(&simulation.world, number, head, base);
        let delivery = u32::from(head);
        simulation.send(stage::message(delivery, number, head, None));
    }
    simulation.settle();
    simulation
}

async fn attempt(simulation: &Simulation, message: &Message, number: u32) -> Disposition {
    let last = number >= 12;
    let attempt = Attempt { number, last };
    let ended = evaluate(&simulation.worker, message, attempt).await;
    ended.expect("nothing fails")
}

/// How often the head of each pull request was judged.
fn runs_of_heads(simulation: &Simulation) -> [usize; 3] {
    let runs = simulation.world.runs();
    [1, 2, 3].map(|head| runs.iter().filter(|run| run.sha == commit(head)).count())
}

const DONE: Disposition = Disposition::Finished(DeliveryOutcome::Done);

#[tokio::test]
async fn what_is_open_against_the_branch_is_judged_again_and_nothing_else() {
    let simulation = judged();
    let pushed = stage::policy_pushed(9, Base::Strict);
    assert_eq!(attempt(&simulation, &pushed, 1).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
    let end = simulation.world.end_of(&pushed.delivery);
    assert_eq!(
        end.expect("it is recorded").detail,
        "Judged again: 2 pull requests."
    );
    // Delivered again it does nothing more.
    assert_eq!(attempt(&simulation, &pushed, 1).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
}

#[tokio::test]
async fn where_nothing_is_open_nothing_is_done() {
    let simulation = judged();
    let pushed = stage::policy_pushed(9, Base::Grumpy);
    let ignored = Disposition::Finished(DeliveryOutcome::Ignored);
    assert_eq!(attempt(&simulation, &pushed, 1).await, ignored);
    assert_eq!(runs_of_heads(&simulation), [1, 1, 1]);
}

#[tokio::test]
async fn a_pull_request_that_must_wait_holds_up_no_other() {
    let simulation = judged();
    let world = &simulation.world;
    // GitHub still shows the merge with the base before the push.
    stage::change(world, 1, |it| it.base_tip = commit(210));
    let pushed = stage::policy_pushed(9, Base::Strict);
    let Disposition::RetryIn(_, why) = attempt(&simulation, &pushed, 1).await else {
        panic!("the first has to wait");
    };
    assert_eq!(why, Postponed::TestMergePending);
    assert_eq!(runs_of_heads(&simulation), [1, 2, 1]);

    stage::change(world, 1, |it| {
        it.test_merge = TestMerge::Clean {
            commit: commit(211),
            base: commit(210),
        };
    });
    assert_eq!(attempt(&simulation, &pushed, 2).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1], "each once more");
}

#[tokio::test]
async fn a_push_that_github_does_not_show_yet_is_waited_for() {
    let simulation = judged();
    let tip = simulation.world.pull_request_now(stage::REPOSITORY, 1);
    let tip = tip.expect("it is there").base_tip;
    // Tip and test merge are both from before the push, and agree with each other.
    let shows = |it: &mut app::ports::PullRequest, tip: &oracle::ObjectId| {
        it.base_tip = tip.clone();
        it.test_merge = TestMerge::Clean {
            commit: commit(211),
            base: tip.clone(),
        };
    };
    stage::change(&simulation.world, 1, |it| shows(it, &stage::before_push()));
    let pushed = stage::policy_pushed(9, Base::Strict);
    let Disposition::RetryIn(..) = attempt(&simulation, &pushed, 1).await else {
        panic!("it has to wait");
    };
    assert_eq!(runs_of_heads(&simulation), [1, 2, 1]);
    stage::change(&simulation.world, 1, |it| shows(it, &tip));
    assert_eq!(attempt(&simulation, &pushed, 2).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
}

#[tokio::test]
async fn github_may_never_renew_a_test_merge() {
    let simulation = judged();
    stage::change(&simulation.world, 1, |it| it.base_tip = commit(210));
    let pushed = stage::policy_pushed(9, Base::Strict);
    assert_eq!(attempt(&simulation, &pushed, 5).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
}

#[tokio::test]
async fn what_fails_in_the_middle_goes_on_where_it_ended() {
    let mut simulation = judged();
    simulation.send(stage::policy_pushed(9, Base::Strict));
    let calls = simulation.world.calls().len();
    simulation.world.fault_at(calls + 20, Fault::AfterEffect);
    simulation.settle();
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
    let runs = simulation.world.runs();
    let judged = |run: &app::testing::RecordedRun| run.conclusion == Some(Conclusion::Failure);
    assert!(runs.iter().take(2).all(judged), "{runs:#?}");
}

#[tokio::test]
async fn only_so_many_are_judged_again_at_a_time() {
    let simulation = Simulation::new();
    for number in 0..=u8::try_from(MOST_INTO).expect("small") {
        stage::put(&simulation.world, 1 + u64::from(number), number, Base::Calm);
    }
    let pushed = stage::policy_pushed(9, Base::Calm);
    assert_eq!(attempt(&simulation, &pushed, 1).await, DONE);
    assert_eq!(simulation.world.runs().len(), MOST_INTO);
    let end = simulation.world.end_of(&pushed.delivery);
    assert_eq!(
        end.expect("it is recorded").detail,
        "Judged again: 100 pull requests. More are open; their next push brings their check."
    );
}

#[tokio::test]
async fn the_deadline_ends_it_with_what_is_done_kept() {
    let mut simulation = judged();
    let now = tokio::time::Instant::now();
    simulation.worker.deadline = now.checked_sub(Duration::from_secs(1));
    let pushed = stage::policy_pushed(9, Base::Strict);
    let first = Attempt {
        number: 1,
        last: false,
    };
    assert!(evaluate(&simulation.worker, &pushed, first).await.is_err());
    simulation.worker.deadline = None;
    assert_eq!(attempt(&simulation, &pushed, 2).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
}

fn of_branch(delivery: u32, head: u8, named: &[u64]) -> Message {
    let by = Login::new("octocat").expect("a login");
    stage::wish(delivery, head, named, Wish::Branch { by })
}

fn may_push(simulation: &Simulation) {
    let octocat = Login::new("octocat").expect("a login");
    simulation.world.put_pusher(stage::REPOSITORY, octocat);
}

#[tokio::test]
async fn who_may_push_can_have_everything_open_judged_again() {
    let simulation = judged();
    may_push(&simulation);
    let pressed = of_branch(9, 1, &[]);
    assert_eq!(attempt(&simulation, &pressed, 1).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [2, 2, 1]);
    assert_eq!(simulation.world.forgotten(), [stage::REPOSITORY]);
}

#[tokio::test]
async fn who_may_not_push_can_not() {
    let simulation = judged();
    let ignored = Disposition::Finished(DeliveryOutcome::Ignored);
    assert_eq!(
        attempt(&simulation, &of_branch(9, 1, &[1]), 1).await,
        ignored
    );
    assert_eq!(runs_of_heads(&simulation), [1, 1, 1]);
}

#[tokio::test]
async fn a_head_that_nobody_remembers_has_the_bases_of_what_github_names() {
    let simulation = judged();
    may_push(&simulation);
    assert_eq!(attempt(&simulation, &of_branch(9, 99, &[3]), 1).await, DONE);
    assert_eq!(runs_of_heads(&simulation), [1, 1, 2]);
    let nothing = attempt(&simulation, &of_branch(10, 99, &[]), 1).await;
    assert_eq!(nothing, Disposition::Finished(DeliveryOutcome::Ignored));
}
