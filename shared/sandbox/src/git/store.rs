//! The objects of a network of repositories. A fork shares its parent's objects, as on GitHub.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::content::Content;
use super::object::{Commit, Mode, Object, TreeEntry};
use super::oid::ObjectId;

/// The files of a commit, by path from the root. Directories are implied.
pub(crate) type Files = BTreeMap<String, (Mode, ObjectId)>;

/// Objects by id.
#[derive(Debug, Default)]
pub(crate) struct ObjectStore {
    objects: BTreeMap<ObjectId, Object>,
}

impl ObjectStore {
    /// Stores an object; storing it twice is storing it once.
    pub(crate) fn put(&mut self, object: Object) -> ObjectId {
        let id = object.id();
        self.objects.entry(id).or_insert(object);
        id
    }

    /// Forgets an object, as a repository does that was cleaned up.
    pub(crate) fn lose(&mut self, id: ObjectId) {
        self.objects.remove(&id);
    }

    /// The object with this id.
    pub(crate) fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(&id)
    }

    /// The commit with this id; `None` also where the object is of another kind.
    pub(crate) fn commit(&self, id: ObjectId) -> Option<&Commit> {
        match self.object(id)? {
            Object::Commit(commit) => Some(commit),
            Object::Blob(_) | Object::Tree(_) => None,
        }
    }

    /// The entries of the tree with this id.
    pub(crate) fn tree(&self, id: ObjectId) -> Option<&[TreeEntry]> {
        match self.object(id)? {
            Object::Tree(entries) => Some(entries),
            Object::Blob(_) | Object::Commit(_) => None,
        }
    }

    /// The bytes of the blob with this id.
    pub(crate) fn blob(&self, id: ObjectId) -> Option<&Arc<[u8]>> {
        match self.object(id)? {
            Object::Blob(bytes) => Some(bytes),
            Object::Tree(_) | Object::Commit(_) => None,
        }
    }

    /// Every file below the tree of this commit; empty where there is no such commit.
    pub(crate) fn files(&self, commit: ObjectId) -> Files {
        let mut files = Files::new();
        if let Some(commit) = self.commit(commit) {
            self.walk(commit.tree, "", &mut |path, entry| {
                if entry.mode != Mode::Tree {
                    files.insert(path.to_owned(), (entry.mode, entry.id));
                }
            });
        }
        files
    }

    /// Calls `visit` with the path of every entry below a tree, directories before what is in
    /// them, in Git's order.
    pub(crate) fn walk(
        &self,
        tree: ObjectId,
        prefix: &str,
        visit: &mut impl FnMut(&str, &TreeEntry),
    ) {
        for entry in self.tree(tree).unwrap_or_default() {
            let path = format!("{prefix}{}", entry.name);
            visit(&path, entry);
            if entry.mode == Mode::Tree {
                self.walk(entry.id, &format!("{path}/"), visit);
            }
        }
    }

    /// The entry at a path below a commit's root.
    pub(crate) fn entry(&self, commit: ObjectId, path: &str) -> Option<&TreeEntry> {
        let mut tree = self.commit(commit)?.tree;
        let mut found = None;
        for name in path.split('/') {
            let entry = self.tree(tree)?.iter().find(|entry| entry.name == name)?;
            tree = entry.id;
            found = Some(entry);
        }
        found
    }

    /// Applies changes to a list of files, storing their contents.
    pub(crate) fn apply(&mut self, files: &mut Files, changes: Vec<(String, Content)>) {
        for (path, content) in changes {
            let entry = match content {
                Content::File(bytes) => (Mode::File, self.put(Object::Blob(bytes.into()))),
                Content::Executable(bytes) => {
                    (Mode::Executable, self.put(Object::Blob(bytes.into())))
                }
                Content::Symlink(target) => {
                    let bytes = target.into_bytes();
                    (Mode::Symlink, self.put(Object::Blob(bytes.into())))
                }
                Content::Submodule(commit) => (Mode::Submodule, commit),
                Content::Deleted => {
                    files.remove(&path);
                    continue;
                }
            };
            files.insert(path, entry);
        }
    }

    /// Stores the trees that hold these files; the root's id.
    pub(crate) fn write_tree(&mut self, files: &Files) -> ObjectId {
        let listed: Vec<_> = files
            .iter()
            .map(|(path, (mode, id))| (path.as_str(), *mode, *id))
            .collect();
        self.write_directory(&listed)
    }

    fn write_directory(&mut self, files: &[(&str, Mode, ObjectId)]) -> ObjectId {
        let mut entries = Vec::new();
        let mut directories: BTreeMap<&str, Vec<(&str, Mode, ObjectId)>> = BTreeMap::new();
        for (path, mode, id) in files {
            match path.split_once('/') {
                Some((directory, rest)) => directories
                    .entry(directory)
                    .or_default()
                    .push((rest, *mode, *id)),
                None => entries.push(TreeEntry {
                    name: (*path).to_owned(),
                    mode: *mode,
                    id: *id,
                }),
            }
        }
        for (name, below) in directories {
            entries.push(TreeEntry {
                name: name.to_owned(),
                mode: Mode::Tree,
                id: self.write_directory(&below),
            });
        }
        entries.sort_by_key(TreeEntry::sort_key);
        self.put(Object::Tree(entries))
    }

    /// A commit and everything that it descends from.
    pub(crate) fn ancestors(&self, tip: ObjectId) -> BTreeSet<ObjectId> {
        let mut seen = BTreeSet::new();
        let mut open = VecDeque::from([tip]);
        while let Some(id) = open.pop_front() {
            if let Some(commit) = self.commit(id)
                && seen.insert(id)
            {
                open.extend(&commit.parents);
            }
        }
        seen
    }

    /// A best common ancestor: one that no other common ancestor descends from. Of several
    /// (criss-cross merges) the least id, where Git would merge them first.
    pub(crate) fn merge_base(&self, ours: ObjectId, theirs: ObjectId) -> Option<ObjectId> {
        let mine = self.ancestors(ours);
        let common: BTreeSet<_> = self
            .ancestors(theirs)
            .intersection(&mine)
            .copied()
            .collect();
        // Ancestors of common ancestors are common, so those that something descends from are
        // just the parents.
        let commits = common.iter().filter_map(|id| self.commit(*id));
        let inner: BTreeSet<ObjectId> = commits.flat_map(|it| it.parents.clone()).collect();
        common.into_iter().find(|id| !inner.contains(id))
    }

    /// The commits of `tip` that `base` does not have, parents before children.
    pub(crate) fn commits_between(&self, base: ObjectId, tip: ObjectId) -> Vec<ObjectId> {
        let known = self.ancestors(base);
        let mut ordered = Vec::new();
        self.visit_new(tip, &known, &mut BTreeSet::new(), &mut ordered);
        ordered
    }

    fn visit_new(
        &self,
        id: ObjectId,
        known: &BTreeSet<ObjectId>,
        seen: &mut BTreeSet<ObjectId>,
        ordered: &mut Vec<ObjectId>,
    ) {
        let Some(commit) = self.commit(id) else {
            return;
        };
        if known.contains(&id) || !seen.insert(id) {
            return;
        }
        for parent in &commit.parents {
            self.visit_new(*parent, known, seen, ordered);
        }
        ordered.push(id);
    }
}
