//! Keys that an organisation locks: its repositories may only tighten them.

use crate::registry::{self, RuleMeta};

/// A locked key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// `thresholds`, and with it `preset` and `branches`.
    Thresholds,
    /// `dry_run`
    DryRun,
    /// `exclude`, and with it that of every rule.
    Exclude,
    /// `suppressions`, and with it comments in files.
    Suppressions,
    /// `rules`: every key of every rule.
    Rules,
    /// `rules.ID`, or one of its keys.
    Rule(&'static str, Option<RuleKey>),
}

/// A key of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleKey {
    /// `mode`
    Mode,
    /// `severity`
    Severity,
    /// `exclude`
    Exclude,
}

/// Keys at the top that can be locked.
const TOP: [(&str, Lock); 5] = [
    ("thresholds", Lock::Thresholds),
    ("dry_run", Lock::DryRun),
    ("exclude", Lock::Exclude),
    ("suppressions", Lock::Suppressions),
    ("rules", Lock::Rules),
];

/// Keys of a rule that can be locked.
const OF_RULE: [(&str, RuleKey); 3] = [
    ("mode", RuleKey::Mode),
    ("severity", RuleKey::Severity),
    ("exclude", RuleKey::Exclude),
];

impl Lock {
    /// Reads a lock: a key's path from the top of the file.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some((_, lock)) = TOP.iter().find(|(name, _)| *name == text) {
            return Some(*lock);
        }
        let rest = text.strip_prefix("rules.")?;
        let (rule, key) = match rest.split_once('.') {
            Some((rule, key)) => {
                let (_, key) = OF_RULE.iter().find(|(name, _)| *name == key)?;
                (rule, Some(*key))
            }
            None => (rest, None),
        };
        registry::rule(rule).map(|meta| Self::Rule(meta.id, key))
    }

    /// Every text that is a lock.
    pub(super) fn all() -> Vec<String> {
        let top = TOP.iter().map(|(name, _)| (*name).to_owned());
        let of = |rule: &str| {
            let keys = OF_RULE.iter().map(|(key, _)| format!("rules.{rule}.{key}"));
            std::iter::once(format!("rules.{rule}"))
                .chain(keys)
                .collect::<Vec<_>>()
        };
        let rules = registry::RULES.iter().map(|rule| rule.meta());
        let rules = rules.flat_map(|meta: &RuleMeta| [of(meta.id), of(meta.name)].concat());
        top.chain(rules).collect()
    }

    /// Whether it locks a key of a rule.
    pub(super) fn covers(self, rule_id: &str, key: RuleKey) -> bool {
        match self {
            Self::Rules => true,
            Self::Rule(id, own) => id == rule_id && own.is_none_or(|own| own == key),
            Self::Exclude => key == RuleKey::Exclude,
            Self::Thresholds | Self::DryRun | Self::Suppressions => false,
        }
    }
}
