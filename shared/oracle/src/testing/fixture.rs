//! Repositories in one string.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::settings::Settled;
#[cfg(test)]
use crate::evaluate::evaluate_with;
use crate::evidence::hex;
use crate::policy::InTree;
#[cfg(test)]
use crate::registry::Rule;
use crate::{
    BranchName, DefaultBranch, Entry, EntryKind, Fact, FileContent, ObjectId, Policy, Reason,
    RepoPath, Report, RepositoryName, Run, Snapshot, Subject, Tree, Unavailable, evaluate, policy,
};

/// A repository with its settings and a policy, written as one string.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// The facts.
    pub snapshot: Snapshot,
    /// The policy; the default one unless the text says otherwise.
    pub policy: Policy,
}

impl Fixture {
    /// Reads a fixture. Settings, each on a line after `//@`:
    ///
    /// | line | means |
    /// |---|---|
    /// | `require "NAME" [from APP] by ruleset\|organization\|classic` | a required check |
    /// | `classic off\|non_admins\|everyone` | the enforcement level of classic protection |
    /// | `queue` | a merge queue |
    /// | `required-workflow PATH` | a `workflows` rule that injects a file |
    /// | `rollup #N [fork] "NAME" by APP\|status\|unknown, …` | what a recent pull request reported |
    /// | `workflow PATH STATE` | what Actions lists; workflow files are `active` unless named |
    /// | `actions off\|all\|local_only\|selected\|pinned [github] [verified] ["PATTERN"…]` | what Actions permits, `all` unless named; `pinned` is `all` with SHA pinning; `selected unavailable`: which could not be fetched |
    /// | `repository NAME\|unknown` | `octo-org/hello` unless named |
    /// | `app-id N` | the Actions App's id, 15368 unless named |
    /// | `code-owner-review by ruleset\|organization\|classic` | an owner must approve |
    /// | `unknown-owner OWNER` | GitHub knows no such owner, or they may not push |
    /// | `owner OWNER write\|read\|missing` | what an owner may do, where somebody else than GitHub says so |
    /// | `unavailable rules\|protection\|rollups\|workflows\|actions\|app-id\|codeowners-errors\|tree\|before\|default REASON` | a fact that could not be fetched |
    /// | `branch NAME`, `default-branch NAME` | the base and the default branch, both `main` unless named |
    /// | `before` | compares with an empty tree, unless files say more |
    /// | `mode RULE MODE`, `strict`, `dry-run` | the policy, where no file says it |
    ///
    /// # Panics
    /// On anything it does not understand: a test's input is wrong then.
    pub fn parse(text: &str) -> Self {
        let mut trees = Trees::default();
        let mut settled = Settled::default();
        let mut open: Option<File> = None;
        for line in text.lines() {
            if let Some(header) = line.strip_prefix("//- ") {
                trees.close(open.replace(File::open(header)));
            } else if let Some(setting) = line.strip_prefix("//@ ") {
                settled.line(setting);
            } else if let Some(file) = &mut open {
                file.content.push_str(line);
                file.content.push('\n');
            } else {
                assert!(line.trim().is_empty(), "{line:?} stands in no file");
            }
        }
        trees.close(open);
        Self::assemble(trees, settled)
    }

    /// The report on it, by the real rules, of run `run-1` at a fixed time.
    pub fn report(&self) -> Report {
        evaluate(&self.snapshot, &self.policy, &Self::run())
    }

    /// The report on it by some rules only, so that the tests of one rule need not know of the
    /// others.
    #[cfg(test)]
    pub(crate) fn report_by(&self, rules: &[&dyn Rule]) -> Report {
        evaluate_with(rules, &self.snapshot, &self.policy, &Self::run())
    }

    /// The run that [`report`](Self::report) is of: `run-1`, at 2026-01-02 03:04:05 UTC.
    pub fn run() -> Run {
        Run {
            id: "run-1".to_owned(),
            timestamp: Timestamp::constant(1_767_323_045, 0),
        }
    }

    fn assemble(mut trees: Trees, mut settled: Settled) -> Self {
        for (tree, why) in std::mem::take(&mut settled.trees) {
            let place = match tree.as_str() {
                "tree" => &mut trees.after,
                "before" => trees.before.get_or_insert_with(Tree::empty),
                _ => trees.default.get_or_insert_with(Tree::empty),
            };
            place.entries = Fact::Unavailable(why);
        }
        if settled.before {
            trees.before.get_or_insert_with(Tree::empty);
        }
        let base_branch = branch(&settled.branch);
        let default = branch(&settled.default_branch);
        let default_branch = if base_branch == default {
            assert!(trees.default.is_none(), "the base is the default branch");
            DefaultBranch::IsBase
        } else {
            let tree = trees.default.take().unwrap_or_else(Tree::empty);
            DefaultBranch::Other(match &tree.entries {
                Fact::Unavailable(why) => Fact::Unavailable(why.clone()),
                Fact::Known(_) => Fact::Known(tree),
            })
        };
        for tree in std::iter::once(&mut trees.after).chain(&mut trees.before) {
            tree.codeowners_errors = settled.codeowners.of(tree);
        }
        let subject = Subject {
            repository: RepositoryName::new(&settled.repository).ok(),
            commit: object_id("head"),
            base_commit: trees.before.is_some().then(|| object_id("base")),
            base_branch: base_branch.clone(),
            default_branch: default,
        };
        let policy = policy_of(&trees, &base_branch).unwrap_or_else(|| settled.policy.clone());
        let settings = settled.into_settings(base_branch, &trees.after);
        let snapshot = Snapshot {
            subject,
            settings,
            after: trees.after,
            before: trees.before,
            default_branch,
        };
        Self { snapshot, policy }
    }
}

