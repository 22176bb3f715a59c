//! The rules, one static slice in the order of their ids, and what they have in common.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where GitHub looks for CODEOWNERS, in this order; the first file that is there counts.
pub use codeowners::LOCATIONS as CODEOWNERS_LOCATIONS;
use sha2::{Digest, Sha256};

use crate::codeowners_files::CodeownersFiles;
use crate::evidence::hex;
use crate::parsed::Workflows;
use crate::rules::md_000::MD_000;
use crate::rules::md_001::MD_001;
use crate::rules::md_007::MD_007;
use crate::rules::md_008::MD_008;
use crate::{
    Evidence, Fact, Finding, Fingerprint, Mode, Part, Renames, RepoPath, RepositoryName, Settings,
    Severity, Tree, Unavailable,
    policy::{self, Options, Patterns},
};

/// Every rule. Adding one is a file in `rules/` and one entry here
/// (docs/rules/README.md goes through it from start to finish).
pub static RULES: &[&dyn Rule] = &[&MD_000, &MD_001, &MD_007, &MD_008];

/// The largest size, in bytes, at which a wanted file is read; an edge need not fetch it when it
/// is larger, and says [`Reason::TooLarge`](crate::Reason::TooLarge) of it. For CODEOWNERS the
/// limit is GitHub's: it ignores the file from 3 MB on.
pub fn file_limit(path: &RepoPath) -> u64 {
    let bytes = if CODEOWNERS_LOCATIONS.contains(&path.as_str()) {
        codeowners::MAX_FILE_BYTES - 1
    } else if path.as_str() == policy::PATH {
        policy::MAX_POLICY_BYTES
    } else {
        workflows::MAX_FILE_BYTES
    };
    bytes as u64
}

/// The published JSON Schema of the report, schema 3.
pub const REPORT_SCHEMA: &str = include_str!("../../../schemas/dissonance-report.v3.schema.json");

/// What a rule is; documentation, the CLI's `rules` and the policy schema derive from it.
#[derive(Debug)]
pub struct RuleMeta {
    /// Never reused.
    pub id: &'static str,
    /// Names the violation, in kebab case: "allow `<name>`" reads well.
    pub name: &'static str,
    /// Grows when findings change for the same input.
    pub version: u32,
    /// How much say it has unless policy says otherwise.
    pub default_mode: Mode,
    /// What it checks, one paragraph of Markdown.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// How to fix it.
    pub fix: &'static str,
    /// A repository in which it finds something, in the tests' one-string form.
    pub bad_example: &'static str,
    /// The same repository put right.
    pub good_example: &'static str,
    /// The facts it reads, in words.
    pub facts: &'static [&'static str],
    /// What the policy may set of it under `options`.
    pub options: &'static [RuleOption],
}

/// A key of a rule's `options` in the policy. Its value is patterns of paths, as in `exclude`; each
/// asks the rule for more, so that where an organisation locks `options` its repositories may add
/// patterns and not take any back.
#[derive(Debug)]
pub struct RuleOption {
    /// The key, in snake case.
    pub name: &'static str,
    /// Which files the patterns take and what that does, as one sentence of Markdown.
    pub what: &'static str,
}

/// One side of a comparison: a tree with everything that holds beside it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The repository; `None` where the edge does not know its name.
    pub repository: Option<&'a RepositoryName>,
    /// The settings of the base branch.
    pub settings: &'a Settings,
    /// What the policy says in rules' `options`.
    pub options: &'a Options,
    /// The tree under judgement.
    pub tree: &'a Tree,
    /// The workflow files of `tree`, parsed once for all rules.
    pub workflows: &'a Workflows,
    /// The CODEOWNERS files of `tree`; unavailable where its files are not known.
    pub codeowners: &'a Fact<CodeownersFiles>,
    /// The workflow files that GitHub reads from the default branch whatever the pull request
    /// holds (`pull_request_target`): those of `tree` where the base is the default branch.
    pub default_branch: &'a Fact<Workflows>,
    /// The workflow files of the tree that `tree` is compared with; `None` while that one is
    /// itself judged, or when nothing is compared. Tells a rule what the change took away.
    pub before: Option<&'a Before<'a>>,
    /// Whether `tree` is what another is compared with. Of its findings only severity and identity
    /// count, so that a rule which tells only some has to name all here.
    pub is_base: bool,
}

