//! Which rule decides which file: one pass over the tree.

use std::collections::BTreeMap;

use codeowners::{Owner, Pattern, Rule};

use super::owners::Told;
use super::{Case, META, MOST_OF_A_KIND, MUST_HAVE_OWNER};
use crate::{Entry, Reason, RepoPath, Unavailable};

/// How many names of files are kept as examples.
const EXAMPLES: usize = 4;

/// How many governance files are kept; more are not needed to tell whether a line covers one.
const MOST_GOVERNANCE: usize = 16;

/// The files of the tree, as the rules see them.
pub(super) struct Coverage<'a> {
    /// Of each rule, in order.
    pub(super) rules: Vec<Usage>,
    /// Files that no rule matches and no skipped line means, but for those of governance.
    pub(super) unowned: Files<'a>,
    /// Governance files of that kind.
    pub(super) unowned_governance: Files<'a>,
    /// Files that must have an owner by policy, and have none; they are not among the above.
    pub(super) must_have: Vec<Ownerless<'a>>,
    /// The first governance files, owned or not.
    pub(super) governance: Vec<&'a str>,
}

/// What a rule is good for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// How many files its pattern matches.
    pub(super) matched: usize,
    /// How many of these it decides.
    pub(super) decided: usize,
    /// A rule that decides one of the others.
    pub(super) overridden_by: Option<usize>,
    /// Whether such a rule names other owners.
    pub(super) by_other_owners: bool,
}

/// A file without an owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ownerless<'a> {
    pub(super) path: &'a str,
    /// The rule without owners that decides it, if one does.
    pub(super) rule: Option<usize>,
}

/// A number of files, with the first of them.
#[derive(Default)]
pub(super) struct Files<'a> {
    pub(super) count: usize,
    pub(super) first: Vec<&'a str>,
}

impl<'a> Files<'a> {
    fn add(&mut self, path: &'a str) {
        self.count += 1;
        if self.first.len() < EXAMPLES {
            self.first.push(path);
        }
    }
}

impl<'a> Coverage<'a> {
    /// Looks at every file once; unavailable where that is too much work.
    pub(super) fn new(case: &Case<'a>, told: &Told<'_>) -> Result<Self, Unavailable> {
        let entries = case.input.tree.entries.known().map_err(Clone::clone)?;
        let owners = owner_sets(case);
        let meant = skipped_patterns(told);
        let mut coverage = Self {
            rules: vec![Usage::default(); case.file.rules().len()],
            unowned: Files::default(),
            unowned_governance: Files::default(),
            must_have: Vec::new(),
            governance: Vec::new(),
        };
        let must_have = case.input.option(&META, MUST_HAVE_OWNER);
        let paths = entries.keys().map(RepoPath::as_str);
        let survey = case.file.survey(paths, |path, matching| {
            coverage.add_rules(&owners, matching);
            let governs = governs(case, entries, path);
            if governs && coverage.governance.len() < MOST_GOVERNANCE {
                coverage.governance.push(path);
            }
            let rule = matching.last().copied();
            if rule.is_some_and(|at| !case.file.rules()[at].owners.is_empty()) {
                return;
            }
            // What the policy asks for is not there, whatever the reason.
            if must_have.is_some_and(|patterns| patterns.take(path)) {
                coverage.must_have.push(Ownerless { path, rule });
                return;
            }
            // What a skipped line means to own is told with that line.
            if meant.iter().any(|pattern| pattern.matches(path)) {
                return;
            }
            match rule {
                // A line without owners decides that nobody owns it.
                Some(_) => {}
                None if governs => coverage.unowned_governance.add(path),
                None => coverage.unowned.add(path),
            }
        });
        survey.map(|()| coverage).map_err(|_| too_much(case))
    }

    fn add_rules(&mut self, owners: &[usize], matching: &[usize]) {
        let Some((decides, overridden)) = matching.split_last() else {
            return;
        };
        self.rules[*decides].matched += 1;
        self.rules[*decides].decided += 1;
        for at in overridden {
            let usage = &mut self.rules[*at];
            usage.matched += 1;
            usage.overridden_by.get_or_insert(*decides);
            usage.by_other_owners |= owners[*at] != owners[*decides];
        }
    }
}

/// The patterns of skipped lines that have one.
fn skipped_patterns(told: &Told<'_>) -> Vec<Pattern> {
    let lines = told.skipped_lines().into_iter().take(MOST_OF_A_KIND);
    let words = lines.filter_map(|line| told.line(line).split_whitespace().next());
    words.filter_map(|word| Pattern::parse(word).ok()).collect()
}

/// A number for each rule, which is the same where the owners are.
fn owner_sets(case: &Case<'_>) -> Vec<usize> {
    let mut sets: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let set = |rule: &Rule| {
        let mut owners: Vec<String> = rule.owners.iter().map(lower).collect();
        owners.sort_unstable();
        let next = sets.len();
        *sets.entry(owners).or_insert(next)
    };
    case.file.rules().iter().map(set).collect()
}

/// An owner's name, by which owners are compared: GitHub's names have no case.
pub(super) fn lower(owner: &Owner) -> String {
    owner.to_string().to_lowercase()
}

/// Whether a file decides who may change what, or what runs with which rights.
fn governs(case: &Case<'_>, entries: &BTreeMap<RepoPath, Entry>, path: &str) -> bool {
    let terraform = || path.strip_suffix(".json").unwrap_or(path).rsplit_once('.');
    let terraform = || terraform().is_some_and(|(_, extension)| extension == "tf");
    // A template is one of SAM where its configuration lies beside it.
    let sam = || {
        let folder = ["template.yaml", "template.yml"]
            .iter()
            .find_map(|name| path.strip_suffix(name));
        folder
            .filter(|folder| folder.is_empty() || folder.ends_with('/'))
            .and_then(|folder| RepoPath::new(&format!("{folder}samconfig.toml")).ok())
            .is_some_and(|config| entries.contains_key(&config))
    };
    path.starts_with(".github/workflows/")
        || path == ".github/phase-mirror.yml"
        || path == case.path.as_str()
        || terraform()
        || sam()
}

fn too_much(case: &Case<'_>) -> Unavailable {
    Unavailable {
        fact: format!("which files the patterns of {} match", case.path),
        reason: Reason::TooLarge,
        detail: "Too many patterns begin with a wildcard for so many files; anchor them at a \
                 folder (`/src/`)."
            .to_owned(),
    }
}
