//! What is there already: the findings of the base, and under which names.

use std::collections::{BTreeMap, BTreeSet};

use crate::registry::{Rule, RuleMeta};
use crate::renames::Renames;
use crate::{Finding, Fingerprint, Reason, Severity, Unavailable};

/// A rule, by its place in the list of rules, and one of its findings.
pub(crate) type Key = (usize, Fingerprint);

/// Findings of one side: rule by rule, each fingerprint once.
pub(crate) type Found = BTreeMap<Key, Finding>;

/// What is there already.
pub(crate) struct Known {
    /// The findings.
    pub(crate) found: Found,
    /// Rules that could not tell. What they find is not held against the change: who can't
    /// look at the base can't say what is new. The failure itself is in the report and warns.
    pub(crate) failed: BTreeSet<String>,
    /// Rules that could not look at something here that they see with the change (which mends
    /// a broken file, say). What they find may have been there already, so it only warns.
    pub(crate) unsure: BTreeSet<usize>,
}

impl Known {
    /// Whether a finding is there already, and no less bad.
    pub(crate) fn has(&self, rule: &RuleMeta, key: Key, severity: Severity) -> bool {
        let as_bad = |known: &Finding| known.severity >= severity;
        self.found.get(&key).is_some_and(as_bad) || self.failed.contains(rule.id)
    }

    /// The fingerprints at the base of findings that are there under another name only, because
    /// the change renames what they are about.
    pub(crate) fn aliases(
        &self,
        rules: &[&dyn Rule],
        after: &Found,
        renames: &Renames,
    ) -> BTreeMap<Key, Fingerprint> {
        let moved = after
            .iter()
            .filter(|(key, _)| !self.found.contains_key(key));
        moved
            .filter_map(|(key, finding)| {
                let identity = renames.identity_before(&finding.identity)?;
                let old = (key.0, Fingerprint::of(rules[key.0].meta().id, &identity));
                let is_renamed = self.found.contains_key(&old) && !after.contains_key(&old);
                is_renamed.then_some((*key, old.1))
            })
            .collect()
    }
}

/// The rules that could look at less before than after. What only a run decides, and what nobody
/// gives us, is left out: it is seen on neither side, and a change that takes away what it is
/// about must not disarm the rule.
pub(crate) fn unsure(
    before: &[(usize, Unavailable)],
    after: &[(usize, Unavailable)],
) -> BTreeSet<usize> {
    let never_seen = |missing: &Unavailable| {
        use Reason::{Dynamic, NotPermitted, NotProvided};
        matches!(missing.reason, Dynamic | NotPermitted | NotProvided)
    };
    let seen_since =
        |missing: &&(usize, Unavailable)| !never_seen(&missing.1) && !after.contains(missing);
    before
        .iter()
        .filter(seen_since)
        .map(|(rule, _)| *rule)
        .collect()
}
