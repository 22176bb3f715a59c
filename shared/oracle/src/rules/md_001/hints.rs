//! What the author of a requirement that nothing meets probably meant.

use super::jobs::{Candidate, Jobs};
use super::observed::Observed;

/// A guess, with its reason.
#[derive(Debug, Clone)]
pub(super) struct Hint<'a, 'b> {
    /// The kind of slip.
    pub(super) slip: Slip,
    /// The name that is reported.
    pub(super) name: String,
    /// The job that reports it, where it is one of ours.
    pub(super) job: Option<&'b Candidate<'a>>,
}

/// How a required context differs from a name that is reported, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slip {
    /// In upper and lower case only.
    Case,
    /// It has the workflow's name in front, or the event behind, as GitHub's pages show it.
    Decorated,
    /// It lacks the values of the matrix.
    MatrixSuffix,
    /// It has other values of the matrix.
    MatrixValues,
    /// It lacks the job that calls the reusable workflow.
    Caller,
    /// It names the job that calls a reusable workflow, not the jobs in there.
    OnlyCaller,
    /// It is the job's id, and the job has a name.
    JobId,
    /// It is the workflow's name.
    WorkflowName,
    /// In a few letters.
    Letters,
    /// It has little in common; the job is merely the one that comes closest.
    Distant,
}

/// The likeliest slip between a required context and what is reported; `None` when nothing
/// is reported at all.
pub(super) fn hint<'a, 'b>(
    context: &str,
    jobs: &'b Jobs<'a>,
    observed: &Observed<'_>,
) -> Option<Hint<'a, 'b>> {
    let ever = jobs
        .candidates
        .iter()
        .filter(|candidate| candidate.is_ever());
    let ours = ever.map(|candidate| {
        let name = candidate.reported.name.to_string();
        let slip = slip(context, &name).min(about(context, candidate));
        (slip, distance(context, &name), name, Some(candidate))
    });
    // What was seen of the context itself is from before the change.
    let seen = observed.names().into_iter().filter(|name| *name != context);
    let seen = seen.map(|name| {
        let slip = slip(context, name);
        (slip, distance(context, name), name.to_owned(), None)
    });
    // Names from outside help where they are near; a far one is no place to look at.
    let seen = seen.filter(|(slip, ..)| *slip < Slip::Distant);
    ours.chain(seen)
        .min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))
        .map(|(slip, _, name, job)| Hint { slip, name, job })
}

/// How a context differs from a name.
fn slip(context: &str, name: &str) -> Slip {
    let lower = context.to_lowercase();
    let undecorated = undecorated(context);
    if lower == name.to_lowercase() {
        Slip::Case
    } else if undecorated == name {
        Slip::Decorated
    } else if name
        .strip_prefix(context)
        .is_some_and(|rest| rest.starts_with(" ("))
    {
        Slip::MatrixSuffix
    } else if stem(context).is_some() && stem(context) == stem(name) {
        Slip::MatrixValues
    } else if name
        .strip_suffix(context)
        .is_some_and(|rest| rest.ends_with(" / "))
    {
        Slip::Caller
    } else if name
        .strip_prefix(context)
        .is_some_and(|rest| rest.starts_with(" / "))
    {
        Slip::OnlyCaller
    } else if distance(context, name) <= context.chars().count().min(name.chars().count()) / 3 {
        Slip::Letters
    } else {
        Slip::Distant
    }
}

/// How a context differs from what else is known of a job.
fn about(context: &str, candidate: &Candidate<'_>) -> Slip {
    let workflow = candidate.workflow.name.as_ref().map(|name| name.as_str());
    let decorated = undecorated(context).split_once(" / ");
    let name = candidate.reported.name.to_string();
    if decorated.is_some_and(|(first, rest)| Some(first) == workflow && rest == name) {
        Slip::Decorated
    } else if candidate.reported.job.id == context {
        Slip::JobId
    } else if workflow.is_some_and(|workflow| workflow.to_lowercase() == context.to_lowercase()) {
        Slip::WorkflowName
    } else {
        Slip::Distant
    }
}

/// A context without the event that GitHub's pages show behind it.
fn undecorated(context: &str) -> &str {
    const EVENTS: [&str; 4] = ["pull_request", "pull_request_target", "push", "merge_group"];
    let event = |event: &&str| context.strip_suffix(&format!(" ({event})"));
    EVENTS.iter().find_map(event).unwrap_or(context)
}

/// The part before the values of a matrix.
fn stem(name: &str) -> Option<&str> {
    let (stem, values) = name.rsplit_once(" (")?;
    values.ends_with(')').then_some(stem)
}

/// Levenshtein distance in characters, of the first 200.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(200).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(200).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_apart() {
        let cases = [
            ("build", "Build", Slip::Case),
            ("build (pull_request)", "build", Slip::Decorated),
            ("test", "test (20)", Slip::MatrixSuffix),
            ("test (18)", "test (20)", Slip::MatrixValues),
            ("unit", "call / unit", Slip::Caller),
            ("call", "call / unit", Slip::OnlyCaller),
            ("biuld", "build", Slip::Distant),
            ("buld", "build", Slip::Letters),
            ("oracle-check", "Mirror Dissonance Oracle", Slip::Distant),
        ];
        for (context, name, expected) in cases {
            assert_eq!(slip(context, name), expected, "{context} {name}");
        }
    }

    #[test]
    fn distance_counts_single_changes() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
