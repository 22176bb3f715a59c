//! Finds the rules that could match a path without trying all of them.

use std::collections::BTreeMap;

use crate::Pattern;
use crate::pattern::Segment;

/// Rules by what a path must have for them to match. Each rule is in exactly one list; lists
/// are ascending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Anchored at a literal first name.
    first_name: BTreeMap<String, Vec<usize>>,
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
                [Segment::Literal(name), ..] => index.first_name.entry(name.clone()).or_default(),
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
        let mut names = path.split('/');
        if let Some(candidates) = names.next().and_then(|name| self.first_name.get(name)) {
            consider(candidates);
        }
        for name in path.split('/') {
            if let Some(candidates) = self.some_name.get(name) {
                consider(candidates);
            }
            if self.extension.is_empty() {
                continue;
            }
            // `*.gz` and `*.tar.gz` both match `a.tar.gz`.
            for (dot, _) in name.match_indices('.') {
                if let Some(candidates) = self.extension.get(&name[dot + 1..]) {
                    consider(candidates);
                }
            }
        }
        consider(&self.others);
        best
    }
}

/// `js` of `*.js`.
fn plain_extension(glob: &str) -> Option<&str> {
    let extension = glob.strip_prefix("*.")?;
    (!extension.contains(['*', '?', '\\'])).then_some(extension)
}
