//! What every implementation of a port must do, as suites that run on fakes and adapters.
//!
//! A suite gets an empty store (or, towards GitHub, what it may rely on) and panics with the
//! behaviour's name and what was expected. Behaviours use keys of their own, so that one store
//! serves a whole suite. Suites with concurrency need a Tokio runtime.

mod budgets;
mod deliveries;
mod evaluations;
mod event_queue;
mod github;
mod heads;
mod installations;
mod leases;
mod policies;
mod secret_source;

pub use budgets::budgets;
pub use deliveries::deliveries;
pub use evaluations::evaluations;
pub use event_queue::event_queue;
pub use github::{
    AccountPolicyCase, Commit, PullRequestCase, account_policies, check_runs, pull_requests,
    snapshots,
};
pub use heads::heads;
pub use installations::{Kept, installations};
pub use leases::leases;
pub use policies::policies;
pub use secret_source::secret_source;

use jiff::Timestamp;
use oracle::{BranchName, ObjectId};

use crate::event::{DeliveryId, Head};

/// A time that is `second` after the suites' beginning.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("within jiff's range")
}

/// A head that only the behaviour with this number uses.
fn head(behaviour: u32) -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&format!("{behaviour:040x}")).expect("40 hex digits"),
    }
}

fn delivery(number: u32) -> DeliveryId {
    DeliveryId::new(&format!("00000000-0000-0000-0000-{number:012x}")).expect("a GUID")
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).expect("a branch name")
}
