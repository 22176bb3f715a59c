//! The findings' texts: title, facts, instruction, identity.

use workflows::{Reported, Spanned};

use super::jobs::Candidate;
use super::places::Places;
use super::problem::{Problem, ProblemKind};
use super::required::Required;
use super::standing::Kept;
use super::triggers::ObstacleKind;
use crate::rules::text::{capital, clause, code, list, quoted};
use crate::{Evidence, Finding, Severity};

/// The most characters of a title.
const TITLE: usize = 90;

/// What a finding says.
pub(super) struct Text {
    /// What makes it this kind of finding; part of its identity.
    pub(super) kind: &'static str,
    /// What follows "Required check `x`" in the title.
    pub(super) title: &'static str,
    /// The facts.
    pub(super) why: String,
    /// The instruction.
    pub(super) fix: String,
    /// The places.
    pub(super) evidence: Vec<Evidence>,
}

/// Writes a finding.
pub(super) fn finding(
    places: &Places<'_, '_>,
    required: &Required,
    problem: &Problem<'_, '_>,
) -> Finding {
    let text = match &problem.kind {
        ProblemKind::Nothing(nothing) => super::nothing::text(places, required, nothing),
        ProblemKind::WrongApp { job, seen } => wrong_app(places, required, *job, seen),
        ProblemKind::Sometimes(kept) => sometimes(places, kept),
        ProblemKind::UnlessSkipped(candidate) => unless_skipped(places, candidate),
        ProblemKind::OnlyIfSkipped(candidate) => only_if_skipped(places, candidate),
        ProblemKind::PushOnly(candidate, obstacle) => {
            push_only(places, &(candidate, obstacle.clone()))
        }
        ProblemKind::Queue(kept) => queue(places, kept, problem.severity),
        ProblemKind::NoRunner {
            job,
            label,
            announcement,
        } => without_runner(places, job, label, announcement),
        ProblemKind::Ambiguous(jobs) => ambiguous(places, required, jobs),
    };
    let room = TITLE.saturating_sub("Required check `` ".len() + text.title.len());
    let pinned = required.app.map(|app| places.app(app));
    Finding {
        severity: problem.severity,
        title: format!(
            "Required check {} {}",
            code(&required.context, room),
            text.title
        ),
        why: format!(
            "{} requires {}{} ({}). {}",
            places.branch(),
            quoted(&required.context),
            pinned.unwrap_or_default(),
            required.by(),
            text.why
        ),
        fix: text.fix,
        evidence: text.evidence,
        identity: vec![text.kind.into(), required.context.clone().into()],
    }
}

fn wrong_app(
    places: &Places<'_, '_>,
    required: &Required,
    by: Option<&Candidate<'_>>,
    seen: &[u64],
) -> Text {
    let reporter = match (by, seen) {
        (Some(candidate), _) => format!("{}, and so GitHub Actions", job(candidate)),
        (None, apps) => {
            let apps: Vec<String> = apps.iter().map(u64::to_string).collect();
            format!("App {}", list(&apps))
        }
    };
    Text {
        kind: "wrong-app",
        title: "is pinned to another App than the one reporting it",
        why: format!(
            "It is reported by {reporter}. A report counts only from the App that the requirement \
             names, so that pull requests wait for ever."
        ),
        fix: format!(
            "Require {} from the App that reports it, or from any.",
            quoted(&required.context)
        ),
        evidence: by
            .and_then(|candidate| places.job(candidate))
            .into_iter()
            .collect(),
    }
}

fn sometimes(places: &Places<'_, '_>, kept: &[Kept<'_, '_>]) -> Text {
    let reasons: Vec<String> = kept
        .iter()
        .map(|(candidate, obstacle)| {
            format!("{} reports it, but {}", job(candidate), obstacle.clause)
        })
        .collect();
    Text {
        kind: "not-for-some",
        title: "is not reported for some pull requests",
        why: format!(
            "{}. A workflow that does not run reports nothing, and the pull request waits for \
             ever; a job that is skipped passes.",
            capital(&list(&reasons))
        ),
        fix: kept
            .first()
            .map_or_else(String::new, |kept| fix_of(places, kept)),
        evidence: places.of_kept(kept),
    }
}

fn queue(places: &Places<'_, '_>, kept: &[Kept<'_, '_>], severity: Severity) -> Text {
    let reasons: Vec<String> = kept
        .iter()
        .map(|(candidate, obstacle)| {
            format!("{} reports it, but {}", job(candidate), obstacle.clause)
        })
        .collect();
    Text {
        kind: "merge-queue",
        title: if severity >= Severity::High {
            "is never reported for the merge queue"
        } else {
            "is not always reported for the merge queue"
        },
        why: format!(
            "The branch has a merge queue, which waits for the same checks on its own commits. {}. \
             A pull request that lacks it leaves the queue after the time-out.",
            capital(&list(&reasons))
        ),
        fix: kept
            .first()
            .map_or_else(String::new, |kept| fix_of_queue(places, kept)),
        evidence: places.of_kept(kept),
    }
}

fn push_only(places: &Places<'_, '_>, kept: &Kept<'_, '_>) -> Text {
    Text {
        kind: "push-only",
        title: "is never reported for pull requests from forks",
        why: format!(
            "{} reports it on `push` only. A push to a fork runs nothing here, so that a pull request \
             from a fork waits for ever.",
            capital(&job(kept.0))
        ),
        fix: match kept.1.kind {
            ObstacleKind::Skipped | ObstacleKind::OtherName => fix_of(places, kept),
            _ => format!(
                "Let {} run on `pull_request` too:\n\n```yaml\non:\n  pull_request:\n```",
                quoted(kept.0.path.as_str())
            ),
        },
        evidence: places.of_kept(std::slice::from_ref(kept)),
    }
}

