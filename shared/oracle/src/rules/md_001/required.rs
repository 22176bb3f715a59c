//! What GitHub requires on the branch: classic protection and rulesets, merged.

use std::collections::{BTreeMap, BTreeSet};

use crate::{BranchRule, EnforcementLevel, Fact, RequiredCheck, RuleSource, Settings, Unavailable};

/// Everything that is required of a change to the branch.
#[derive(Debug, Default)]
pub(super) struct Requirements {
    /// The required contexts, by name and App.
    pub(super) checks: Vec<Required>,
    /// Where a merge queue is set, where there is one.
    pub(super) queue: Option<String>,
    /// Files of (maybe) other repositories that a `workflows` rule runs.
    pub(super) injected: BTreeSet<String>,
    /// What could not be looked at.
    pub(super) unavailable: Vec<Unavailable>,
}

/// One required context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Required {
    /// Its name.
    pub(super) context: String,
    /// The only App whose report counts.
    pub(super) app: Option<u64>,
    /// Where it is required, in words, sorted.
    pub(super) sources: BTreeSet<String>,
}

/// Merges what rulesets and classic protection require. Enforcement level `off` binds nothing;
/// where one source pins a context to an App and another does not, meeting the pin meets both.
pub(super) fn requirements(settings: &Settings) -> Requirements {
    let mut all = Requirements::default();
    let mut merged = Merged::default();
    match &settings.rules {
        Fact::Known(rules) => rules.iter().for_each(|rule| match rule {
            BranchRule::RequiredStatusChecks(rule) => {
                merged.add(&rule.checks, &ruleset(&rule.source));
            }
            BranchRule::MergeQueue(queue) => all.queue = Some(ruleset(&queue.source)),
            BranchRule::Workflows { workflows, .. } => {
                let paths = workflows.iter().map(|workflow| workflow.path.clone());
                all.injected.extend(paths);
            }
            BranchRule::PullRequest(_) | BranchRule::Other { .. } => {}
        }),
        Fact::Unavailable(why) => all.unavailable.push(why.clone()),
    }
    match &settings.protection {
        Fact::Known(Some(classic)) if classic.enforcement_level != EnforcementLevel::Off => {
            merged.add(&classic.checks, "branch protection");
        }
        Fact::Known(_) => {}
        Fact::Unavailable(why) => all.unavailable.push(why.clone()),
    }
    all.checks = merged.into_checks();
    all
}

/// Sources by context and App.
#[derive(Default)]
struct Merged(BTreeMap<String, BTreeMap<Option<u64>, BTreeSet<String>>>);

impl Merged {
    fn add(&mut self, checks: &[RequiredCheck], source: &str) {
        for check in checks {
            let apps = self.0.entry(check.context.clone()).or_default();
            let sources = apps.entry(check.app_id).or_default();
            sources.insert(source.to_owned());
        }
    }

    fn into_checks(self) -> Vec<Required> {
        let mut checks = Vec::new();
        for (context, mut apps) in self.0 {
            let any = apps.remove(&None);
            if apps.is_empty() {
                apps.extend(any.map(|sources| (None, sources)));
            } else if let (Some(any), Some(first)) = (any, apps.values_mut().next()) {
                first.extend(any);
            }
            checks.extend(apps.into_iter().map(|(app, sources)| Required {
                context: context.clone(),
                app,
                sources,
            }));
        }
        checks
    }
}

fn ruleset(source: &RuleSource) -> String {
    format!("ruleset {} of {}", source.ruleset_id, source.source)
}

impl Required {
    /// Where it is required, as a phrase.
    pub(super) fn by(&self) -> String {
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        sources.join(" and ")
    }
}
