//! Finds the rules that could match a path without trying all of them.

use std::collections::BTreeMap;

use crate::Pattern;
use crate::pattern::Segment;

/// How many literal names of a pattern are looked up at most. The rest is left to matching, so
/// that a path of a thousand names costs no thousand look-ups.
const MOST_NAMES: usize = 16;

/// Rules by what a path must have for them to match. Each rule is in exactly one list; lists
/// are ascending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Anchored at literal first names, joined by `/`.
    first_names: BTreeMap<String, Vec<usize>>,
    /// The most names that a key of `first_names` has.
    deepest: usize,
    /// At any depth, and one of the path's names is this one.
    some_name: BTreeMap<String, Vec<usize>>,
    /// At any depth, and one of the path's names has this extension (`*.js`).
    extension: BTreeMap<String, Vec<usize>>,
    /// Everything else.
    others: Vec<usize>,
}

impl Index {
    pub(crate) fn new<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        let mut index = Self::default();
        for (at, pattern) in patterns.enumerate() {
            match pattern.segments() {
                [Segment::Literal(_), ..] => {
                    let names = literals(pattern.segments());
                    index.deepest = index.deepest.max(names.len());
                    index.first_names.entry(names.join("/")).or_default()
                }
                [Segment::AnyDepth, Segment::Literal(name), ..] => {
                    index.some_name.entry(name.clone()).or_default()
                }
                [Segment::AnyDepth, Segment::Glob(glob), ..] => match plain_extension(glob) {
                    Some(extension) => index.extension.entry(extension.to_owned()).or_default(),
                    None => &mut index.others,
                },
                _ => &mut index.others,
            }
            .push(at);
        }
        index
    }

    /// The greatest rule for which `matches` holds.
    pub(crate) fn last_match(&self, path: &str, matches: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best = None;
        let mut consider = |candidates: &[usize]| {
            let better = candidates.iter().rev().copied();
            let better = better.take_while(|at| best.is_none_or(|best| *at > best));
            if let Some(at) = better.into_iter().find(|at| matches(*at)) {
                best = Some(at);
            }
        };
        self.of_names(path, &mut consider);
        consider(&self.others);
        best
    }

    /// The rules that could match whatever names a path has.
    pub(crate) fn others(&self) -> &[usize] {
        &self.others
    }

    /// Visits the lists that the names of a path call for. Those of a folder are also those of
    /// all below it.
    pub(crate) fn of_names<'i>(&'i self, path: &str, visit: &mut impl FnMut(&'i [usize])) {
        let mut start = 0;
        for (depth, name) in path.split('/').enumerate() {
            let end = start + name.len();
            self.of_name(path, start..end, depth, visit);
            start = end + 1;
        }
    }

    /// Visits the lists that the last name of a path calls for beyond those of its folder.
    /// The name begins at `start`, and `depth` folders are above it.
    pub(crate) fn of_last_name<'i>(
        &'i self,
        path: &str,
        start: usize,
        depth: usize,
        visit: &mut impl FnMut(&'i [usize]),
    ) {
        self.of_name(path, start..path.len(), depth, visit);
    }

    fn of_name<'i>(
        &'i self,
        path: &str,
        place: std::ops::Range<usize>,
        depth: usize,
        visit: &mut impl FnMut(&'i [usize]),
    ) {
        if depth < self.deepest
            && let Some(rules) = self.first_names.get(&path[..place.end])
        {
            visit(rules);
        }
        let name = &path[place];
        if let Some(rules) = self.some_name.get(name) {
            visit(rules);
        }
        if self.extension.is_empty() {
            return;
        }
        // `*.gz` and `*.tar.gz` both match `a.tar.gz`.
        for (dot, _) in name.match_indices('.') {
            if let Some(rules) = self.extension.get(&name[dot + 1..]) {
                visit(rules);
            }
        }
    }
}

/// The literal names that a pattern begins with.
fn literals(segments: &[Segment]) -> Vec<&str> {
    let names = segments.iter().map_while(|segment| match segment {
        Segment::Literal(name) => Some(name.as_str()),
        Segment::AnyDepth | Segment::Glob(_) => None,
    });
    names.take(MOST_NAMES).collect()
}

/// `js` of `*.js`.
fn plain_extension(glob: &str) -> Option<&str> {
    let extension = glob.strip_prefix("*.")?;
    (!extension.contains(['*', '?', '\\'])).then_some(extension)
}
