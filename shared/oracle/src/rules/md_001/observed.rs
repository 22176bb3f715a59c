//! What recent pull requests show to be reported.

use std::collections::BTreeSet;

use crate::{Fact, Producer, Rollup, RollupContext};

/// The rollups of recent pull requests, where they could be read.
#[derive(Debug)]
pub(super) struct Observed<'a> {
    rollups: &'a Fact<Vec<Rollup>>,
}

/// What was seen of one context.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    /// Apps whose check runs had the name.
    pub(super) apps: BTreeSet<u64>,
    /// A commit status had the name (or, as some services do, the name and a suffix), or a
    /// check run whose App is not shown: what reported it may be any App.
    pub(super) anonymous: bool,
    /// It was seen on a pull request from a fork.
    pub(super) in_fork: bool,
}

impl<'a> Observed<'a> {
    /// Wraps the fact.
    pub(super) fn new(rollups: &'a Fact<Vec<Rollup>>) -> Self {
        Self { rollups }
    }

    /// The rollups that there are.
    fn all(&self) -> &'a [Rollup] {
        match self.rollups {
            Fact::Known(rollups) => rollups,
            Fact::Unavailable(_) => &[],
        }
    }

    /// Whether there is at least one pull request to look at: only then is what is not seen
    /// not reported.
    pub(super) fn any(&self) -> bool {
        !self.all().is_empty()
    }

    /// How many pull requests there are to look at.
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    /// What was seen of a context.
    pub(super) fn of(&self, context: &str) -> Sightings {
        let mut seen = Sightings::default();
        for rollup in self.all() {
            for reported in rollup.contexts.iter().filter(|one| means(one, context)) {
                match reported.producer {
                    Producer::CheckRun { app_id: Some(app) } => {
                        seen.apps.insert(app);
                    }
                    Producer::CheckRun { app_id: None } | Producer::Status => seen.anonymous = true,
                }
                seen.in_fork |= rollup.from_fork;
            }
        }
        seen
    }

    /// Every name that was seen.
    pub(super) fn names(&self) -> BTreeSet<&'a str> {
        let contexts = self.all().iter().flat_map(|rollup| &rollup.contexts);
        contexts.map(|context| context.name.as_str()).collect()
    }
}

/// Whether a reported context meets a required one. `continuous-integration/travis-ci` is met
/// by the statuses `continuous-integration/travis-ci/pr` and `…/push`.
fn means(reported: &RollupContext, context: &str) -> bool {
    let suffix = reported.name.strip_prefix(context);
    suffix == Some("")
        || (reported.producer == Producer::Status
            && context.contains('/')
            && matches!(suffix, Some("/pr" | "/push")))
}

impl Sightings {
    /// Whether it was seen at all.
    pub(super) fn any(&self) -> bool {
        self.anonymous || !self.apps.is_empty()
    }

    /// Whether something was seen to report it that counts for this App; for any, if `None`.
    pub(super) fn by(&self, app: Option<u64>) -> bool {
        match app {
            None => self.any(),
            Some(app) => self.anonymous || self.apps.contains(&app),
        }
    }

    /// Whether something was seen to report it that is not, or may not be, Actions. Where the
    /// id of Actions is not known, any App may be it.
    pub(super) fn by_other_than(&self, actions: Option<u64>) -> bool {
        let other = actions.is_some_and(|actions| self.apps.iter().any(|app| *app != actions));
        self.anonymous || other
    }
}
