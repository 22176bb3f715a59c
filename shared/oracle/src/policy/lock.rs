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
    /// `options`, of a rule that has any.
    Options,
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
const OF_RULE: [(&str, RuleKey); 4] = [
    ("mode", RuleKey::Mode),
    ("severity", RuleKey::Severity),
    ("exclude", RuleKey::Exclude),
    ("options", RuleKey::Options),
];

/// Those that a rule has.
fn keys_of(meta: &RuleMeta) -> impl Iterator<Item = (&'static str, RuleKey)> {
    let has = |key| key != RuleKey::Options || !meta.options.is_empty();
    OF_RULE.into_iter().filter(move |(_, key)| has(*key))
}

impl Lock {
    /// Reads a lock: a key's path from the top of the file.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some((_, lock)) = TOP.iter().find(|(name, _)| *name == text) {
            return Some(*lock);
        }
        let rest = text.strip_prefix("rules.")?;
        let Some((rule, key)) = rest.split_once('.') else {
            return registry::rule(rest).map(|meta| Self::Rule(meta.id, None));
        };
        let meta = registry::rule(rule)?;
        let (_, key) = keys_of(meta).find(|(name, _)| *name == key)?;
        Some(Self::Rule(meta.id, Some(key)))
    }

    /// Every text that is a lock.
    pub(super) fn all() -> Vec<String> {
        let top = TOP.iter().map(|(name, _)| (*name).to_owned());
        let of = |meta: &RuleMeta, rule: &str| {
            let keys = keys_of(meta).map(|(key, _)| format!("rules.{rule}.{key}"));
            std::iter::once(format!("rules.{rule}"))
                .chain(keys)
                .collect::<Vec<_>>()
        };
        let rules = registry::RULES.iter().map(|rule| rule.meta());
        let rules =
            rules.flat_map(|meta: &RuleMeta| [of(meta, meta.id), of(meta, meta.name)].concat());
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
