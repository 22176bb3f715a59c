//! What a change renames: files of the tree, and jobs of its workflows.
//!
//! A contradiction keeps its identity through a rename; a rename is what can be told from the two
//! trees without doubt. A path or a job that both sides have is itself, whatever it holds: two
//! files that change places are not renamed. Where two could be meant, none is.

mod jobs;
mod similar;

use std::collections::BTreeMap;

use crate::parsed::Workflows;
use crate::{Entry, Fact, ObjectId, Part, RepoPath, Tree};

/// Old names by new ones; every name at most once on either side.
#[derive(Debug, Clone, Default)]
pub struct Renames {
    /// Paths at the base, by paths with the change.
    paths: BTreeMap<RepoPath, RepoPath>,
    /// Ids at the base of jobs, by path and id (in lower case) with the change.
    jobs: BTreeMap<(RepoPath, String), String>,
}

/// A tree with its workflow files.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) workflows: &'a Workflows,
}

impl Renames {
    /// Compares what is there now with what merging would give.
    ///
    /// A file is renamed where its path is gone and another path is new with the same Git object,
    /// or, of the files that rules read, with content of which half or more is the same.
    pub(crate) fn between(before: Named<'_>, after: Named<'_>) -> Self {
        let mut renames = Self {
            paths: same_objects(before.tree, after.tree),
            jobs: BTreeMap::new(),
        };
        let similar = similar::files(before.tree, after.tree, &renames.paths);
        renames.paths.extend(similar);
        for (path, workflow) in after.workflows {
            let old = before.workflows.get(renames.path_before(path));
            if let (Some(Fact::Known(Ok(old))), Fact::Known(Ok(new))) = (old, workflow) {
                let jobs = jobs::renamed(old, new).into_iter();
                renames
                    .jobs
                    .extend(jobs.map(|(new, old)| ((path.clone(), new), old)));
            }
        }
        renames
    }

    /// The path of a file at the base: its own where it is not renamed.
    pub fn path_before<'a>(&'a self, path: &'a RepoPath) -> &'a RepoPath {
        self.paths.get(path).unwrap_or(path)
    }

    /// An identity as it was at the base; `None` where nothing in it is renamed.
    pub(crate) fn identity_before(&self, identity: &[Part]) -> Option<Vec<Part>> {
        let before: Vec<Part> = identity.iter().map(|part| self.part_before(part)).collect();
        (before != identity).then_some(before)
    }

    fn part_before(&self, part: &Part) -> Part {
        match part {
            Part::Text(_) => part.clone(),
            Part::Path(path) => Part::Path(self.path_before(path).clone()),
            Part::Job { path, id } => Part::Job {
                path: self.path_before(path).clone(),
                id: self
                    .jobs
                    .get(&(path.clone(), id.to_ascii_lowercase()))
                    .unwrap_or(id)
                    .clone(),
            },
        }
    }
}

/// Pairs of what is gone and what is new that have one key, where nothing else has it.
fn unambiguous<K: Ord, T>(
    gone: impl IntoIterator<Item = (K, T)>,
    new: impl IntoIterator<Item = (K, T)>,
) -> Vec<(T, T)> {
    let mut by_key: BTreeMap<K, (Vec<T>, Vec<T>)> = BTreeMap::new();
    for (key, one) in gone {
        by_key.entry(key).or_default().0.push(one);
    }
    for (key, one) in new {
        by_key.entry(key).or_default().1.push(one);
    }
    let mut pairs = Vec::new();
    for (mut gone, mut new) in by_key.into_values() {
        if let ([_], [_]) = (gone.as_slice(), new.as_slice()) {
            pairs.extend(gone.pop().zip(new.pop()));
        }
    }
    pairs
}

/// Entries with one Git object that stand elsewhere now, old paths by new ones.
fn same_objects(before: &Tree, after: &Tree) -> BTreeMap<RepoPath, RepoPath> {
    let (Fact::Known(old), Fact::Known(new)) = (&before.entries, &after.entries) else {
        return BTreeMap::new();
    };
    let pairs = unambiguous(only_in(old, new), only_in(new, old));
    let pairs = pairs.into_iter();
    pairs.map(|(old, new)| (new.clone(), old.clone())).collect()
}

/// Paths that one side has and the other has not, by their objects.
fn only_in<'a>(
    one: &'a BTreeMap<RepoPath, Entry>,
    other: &'a BTreeMap<RepoPath, Entry>,
) -> impl Iterator<Item = (&'a ObjectId, &'a RepoPath)> {
    let alone = one.iter().filter(|(path, _)| !other.contains_key(path));
    alone
        // An empty file says nothing of where it comes from.
        .filter(|(_, entry)| entry.size != Some(0) && !is_unwritten(&entry.id))
        .map(|(path, entry)| (&entry.id, path))
}

/// Whether this is no object: the id, all zeros, that a checkout gives to what is not committed.
fn is_unwritten(id: &ObjectId) -> bool {
    id.as_str().bytes().all(|digit| digit == b'0')
}

#[cfg(test)]
mod tests;
