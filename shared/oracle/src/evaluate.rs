//! Runs the rules on both trees and makes the report.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::codeowners_files;
use crate::decision::{Grounds, decide};
use crate::evidence::hex;
use crate::known::{Found, Key, Known, unsure};
use crate::parsed::parse;
use crate::policy::{Judgement, Options};
use crate::registry::{Before, Findings, Input, RULES, Rule, rules_hash};
use crate::renames::{self, Renames};
use crate::shown::redacted;
use crate::{
    CodeownersFiles, DefaultBranch, Evidence, Fact, Finding, Fingerprint, Item, Meta, Mode, Policy,
    PolicyError, Report, RuleError, RunMode, Severity, ShortId, Snapshot, Status, Summary, Tree,
    Unavailable, Workflows,
};

/// The fewest base-32 characters of a short id.
const SHORT_ID: usize = 5;
/// More than a fingerprint has; short ids of different fingerprints differ before that.
const LONGEST_ID: usize = 51;

/// What identifies one run; an input, so that reports are deterministic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The caller's id.
    pub id: String,
    /// The caller's time.
    pub timestamp: Timestamp,
}

/// Judges a snapshot under a policy: every rule on what merging would give, and on what is
/// there now to tell what is new.
///
/// Never fails: a rule that panics is an entry of `meta.rule_errors`, and the outcome is at
/// least `warn`.
pub fn evaluate(snapshot: &Snapshot, policy: &Policy, run: &Run) -> Report {
    evaluate_with(RULES, snapshot, policy, run)
}

pub(crate) fn evaluate_with(
    rules: &[&dyn Rule],
    snapshot: &Snapshot,
    policy: &Policy,
    run: &Run,
) -> Report {
    let after = Side::of(snapshot, policy, &snapshot.after);
    let before = snapshot
        .before
        .as_ref()
        .map(|tree| Side::of(snapshot, policy, tree));
    let renames = before.as_ref().map_or_else(Renames::default, |before| {
        Renames::between(before.named(), after.named())
    });

    let mut run_of = Runs::default();
    let known = before
        .as_ref()
        .map(|side| run_of.side(rules, &side.as_base(), "before"));
    let there = known.as_ref().map(|(found, _)| severities(found));
    let other_side = before.as_ref().zip(there.as_ref());
    let other_side = other_side.map(|(side, there)| side.as_before(&renames, there));
    let input = after.input(other_side.as_ref());
    let (found, unavailable) = run_of.side(rules, &input, "after");
    // What is to come is told first.
    run_of.errors.sort_by_key(|error| error.phase != "after");
    let known = known.map(|(found, not_seen)| Known {
        found,
        failed: run_of.failed_before(),
        unsure: unsure(&not_seen, &unavailable),
    });
    let compared = Compared {
        aliases: known.as_ref().map_or_else(BTreeMap::new, |known| {
            known.aliases(rules, &found, &renames)
        }),
        found,
        known,
    };
    let names = compared.names();
    let mut judgement = Judgement::new(snapshot, policy, run.timestamp, &renames, &names);
    let items = items(rules, compared, policy, &mut judgement);
    let outcome = Evaluated {
        items,
        unavailable,
        rule_errors: run_of.errors,
        remarks: judgement.into_remarks(),
    };
    redacted(report(snapshot, policy, run, outcome, rules))
}

/// What came of the rules and the policy.
struct Evaluated {
    items: Vec<Item>,
    unavailable: Vec<(usize, Unavailable)>,
    rule_errors: Vec<RuleError>,
    /// Errors and notes of the policy.
    remarks: (Vec<PolicyError>, Vec<PolicyError>),
}

/// A tree, with what is read from it once for all rules.
struct Side<'a> {
    snapshot: &'a Snapshot,
    options: &'a Options,
    tree: &'a Tree,
    workflows: Workflows,
    codeowners: Fact<CodeownersFiles>,
    default_branch: Fact<Workflows>,
}

impl<'a> Side<'a> {
    fn of(snapshot: &'a Snapshot, policy: &'a Policy, tree: &'a Tree) -> Self {
        let workflows = parse(tree);
        Self {
            snapshot,
            options: &policy.options,
            tree,
            default_branch: default_branch(snapshot, &workflows),
            workflows,
            codeowners: codeowners_files::parse(tree),
        }
    }

