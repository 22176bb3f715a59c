//! Findings of one kind: the worst one by one, and one that counts the rest.
//!
//! What a change brings and what was there before are counted apart, so that nothing new is behind
//! what nobody has to look at.

use super::{Case, META, MOST_OF_A_KIND};
use crate::rules::text::quoted;
use crate::{Finding, Part, Severity};

/// How many of one kind are told apart. No complete tree of GitHub's has more files.
const MOST_COMPARED: usize = 100_000;

impl Case<'_> {
    /// Builds findings of the worst candidates, and one or two that count the rest. At the base all
    /// are named.
    pub(super) fn at_most<T>(
        &self,
        kind: &str,
        mut candidates: Vec<(Severity, T)>,
        identity: impl Fn(&T) -> Vec<Part>,
        build: impl Fn(Severity, T) -> Finding,
    ) -> Vec<Finding> {
        candidates.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        let beyond = candidates.split_off(candidates.len().min(MOST_COMPARED));
        let worst_beyond = beyond.first().map(|(severity, _)| *severity);
        if self.input.is_base {
            let worst = candidates.first().map(|(severity, _)| *severity);
            let folds = [
                worst.map(|severity| named(severity, KnownBefore::Yes.identity(kind))),
                worst_beyond.map(|severity| named(severity, KnownBefore::No.identity(kind))),
            ];
            let all = candidates.into_iter();
            let all = all.map(|(severity, candidate)| named(severity, identity(&candidate)));
            return all.chain(folds.into_iter().flatten()).collect();
        }
        let is_known = |(severity, candidate): &(Severity, T)| {
            let before = self.input.before;
            before.is_some_and(|it| it.has(META.id, &identity(candidate), *severity))
        };
        let is_over = candidates.len() > MOST_OF_A_KIND;
        let (mut known, mut new): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|candidate| is_over && is_known(candidate));
        let more_new = new.split_off(new.len().min(MOST_OF_A_KIND));
        let more_known = known.split_off(known.len().min(MOST_OF_A_KIND));
        let worst_new = more_new.first().map(|(severity, _)| *severity);
        let worst_known = more_known.first().map(|(severity, _)| *severity);
        let folds = [
            worst_new.max(worst_beyond).map(|severity| {
                let count = more_new.len() + beyond.len();
                self.more(kind, severity, count, KnownBefore::No)
            }),
            worst_known
                .map(|severity| self.more(kind, severity, more_known.len(), KnownBefore::Yes)),
        ];
        let told = new.into_iter().chain(known);
        told.map(|(severity, candidate)| build(severity, candidate))
            .chain(folds.into_iter().flatten())
            .collect()
    }

    /// The finding that stands for the rest.
    fn more(&self, kind: &str, severity: Severity, count: usize, known: KnownBefore) -> Finding {
        let (findings, since) = match (count, known) {
            (1, KnownBefore::No) => ("finding", ""),
            (1, KnownBefore::Yes) => ("finding", ", and had it before"),
            (_, KnownBefore::No) => ("findings", ""),
            (_, KnownBefore::Yes) => ("findings", ", and had them before"),
        };
        Finding {
            severity,
            title: format!("CODEOWNERS has {count} more {findings} of this kind{since}"),
            why: format!(
                "{} has more {kind} than are told one by one ({MOST_OF_A_KIND}).",
                quoted(self.path.as_str())
            ),
            fix: "Put those that are told right, and see what remains.".to_owned(),
            evidence: Vec::new(),
            identity: known.identity(kind),
        }
    }
}

/// Whether what is folded was there before the change.
#[derive(Debug, Clone, Copy)]
enum KnownBefore {
    Yes,
    No,
}

impl KnownBefore {
    fn identity(self, kind: &str) -> Vec<Part> {
        match self {
            Self::Yes => vec!["more".into(), kind.into(), "known".into()],
            Self::No => vec!["more".into(), kind.into()],
        }
    }
}

/// A finding of the base, which nobody reads.
fn named(severity: Severity, identity: Vec<Part>) -> Finding {
    Finding {
        severity,
        title: String::new(),
        why: String::new(),
        fix: String::new(),
        evidence: Vec::new(),
        identity,
    }
}
