//! Trees, recursive and whole; and the folders that matter where GitHub cuts them short
//! (<https://docs.github.com/en/rest/git/trees>).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::GitHubError;
use app::event::Repository;
use app::ports::Wants;
use moka::future::Cache;
use oracle::registry::CODEOWNERS_LOCATIONS;
use oracle::{BranchName, Entry, EntryKind, Fact, ObjectId, Reason, RepoPath, Unavailable};
use serde::Deserialize;

use super::budget::{Budget, Unread};
use crate::GitHub;
use crate::endpoint::TREE;
use crate::error;

/// The folders of which every file may be wanted. In a tree that GitHub cuts short they are
/// reached by walking.
const FOLDERS: [&[&str]; 2] = [&[".github"], &[".github", "workflows"]];

/// How much memory kept trees may take, counted as below.
const KEPT_BYTES: u64 = 128 << 20;

/// What an entry takes: ids, path, nodes of the map.
const ENTRY_BYTES: u32 = 200;

/// Trees by repository and commit.
pub(super) struct Trees(Cache<(u64, ObjectId), Arc<Listing>>);

impl Trees {
    pub(super) fn new() -> Self {
        let weigh = |_: &(u64, ObjectId), listing: &Arc<Listing>| listing.weight();
        let cache = Cache::builder().weigher(weigh).max_capacity(KEPT_BYTES);
        Self(cache.build())
    }
}

/// The files of a tree.
#[derive(Debug)]
pub(super) struct Listing {
    /// All of them.
    pub(super) entries: Fact<BTreeMap<RepoPath, Entry>>,
    /// Those of [`FOLDERS`], where there are not all.
    walked: BTreeMap<RepoPath, Entry>,
    /// Those of [`FOLDERS`] that were listed in full, where there are not all.
    pub(super) whole_folders: BTreeSet<RepoPath>,
}

