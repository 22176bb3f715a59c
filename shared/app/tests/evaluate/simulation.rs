//! A queue and its workers on one thread, where the test decides who takes the next step.
//!
//! Every port call suspends once, so that between two polls of a worker lies exactly one call.
//! Dropping a worker there is what a kill is: what it did stays, and it learns nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, LEASE, Ports, WorkError, Worker, evaluate};
use app::event::{DeliveryId, Event, Message};
use app::ports::{Clock, DeliveryOutcome, HeadPullRequest, PullRequest, REMEMBERED_RERUNS};
use app::testing::{Measured, World};
use jiff::Timestamp;

use crate::stage::{self, Base, REPOSITORY, annotated};

type Ended = Result<Disposition, WorkError>;

/// How long a message of a killed worker stays hidden.
const VISIBILITY: Duration = Duration::from_mins(1);

struct Waiting {
    message: Message,
    number: u32,
    not_before: Timestamp,
}

struct Running {
    message: Message,
    number: u32,
    work: Pin<Box<dyn Future<Output = Ended>>>,
}

pub(crate) struct Simulation {
    pub(crate) world: Arc<World>,
    pub(crate) worker: Worker,
    pub(crate) measured: Arc<Measured>,
    /// After so many attempts a failure is the last.
    pub(crate) attempts: u32,
    waiting: Vec<Waiting>,
    dead: Vec<Message>,
    running: Vec<Running>,
    sent: BTreeMap<String, Message>,
    finished: BTreeSet<String>,
}

impl Simulation {
    pub(crate) fn new() -> Self {
        let world = World::new();
        world.put_snapshots(stage::snapshot);
        let measured = Arc::new(Measured::default());
        let worker = Worker {
            ports: Ports {
                clock: Arc::clone(&world) as _,
                deliveries: Arc::clone(&world) as _,
                leases: Arc::clone(&world) as _,
                heads: Arc::clone(&world) as _,
                evaluations: Arc::clone(&world) as _,
                pull_requests: Arc::clone(&world) as _,
                snapshots: Arc::clone(&world) as _,
                check_runs: Arc::clone(&world) as _,
                policies: Arc::clone(&world) as _,
                account_policies: Arc::clone(&world) as _,
                collaborators: Arc::clone(&world) as _,
                installations: Arc::clone(&world) as _,
                access: Arc::clone(&world) as _,
                purge: Arc::clone(&world) as _,
            },
            judge: stage::judge,
            lease: LEASE,
            deadline: None,
            metrics: Arc::clone(&measured) as _,
        };
        Self {
            world,
            worker,
            measured,
            attempts: u32::MAX,
            waiting: Vec::new(),
            dead: Vec::new(),
            running: Vec::new(),
            sent: BTreeMap::new(),
            finished: BTreeSet::new(),
        }
    }

    /// Puts a message into the queue; again, if it was sent before.
    pub(crate) fn send(&mut self, message: Message) {
        let id = message.delivery.to_string();
        self.sent.insert(id, message.clone());
        self.enqueue(message, 0, Duration::ZERO);
    }

    /// Puts one of the messages sent so far into the queue once more.
    pub(crate) fn duplicate(&mut self, which: usize) {
        if let Some(message) = pick(self.sent.len(), which)
            .and_then(|place| self.sent.values().nth(place))
            .cloned()
        {
            self.enqueue(message, 0, Duration::ZERO);
        }
    }

    /// Hands a visible message, not necessarily the oldest, to a new worker.
    pub(crate) fn start(&mut self, which: usize) {
        let now = self.world.now();
        let visible: Vec<usize> = (0..self.waiting.len())
            .filter(|place| self.waiting[*place].not_before <= now)
            .collect();
        let Some(place) = pick(visible.len(), which) else {
            return;
        };
        let Waiting {
            message, number, ..
        } = self.waiting.remove(visible[place]);
        let number = number + 1;
        let (worker, job) = (self.worker.clone(), message.clone());
        let attempt = Attempt {
            number,
            last: number >= self.attempts,
        };
        let work = Box::pin(async move { evaluate(&worker, &job, attempt).await });
        self.running.push(Running {
            message,
            number,
            work,
        });
    }

    /// Lets a worker take all its steps.
    pub(crate) fn finish(&mut self, which: usize) {
        if let Some(place) = pick(self.running.len(), which) {
            let workers = self.running.len();
            while self.running.len() == workers {
                self.step(place);
            }
        }
    }

    /// Lets a worker take its next step.
    pub(crate) fn step(&mut self, which: usize) {
        let Some(place) = pick(self.running.len(), which) else {
            return;
        };
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(ended) = self.running[place].work.as_mut().poll(&mut context) else {
            return;
        };
        let Running {
            message, number, ..
        } = self.running.remove(place);
        match ended {
            Ok(Disposition::Finished(_)) => {
                self.finished.insert(message.delivery.to_string());
            }
            Ok(Disposition::RetryIn(delay, _)) => self.enqueue(message, number, delay),
            Err(_) if number >= self.attempts => self.dead.push(message),
            Err(_) => self.enqueue(message, number, Duration::from_secs(1)),
        }
    }