    fn named(&self) -> renames::Named<'_> {
        renames::Named {
            tree: self.tree,
            workflows: &self.workflows,
        }
    }

    fn as_before<'b>(
        &'b self,
        renames: &'b Renames,
        found: &'b BTreeMap<Fingerprint, Severity>,
    ) -> Before<'b> {
        Before {
            renames,
            tree: self.tree,
            workflows: &self.workflows,
            codeowners: &self.codeowners,
            default_branch: &self.default_branch,
            found,
        }
    }

    fn as_base(&self) -> Input<'_> {
        Input {
            is_base: true,
            ..self.input(None)
        }
    }

    fn input<'b>(&'b self, before: Option<&'b Before<'b>>) -> Input<'b> {
        Input {
            repository: self.snapshot.subject.repository.as_ref(),
            settings: &self.snapshot.settings,
            options: self.options,
            tree: self.tree,
            workflows: &self.workflows,
            codeowners: &self.codeowners,
            default_branch: &self.default_branch,
            before,
            is_base: false,
        }
    }
}

/// A fingerprint holds the rule's id.
fn severities(found: &Found) -> BTreeMap<Fingerprint, Severity> {
    let severities = found.iter();
    severities
        .map(|((_, fingerprint), finding)| (*fingerprint, finding.severity))
        .collect()
}

/// The workflows that GitHub reads from the default branch.
fn default_branch(snapshot: &Snapshot, own: &Workflows) -> Fact<Workflows> {
    match &snapshot.default_branch {
        DefaultBranch::IsBase => Fact::Known(own.clone()),
        DefaultBranch::Other(Fact::Known(tree)) => Fact::Known(parse(tree)),
        DefaultBranch::Other(Fact::Unavailable(why)) => Fact::Unavailable(why.clone()),
    }
}

/// Runs of rules, with those that failed.
#[derive(Default)]
struct Runs {
    errors: Vec<RuleError>,
}

impl Runs {
    /// Runs every rule on one side. Also gives what could not be looked at, by rule.
    fn side(
        &mut self,
        rules: &[&dyn Rule],
        input: &Input<'_>,
        phase: &str,
    ) -> (Found, Vec<(usize, Unavailable)>) {
        let mut found = Found::new();
        let mut unavailable = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let result = self.one(*rule, input, phase);
            unavailable.extend(result.unavailable.into_iter().map(|fact| (index, fact)));
            for finding in result.findings {
                let key = Fingerprint::of(rule.meta().id, &finding.identity);
                let kept = found.entry((index, key)).or_insert_with(|| finding.clone());
                if rank(&finding) < rank(kept) {
                    *kept = finding;
                }
            }
        }
        (found, unavailable)
    }

    fn failed_before(&self) -> BTreeSet<String> {
        let before = self.errors.iter().filter(|error| error.phase == "before");
        before.map(|error| error.rule_id.clone()).collect()
    }

    fn one(&mut self, rule: &dyn Rule, input: &Input<'_>, phase: &str) -> Findings {
        // Rules are pure functions of shared references: nothing half-changed outlives a panic.
        catch_unwind(AssertUnwindSafe(|| rule.check(input))).unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "it panicked".to_owned());
            self.errors.push(RuleError {
                rule_id: rule.meta().id.to_owned(),
                phase: phase.to_owned(),
                message,
            });
            Findings::default()
        })
    }
}

/// Of findings with one fingerprint, the one with the least rank stands: the worst, then the
/// first in the tree.
fn rank(finding: &Finding) -> (std::cmp::Reverse<Severity>, &[Evidence], &str) {
    let severity = std::cmp::Reverse(finding.severity);
    (severity, &finding.evidence, &finding.title)
}

/// The findings beside those of the base.
struct Compared {
    found: Found,
    /// `None` where nothing is compared.
    known: Option<Known>,
    /// Fingerprints at the base of findings that have another one there.
    aliases: BTreeMap<Key, Fingerprint>,
}

impl Compared {
    /// Every fingerprint by which a person may mean one of the findings.
    fn names(&self) -> BTreeSet<Fingerprint> {
        let own = self.found.keys().map(|(_, key)| *key);
        own.chain(self.aliases.values().copied()).collect()
    }
}