fn unless_skipped(places: &Places<'_, '_>, candidate: &Candidate<'_>) -> Text {
    Text {
        kind: "not-when-skipped",
        title: "is not reported when its job is skipped",
        why: format!(
            "{} reports it, but {}. A job that is skipped reports one check without the values of \
             its matrix and without the jobs that it calls, so that this one is missing then.",
            capital(&job(candidate)),
            skipping(candidate)
        ),
        fix: "Require a job with `if: always()` instead, which `needs` this one and fails unless \
              its result is `success` or `skipped`."
            .to_owned(),
        evidence: places.job(candidate).into_iter().collect(),
    }
}

fn only_if_skipped(places: &Places<'_, '_>, candidate: &Candidate<'_>) -> Text {
    Text {
        kind: "only-when-skipped",
        title: "is reported only when its job is skipped",
        why: format!(
            "{} has that name only while it is skipped ({}). When it runs, its checks have other \
             names, and this one is missing.",
            capital(&job(candidate)),
            skipping(candidate)
        ),
        fix: "Require a job with `if: always()` instead, which `needs` this one and fails unless \
              its result is `success` or `skipped`."
            .to_owned(),
        evidence: places.job(candidate).into_iter().collect(),
    }
}

fn without_runner(
    places: &Places<'_, '_>,
    candidate: &Candidate<'_>,
    label: &Spanned<String>,
    announcement: &str,
) -> Text {
    let image = quoted(label);
    let mut evidence: Vec<Evidence> = places.runs_on(candidate, label.span).into_iter().collect();
    let job_place = places.job(candidate);
    evidence.extend(job_place.filter(|place| !evidence.contains(place)));
    Text {
        kind: "no-runner",
        title: "waits for a retired runner image",
        why: format!(
            "{} reports it and runs on {image}, an image that GitHub has taken away \
             ({announcement}). Unless a self-hosted runner has that label, the job waits for a day \
             and fails.",
            capital(&job(candidate))
        ),
        fix: format!("Let the job run on an image that there is, instead of {image}."),
        evidence,
    }
}

fn ambiguous(places: &Places<'_, '_>, required: &Required, jobs: &[&Candidate<'_>]) -> Text {
    let names: Vec<String> = jobs.iter().map(|candidate| job(candidate)).collect();
    Text {
        kind: "ambiguous",
        title: "is reported by several jobs",
        why: format!(
            "{} report it on the same commit. Which of them counts is not documented: one that \
             fails may be hidden by one that passes.",
            capital(&list(&names))
        ),
        fix: format!(
            "Give each job a name of its own, and require each; {} then is one of them.",
            quoted(&required.context)
        ),
        evidence: jobs
            .iter()
            .filter_map(|candidate| places.job(candidate))
            .collect(),
    }
}

/// What to do about what keeps a job from reporting.
pub(super) fn fix_of(places: &Places<'_, '_>, (candidate, obstacle): &Kept<'_, '_>) -> String {
    let path = quoted(candidate.path.as_str());
    match obstacle.kind {
        ObstacleKind::Disabled => format!(
            "Enable the workflow {path} (Actions, the workflow, “Enable workflow”), or stop \
             requiring the check."
        ),
        ObstacleKind::ActionsOff => "Enable Actions for the repository (Settings, Actions, \
                                     General), or stop requiring the check."
            .to_owned(),
        ObstacleKind::NotAllowed | ObstacleKind::NotAllowedUnlessOurs => {
            "Let the job use what the settings allow, or change them (Settings, Actions, General)."
                .to_owned()
        }
        ObstacleKind::Skipped => "Let the `if` of the job hold there too; or require a job with \
                                  `if: always()` instead, which `needs` this one and fails unless \
                                  its result is `success` or `skipped`."
            .to_owned(),
        ObstacleKind::OtherName => "Give the job one name, whatever the event.".to_owned(),
        ObstacleKind::Refused => format!("Correct {path} so that GitHub accepts it."),
        ObstacleKind::Filter => format!(
            "Let {path} run for every pull request to {}, and skip its jobs by `if` where they \
             have nothing to do.",
            places.branch()
        ),
        ObstacleKind::Types => {
            format!("Add `opened` and `synchronize` to `types` in {path}, or leave `types` out.")
        }
        ObstacleKind::Push | ObstacleKind::Event => {
            format!("Let {path} run on pull requests:\n\n```yaml\non:\n  pull_request:\n```")
        }
    }
}

/// What to do about what keeps a job from reporting for the merge queue.
fn fix_of_queue(places: &Places<'_, '_>, kept: &Kept<'_, '_>) -> String {
    let (candidate, obstacle) = kept;
    match obstacle.kind {
        ObstacleKind::Types | ObstacleKind::Filter | ObstacleKind::Push | ObstacleKind::Event => {
            format!(
                "Let {} run on `merge_group` for {} too:\n\n```yaml\non:\n  merge_group:\n```",
                quoted(candidate.path.as_str()),
                places.branch()
            )
        }
        _ => fix_of(places, kept),
    }
}

/// A job, as the subject of a clause.
pub(super) fn job(candidate: &Candidate<'_>) -> String {
    let place = &candidate.reported.job;
    if place.path == candidate.path.as_str() {
        format!("job {} of {}", quoted(&place.id), quoted(&place.path))
    } else {
        format!(
            "job {} of {}, which {} calls,",
            quoted(&place.id),
            quoted(&place.path),
            quoted(candidate.path.as_str())
        )
    }
}

fn skipping(candidate: &Candidate<'_>) -> String {
    match &candidate.reported.when {
        Reported::Always => "it always runs".to_owned(),
        Reported::UnlessSkipped { why } | Reported::OnlyIfSkipped { why } => clause(why),
    }
}
