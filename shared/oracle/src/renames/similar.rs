//! Files that are much the same under another path, as Git's rename detection has it: half of
//! the larger one's text or more (`git diff -M50%`).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Fact, RepoPath, Tree};

/// The most files of a side that are compared; where more are gone or new, only unchanged ones
/// are found again.
const MOST_FILES: usize = 100;
/// The most lines of a file that is compared.
const MOST_LINES: usize = 10_000;
/// What the same text counts, as in Git.
const SAME: usize = 60_000;
/// How much has to be the same.
const ENOUGH: usize = SAME / 2;

/// The lines of a file without blanks around them, sorted; empty ones are left out.
struct Lines<'a> {
    sorted: Vec<&'a [u8]>,
    bytes: usize,
}

/// Renamed files among those with known content, old paths by new ones. `found` are known
/// already.
pub(super) fn files(
    before: &Tree,
    after: &Tree,
    found: &BTreeMap<RepoPath, RepoPath>,
) -> BTreeMap<RepoPath, RepoPath> {
    let known: BTreeSet<&RepoPath> = found.values().collect();
    let gone = candidates(before, after, |path| known.contains(path));
    let new = candidates(after, before, |path| found.contains_key(path));
    if gone.len() > MOST_FILES || new.len() > MOST_FILES {
        return BTreeMap::new();
    }
    let mut by_score: BTreeMap<Reverse<usize>, Vec<(usize, usize)>> = BTreeMap::new();
    for (old, (_, old_lines)) in gone.iter().enumerate() {
        for (young, (_, new_lines)) in new.iter().enumerate() {
            let score = old_lines.score(new_lines);
            if score >= ENOUGH {
                let pairs = by_score.entry(Reverse(score)).or_default();
                pairs.push((old, young));
            }
        }
    }
    let pairs = best(by_score.into_values()).into_iter();
    pairs
        .map(|(old, young)| (new[young].0.clone(), gone[old].0.clone()))
        .collect()
}

/// Pairs of which each is the other's best, and the only best. Groups come from the best down.
fn best(groups: impl Iterator<Item = Vec<(usize, usize)>>) -> Vec<(usize, usize)> {
    let (mut old_seen, mut new_seen) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for mut group in groups {
        group.retain(|(old, new)| !old_seen.contains(old) && !new_seen.contains(new));
        for &(old, new) in &group {
            let rivals = group.iter().filter(|pair| pair.0 == old || pair.1 == new);
            if rivals.count() == 1 {
                pairs.push((old, new));
            }
        }
        // One with two equals has no best at all, and no second best instead.
        old_seen.extend(group.iter().map(|pair| pair.0));
        new_seen.extend(group.iter().map(|pair| pair.1));
    }
    pairs
}

/// Files of a tree that the other is known not to have, and that are not too long.
fn candidates<'a>(
    tree: &'a Tree,
    other: &Tree,
    is_found: impl Fn(&RepoPath) -> bool,
) -> Vec<(&'a RepoPath, Lines<'a>)> {
    let alone = tree.files.iter().filter(|(path, _)| lacks(other, path));
    alone
        .filter(|(path, _)| !is_found(path))
        .filter_map(|(path, content)| match content {
            Fact::Known(content) => Some((path, Lines::of(content)?)),
            Fact::Unavailable(_) => None,
        })
        .collect()
}

/// Whether a tree is known not to have a file that rules read.
fn lacks(tree: &Tree, path: &RepoPath) -> bool {
    let folder = path
        .as_str()
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let is_entry = match &tree.entries {
        Fact::Known(entries) => entries.contains_key(path),
        Fact::Unavailable(_) => tree.files.contains_key(path),
    };
    !is_entry && tree.is_whole(folder).is_ok()
}

impl<'a> Lines<'a> {
    /// `None` where there are none, or too many.
    fn of(content: &'a [u8]) -> Option<Self> {
        let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty());
        let mut sorted: Vec<&[u8]> = lines.take(MOST_LINES + 1).collect();
        sorted.sort_unstable();
        let bytes = sorted.iter().map(|line| line.len()).sum();
        (!sorted.is_empty() && sorted.len() <= MOST_LINES).then_some(Self { sorted, bytes })
    }

    /// How much of the larger one both have, of [`SAME`].
    fn score(&self, other: &Self) -> usize {
        let (smaller, larger) = (self.bytes.min(other.bytes), self.bytes.max(other.bytes));
        if smaller * SAME / larger < ENOUGH {
            return 0;
        }
        self.common(other) * SAME / larger
    }

    /// The bytes of the lines that both have.
    fn common(&self, other: &Self) -> usize {
        let mut rest = other.sorted.as_slice();
        let mut bytes = 0;
        for line in &self.sorted {
            while rest.first().is_some_and(|first| first < line) {
                rest = &rest[1..];
            }
            if rest.first() == Some(line) {
                bytes += line.len();
                rest = &rest[1..];
            }
        }
        bytes
    }
}
