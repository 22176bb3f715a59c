//! From what is required and what can be reported to what is wrong.

use super::hints::{Hint, Slip, hint};
use super::jobs::{Candidate, Doubt, Jobs, Reach, Refusal};
use super::observed::{Observed, Sightings};
use super::problem::{Certainty, Nothing, Problem, ProblemKind};
use super::required::Required;
use super::situations::Situations;
use super::standing::{Kept, Namesakes, Standing};
use super::triggers::{Circumstances, Kind, ObstacleKind, Switch};
use crate::rules::text::quoted;
use crate::{Reason, Severity, Tree, Unavailable};

/// Everything that is known about one side.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    /// The jobs of this side, and doubts.
    pub(super) jobs: Jobs<'a>,
    /// The jobs of the side that this one is compared with.
    pub(super) before: Option<Jobs<'a>>,
    /// What recent pull requests show.
    pub(super) observed: Observed<'a>,
    /// Base branch and disabled workflows.
    pub(super) around: Circumstances<'a>,
    /// The tree, for its files.
    pub(super) tree: &'a Tree,
    /// The id of the Actions App, where known.
    pub(super) actions: Option<u64>,
    /// Whether a merge queue is on.
    pub(super) queue: bool,
    /// Reports from outside the tree's own files that nobody can list.
    pub(super) outside: Vec<Doubt>,
}

/// Problems of one context, and what could not be told.
#[derive(Debug, Default)]
pub(super) struct Verdict<'a, 'b> {
    /// What is wrong.
    pub(super) problems: Vec<Problem<'a, 'b>>,
    /// What could not be told.
    pub(super) unknown: Option<Unavailable>,
}

impl<'a> Bench<'a> {
    /// Judges one required context.
    pub(super) fn judge<'b>(&'b self, required: &Required) -> Verdict<'a, 'b> {
        let context = required.context.as_str();
        let sightings = self.observed.of(context);
        let namesakes = Namesakes::new(self.jobs.named(context), self.jobs.maybe_named(context));
        let situations = Situations::of(&namesakes.all(), self.tree, self.around.base);
        let case = Case {
            bench: self,
            required,
            sightings,
            namesakes,
            situations,
        };
        let foreign =
            required.app.is_some() && self.actions.is_some() && required.app != self.actions;
        if foreign {
            case.foreign()
        } else {
            case.verdict()
        }
    }
}

/// One context under judgement.
pub(super) struct Case<'a, 'b, 'r> {
    pub(super) bench: &'b Bench<'a>,
    pub(super) required: &'r Required,
    pub(super) sightings: Sightings,
    pub(super) namesakes: Namesakes<'a, 'b>,
    pub(super) situations: Situations,
}