/// What a tree is asked for by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Revision<'a> {
    /// A commit.
    Commit(&'a ObjectId),
    /// The tip of a branch.
    Branch(&'a BranchName),
}

#[derive(Deserialize)]
struct TreeBody {
    sha: ObjectId,
    tree: Vec<Item>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Item {
    path: String,
    mode: String,
    sha: ObjectId,
    #[serde(default)]
    size: Option<u64>,
}

impl GitHub {
    /// The files of a commit, which never change.
    pub(super) async fn commit_listing(
        &self,
        repository: &Repository,
        commit: &ObjectId,
    ) -> Result<Arc<Listing>, GitHubError> {
        let key = (repository.id, commit.clone());
        if let Some(kept) = self.kept.trees.0.get(&key).await {
            return Ok(kept);
        }
        let listing = self.listing(repository, Revision::Commit(commit)).await?;
        let listing = Arc::new(listing);
        self.kept.trees.0.insert(key, Arc::clone(&listing)).await;
        Ok(listing)
    }

    /// The files of a commit or branch, as they are now.
    pub(super) async fn listing(
        &self,
        repository: &Repository,
        revision: Revision<'_>,
    ) -> Result<Listing, GitHubError> {
        let name = match revision {
            Revision::Commit(commit) => commit.as_str(),
            Revision::Branch(branch) => branch.as_str(),
        };
        let answer = self
            .api
            .read(repository, TREE, &[name], "recursive=1")
            .await;
        let body: TreeBody = match answer {
            // "Git Repository is empty."
            Err(error) if error::is_conflict(&error) => return Ok(Listing::empty()),
            other => other?,
        };
        if !body.truncated {
            return Ok(Listing {
                entries: Fact::Known(entries(&body.tree, "")),
                walked: BTreeMap::new(),
                whole_folders: BTreeSet::new(),
            });
        }
        let (mut walked, mut whole_folders) = (BTreeMap::new(), BTreeSet::new());
        let mut seen = BTreeMap::new();
        for folder in FOLDERS {
            let files = self.walk(repository, &body.sha, folder, &mut seen).await?;
            if let Some(files) = files {
                walked.extend(files);
                whole_folders.extend(RepoPath::new(&folder.join("/")));
            }
        }
        Ok(Listing {
            entries: Fact::Unavailable(Unavailable {
                fact: format!("the whole tree of {name}"),
                reason: Reason::Truncated,
                detail: "It has more files than GitHub lists at once (100,000, or 7 MB of \
                         names); only folders that rules name were read."
                    .to_owned(),
            }),
            walked,
            whole_folders,
        })
    }

    /// The files directly in a folder, reached from the root one tree at a time; none where
    /// there is no such folder. `None`: GitHub cut one of these trees short, too. `seen` saves
    /// the trees that several folders lie below.
    async fn walk(
        &self,
        repository: &Repository,
        root: &ObjectId,
        folder: &[&str],
        seen: &mut BTreeMap<ObjectId, Arc<TreeBody>>,
    ) -> Result<Option<BTreeMap<RepoPath, Entry>>, GitHubError> {
        let mut id = root.clone();
        for name in folder {
            let body = self.one_level(repository, &id, seen).await?;
            let found = body.tree.iter().find(|item| item.path == *name);
            match found {
                Some(item) if item.mode == "040000" => id = item.sha.clone(),
                _ if body.truncated => return Ok(None),
                _ => return Ok(Some(BTreeMap::new())),
            }
        }
        let body = self.one_level(repository, &id, seen).await?;
        let files = || entries(&body.tree, &format!("{}/", folder.join("/")));
        Ok((!body.truncated).then(files))
    }
}

impl GitHub {
    /// A tree without what is below its folders.
    async fn one_level(
        &self,
        repository: &Repository,
        id: &ObjectId,
        seen: &mut BTreeMap<ObjectId, Arc<TreeBody>>,
    ) -> Result<Arc<TreeBody>, GitHubError> {
        if let Some(body) = seen.get(id) {
            return Ok(Arc::clone(body));
        }
        let body: TreeBody = self.api.read(repository, TREE, &[id.as_str()], "").await?;
        let body = Arc::new(body);
        seen.insert(id.clone(), Arc::clone(&body));
        Ok(body)
    }
}

/// The items that are no folders. A path that is none in our terms can be named by no rule.
fn entries(items: &[Item], prefix: &str) -> BTreeMap<RepoPath, Entry> {
    let entry = |item: &Item| {
        let kind = match &*item.mode {
            "100644" => EntryKind::File,
            "100755" => EntryKind::Executable,
            "120000" => EntryKind::Symlink,
            "160000" => EntryKind::Submodule,
            _ => return None,
        };
        let path = RepoPath::new(&format!("{prefix}{}", item.path)).ok()?;
        let entry = Entry {
            kind,
            id: item.sha.clone(),
            size: item.size,
        };
        Some((path, entry))
    };
    items.iter().filter_map(entry).collect()
}

impl Listing {
    fn empty() -> Self {
        Self {
            entries: Fact::Known(BTreeMap::new()),
            walked: BTreeMap::new(),
            whole_folders: BTreeSet::new(),
        }
    }

    /// The files that are wanted, in the order of their paths, each with what is to be read of
    /// it or why nothing is.
    pub(super) fn wanted(
        &self,
        wants: Wants,
    ) -> impl Iterator<Item = (&RepoPath, Result<&Entry, Unread>)> {
        let entries = self.entries.known().unwrap_or(&self.walked);
        let wanted = entries.iter().filter(move |(path, _)| wants(path));
        let mut budget = Budget::of_a_tree();
        wanted.map(move |(path, entry)| (path, budget.admit(path, entry).map(|()| entry)))
    }

    /// The blob of the CODEOWNERS file that counts, where GitHub reads it; `None` also where not
    /// all files are known, because then nobody knows which one counts.
    pub(super) fn codeowners(&self) -> Option<&ObjectId> {
        let entries = self.entries.known().ok()?;
        let found = CODEOWNERS_LOCATIONS.iter().find_map(|location| {
            let path = RepoPath::new(location).ok()?;
            entries.get_key_value(&path)
        });
        let (path, entry) = found?;
        let read = Budget::of_a_tree().admit(path, entry);
        read.is_ok().then_some(&entry.id)
    }

    /// Adds the blobs of wanted files that are to be read, with their size.
    pub(super) fn wanted_blobs(&self, wants: Wants, blobs: &mut BTreeMap<ObjectId, u64>) {
        let read = self.wanted(wants).filter_map(|(_, entry)| entry.ok());
        let sizes = read.map(|entry| (entry.id.clone(), entry.size.unwrap_or(0)));
        blobs.extend(sizes);
    }

    fn weight(&self) -> u32 {
        let entries = self.entries.known().map_or(0, BTreeMap::len) + self.walked.len();
        let entries = u32::try_from(entries).unwrap_or(u32::MAX);
        entries.saturating_add(1).saturating_mul(ENTRY_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_say_what_an_entry_is() {
        let item = |path: &str, mode: &str| Item {
            path: path.to_owned(),
            mode: mode.to_owned(),
            sha: ObjectId::new(&"a".repeat(40)).unwrap(),
            size: None,
        };
        let items = [
            item("file", "100644"),
            item("script", "100755"),
            item("link", "120000"),
            item("module", "160000"),
            item("folder", "040000"),
            item("../escape", "100644"),
        ];
        let found = entries(&items, "a/");
        let kinds: Vec<_> = found
            .iter()
            .map(|(path, entry)| (path.as_str(), entry.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                ("a/file", EntryKind::File),
                ("a/link", EntryKind::Symlink),
                ("a/module", EntryKind::Submodule),
                ("a/script", EntryKind::Executable),
            ]
        );
    }
}
