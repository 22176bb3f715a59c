//! The situations in which a required check must be there, chosen so that every filter of the
//! workflows in question is met both ways where it can be.

use std::collections::BTreeSet;

use workflows::{BranchFilter, Sense};

use super::jobs::Candidate;
use super::triggers::{Kind, Situation};
use crate::{Fact, RepoPath, Tree};

/// At most this many files of the tree are tried as the only change of a pull request.
const FILES: usize = 200;
/// At most this many patterns of filters are filled in to be tried as well: with more, time would
/// grow with the square of a hostile file.
const FILLED: usize = 200;
/// Tried when no workflow filters by path.
const ANY_FILE: &str = "README.md";
/// A head branch as people name them.
const TOPIC: &str = "topic-branch";

/// Situations for some candidates.
#[derive(Debug)]
pub(super) struct Situations {
    /// The likeliest first: the first that is left out is the one that a reader is told of.
    files: Vec<String>,
    activities: BTreeSet<String>,
    heads: BTreeSet<String>,
}

impl Situations {
    /// The situations that tell these candidates apart.
    ///
    /// One file at a time is enough: a filter runs for several files when it runs for one of
    /// them, so that if any change is left out, one of a single file is.
    pub(super) fn of(candidates: &[&Candidate<'_>], tree: &Tree, base: &str) -> Self {
        let mut situations = Self {
            files: vec![ANY_FILE.to_owned()],
            activities: BTreeSet::new(),
            heads: BTreeSet::new(),
        };
        let triggers = candidates
            .iter()
            .flat_map(|candidate| &candidate.workflow.triggers);
        let mut filled_in = 0;
        for trigger in triggers {
            if trigger.paths.is_some() && situations.files.len() == 1 {
                situations.files.extend(files(tree));
            }
            if let Some(filter) = &trigger.paths {
                let room = FILLED.saturating_sub(filled_in);
                let patterns = filter.patterns.iter().take(room);
                filled_in += patterns.len();
                situations
                    .files
                    .extend(patterns.filter_map(|pattern| filled(pattern)));
            }
            let types = trigger.types.iter().flat_map(|types| types.iter());
            // After `closed` nothing is merged any more.
            let types = types
                .map(|kind| kind.value.clone())
                .filter(|kind| kind != "closed");
            situations.activities.extend(types);
            if trigger.event.as_str() == "push"
                && let Some(filter) = &trigger.branches
            {
                situations.heads.extend(heads(filter, base));
            }
        }
        situations
    }

    /// Those in which the check has to be there: every file, opened and pushed to, from a
    /// branch with an ordinary name.
    pub(super) fn essential(&self, kind: Kind) -> impl Iterator<Item = Situation<'_>> {
        let files = self.files.iter();
        files.flat_map(move |file| {
            ["synchronize", "opened"].map(|activity| Situation {
                kind,
                activity,
                file,
                head: TOPIC,
            })
        })
    }

    /// Others, in which it may be there: they tell "never" from "sometimes".
    pub(super) fn other(&self, kind: Kind) -> impl Iterator<Item = Situation<'_>> {
        self.files.iter().flat_map(move |file| {
            let of = move |activity, head| Situation {
                kind,
                activity,
                file,
                head,
            };
            let activities = self
                .activities
                .iter()
                .map(move |activity| of(activity, TOPIC));
            let heads = self.heads.iter().map(move |head| of("synchronize", head));
            activities.chain(heads)
        })
    }
}

/// Files of the tree, and one that nobody has thought of.
fn files(tree: &Tree) -> Vec<String> {
    let mut files = vec!["some-new-file".to_owned()];
    if let Fact::Known(entries) = &tree.entries {
        // Evenly over the tree, so that every directory of some size is met.
        let step = entries.len().div_ceil(FILES).max(1);
        files.extend(entries.keys().step_by(step).map(RepoPath::to_string));
    }
    files
}

/// Branch names that a push filter takes, by filling in its wildcards; never the base, which
/// is not merged into itself.
fn heads(filter: &BranchFilter, base: &str) -> Vec<String> {
    if filter.sense == Sense::Ignore {
        return Vec::new();
    }
    filter
        .patterns
        .iter()
        .filter_map(|pattern| filled(pattern))
        .filter(|name| name != base)
        .collect()
}

/// A name that a pattern takes, or with `!` in front takes away: its wildcards filled in.
/// `None` for patterns with a range or a repetition, whose names are not made up here.
fn filled(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
    let plain = !pattern.contains(['[', '?', '+', '\\']);
    plain.then(|| pattern.replace("**", "x").replace('*', "x"))
}
