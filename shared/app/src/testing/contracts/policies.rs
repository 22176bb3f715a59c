//! The contract of [`Policies`].

use std::sync::Arc;

use super::{at, branch};
use crate::ports::{Policies, PolicyOf, StoredPolicy};

/// Runs the contract on an empty store.
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn policies(store: Arc<dyn Policies>) {
    let of = |repository_id, name| PolicyOf::Branch {
        repository_id,
        branch: branch(name),
    };
    let owners = [
        PolicyOf::Account { installation_id: 1 },
        PolicyOf::Account { installation_id: 2 },
        of(1, "main"),
        of(1, "release/1.x"),
        of(2, "main"),
    ];
    for owner in &owners {
        let found = store.last_valid(owner).await.expect("answered");
        assert_eq!(found, None, "what was never kept is not there");
    }
    let policy = |number: usize, second| StoredPolicy {
        content: (number != 1).then(|| format!("version: 1 # ü ' {number}\n")),
        at: at(second),
    };
    for (number, owner) in owners.iter().enumerate() {
        let kept = store.keep(owner, &policy(number, 1)).await;
        kept.expect("kept");
    }
    for (number, owner) in owners.iter().enumerate() {
        let found = store.last_valid(owner).await.expect("answered");
        let expected = Some(policy(number, 1));
        assert_eq!(
            found, expected,
            "each is kept by itself, also that there is none"
        );
    }
    store.keep(&owners[2], &policy(9, 2)).await.expect("kept");
    let found = store.last_valid(&owners[2]).await.expect("answered");
    assert_eq!(found, Some(policy(9, 2)), "the latest stands");
    let other = store.last_valid(&owners[3]).await.expect("answered");
    assert_eq!(other, Some(policy(3, 1)), "and changes no other");
}