impl<'a, 'b> Case<'a, 'b, '_> {
    pub(super) fn standing(&self, kind: Kind) -> Standing<'a, 'b> {
        let around = &self.bench.around;
        self.namesakes.standing(kind, &self.situations, around)
    }

    /// The context may be reported by Actions.
    fn verdict(&self) -> Verdict<'a, 'b> {
        match (
            self.standing(Kind::SameRepository),
            self.standing(Kind::Fork),
        ) {
            (Standing::Never(kept), Standing::Never(_)) => self.never(kept),
            (Standing::Unknown(why), _) | (Standing::Never(_), Standing::Unknown(why)) => {
                self.unless_seen(Reason::Dynamic, &format!("It can't be told: {why}."))
            }
            (own, fork) => self.reported(own, fork),
        }
    }

    /// No job of this side reports it for pull requests.
    fn never(&self, kept: Vec<Kept<'a, 'b>>) -> Verdict<'a, 'b> {
        let app = self.required.app;
        let taken_away = self.taken_away();
        if self.sightings.by(app) && !self.explained(&kept, taken_away.is_some()) {
            return Verdict::default();
        }
        if let Some(candidate) = self.namesakes.only_if_skipped.first() {
            return only(Severity::Medium, ProblemKind::OnlyIfSkipped(candidate));
        }
        if self.sightings.any() && !self.sightings.by(app) {
            return only(Severity::High, self.wrong_app(None));
        }
        if let Some(doubt) = self.doubt(taken_away.is_some()) {
            return self.unknown(doubt.reason, &doubt.detail);
        }
        let certainty = self.certainty(taken_away.is_some());
        let first = kept.first().map(|(_, obstacle)| obstacle.kind);
        let severity = match (certainty, first) {
            (Certainty::UnlessOutside, _) | (_, Some(ObstacleKind::NotAllowedUnlessOurs)) => {
                Severity::Medium
            }
            _ => Severity::High,
        };
        let hint = self.hint();
        let refused = match first {
            Some(_) => None,
            None => self.refused(taken_away, hint.as_ref()),
        };
        let nothing = Nothing {
            kept,
            refused,
            taken_away,
            hint,
            certainty,
        };
        only(severity, ProblemKind::Nothing(nothing))
    }

    /// A file that GitHub refuses as a whole and in which the name would be: as far as it can be
    /// read, or by what the base has in it; else, where nothing else explains why the name is
    /// missing, one that the change breaks.
    fn refused(
        &self,
        taken_away: Option<&Candidate<'_>>,
        hint: Option<&Hint<'_, '_>>,
    ) -> Option<&'b Refusal<'a>> {
        let refused = &self.bench.jobs.refused;
        let its_place = refused.iter().find(|refusal| {
            refusal.may_name(&self.required.context)
                || taken_away.is_some_and(|candidate| candidate.path == refusal.path)
        });
        let explained = taken_away.is_some() || hint.is_some_and(|hint| hint.slip < Slip::Distant);
        let before = self.bench.before.as_ref().filter(|_| !explained);
        its_place.or_else(|| {
            let known = &before?.refused;
            let is_new = |refusal: &&Refusal<'_>| known.iter().all(|it| it.path != refusal.path);
            refused.iter().find(is_new)
        })
    }

    fn hint(&self) -> Option<Hint<'a, 'b>> {
        let bench = self.bench;
        hint(&self.required.context, &bench.jobs, &bench.observed)
    }

    /// Whether what was seen is what a job of ours reported that does not do so any more.
    fn explained(&self, kept: &[Kept<'a, 'b>], taken_away: bool) -> bool {
        use ObstacleKind::{ActionsOff, Disabled, Refused};
        let stopped = kept
            .iter()
            .any(|(_, obstacle)| matches!(obstacle.kind, ActionsOff | Disabled | Refused));
        (taken_away || stopped) && !self.sightings.by_other_than(self.bench.actions)
    }

    /// The job that reports it at the base.
    fn taken_away(&self) -> Option<&'b Candidate<'a>> {
        let before = self.bench.before.as_ref()?;
        let namesakes = Namesakes::new(before.named(&self.required.context), Vec::new());
        let situations = Situations::of(&namesakes.all(), self.bench.tree, self.bench.around.base);
        match namesakes.standing(Kind::SameRepository, &situations, &self.bench.around) {
            Standing::Always | Standing::Sometimes(_) => namesakes.first(),
            Standing::Never(_) | Standing::Unknown(_) => None,
        }
    }

    /// Why something else might report it all the same.
    fn doubt(&self, taken_away: bool) -> Option<&'b Doubt> {
        let bench = self.bench;
        if bench.around.actions == Switch::Off {
            // Whatever it is, it does not run.
            return None;
        }
        let mut doubts = bench.jobs.doubts.iter().chain(&bench.outside);
        doubts.find(|doubt| match doubt.reach {
            Reach::Jobs => true,
            Reach::Posts => !taken_away && !bench.observed.any(),
            Reach::Outside => !taken_away,
        })
    }

    fn certainty(&self, taken_away: bool) -> Certainty {
        if taken_away {
            Certainty::TakenAway
        } else if self.bench.observed.any() {
            Certainty::Observed(self.bench.observed.count())
        } else if self.required.app.is_some() && self.bench.actions.is_some() {
            Certainty::Pinned
        } else {
            Certainty::UnlessOutside
        }
    }

    /// Some job of this side reports it for pull requests.
    fn reported(&self, own: Standing<'a, 'b>, fork: Standing<'a, 'b>) -> Verdict<'a, 'b> {
        let mut problems = Vec::new();
        if !self.sightings.by_other_than(self.bench.actions) {
            problems.extend(self.gap(own, fork));
            problems.extend(self.orphan().map(|candidate| Problem {
                severity: Severity::Medium,
                kind: ProblemKind::UnlessSkipped(candidate),
            }));
            problems.extend(self.without_runner().map(|kind| Problem {
                severity: Severity::Medium,
                kind,
            }));
            match self.queue() {
                Ok(problem) => problems.extend(problem),
                Err(why) => return self.unknown(Reason::Dynamic, &why),
            }
        }
        // What fills these gaps may be a job that we don't see.
        if let (false, Some(doubt)) = (problems.is_empty(), self.twin()) {
            return self.unknown(doubt.reason, &doubt.detail);
        }
        let several = self.several();
        if several.len() > 1 {
            problems.push(Problem {
                severity: Severity::Medium,
                kind: ProblemKind::Ambiguous(several),
            });
        }
        Verdict {
            problems,
            unknown: None,
        }
    }

    /// The pull requests for which it is not reported.
    fn gap(&self, own: Standing<'a, 'b>, fork: Standing<'a, 'b>) -> Option<Problem<'a, 'b>> {
        let kind = match (own, fork) {
            (_, Standing::Never(kept)) if !self.sightings.in_fork => {
                let (candidate, obstacle) = kept.into_iter().next()?;
                ProblemKind::PushOnly(candidate, obstacle)
            }
            (Standing::Sometimes(kept), _) | (_, Standing::Sometimes(kept)) => {
                ProblemKind::Sometimes(kept)
            }
            _ => return None,
        };
        Some(Problem {
            severity: Severity::Medium,
            kind,
        })
    }

    /// What the merge queue misses; an error when that can't be told.
    fn queue(&self) -> Result<Option<Problem<'a, 'b>>, String> {
        if !self.bench.queue {
            return Ok(None);
        }
        let (severity, kept) = match self.standing(Kind::MergeGroup) {
            Standing::Always => return Ok(None),
            Standing::Unknown(why) => {
                return Err(format!("It can't be told for the merge queue: {why}."));
            }
            Standing::Never(kept) => (Severity::High, kept),
            Standing::Sometimes(kept) => (Severity::Medium, kept),
        };
        let kind = ProblemKind::Queue(kept);
        Ok(Some(Problem { severity, kind }))
    }

    /// Why there may be another job of the name.
    fn twin(&self) -> Option<&'b Doubt> {
        let mut doubts = self.bench.jobs.doubts.iter();
        doubts.find(|doubt| doubt.reach == Reach::Jobs)
    }

    /// It is pinned to an App that is not Actions.
    fn foreign(&self) -> Verdict<'a, 'b> {
        if self.sightings.by(self.required.app) {
            return Verdict::default();
        }
        let job = match self.standing(Kind::SameRepository) {
            Standing::Always | Standing::Sometimes(_) => self.namesakes.first(),
            Standing::Never(_) | Standing::Unknown(_) => None,
        };
        if self.sightings.any() || (job.is_some() && self.bench.observed.any()) {
            return only(Severity::High, self.wrong_app(job));
        }
        if job.is_some() {
            return only(Severity::Medium, self.wrong_app(job));
        }
        if !self.bench.observed.any() {
            let detail = "It is pinned to another App than Actions, and there are no checks of \
                          recent pull requests that would show whether that App reports it.";
            return self.unknown(Reason::NotProvided, detail);
        }
        let nothing = Nothing {
            kept: Vec::new(),
            refused: None,
            taken_away: None,
            hint: self.hint(),
            certainty: Certainty::Observed(self.bench.observed.count()),
        };
        only(Severity::High, ProblemKind::Nothing(nothing))
    }

    fn wrong_app(&self, job: Option<&'b Candidate<'a>>) -> ProblemKind<'a, 'b> {
        ProblemKind::WrongApp {
            job,
            seen: self.sightings.apps.iter().copied().collect(),
        }
    }

    /// What recent pull requests showed settles it, unless the change takes away the job that
    /// they showed: what may report the check in its place is not what was seen.
    fn unless_seen(&self, reason: Reason, detail: &str) -> Verdict<'a, 'b> {
        let outdated = self.namesakes.firm.is_empty()
            && self.taken_away().is_some()
            && !self.sightings.by_other_than(self.bench.actions);
        if self.sightings.by(self.required.app) && !outdated {
            Verdict::default()
        } else {
            self.unknown(reason, detail)
        }
    }

    fn unknown(&self, reason: Reason, detail: &str) -> Verdict<'a, 'b> {
        Verdict {
            problems: Vec::new(),
            unknown: Some(Unavailable {
                fact: format!(
                    "what reports the required check {}",
                    quoted(&self.required.context)
                ),
                reason,
                detail: detail.to_owned(),
            }),
        }
    }
}

fn only<'a, 'b>(severity: Severity, kind: ProblemKind<'a, 'b>) -> Verdict<'a, 'b> {
    Verdict {
        problems: vec![Problem { severity, kind }],
        unknown: None,
    }
}
