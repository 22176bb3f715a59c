//! Whether the jobs that have a name report it in every situation, in some, or in none.

use workflows::Reported;

use super::jobs::Candidate;
use super::situations::Situations;
use super::triggers::{Circumstances, Kind, Obstacle, ObstacleKind, Runs, Situation, runs};
use crate::rules::text::{clause, quoted};

/// The jobs that have, or may have, one name.
#[derive(Debug)]
pub(super) struct Namesakes<'a, 'b> {
    /// They report it for certain when they run.
    pub(super) firm: Vec<&'b Candidate<'a>>,
    /// They report it only when they are skipped.
    pub(super) only_if_skipped: Vec<&'b Candidate<'a>>,
    /// Their name is only known when they run.
    pub(super) maybe: Vec<&'b Candidate<'a>>,
}

/// A job with what keeps it from reporting.
pub(super) type Kept<'a, 'b> = (&'b Candidate<'a>, Obstacle);

/// How reliably a name is reported for one kind of commit.
#[derive(Debug)]
pub(super) enum Standing<'a, 'b> {
    /// In every situation in which it has to be.
    Always,
    /// Not in at least one, for these reasons.
    Sometimes(Vec<Kept<'a, 'b>>),
    /// In none, for these reasons; no reasons when no job has the name.
    Never(Vec<Kept<'a, 'b>>),
    /// It can't be told, because of this.
    Unknown(String),
}

impl<'a, 'b> Namesakes<'a, 'b> {
    /// Sorts candidates by how firmly they have the name.
    pub(super) fn new(named: Vec<&'b Candidate<'a>>, maybe: Vec<&'b Candidate<'a>>) -> Self {
        let (only_if_skipped, firm) = named.into_iter().partition(|candidate| {
            matches!(candidate.reported.when, Reported::OnlyIfSkipped { .. })
        });
        Self {
            firm,
            only_if_skipped,
            maybe,
        }
    }

    /// Every one of them.
    pub(super) fn all(&self) -> Vec<&'b Candidate<'a>> {
        let all = self
            .firm
            .iter()
            .chain(&self.only_if_skipped)
            .chain(&self.maybe);
        all.copied().collect()
    }

    /// The first that has the name on some event.
    pub(super) fn first(&self) -> Option<&'b Candidate<'a>> {
        self.firm
            .iter()
            .copied()
            .find(|candidate| candidate.is_ever())
    }

    /// How reliably the name is reported on commits of this kind.
    pub(super) fn standing(
        &self,
        kind: Kind,
        situations: &Situations,
        around: &Circumstances<'_>,
    ) -> Standing<'a, 'b> {
        let mut reported = false;
        let mut missed = None;
        let mut unknown = None;
        let essential = situations
            .essential(kind)
            .map(|situation| (situation, true));
        let other = situations.other(kind).map(|situation| (situation, false));
        for (situation, must) in essential.chain(other) {
            match self.answer(&situation, around) {
                Answer::Yes => reported = true,
                Answer::Unknown(why) => unknown = unknown.or(Some(why)),
                Answer::No(kept) if must => missed = missed.or(Some(kept)),
                Answer::No(_) => {}
            }
            // Nothing that follows can change what is concluded.
            if reported && (missed.is_some() || !must) {
                break;
            }
        }
        match (missed, reported, unknown) {
            (_, false, Some(why)) => Standing::Unknown(why),
            (None, _, _) => Standing::Always,
            (Some(kept), true, _) => Standing::Sometimes(kept),
            (Some(kept), false, None) => Standing::Never(kept),
        }
    }

    fn answer(&self, situation: &Situation<'_>, around: &Circumstances<'_>) -> Answer<'a, 'b> {
        let mut kept = Vec::new();
        let mut unknown = None;
        for candidate in &self.firm {
            match runs(candidate, situation, around) {
                Runs::Yes => return Answer::Yes,
                Runs::Unknown(why) => unknown = unknown.or(Some(why)),
                Runs::No(obstacle) => kept.push((*candidate, obstacle)),
            }
        }
        for candidate in &self.maybe {
            match runs(candidate, situation, around) {
                Runs::No(obstacle) if obstacle.kind != ObstacleKind::NotAllowedUnlessOurs => {}
                _ => unknown = unknown.or_else(|| Some(dynamic(candidate))),
            }
        }
        kept.sort_by_key(|(_, obstacle)| obstacle.kind);
        unknown.map_or(Answer::No(kept), Answer::Unknown)
    }
}

/// Whether the name is reported in one situation.
enum Answer<'a, 'b> {
    Yes,
    Unknown(String),
    No(Vec<Kept<'a, 'b>>),
}

fn dynamic(candidate: &Candidate<'_>) -> String {
    let name = &candidate.reported.name;
    let why = name.why_unknown().unwrap_or("only a run decides");
    format!(
        "job {} of {} reports {}, and {}",
        quoted(&candidate.job.id),
        quoted(candidate.path.as_str()),
        quoted(&name.to_string()),
        clause(why)
    )
}
