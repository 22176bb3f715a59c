//! What a token lets its holder see of the state while one query runs.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::object::FieldError;
use crate::state::{Access, AccessToken, Installation, Repository, State, TestMerge};

/// The state as a token's holder sees it.
pub(super) struct View<'s> {
    pub(super) state: &'s State,
    token: &'s AccessToken,
    /// Pull requests, by repository and number, whose test merge this query looked at.
    test_merges_read: RefCell<BTreeSet<(u64, u64)>>,
}

impl<'s> View<'s> {
    pub(super) fn new(state: &'s State, token: &'s AccessToken) -> Self {
        Self {
            state,
            token,
            test_merges_read: RefCell::default(),
        }
    }

    /// The installation whose token it is.
    pub(super) fn installation(&self) -> Option<&'s Installation> {
        self.state.installations.get(&self.token.installation)
    }

    /// The repository with this name, if the installation is on it.
    pub(super) fn repository_named(&self, owner: &str, name: &str) -> Option<&'s Repository> {
        let repository = self.state.repository_once_named(owner, name)?;
        self.state
            .token_reaches(self.token, repository.id)
            .then_some(repository)
    }

    /// The repository with this id, unless it is hidden: a fork is seen through its pull
    /// request where it is public.
    pub(super) fn repository(&self, id: u64) -> Option<&'s Repository> {
        let repository = self.state.repositories.get(&id)?;
        (!repository.private || self.state.token_reaches(self.token, id)).then_some(repository)
    }

    /// Refuses what the token may not read. Where the App is not installed, everything that is
    /// seen is public, and may be read.
    pub(super) fn require(&self, repository: u64, permission: &str) -> Result<(), FieldError> {
        let granted = self.installation().map(|it| &it.permissions);
        let mut both = granted.into_iter().chain([&self.token.permissions]);
        let allowed = !self.state.token_reaches(self.token, repository)
            || both.all(|permissions| permissions.allows(permission, Access::Read));
        if allowed {
            Ok(())
        } else {
            Err(FieldError::Forbidden)
        }
    }

    /// The test merge of a pull request; `None` while GitHub is still at it. However often one
    /// query asks, it is one reader.
    pub(super) fn test_merge(&self, repository: u64, number: u64) -> Option<TestMerge> {
        let pull_request = self.state.pull_request(repository, number)?;
        self.test_merges_read
            .borrow_mut()
            .insert((repository, number));
        pull_request.clone().read_test_merge()
    }

    /// The pull requests whose test merge was looked at.
    pub(super) fn into_test_merges_read(self) -> BTreeSet<(u64, u64)> {
        self.test_merges_read.into_inner()
    }
}