/// The trees as they grow.
struct Trees {
    after: Tree,
    before: Option<Tree>,
    default: Option<Tree>,
    /// The organisation's repository `.github`.
    organisation: Option<Tree>,
}

/// The policy of files, where there are any, as an edge puts it together: what is wrong with a
/// file is said, and the file is not used.
fn policy_of(trees: &Trees, branch: &BranchName) -> Option<Policy> {
    let mut errors = Vec::new();
    let mut read = |tree: &Tree| match policy::in_tree(tree) {
        InTree::Valid(file, _) => Some(file),
        InTree::Invalid(found) => {
            errors.extend(found);
            None
        }
        InTree::Absent | InTree::NotSeen(_) => None,
    };
    let organisation = trees.organisation.as_ref().and_then(&mut read);
    let repository = read(trees.before.as_ref().unwrap_or(&trees.after));
    if errors.is_empty() && organisation.is_none() && repository.is_none() {
        return None;
    }
    let (policy, refused) = policy::resolve(organisation.as_ref(), repository.as_ref(), branch);
    Some(policy.with_errors(errors).with_errors(refused))
}

impl Default for Trees {
    fn default() -> Self {
        Self {
            after: Tree::empty(),
            before: None,
            default: None,
            organisation: None,
        }
    }
}

impl Trees {
    fn close(&mut self, file: Option<File>) {
        let Some(file) = file else { return };
        match file.tree.as_str() {
            "after" => file.put(&mut self.after),
            "before" => file.put(self.before.get_or_insert_with(Tree::empty)),
            "both" => {
                file.put(&mut self.after);
                file.put(self.before.get_or_insert_with(Tree::empty));
            }
            "default" => file.put(self.default.get_or_insert_with(Tree::empty)),
            "organisation" => file.put(self.organisation.get_or_insert_with(Tree::empty)),
            other => panic!("{other:?} is none of before, both, default, organisation"),
        }
    }
}

/// One file as it grows.
struct File {
    tree: String,
    path: RepoPath,
    kind: EntryKind,
    size: Option<u64>,
    unavailable: Option<Reason>,
    content: String,
}

impl File {
    fn open(header: &str) -> Self {
        let (tree, rest) = header.split_once(": ").unwrap_or(("after", header));
        let mut words = rest.split_whitespace();
        let path = words.next().expect("a path follows `//-`");
        let mut file = Self {
            tree: tree.to_owned(),
            path: path_of(path),
            kind: EntryKind::File,
            size: None,
            unavailable: None,
            content: String::new(),
        };
        while let Some(word) = words.next() {
            match word {
                "symlink" => file.kind = EntryKind::Symlink,
                "submodule" => file.kind = EntryKind::Submodule,
                "size" => {
                    let size = words.next().and_then(|size| size.parse().ok());
                    file.size = Some(size.expect("a number follows `size`"));
                }
                "unavailable" => {
                    file.unavailable = Some(reason(words.next().expect("a reason follows")));
                }
                other => panic!("{other:?} says nothing about a file"),
            }
        }
        file
    }

    fn put(&self, tree: &mut Tree) {
        let content: FileContent = self.content.clone().into_bytes();
        let entry = Entry {
            kind: self.kind,
            id: object_id(&self.content),
            size: self.size.or(Some(content.len() as u64)),
        };
        if let Fact::Known(entries) = &mut tree.entries {
            entries.insert(self.path.clone(), entry);
        }
        let fact = match self.unavailable {
            None => Fact::Known(content),
            Some(reason) => Fact::Unavailable(unavailable(self.path.as_str(), reason)),
        };
        tree.files.insert(self.path.clone(), fact);
    }
}

pub(super) fn path_of(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn unavailable(fact: &str, reason: Reason) -> Unavailable {
    Unavailable {
        fact: fact.to_owned(),
        reason,
        detail: "The fixture says so.".to_owned(),
    }
}

pub(super) fn reason(word: &str) -> Reason {
    let reasons = BTreeMap::from([
        ("not_permitted", Reason::NotPermitted),
        ("not_provided", Reason::NotProvided),
        ("too_large", Reason::TooLarge),
        ("truncated", Reason::Truncated),
        ("unreadable", Reason::Unreadable),
        ("failed", Reason::Failed),
        ("dynamic", Reason::Dynamic),
    ]);
    let known = reasons.get(word);
    *known.unwrap_or_else(|| panic!("{word:?} is no reason"))
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).unwrap_or_else(|error| panic!("{error}"))
}

fn object_id(content: &str) -> ObjectId {
    let digits = hex(&Sha256::digest(content));
    ObjectId::new(&digits[..40]).unwrap_or_else(|error| panic!("{error}"))
}
