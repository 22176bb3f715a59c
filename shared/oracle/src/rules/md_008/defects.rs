//! What is wrong about a job that reports a required check.

use std::collections::{BTreeMap, BTreeSet};

use workflows::{Job, Span};

use super::events::Events;
use super::looks::{looks, may_ask_github};
use super::needs::{After, Graph};
use super::steps::{Ability, Muting, ability, is_pure_gate};
use crate::Severity;
use crate::rules::md_001::reporters::{JobKey, Origin, Reporter, RequiredChecks, Requirement};

/// Why a required check stays green when it should not. Ordered as findings are.
#[derive(Debug, Clone)]
pub(super) enum Defect<'a> {
    /// Its job is always skipped.
    Never {
        /// The job whose `if` is never true: itself, or one that it waits for.
        job: &'a Job,
        /// Events on which the job may run, none of which counts for a merge.
        elsewhere: Vec<&'a str>,
    },
    /// The failure of a job that it needs skips it.
    Skipped {
        /// Those jobs.
        by: Vec<&'a Job>,
        /// Whether it does nothing but sum up.
        is_pure: bool,
    },
    /// It runs whatever the jobs that it needs do, and never looks at these.
    Ignores {
        /// Those jobs.
        jobs: Vec<&'a Job>,
        /// Whether it looks at others.
        looks_at_others: bool,
    },
    /// What it checks can't make it fail.
    Muted(Vec<Muting>),
    /// It checks nothing.
    Idle(Span),
}

impl Defect<'_> {
    /// What makes it this kind of finding; part of its identity.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Never { .. } => "always-skipped",
            Self::Skipped { .. } => "skipped-by-need",
            Self::Ignores { .. } => "ignores-needs",
            Self::Muted(_) => "muted",
            Self::Idle(_) => "checks-nothing",
        }
    }

    /// How bad it is.
    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Never { elsewhere, .. } if elsewhere.is_empty() => Severity::High,
            Self::Skipped { is_pure: true, .. }
            | Self::Muted(_)
            | Self::Ignores {
                looks_at_others: false,
                ..
            } => Severity::High,
            Self::Never { .. } | Self::Skipped { .. } | Self::Ignores { .. } | Self::Idle(_) => {
                Severity::Medium
            }
        }
    }
}

/// The required checks, with what decides about several of them.
#[derive(Debug)]
pub(super) struct Bench<'a, 'b> {
    /// The checks.
    checks: &'b RequiredChecks<'a>,
    /// The branch that is merged into.
    base: &'b str,
    /// The jobs of the reporters' workflows.
    graphs: BTreeMap<(Origin, &'b str), Graph<'a>>,
    /// The jobs that required ones answer for.
    answered: Vec<(&'b JobKey, BTreeSet<String>)>,
}

impl<'a, 'b> Bench<'a, 'b> {
    /// Looks at what the required checks have to do with each other.
    pub(super) fn new(checks: &'b RequiredChecks<'a>, base: &'b str) -> Self {
        let mut bench = Self {
            checks,
            base,
            graphs: BTreeMap::new(),
            answered: Vec::new(),
        };
        for reporter in checks.checks.iter().flat_map(|check| &check.reporters) {
            let key = (reporter.key.origin, reporter.place.path.as_str());
            let graph = bench
                .graphs
                .entry(key)
                .or_insert_with(|| Graph::new(reporter.own));
            let answered = graph.answers_for(&reporter.place.id);
            if !answered.is_empty() {
                bench.answered.push((&reporter.key, answered));
            }
        }
        bench
    }

    /// What is wrong about a reporter; `None` where it never reports on what is merged.
    pub(super) fn defects(&self, reporter: &Reporter<'a>) -> Option<Vec<Defect<'a>>> {
        let events = Events::of(reporter, self.base);
        let key = (reporter.key.origin, reporter.place.path.as_str());
        let graph = self.graphs.get(&key)?;
        if events.counting.is_empty() {
            return None;
        }
        if let Some(defect) = never(reporter, &events, graph) {
            return Some(vec![defect]);
        }
        let mut defects = Vec::new();
        defects.extend(self.of_needs(reporter, &events, graph));
        match ability(reporter.own, reporter.job) {
            Ability::Muted(mutings) => defects.push(Defect::Muted(mutings)),
            // A job that waits for others has their word, for what that is worth.
            Ability::Idle(span) => {
                let is_alone = reporter.job.needs.is_empty() || looks(reporter.job).any();
                if is_alone && defects.is_empty() {
                    defects.push(Defect::Idle(span));
                }
            }
            Ability::CanFail => {}
        }
        Some(defects)
    }

    /// What is wrong about how a reporter takes the failure of jobs that it needs.
    fn of_needs(
        &self,
        reporter: &Reporter<'a>,
        events: &Events<'_>,
        graph: &Graph<'a>,
    ) -> Option<Defect<'a>> {
        let mut open = graph.after_failures(&reporter.place.id, &events.counting);
        open.retain(|(job, after)| *after != After::Other && !self.is_harmless(reporter, job));
        let those = |which: After| {
            let some = open.iter().filter(move |(_, after)| *after == which);
            some.map(|(job, _)| *job)
        };
        let is_pure = is_pure_gate(reporter.job);
        let skipping: Vec<&Job> = those(After::Skipped).collect();
        if !skipping.is_empty() {
            // Under another name a skipped job does not pass.
            return reporter.keeps_name.then_some(Defect::Skipped {
                by: skipping,
                is_pure,
            });
        }
        let seen = looks(reporter.job);
        let ignored: Vec<&Job> = those(After::Runs)
            .filter(|job| !seen.is_at(&job.id))
            .collect();
        let is_blind =
            is_pure && !ignored.is_empty() && !may_ask_github(reporter.own, reporter.job);
        is_blind.then(|| Defect::Ignores {
            jobs: ignored,
            looks_at_others: seen.any(),
        })
    }

    /// Whether the failure of a job blocks in another way, or is not to block.
    fn is_harmless(&self, gate: &Reporter<'a>, job: &Job) -> bool {
        // Where it says `continue-on-error`, its failure counts as success, or may.
        if job.continue_on_error.is_some() || self.is_required(&gate.key.sibling(&job.id)) {
            return true;
        }
        let id = job.id.to_ascii_lowercase();
        self.answered.iter().any(|(key, answered)| {
            **key != gate.key && key.is_beside(&gate.key) && answered.contains(&id)
        })
    }

    /// Whether the job's own checks are required, or may be.
    fn is_required(&self, key: &JobKey) -> bool {
        match self.checks.required.get(key) {
            Some(Requirement::None) => false,
            Some(Requirement::All) | None => true,
            // A leg of a matrix is not its other legs; of a called workflow, one job may be the
            // gate.
            Some(Requirement::Some) => {
                let mut called = self.checks.required.keys().filter(|other| {
                    other.callee.is_some() && other.caller == key.caller && other.path == key.path
                });
                key.callee.is_none() && called.next().is_some()
            }
        }
    }
}

fn never<'a>(
    reporter: &Reporter<'a>,
    events: &Events<'a>,
    graph: &Graph<'a>,
) -> Option<Defect<'a>> {
    let culprit = |event: &&str| graph.never_runs(&reporter.place.id, event);
    let mut culprits = events.counting.iter().map(culprit);
    let job = culprits.next()??;
    let is_never = culprits.all(|job| job.is_some());
    // Under another name a skipped job does not pass.
    (is_never && reporter.keeps_name).then(|| Defect::Never {
        job,
        elsewhere: events
            .all
            .iter()
            .filter(|event| culprit(event).is_none())
            .copied()
            .collect(),
    })
}
