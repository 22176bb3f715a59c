//! The jobs that report a context for pull requests: whether they do so when they are skipped,
//! whether they find a runner, and whether they are several.

use workflows::Reported;

use super::jobs::Candidate;
use super::problem::ProblemKind;
use super::runners::retired;
use super::standing::{Namesakes, Standing};
use super::triggers::{Kind, Runs, runs};
use super::verdict::Case;

/// GitHub Actions on github.com. Elsewhere there are no images of GitHub's, and the owners of
/// the runners name them as they like.
const ON_GITHUB_COM: u64 = 15_368;

impl<'a, 'b> Case<'a, 'b, '_> {
    /// The one job that reports it for some kind of commit, if that is not when a job on the way
    /// is skipped. Of two jobs one may run where the other is skipped.
    pub(super) fn orphan(&self) -> Option<&'b Candidate<'a>> {
        if !self.namesakes.maybe.is_empty() || !self.namesakes.only_if_skipped.is_empty() {
            return None;
        }
        self.kinds().find_map(|kind| {
            let reporters = self.reporters(kind);
            let may_be_missing = |candidate: &&Candidate<'_>| {
                matches!(candidate.reported.when, Reported::UnlessSkipped { .. })
            };
            let alone = distinct(reporters.iter().copied()).len() == 1;
            (alone && reporters.iter().all(may_be_missing)).then(|| reporters[0])
        })
    }

    /// All jobs that report it wait for a runner that is not there any more. What recent pull
    /// requests show to be reported has found one.
    pub(super) fn without_runner(&self) -> Option<ProblemKind<'a, 'b>> {
        let can_be_seen = self.bench.actions == Some(ON_GITHUB_COM)
            && self.namesakes.maybe.is_empty()
            && !self.sightings.by(self.required.app);
        let reporters: Vec<_> = self.kinds().flat_map(|kind| self.reporters(kind)).collect();
        // One that may be skipped passes then.
        let waits = |candidate: &&Candidate<'_>| {
            is_unconditional(candidate)
                && candidate
                    .reporting
                    .is_some_and(|job| retired(job).is_some())
        };
        if !can_be_seen || !reporters.iter().all(waits) {
            return None;
        }
        let first = *reporters.first()?;
        let (label, announcement) = retired(first.reporting?)?;
        Some(ProblemKind::NoRunner {
            job: first,
            label,
            announcement,
        })
    }

    /// The jobs that all report it on the same commit, whatever changes: not those of which a
    /// filter or a condition picks one.
    pub(super) fn several(&self) -> Vec<&'b Candidate<'a>> {
        let unconditional = |kind: Kind| {
            let firm = self.namesakes.firm.iter().copied();
            distinct(firm.filter(|candidate| {
                let alone = Namesakes::new(vec![*candidate], Vec::new());
                let standing = alone.standing(kind, &self.situations, &self.bench.around);
                has_no_condition(candidate) && matches!(standing, Standing::Always)
            }))
        };
        let own = unconditional(Kind::SameRepository);
        if own.len() > 1 || !self.bench.queue {
            own
        } else {
            unconditional(Kind::MergeGroup)
        }
    }

    /// The kinds of commit that the branch waits for.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        let queue = self.bench.queue.then_some(Kind::MergeGroup);
        [Kind::SameRepository, Kind::Fork].into_iter().chain(queue)
    }

    /// The candidates that may report it for a kind of commit.
    fn reporters(&self, kind: Kind) -> Vec<&'b Candidate<'a>> {
        let may_run = |candidate: &&&Candidate<'_>| {
            let mut situations = self.situations.essential(kind);
            situations.any(|it| !matches!(runs(candidate, &it, &self.bench.around), Runs::No(_)))
        };
        self.namesakes
            .firm
            .iter()
            .filter(may_run)
            .copied()
            .collect()
    }
}

/// Whether neither the job nor its caller has an `if`.
fn has_no_condition(candidate: &Candidate<'_>) -> bool {
    let reporting = candidate.reporting;
    candidate.job.condition.is_none() && reporting.is_none_or(|job| job.condition.is_none())
}

/// Whether neither the job nor its caller has an `if` or waits for another job.
fn is_unconditional(candidate: &Candidate<'_>) -> bool {
    let reporting = candidate.reporting;
    candidate.reported.when == Reported::Always
        && has_no_condition(candidate)
        && candidate.job.needs.is_empty()
        && reporting.is_none_or(|job| job.needs.is_empty())
}

/// One candidate for each job, however many of its triggers and names are meant.
fn distinct<'a: 'b, 'b>(
    candidates: impl Iterator<Item = &'b Candidate<'a>>,
) -> Vec<&'b Candidate<'a>> {
    let mut jobs: Vec<&Candidate<'_>> = Vec::new();
    for candidate in candidates {
        if jobs
            .iter()
            .all(|job| job.identity() != candidate.identity())
        {
            jobs.push(candidate);
        }
    }
    jobs
}
