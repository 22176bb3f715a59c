//! Classic branch protection.

use super::{AppId, State};

/// A classic branch protection rule
/// (<https://docs.github.com/en/rest/branches/branch-protection>).
#[derive(Debug, Clone, Default)]
pub struct Protection {
    pub(crate) pattern: String,
    /// Contexts with the App that must report them; `None`: any.
    pub(crate) checks: Vec<(String, Option<AppId>)>,
    pub(crate) strict: bool,
    pub(crate) admins: bool,
    pub(crate) reviews: Option<Reviews>,
}

/// What is required of reviews.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reviews {
    pub(crate) approvals: u64,
    pub(crate) code_owners: bool,
}

impl Protection {
    /// Protection that requires nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires a check of this name from anybody.
    #[must_use]
    pub fn requires_check(mut self, context: &str) -> Self {
        self.checks.push((context.to_owned(), None));
        self
    }

    /// Requires a check of this name from this App.
    #[must_use]
    pub fn requires_check_from(mut self, context: &str, app: AppId) -> Self {
        self.checks.push((context.to_owned(), Some(app)));
        self
    }

    /// Requires branches to be up to date before they are merged.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Binds administrators, too.
    #[must_use]
    pub fn for_administrators_too(mut self) -> Self {
        self.admins = true;
        self
    }

    /// Requires this many approving reviews.
    #[must_use]
    pub fn requires_approvals(mut self, approvals: u64) -> Self {
        let code_owners = self.reviews.is_some_and(|it| it.code_owners);
        self.reviews = Some(Reviews {
            approvals,
            code_owners,
        });
        self
    }

    /// Requires a code owner's review.
    #[must_use]
    pub fn requires_code_owner_review(mut self) -> Self {
        let approvals = self.reviews.map_or(1, |it| it.approvals);
        self.reviews = Some(Reviews {
            approvals,
            code_owners: true,
        });
        self
    }
}

impl State {
    /// The classic protection of a branch: an exact name goes before patterns, then the oldest.
    pub(crate) fn protection(&self, repository: u64, branch: &str) -> Option<&Protection> {
        let protections = &self.repositories.get(&repository)?.protections;
        let exact = protections.iter().find(|it| it.pattern == branch);
        exact.or_else(|| {
            protections
                .iter()
                .find(|it| crate::pattern::matches(&it.pattern, branch))
        })
    }
}
