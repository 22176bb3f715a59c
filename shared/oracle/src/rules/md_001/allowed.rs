//! Whether the repository's Actions settings let a job use what it uses.
//!
//! GitHub refuses the whole run, or the job when it begins: both were seen, and either way the
//! job's check never passes. So a job is judged by what it uses itself, not by its neighbours;
//! what composite actions use in their turn is not looked at.
//! Facts: <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository>.

use workflows::{Job, Span};

use crate::rules::text::quoted;
use crate::{ActionsPermissions, AllowedActions, Fact, SelectedActions};

/// Owners whose actions GitHub counts as its own.
const GITHUB: [&str; 2] = ["actions", "github"];

/// Whether a job may use what it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowance {
    /// It may, as far as is known.
    Allowed,
    /// It can't be told, because of this.
    Unknown(String),
    /// It may not.
    Denied(Denial),
}

/// What is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    /// A clause about the job.
    pub(super) clause: String,
    /// Where the job says it.
    pub(super) span: Span,
    /// How certain it is.
    pub(super) certainty: DenialCertainty,
}

/// How certain it is that something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DenialCertainty {
    /// Nothing could make it allowed.
    Sure,
    /// It is allowed if its owner belongs to the same enterprise, which nothing here tells.
    UnlessSameEnterprise,
}

/// Judges everything that a job uses: the worst that is so decides.
pub(super) fn allowance(
    job: &Job,
    owner: Option<&str>,
    permissions: Option<&ActionsPermissions>,
) -> Allowance {
    let Some(ActionsPermissions::Enabled {
        allowed_actions,
        sha_pinning_required,
    }) = permissions
    else {
        return Allowance::Allowed;
    };
    let steps = job.steps.iter().filter_map(|step| step.uses.as_ref());
    let unpinned = steps
        .clone()
        .filter(|uses| *sha_pinning_required && is_unpinned(uses))
        .map(|uses| {
            denied(
                uses.span,
                DenialCertainty::Sure,
                format!(
                    "it uses {}, and the repository's Actions settings require actions to be \
                     pinned to the full SHA of a commit",
                    quoted(uses)
                ),
            )
        });
    let not_listed = steps.chain(&job.uses).map(|uses| {
        let reference = Reference::of(uses);
        reference.map_or(Allowance::Allowed, |reference| {
            listed(&reference, uses.span, owner, allowed_actions)
        })
    });
    let all = unpinned.chain(not_listed);
    all.min_by_key(rank).unwrap_or(Allowance::Allowed)
}

/// The surest denial first.
fn rank(allowance: &Allowance) -> u8 {
    match allowance {
        Allowance::Denied(denial) if denial.certainty == DenialCertainty::Sure => 0,
        Allowance::Denied(_) => 1,
        Allowance::Unknown(_) => 2,
        Allowance::Allowed => 3,
    }
}

fn denied(span: Span, certainty: DenialCertainty, clause: String) -> Allowance {
    Allowance::Denied(Denial {
        clause,
        span,
        certainty,
    })
}

/// An action or a reusable workflow of another repository, in lower case: GitHub compares
/// owners and repositories without regard to case.
struct Reference {
    text: String,
    owner: String,
}

impl Reference {
    /// `None` for what is in the repository itself (`./`, `$/`) and for images (`docker://`).
    fn of(uses: &str) -> Option<Self> {
        let text = uses.to_ascii_lowercase();
        let (owner, _) = text.split_once('/')?;
        let is_elsewhere = !owner.is_empty() && !owner.contains(['.', '$', ':']);
        let owner = owner.to_owned();
        is_elsewhere.then_some(Self { text, owner })
    }
}

