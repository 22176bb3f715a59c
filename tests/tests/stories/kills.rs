//! A process that is killed anywhere leaves no second check and no annotation twice.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sandbox::{CheckConclusion, Failure, Fault, GITHUB_ACTIONS, PullRequest, Ruleset};
use tokio::sync::Notify;

use crate::mirror::{CI_FILE, Mirror, the_check};

/// More findings than two requests can carry.
const JOBS: usize = 120;

/// A pull request that takes away this many required jobs.
pub(crate) async fn open_a_large_one(jobs: usize) -> (Mirror, PullRequest) {
    let mirror = Mirror::start().await;
    let mut rules = Ruleset::named("main");
    let mut workflow = "on: pull_request\njobs:\n".to_owned();
    for job in 0..jobs {
        rules = rules.requires_check_from(&format!("check-{job:03}"), GITHUB_ACTIONS);
        let steps = "runs-on: x\n    steps: [{run: a}]";
        writeln!(workflow, "  check-{job:03}:\n    {steps}").expect("a string takes it");
    }
    let files = [(CI_FILE, workflow)];
    let repository = mirror.github.create_repository("octo-org/large", files);
    repository.add_ruleset(rules);
    let none = "on: pull_request\njobs:\n  none:\n    runs-on: x\n    steps: [{run: a}]\n";
    repository.push("feature", "Take them away", [(CI_FILE, none)]);
    let pull_request = repository.open_pull_request("feature", "main", "Take them away");
    mirror.receive().await;
    (mirror, pull_request)
}

#[track_caller]
fn assert_told_once(pull_request: &PullRequest, story: &str) {
    let check = the_check(pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral), "{story}");
    let mut told: Vec<&str> = check
        .annotations
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(told.len(), JOBS, "{story}");
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), JOBS, "{story}: an annotation is there twice");
}

#[tokio::test]
async fn many_findings_are_told_in_full() {
    let (mirror, pull_request) = open_a_large_one(JOBS).await;
    mirror.work().await;
    assert_told_once(&pull_request, "nobody is killed");
    mirror.end();
}

#[tokio::test]
async fn killed_at_any_call_to_github_it_ends_the_same() {
    let (mirror, pull_request) = open_a_large_one(JOBS).await;
    mirror.github.forget_calls();
    mirror.work().await;
    assert_told_once(&pull_request, "nobody is killed");
    let calls = mirror.github.calls().len();
    mirror.end();
    assert!(calls >= 8, "the story has {calls} calls to be killed at");

    for call in 0..calls {
        for fault in [
            Fault::BeforeEffect(Failure::ConnectionClosed),
            Fault::AfterEffect(Failure::ConnectionClosed),
        ] {
            killed_at(call, fault).await;
        }
    }
}

/// Kills the process while this call is under way, starts another and lets it work.
async fn killed_at(call: usize, fault: Fault) {
    let (mirror, pull_request) = open_a_large_one(JOBS).await;
    let seen = AtomicUsize::new(0);
    let killed = Arc::new(Notify::new());
    let kill = Arc::clone(&killed);
    mirror.github.inject_faults(move |_| {
        (seen.fetch_add(1, Ordering::SeqCst) == call).then(|| {
            kill.notify_one();
            fault
        })
    });
    tokio::select! {
        // The kill comes before whatever the lost answer would have led to.
        biased;
        () = killed.notified() => {}
        () = mirror.work() => panic!("call {call} is never made"),
    }
    mirror.restart().await;
    mirror.work().await;
    assert_told_once(&pull_request, &format!("killed at call {call}: {fault:?}"));
    mirror.end();
}

#[tokio::test]
async fn answers_that_are_lost_without_a_kill_do_no_harm_either() {
    let (mirror, pull_request) = open_a_large_one(JOBS).await;
    // Every third request is lost, alternately before and after its effect, for a while.
    let seen = AtomicUsize::new(0);
    mirror.github.inject_faults(move |_| {
        let seen = seen.fetch_add(1, Ordering::SeqCst);
        match (seen % 3, seen % 2) {
            _ if seen > 40 => None,
            (2, 0) => Some(Fault::BeforeEffect(Failure::Status(502))),
            (2, _) => Some(Fault::AfterEffect(Failure::ConnectionClosed)),
            _ => None,
        }
    });
    mirror.work().await;
    assert_told_once(&pull_request, "every third answer is lost");
    mirror.end();
}