/// The other side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Under which names it has the files and jobs of the tree under judgement.
    pub renames: &'a Renames,
    /// The tree that is there now.
    pub tree: &'a Tree,
    /// Its workflow files.
    pub workflows: &'a Workflows,
    /// Its CODEOWNERS files.
    pub codeowners: &'a Fact<CodeownersFiles>,
    /// The workflow files that GitHub reads from the default branch beside it.
    pub default_branch: &'a Fact<Workflows>,
    /// How bad is what was found there.
    pub found: &'a BTreeMap<Fingerprint, Severity>,
}

impl Before<'_> {
    /// Whether a finding is there already, be it under another name, and no less bad.
    pub fn has(&self, rule_id: &str, identity: &[Part], severity: Severity) -> bool {
        let has = |identity: &[Part]| {
            let known = self.found.get(&Fingerprint::of(rule_id, identity));
            known.is_some_and(|known| *known >= severity)
        };
        let old = || self.renames.identity_before(identity);
        has(identity) || old().is_some_and(|old| has(&old))
    }
}

impl<'a> Input<'a> {
    /// The patterns of a rule's option; `None` where the policy has none.
    pub fn option(&self, meta: &RuleMeta, name: &str) -> Option<&'a Patterns> {
        self.options.get(meta.id)?.get(name)
    }

    /// The lines `start_line..=end_line` of a file of this side; `None` when its content is
    /// not there.
    pub fn evidence(&self, path: &RepoPath, start_line: u32, end_line: u32) -> Option<Evidence> {
        match self.tree.files.get(path)? {
            Fact::Known(content) => Some(Evidence::of(path, content, start_line, end_line)),
            Fact::Unavailable(_) => None,
        }
    }
}

/// What a rule found.
#[derive(Debug, Default)]
pub struct Findings {
    /// The contradictions.
    pub findings: Vec<Finding>,
    /// What it would have had to look at and could not.
    pub unavailable: Vec<Unavailable>,
}

/// A rule: metadata and a pure function.
pub trait Rule: Sync {
    /// What the rule is.
    fn meta(&self) -> &'static RuleMeta;
    /// Finds this rule's contradictions on one side.
    fn check(&self, input: &Input<'_>) -> Findings;
}

/// Whether the oracle reads the content of this file; edges fetch exactly these.
pub fn wants(path: &RepoPath) -> bool {
    let path = path.as_str();
    workflows::is_workflow_path(path)
        || CODEOWNERS_LOCATIONS.contains(&path)
        || path == policy::PATH
}

/// The rule with this id or name.
pub fn rule(id_or_name: &str) -> Option<&'static RuleMeta> {
    let metas = RULES.iter().map(|rule| rule.meta());
    let is_meant = |meta: &&RuleMeta| meta.id == id_or_name || meta.name == id_or_name;
    metas.into_iter().find(is_meant)
}

/// SHA-256, hex, over the report schema and the rules' ids, versions and default modes:
/// reports with the same hash were made under the same rules.
pub fn rules_hash() -> String {
    let mut text = String::from(REPORT_SCHEMA);
    for rule in RULES {
        let meta = rule.meta();
        // Writing to a string can't fail.
        let _ = write!(
            text,
            "\n{} {} {:?}",
            meta.id, meta.version, meta.default_mode
        );
    }
    hex(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_fetch_what_rules_read_and_nothing_else() {
        let wanted = |path: &str| wants(&RepoPath::new(path).unwrap());
        assert!(wanted(".github/workflows/ci.yml"));
        assert!(wanted(".github/workflows/ci.yaml"));
        assert!(wanted(".github/CODEOWNERS") && wanted("CODEOWNERS") && wanted("docs/CODEOWNERS"));
        assert!(wanted(".github/phase-mirror.yml"));
        for path in [
            "README.md",
            ".github/workflows/README.md",
            ".github/workflows/nested/ci.yml",
            "sub/.github/workflows/ci.yml",
            "sub/CODEOWNERS",
            ".github/codeowners",
        ] {
            assert!(!wanted(path), "{path}");
        }
    }

    #[test]
    fn the_hash_of_the_rules_is_stable_and_hex() {
        assert_eq!(rules_hash(), rules_hash());
        assert_eq!(rules_hash().len(), 64);
    }
}
