//! The rules, one static slice in the order of their ids, and what they have in common.

use std::collections::BTreeMap;

use workflows::{ParseError, Workflow};

use crate::{DefaultBranch, Fact, Finding, Mode, RepoPath, Settings, Tree, Unavailable};

/// Every rule. Adding one is a file in `rules/` and one entry here.
pub static RULES: &[&dyn Rule] = &[];

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
}

/// One side of a comparison: a tree with everything that holds beside it.
pub struct Input<'a> {
    /// The settings of the base branch.
    pub settings: &'a Settings,
    /// The tree under judgement.
    pub tree: &'a Tree,
    /// Where default-branch workflows live.
    pub default_branch: &'a DefaultBranch,
    /// The workflow files of `tree`, parsed once for all rules.
    pub workflows: &'a BTreeMap<RepoPath, Fact<Result<Workflow, ParseError>>>,
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

/// Whether any rule reads the content of this file; edges fetch exactly these.
pub fn wants(path: &RepoPath) -> bool {
    workflows::is_workflow_path(path.as_str())
}