fn items(
    rules: &[&dyn Rule],
    compared: Compared,
    policy: &Policy,
    judgement: &mut Judgement<'_>,
) -> Vec<Item> {
    let Compared {
        found,
        known,
        aliases,
    } = compared;
    let fingerprints: BTreeSet<Fingerprint> = found.keys().map(|(_, key)| *key).collect();
    let mut items: Vec<Item> = found
        .into_iter()
        .filter(|((index, _), finding)| {
            !judgement.excludes(rules[*index].meta().id, &finding.evidence)
        })
        .collect::<Found>()
        .into_iter()
        .map(|((index, fingerprint), finding)| {
            let meta = rules[index].meta();
            let alias = aliases.get(&(index, fingerprint)).copied();
            let names: Vec<Fingerprint> = std::iter::once(fingerprint).chain(alias).collect();
            let suppression = judgement.suppression(meta.id, &names, &finding.evidence);
            let key = (index, alias.unwrap_or(fingerprint));
            let existing = known
                .as_ref()
                .is_some_and(|known| known.has(meta, key, finding.severity));
            let most = match &known {
                Some(known) if known.unsure.contains(&index) => Mode::Warn,
                _ => Mode::Block,
            };
            Item {
                id: short_id(fingerprint, &fingerprints),
                fingerprint: fingerprint.to_string(),
                rule_id: meta.id.to_owned(),
                rule_version: meta.version,
                severity: policy.severity(meta.id, finding.severity),
                mode: policy.mode(meta).min(most),
                title: finding.title,
                why: finding.why,
                fix: finding.fix,
                evidence: finding.evidence,
                status: match (&suppression, existing) {
                    (Some(_), _) => Status::Suppressed,
                    (None, true) => Status::Existing,
                    (None, false) => Status::New,
                },
                suppression,
                aliases: alias.iter().map(Fingerprint::to_string).collect(),
            }
        })
        .collect();
    items.sort_by(|a, b| order(a).cmp(&order(b)));
    items
}

/// The order of the report's items.
fn order(item: &Item) -> impl Ord + '_ {
    let place = item
        .evidence
        .first()
        .map(|evidence| (&evidence.path, evidence.start_line));
    (
        item.status,
        std::cmp::Reverse(item.severity),
        place,
        &item.fingerprint,
    )
}

/// The shortest id, of at least five characters, that no other finding of the report has.
fn short_id(fingerprint: Fingerprint, all: &BTreeSet<Fingerprint>) -> ShortId {
    let unique = |length: &usize| {
        let id = fingerprint.short(*length);
        all.iter()
            .all(|other| *other == fingerprint || other.short(*length) != id)
    };
    let length = (SHORT_ID..LONGEST_ID).find(unique).unwrap_or(LONGEST_ID);
    fingerprint.short(length)
}

fn report(
    snapshot: &Snapshot,
    policy: &Policy,
    run: &Run,
    evaluated: Evaluated,
    rules: &[&dyn Rule],
) -> Report {
    let Evaluated {
        items,
        unavailable,
        rule_errors,
        remarks: (policy_errors, policy_notes),
    } = evaluated;
    let heard: BTreeSet<&Unavailable> = unavailable
        .iter()
        .filter(|(index, _)| policy.mode(rules[*index].meta()) != Mode::Observe)
        .map(|(_, fact)| fact)
        .collect();
    let grounds = Grounds {
        items: &items,
        unavailable: heard.len(),
        rule_errors: &rule_errors,
        policy_errors: policy_errors.len(),
    };
    let decision = decide(grounds, policy);
    let unavailable: BTreeSet<Unavailable> =
        unavailable.into_iter().map(|(_, fact)| fact).collect();
    Report {
        meta: Meta {
            schema_version: Report::SCHEMA_VERSION,
            run_id: run.id.clone(),
            timestamp: run.timestamp,
            rules_hash: rules_hash(),
            policy_hash: policy_hash(policy),
            mode: if policy.dry_run {
                RunMode::DryRun
            } else {
                RunMode::Enforce
            },
            repository: snapshot.subject.repository.clone(),
            commit: snapshot.subject.commit.clone(),
            base_commit: snapshot.subject.base_commit.clone(),
            degraded: None,
            demotions: Vec::new(),
            unavailable: unavailable.into_iter().collect(),
            rule_errors,
            policy_errors,
            policy_notes,
        },
        summary: Summary::of(&items),
        items,
        decision,
    }
}

/// SHA-256, hex, of the policy as JSON: a report's `policy_hash`. Fields stand in the order of the
/// type and maps are sorted, so that equal policies have equal text.
pub fn policy_hash(policy: &Policy) -> String {
    // A policy has text keys only, which always serialise.
    let json = serde_json::to_vec(policy).unwrap_or_default();
    hex(&Sha256::digest(json))
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
