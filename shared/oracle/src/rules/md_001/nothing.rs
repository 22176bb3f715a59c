//! The text of the finding that nothing can report a context.

use super::findings::{Text, fix_of, job};
use super::hints::{Hint, Slip};
use super::places::Places;
use super::problem::{Certainty, Nothing};
use super::required::Required;
use super::triggers::ObstacleKind;
use crate::rules::text::{capital, clause, quoted};

/// Writes it.
pub(super) fn text(
    places: &Places<'_, '_>,
    required: &Required,
    nothing: &Nothing<'_, '_>,
) -> Text {
    let (guess, fix) = remedy(places, required, nothing);
    let who = who(places, nothing);
    Text {
        kind: "nothing-reports",
        title: match nothing.kept.first() {
            None => "is reported by nothing",
            Some((_, obstacle)) if is_policy(obstacle.kind) => {
                "can never pass: its job uses what is not allowed"
            }
            Some(_) => "is never reported on pull requests",
        },
        why: format!("{who}{}{guess}", certainty(nothing.certainty)),
        fix,
        evidence: places.of_nothing(nothing),
    }
}

/// Why nothing reports it.
fn who(places: &Places<'_, '_>, nothing: &Nothing<'_, '_>) -> String {
    if let Some((candidate, obstacle)) = nothing.kept.first() {
        let end = if is_policy(obstacle.kind) {
            "GitHub refuses such a run, or the job when it begins, so that it never passes"
                .to_owned()
        } else {
            format!(
                "so that no pull request to {} ever gets it",
                places.branch()
            )
        };
        let joint = if is_policy(obstacle.kind) { ". " } else { ", " };
        return format!(
            "{} has that name, but {}{joint}{end}.",
            capital(&job(candidate)),
            obstacle.clause,
        );
    }
    if let Some(before) = nothing.taken_away {
        let now = match (nothing.refused, places.renamed_to(before)) {
            (Some(_), _) => "it does not run".to_owned(),
            (None, Some(now)) => format!("it reports {} instead", quoted(&now)),
            (None, None) => "that job is gone".to_owned(),
        };
        return format!(
            "At the base {} reports it; with this change {now}.",
            job(before)
        );
    }
    "No job of any workflow reports a check of that name.".to_owned()
}

fn is_policy(kind: ObstacleKind) -> bool {
    matches!(
        kind,
        ObstacleKind::NotAllowed | ObstacleKind::NotAllowedUnlessOurs
    )
}

fn certainty(certainty: Certainty) -> String {
    match certainty {
        Certainty::Observed(1) => {
            " The one recent pull request that was looked at does not have it.".to_owned()
        }
        Certainty::Observed(n) => format!(" None of the {n} most recent pull requests has it."),
        Certainty::Pinned | Certainty::TakenAway => String::new(),
        Certainty::UnlessOutside => {
            " Unless something outside this repository reports it, no pull request can be merged."
                .to_owned()
        }
    }
}

/// A guess at the cause, and what to do.
fn remedy(
    places: &Places<'_, '_>,
    required: &Required,
    nothing: &Nothing<'_, '_>,
) -> (String, String) {
    let context = quoted(&required.context);
    if let Some(kept) = nothing.kept.first() {
        return (String::new(), fix_of(places, kept));
    }
    if let Some(refusal) = nothing.refused {
        let guess = format!(
            " GitHub refuses {} as a whole, so that none of its jobs runs: {}.",
            quoted(refusal.path.as_str()),
            clause(&refusal.message)
        );
        let fix = format!(
            "Correct {} so that GitHub accepts it.",
            quoted(&refusal.place)
        );
        return (guess, fix);
    }
    if let Some(before) = nothing.taken_away {
        let fix = match places.renamed_to(before) {
            Some(now) => format!(
                "Give the job the name {context} again; or require {} instead, once this is merged.",
                quoted(&now)
            ),
            None => format!(
                "Keep a job of the name {context}, or stop requiring it before this is merged."
            ),
        };
        return (String::new(), fix);
    }
    let near = nothing
        .hint
        .as_ref()
        .filter(|hint| hint.slip < Slip::Distant);
    if let Some(hint) = near {
        return (format!(" {}", guess(hint)), instruction(hint, &context));
    }
    let fix = format!(
        "Give a job of a workflow that runs on `pull_request` the `name` {context}, or stop \
         requiring it."
    );
    (String::new(), fix)
}

/// What the author probably meant, as a sentence.
fn guess(hint: &Hint<'_, '_>) -> String {
    let name = quoted(&hint.name);
    match hint.slip {
        Slip::Case => format!("{name} is reported: names are compared with regard to case."),
        Slip::Decorated => format!(
            "{name} is reported: the workflow's name and the event, which GitHub's pages show \
             around it, are not part of a check's name."
        ),
        Slip::MatrixSuffix => {
            format!("{name} is reported: each leg of a matrix has its values in its name.")
        }
        Slip::MatrixValues => format!("{name} is reported: the matrix has other values now."),
        Slip::Caller => format!(
            "{name} is reported: a job of a reusable workflow has the calling job in front."
        ),
        Slip::OnlyCaller => format!(
            "{name} is reported: a job that calls a reusable workflow reports nothing itself."
        ),
        Slip::JobId => {
            format!("{name} is reported: it is that job's `name`, which replaces its id.")
        }
        Slip::WorkflowName => {
            format!("It is the name of a workflow; its job reports {name}.")
        }
        Slip::Letters | Slip::Distant => format!("{name}, which is reported, comes closest."),
    }
}

fn instruction(hint: &Hint<'_, '_>, context: &str) -> String {
    let name = quoted(&hint.name);
    match hint.slip {
        Slip::MatrixSuffix | Slip::MatrixValues => format!(
            "Require a job that `needs` the matrix and checks its result, rather than legs that \
             change with the matrix; or require {name} instead of {context}."
        ),
        Slip::Case | Slip::Letters if hint.job.is_some() => {
            format!("Require {name} instead of {context}, or name the job {context}.")
        }
        _ => format!("Require {name} instead of {context}."),
    }
}
