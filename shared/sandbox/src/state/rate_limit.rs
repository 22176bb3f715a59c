//! Rate limits, primary and secondary
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).

use std::time::Duration;

use jiff::Timestamp;

/// What an installation may spend in an hour.
const HOURLY: u32 = 5_000;
const WINDOW: Duration = Duration::from_hours(1);

/// Which budget a call spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    /// REST.
    Core,
    /// GraphQL.
    Graphql,
}

impl Resource {
    /// As in `x-ratelimit-resource`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
        }
    }
}

/// What is left of a budget.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    /// The hourly budget.
    pub(crate) limit: u32,
    /// Spent in this window.
    pub(crate) used: u32,
    /// When the window ends.
    pub(crate) resets_at: Timestamp,
    /// Until when the secondary limit refuses everything.
    pub(crate) blocked_until: Option<Timestamp>,
    /// Whether the refusal says until when.
    pub(crate) says_until_when: bool,
    /// Whether GraphQL refuses by an error at status 200, as GitHub does at times.
    pub(crate) refuses_by_error: bool,
}

impl RateLimit {
    /// A fresh budget.
    pub(crate) fn full(now: Timestamp) -> Self {
        Self {
            limit: HOURLY,
            used: 0,
            resets_at: now + WINDOW,
            blocked_until: None,
            says_until_when: true,
            refuses_by_error: false,
        }
    }

    /// Starts a new window if this one is over.
    pub(crate) fn refresh(&mut self, now: Timestamp) {
        if now >= self.resets_at {
            self.used = 0;
            self.resets_at = now + WINDOW;
        }
        self.blocked_until = self.blocked_until.filter(|until| now < *until);
    }

    /// Spends one point; `false`: there is none left.
    pub(crate) fn spend(&mut self) -> bool {
        if self.used >= self.limit {
            return false;
        }
        self.used += 1;
        true
    }

    /// What is left.
    pub(crate) fn remaining(&self) -> u32 {
        self.limit - self.used
    }
}