    /// Kills a worker where it stands; its message comes back.
    pub(crate) fn kill(&mut self, which: usize) {
        if let Some(place) = pick(self.running.len(), which) {
            let killed = self.running.remove(place);
            self.enqueue(killed.message, killed.number, VISIBILITY);
        }
    }

    pub(crate) fn is_working(&self) -> bool {
        !self.running.is_empty()
    }

    /// Works until there is nothing left to do; the operator has dead letters tried again.
    pub(crate) fn settle(&mut self) {
        // Far more than any story needs; a livelock must be a failure, not a hang.
        for _ in 0..100_000 {
            if !self.running.is_empty() {
                self.step(0);
                continue;
            }
            let Some(next) = self.waiting.iter().map(|waiting| waiting.not_before).min() else {
                let Some(dead) = self.dead.pop() else {
                    return;
                };
                self.enqueue(dead, 0, Duration::ZERO);
                continue;
            };
            let wait = self.world.now().duration_until(next);
            self.world
                .advance(Duration::try_from(wait).unwrap_or_default());
            self.start(0);
        }
        panic!("the workers don't come to rest");
    }

    /// What must hold once everything is settled, whatever happened before.
    pub(crate) fn assert_settled(&self) {
        let sent: BTreeSet<String> = self.sent.keys().cloned().collect();
        assert_eq!(self.finished, sent, "every delivery is finished");
        let mut external_ids = BTreeSet::new();
        for run in self.world.runs() {
            let first = external_ids.insert((run.sha.clone(), run.external_id.clone()));
            assert!(first, "two runs for {:?}", run.external_id);
            assert!(
                run.conclusion.is_some(),
                "{:?} in progress",
                run.external_id
            );
            let twice = annotated(&run).into_iter().find(|(_, times)| *times > 1);
            assert_eq!(twice, None, "an annotation twice in {:?}", run.external_id);
        }
        for sha in 0..4 {
            self.assert_judged(sha);
        }
        self.assert_answered();
    }

    /// Every wish for another check that was granted has an answer, and only wishes have.
    fn assert_answered(&self) {
        for sha in 0..4 {
            let head = stage::head(sha);
            let is_about_it = |message: &&Message| match &message.event {
                Event::Rerequested { head: of, .. } => *of == head.sha,
                Event::PullRequest { .. }
                | Event::MergeGroup { .. }
                | Event::PolicyPushed { .. }
                | Event::Installation { .. }
                | Event::Repository { .. } => false,
            };
            let asked: Vec<&Message> = self.sent.values().filter(is_about_it).collect();
            let Some(latest) = self.world.latest_generation(&head) else {
                continue;
            };
            let known = |id: &DeliveryId| asked.iter().any(|message| message.delivery == *id);
            assert!(latest.reruns.iter().all(known), "somebody asked for each");
            if asked.len() > REMEMBERED_RERUNS {
                continue;
            }
            for message in asked {
                let end = self.world.end_of(&message.delivery);
                let is_done = end.is_some_and(|end| end.outcome == DeliveryOutcome::Done);
                let is_answered = latest.answers(&message.delivery);
                assert!(is_answered || !is_done, "{message:?} has no answer");
            }
        }
    }

    /// The head's latest run says what its open pull requests call for.
    fn assert_judged(&self, sha: u8) {
        let open = self.open(sha);
        if open.is_empty() {
            return;
        }
        let head = stage::head(sha);
        let latest = self.world.latest_generation(&head);
        let latest = latest.expect("a head with an open pull request is judged");
        let judged: Vec<HeadPullRequest> = open
            .iter()
            .map(|pull_request| HeadPullRequest {
                number: pull_request.number,
                base: pull_request.base.clone(),
            })
            .collect();
        assert_eq!(latest.pull_requests, judged, "exactly the open are judged");
        let runs = self.world.runs();
        let run = runs.iter().rfind(|run| run.sha == head.sha);
        let run = run.expect("a Check Run");
        let bases: BTreeSet<Base> = Base::ALL
            .into_iter()
            .filter(|base| open.iter().any(|it| it.base == base.branch()))
            .collect();
        assert_eq!(run.conclusion, Some(worst(&bases)), "the worst stands");
        assert_eq!(latest.conclusion, run.conclusion);
        assert_eq!(latest.check_run_id, Some(run.id));
        let findings: u32 = bases.iter().map(|base| base.findings()).sum();
        let annotations = u32::try_from(run.annotations.len());
        assert_eq!(annotations, Ok(findings), "every annotation is there");
    }

    fn open(&self, sha: u8) -> Vec<PullRequest> {
        (1..=9)
            .filter_map(|number| self.world.pull_request_now(REPOSITORY, number))
            .filter(|now| now.open && now.head == stage::commit(sha))
            .collect()
    }

    fn enqueue(&mut self, message: Message, number: u32, delay: Duration) {
        let now = self.world.now();
        let not_before = now.checked_add(delay).expect("within jiff's range");
        self.waiting.push(Waiting {
            message,
            number,
            not_before,
        });
    }
}

fn worst(bases: &BTreeSet<Base>) -> Conclusion {
    match bases.last() {
        Some(Base::Strict) => Conclusion::Failure,
        Some(Base::Grumpy) => Conclusion::Neutral,
        Some(Base::Calm) | None => Conclusion::Success,
    }
}

fn pick(of: usize, which: usize) -> Option<usize> {
    which.checked_rem(of)
}
