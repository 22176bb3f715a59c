//! A policy file as it is written, before it is merged.

use std::collections::BTreeMap;

use workflows::Spanned;

use super::lock::Lock;
use super::{Mode, Patterns, SeverityBounds, Suppression, Thresholds};
use crate::Severity;

/// Where a repository and an organisation keep their policy.
pub const PATH: &str = ".github/phase-mirror.yml";

/// Files above this size are refused.
pub const MAX_POLICY_BYTES: usize = 256 * 1024;

/// A policy file that was read without an error.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyFile {
    /// The file, as errors name it.
    pub(super) path: String,
    pub(super) thresholds: SomeThresholds,
    pub(super) branches: Vec<Branches>,
    /// By rule id.
    pub(super) rules: BTreeMap<&'static str, RulePolicy>,
    pub(super) exclude: Vec<Spanned<String>>,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) dry_run: Option<Spanned<bool>>,
    pub(super) locked: Vec<Spanned<Lock>>,
}

/// What is said of thresholds in one place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct SomeThresholds {
    pub(super) critical: Option<Spanned<u32>>,
    pub(super) high: Option<Spanned<u32>>,
    pub(super) medium: Option<Spanned<u32>>,
}

/// What holds for some branches.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Branches {
    pub(super) patterns: Patterns,
    pub(super) thresholds: SomeThresholds,
}

/// What is said of one rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RulePolicy {
    pub(super) mode: Option<Spanned<Mode>>,
    pub(super) severity: Option<Spanned<SeverityBounds>>,
    pub(super) exclude: Vec<Spanned<String>>,
    /// Patterns by the option's name.
    pub(super) options: BTreeMap<&'static str, Vec<Spanned<String>>>,
}

impl PolicyFile {
    /// The file, as errors name it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it says of a branch: the first entry whose patterns take it, over what it says of
    /// all branches.
    pub(super) fn thresholds_for(&self, branch: &str) -> SomeThresholds {
        let entry = self
            .branches
            .iter()
            .find(|entry| entry.patterns.take(branch));
        match entry {
            Some(entry) => entry.thresholds.over(self.thresholds),
            None => self.thresholds,
        }
    }
}

impl SomeThresholds {
    /// All thresholds of a preset, as written at one place.
    pub(super) fn of(preset: Spanned<Thresholds>) -> Self {
        let at = |value| Some(Spanned::new(value, preset.span));
        Self {
            critical: at(preset.value.critical),
            high: at(preset.value.high),
            medium: at(preset.value.medium),
        }
    }

    /// These, and what they leave open from others.
    pub(super) fn over(self, others: Self) -> Self {
        Self {
            critical: self.critical.or(others.critical),
            high: self.high.or(others.high),
            medium: self.medium.or(others.medium),
        }
    }

    /// With the severity that each is for.
    pub(super) fn by_severity(self) -> [(Severity, Option<Spanned<u32>>); 3] {
        [
            (Severity::Critical, self.critical),
            (Severity::High, self.high),
            (Severity::Medium, self.medium),
        ]
    }
}