fn is_unpinned(uses: &str) -> bool {
    let sha = |reference: &str| {
        matches!(reference.len(), 40 | 64) && reference.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let version = uses.rsplit_once('@').map(|(_, version)| version);
    Reference::of(uses).is_some() && !version.is_some_and(sha)
}

fn listed(
    reference: &Reference,
    span: Span,
    own: Option<&str>,
    policy: &AllowedActions,
) -> Allowance {
    let shown = quoted(&reference.text);
    // Without the repository's own name, anything may be its owner's.
    let is_own = own.is_none_or(|own| own.eq_ignore_ascii_case(&reference.owner));
    let selected = match policy {
        _ if is_own => return Allowance::Allowed,
        AllowedActions::All => return Allowance::Allowed,
        AllowedActions::LocalOnly => &SelectedActions::default(),
        AllowedActions::Selected(Fact::Known(selected)) => selected,
        AllowedActions::Selected(Fact::Unavailable(_)) => {
            return Allowance::Unknown(format!(
                "it uses {shown}, and which actions are allowed could not be looked at"
            ));
        }
    };
    let is_githubs = GITHUB.contains(&reference.owner.as_str());
    if (is_githubs && selected.github_owned_allowed) || is_selected(&reference.text, selected) {
        return Allowance::Allowed;
    }
    if selected.verified_allowed {
        return Allowance::Unknown(format!(
            "it uses {shown}, which is allowed only if {} is a verified creator",
            quoted(&reference.owner)
        ));
    }
    let clause = format!("it uses {shown}, which the repository's Actions settings do not allow");
    if is_githubs {
        return denied(span, DenialCertainty::Sure, clause);
    }
    let clause = format!(
        "{clause} unless {} belongs to the same enterprise",
        quoted(&reference.owner)
    );
    denied(span, DenialCertainty::UnlessSameEnterprise, clause)
}

/// Whether a pattern allows it and no other takes it out again. How far `*` reaches is not
/// documented: here it allows much and takes out little.
fn is_selected(reference: &str, selected: &SelectedActions) -> bool {
    let without_version = reference
        .split_once('@')
        .map_or(reference, |(name, _)| name);
    let patterns = selected.patterns_allowed.iter();
    let (mut allowed, mut taken_out) = (false, false);
    for pattern in patterns.map(|pattern| pattern.trim().to_ascii_lowercase()) {
        if let Some(pattern) = pattern.strip_prefix('!') {
            taken_out |= fits(pattern, reference, Star::WithinASegment);
        } else if pattern.contains('@') || pattern.ends_with('*') {
            allowed |= fits(&pattern, reference, Star::Anything);
        } else {
            allowed |= fits(&pattern, without_version, Star::Anything);
        }
    }
    allowed && !taken_out
}

/// What `*` stands for; `**` always stands for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Star {
    Anything,
    WithinASegment,
}

/// Whether a pattern fits a whole text, in time linear in the product of their lengths.
fn fits(pattern: &str, text: &str, star: Star) -> bool {
    let text = text.as_bytes();
    // Which beginnings of the text the pattern so far fits, by their length.
    let mut fitting = vec![false; text.len() + 1];
    fitting[0] = true;
    let mut pattern = pattern.bytes().peekable();
    while let Some(byte) = pattern.next() {
        if byte == b'*' {
            let anything = pattern.next_if_eq(&b'*').is_some() || star == Star::Anything;
            for end in 1..=text.len() {
                fitting[end] |= fitting[end - 1] && (anything || text[end - 1] != b'/');
            }
        } else {
            for end in (1..=text.len()).rev() {
                fitting[end] = fitting[end - 1] && text[end - 1] == byte;
            }
            fitting[0] = false;
        }
    }
    fitting[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of GitHub's documentation, and what is near them.
    #[test]
    fn patterns_as_github_documents_them() {
        let of = |patterns: &[&str], reference: &str| {
            let selected = SelectedActions {
                patterns_allowed: patterns.iter().map(|text| (*text).to_owned()).collect(),
                ..SelectedActions::default()
            };
            is_selected(reference, &selected)
        };
        for (patterns, reference, expected) in [
            (&["monalisa/octocat@*"][..], "monalisa/octocat@v2", true),
            (&["monalisa/octocat@v2"], "monalisa/octocat@v2", true),
            (&["monalisa/octocat@v2"], "monalisa/octocat@v3", false),
            (&["monalisa/*"], "monalisa/octocat/sub@v2", true),
            (&["Monalisa/Octocat@*"], "monalisa/octocat@v2", true),
            (&["space-org*/*"], "space-organisation/a@v1", true),
            (&["*/octocat**@*"], "anyone/octocat-tools/a/b@v1", true),
            (&["monalisa/octocat"], "monalisa/octocat@v2", true),
            (&["monalisa/octo"], "monalisa/octocat@v2", false),
            (&[], "monalisa/octocat@v2", false),
            (
                &["space-org/*", "!space-org/bad@*"],
                "space-org/bad@v1",
                false,
            ),
            (
                &["space-org/*", "!space-org/bad@*"],
                "space-org/good@v1",
                true,
            ),
            (
                &["!space-org/bad@*", "space-org/*"],
                "space-org/bad@v1",
                false,
            ),
            (&["!space-org/bad@*"], "space-org/good@v1", false),
        ] {
            assert_eq!(
                of(patterns, reference),
                expected,
                "{patterns:?} {reference}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_power_of_time() {
        assert!(!fits(&"*a".repeat(2000), &"a".repeat(1000), Star::Anything));
    }

    #[test]
    fn what_is_pinned() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        for (uses, expected) in [
            ("actions/checkout@v4", true),
            ("actions/checkout", true),
            ("actions/checkout@0123456", true),
            (&*format!("actions/checkout@{sha}"), false),
            ("./local", false),
            ("docker://alpine:3", false),
        ] {
            assert_eq!(is_unpinned(uses), expected, "{uses}");
        }
    }
}
