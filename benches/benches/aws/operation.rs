//! What is measured, and what it is done to.

use std::time::Duration;

use app::check::{CheckOutput, Conclusion};
use app::event::{DeliveryId, Event, Head, Message, Repository};
use app::ports::{
    DeliveryOutcome, FinishedDelivery, Generation, HeadPullRequest, Lease, PolicyOf,
    StoredEvaluation, StoredPolicy,
};
use benches::golden;
use jiff::Timestamp;
use oracle::{BranchName, ObjectId, RepositoryName};

/// The time of everything written here.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// How long leases are.
pub(crate) const TTL: Duration = Duration::from_mins(1);

/// The number of an evaluation.
pub(crate) const GENERATION: u32 = 1;

/// A method of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Finish,
    Finished,
    Acquire,
    Renew,
    Release,
    Watch,
    Forget,
    Watched,
    SaveGeneration,
    Generation,
    Keep,
    LastValid,
    Put,
    Load,
    Send,
}

impl Operation {
    pub(crate) const ALL: [Self; 15] = [
        Self::Finish,
        Self::Finished,
        Self::Acquire,
        Self::Renew,
        Self::Release,
        Self::Watch,
        Self::Forget,
        Self::Watched,
        Self::SaveGeneration,
        Self::Generation,
        Self::Keep,
        Self::LastValid,
        Self::Put,
        Self::Load,
        Self::Send,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Finish => "Deliveries::finish",
            Self::Finished => "Deliveries::finished",
            Self::Acquire => "Leases::acquire",
            Self::Renew => "Leases::renew",
            Self::Release => "Leases::release",
            Self::Watch => "Heads::watch",
            Self::Forget => "Heads::forget",
            Self::Watched => "Heads::watched",
            Self::SaveGeneration => "Heads::save_generation",
            Self::Generation => "Heads::generation",
            Self::Keep => "Policies::keep",
            Self::LastValid => "Policies::last_valid",
            Self::Put => "Evaluations::put",
            Self::Load => "Evaluations::load",
            Self::Send => "EventQueue::send",
        }
    }

    /// Whether a second time on the same subject would be something else.
    pub(crate) const fn uses_up_its_subject(self) -> bool {
        matches!(
            self,
            Self::Finish | Self::Acquire | Self::Release | Self::Forget | Self::Put
        )
    }
}

/// Everything that operations are done to, under one number.
pub(crate) struct Subject {
    pub(crate) delivery: DeliveryId,
    pub(crate) end: FinishedDelivery,
    /// The first that is granted on its head.
    pub(crate) lease: Lease,
    /// Two pull requests of the head.
    pub(crate) pull_requests: [HeadPullRequest; 2],
    pub(crate) generation: Generation,
    pub(crate) policy_of: PolicyOf,
    pub(crate) policy: StoredPolicy,
    pub(crate) evaluation: StoredEvaluation,
    pub(crate) message: Message,
}

impl Subject {
    pub(crate) fn new(number: u64) -> Self {
        let delivery = DeliveryId::new(&format!("72d3162e-cc78-11e3-81ab-{number:012x}"));
        let delivery = delivery.expect("a GUID");
        let sha = ObjectId::new(&"a".repeat(40)).expect("40 hex digits");
        let pull_requests = [1, 2].map(|number| HeadPullRequest {
            number,
            base: BranchName::new("main").expect("a branch"),
        });
        Self {
            end: FinishedDelivery {
                outcome: DeliveryOutcome::Done,
                detail: "The check says success.".to_owned(),
                at: NOW,
            },
            lease: Lease {
                head: Head {
                    repository_id: number,
                    sha: sha.clone(),
                },
                epoch: 1,
                until: NOW + TTL,
            },
            generation: Generation {
                number: GENERATION,
                pull_requests: pull_requests.to_vec(),
                merge_group: None,
                began_at: NOW,
                check_run_id: Some(number),
                conclusion: Some(Conclusion::Success),
                reruns: vec![delivery.clone()],
                shows_observed: false,
            },
            pull_requests,
            policy_of: PolicyOf::Account {
                installation_id: number,
            },
            policy: StoredPolicy {
                content: Some("version: 1\nrules:\n  MD-001: {level: warning}\n".to_owned()),
                at: NOW,
            },
            evaluation: evaluation(),
            message: Message {
                delivery: delivery.clone(),
                trace: None,
                event: Event::PullRequest {
                    repository: Repository {
                        installation_id: 1,
                        id: number,
                        name: RepositoryName::new("octo-org/hello-world").expect("a repository"),
                    },
                    number: 1,
                    head: sha,
                    before: None,
                    base_before: None,
                },
            },
            delivery,
        }
    }

    pub(crate) fn head(&self) -> &Head {
        &self.lease.head
    }
}

/// The golden case's report, as one pull request's.
fn evaluation() -> StoredEvaluation {
    StoredEvaluation {
        reports: vec![(1, golden().report())],
        output: CheckOutput {
            conclusion: Conclusion::Failure,
            title: "2 findings".to_owned(),
            summary: "A line of the summary.\n".repeat(100),
            annotations: Vec::new(),
        },
    }
}
