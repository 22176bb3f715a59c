//! The repository's policy over the organisation's: it may tighten everything, and may not
//! loosen what is locked.

use workflows::Spanned;

use super::error::place;
use super::file::RulePolicy;
use super::lock::{Lock, RuleKey};
use super::{
    Mode, Patterns, Policy, PolicyError, PolicyFile, SeverityBounds, Suppression, Thresholds,
};
use crate::registry::{RULES, RuleMeta, RuleOption};
use crate::{BranchName, Severity};

/// The policy in force for a base branch, and every value of the repository that would loosen
/// what the organisation has locked: the organisation's stands in its place.
///
/// The errors are not in the policy yet: see [`Policy::with_errors`].
pub fn resolve(
    organisation: Option<&PolicyFile>,
    repository: Option<&PolicyFile>,
    branch: &BranchName,
) -> (Policy, Vec<PolicyError>) {
    let mut merge = Merge {
        organisation,
        repository,
        errors: Vec::new(),
    };
    merge.locks_of_the_repository();
    let mut policy = Policy {
        thresholds: merge.thresholds(branch),
        dry_run: merge.dry_run(),
        suppressions: merge.suppressions(),
        ..Policy::default()
    };
    let lock = merge.lock(|lock| lock == Lock::Suppressions);
    policy.comments_locked_at = lock.map(|lock| lock.place);
    for rule in RULES {
        merge.rule(rule.meta(), &mut policy);
    }
    (policy, merge.errors)
}

struct Merge<'a> {
    organisation: Option<&'a PolicyFile>,
    repository: Option<&'a PolicyFile>,
    errors: Vec<PolicyError>,
}

/// A lock that is in force.
struct Locked {
    place: String,
}

/// One value of the repository that its organisation does not let stand.
struct Refused<'a> {
    line: u32,
    column: u32,
    key: String,
    /// What the repository says.
    found: String,
    /// What stands instead.
    stands: String,
    lock: &'a Locked,
}

impl Merge<'_> {
    /// The organisation's lock on something.
    fn lock(&self, is_meant: impl Fn(Lock) -> bool) -> Option<Locked> {
        let file = self.organisation?;
        let lock = file.locked.iter().find(|lock| is_meant(lock.value))?;
        Some(Locked {
            place: place(&file.path, Some(lock.span.start_line())),
        })
    }

    fn refuse(&mut self, refused: Refused<'_>) {
        let path = self.repository.map_or("", |file| &file.path);
        let error = PolicyError {
            path: path.to_owned(),
            line: Some(refused.line),
            column: Some(refused.column),
            key: Some(refused.key),
            message: format!(
                "{} is looser than what the organisation locks at {}; {} stands",
                refused.found, refused.lock.place, refused.stands
            ),
            remedy: "Remove it or tighten it, or ask the organisation to unlock the key."
                .to_owned(),
        };
        // What is said of all rules is refused once, not rule by rule.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// A repository has nobody to lock anything for. The organisation's own repository is given
    /// its one file as both.
    fn locks_of_the_repository(&mut self) {
        let Some(file) = self.repository else { return };
        if self.organisation == Some(file) {
            return;
        }
        if let Some(lock) = file.locked.first() {
            self.errors.push(PolicyError {
                path: file.path.clone(),
                line: Some(lock.span.start.line),
                column: Some(lock.span.start.column),
                key: Some("locked".to_owned()),
                message: "expected locks in the organisation's policy only; here they lock nothing"
                    .to_owned(),
                remedy: format!(
                    "Remove the key, or put it into {} of the organisation's repository `.github`.",
                    super::PATH
                ),
            });
        }
    }

    fn thresholds(&mut self, branch: &BranchName) -> Thresholds {
        let of = |file: &PolicyFile| file.thresholds_for(branch.as_str());
        let organisation = self.organisation.map(of).unwrap_or_default();
        let repository = self.repository.map(of).unwrap_or_default();
        let lock = self.lock(|lock| lock == Lock::Thresholds);
        let mut thresholds = Thresholds::DEFAULT;
        let pairs = organisation.by_severity().into_iter();
        for ((severity, outer), (_, inner)) in pairs.zip(repository.by_severity()) {
            let place = match severity {
                Severity::Critical => &mut thresholds.critical,
                Severity::High => &mut thresholds.high,
                _ => &mut thresholds.medium,
            };
            *place = outer.map_or(*place, |outer| outer.value);
            match (inner, &lock) {
                (Some(inner), Some(lock)) if inner.value > *place => {
                    let stands = format!("`{place}`");
                    self.refuse(Refused {
                        line: inner.span.start.line,
                        column: inner.span.start.column,
                        key: format!("thresholds.{severity}"),
                        found: format!("`{}`, for `{branch}`,", inner.value),
                        stands,
                        lock,
                    });
                }
                (Some(inner), _) => *place = inner.value,
                (None, _) => {}
            }
        }
        thresholds
    }

    fn dry_run(&mut self) -> bool {
        let of = |file: &PolicyFile| file.dry_run;
        let outer = self.organisation.and_then(of);
        let outer = outer.is_some_and(|outer| outer.value);
        let Some(inner) = self.repository.and_then(of) else {
            return outer;
        };
        match self.lock(|lock| lock == Lock::DryRun) {
            Some(lock) if inner.value && !outer => {
                self.refuse(Refused {
                    line: inner.span.start.line,
                    column: inner.span.start.column,
                    key: "dry_run".to_owned(),
                    found: "`true`".to_owned(),
                    stands: "`false`".to_owned(),
                    lock: &lock,
                });
                outer
            }
            _ => inner.value,
        }
    }

    fn suppressions(&mut self) -> Vec<Suppression> {
        let of = |file: &PolicyFile| file.suppressions.clone();
        let mut all = self.organisation.map(of).unwrap_or_default();
        if self.repository == self.organisation {
            return all;
        }
        let Some(file) = self.repository else {
            return all;
        };
        let lock = self.lock(|lock| lock == Lock::Suppressions);
        for (index, own) in file.suppressions.iter().enumerate() {
            let Some(lock) = &lock else {
                all.push(own.clone());
                continue;
            };
            self.refuse(Refused {
                line: own.line,
                column: own.column,
                key: format!("suppressions[{index}]"),
                found: "a suppression".to_owned(),
                stands: "the organisation's list".to_owned(),
                lock,
            });
        }
        all
    }

    fn rule(&mut self, meta: &'static RuleMeta, policy: &mut Policy) {
        let of = |file: Option<&PolicyFile>| -> RulePolicy {
            let policy = file.and_then(|file| file.rules.get(meta.id));
            policy.cloned().unwrap_or_default()
        };
        let (outer, inner) = (of(self.organisation), of(self.repository));
        if let Some(mode) = self.mode(meta, outer.mode, inner.mode) {
            policy.modes.insert(meta.id.to_owned(), mode);
        }
        let bounds = self.severity(meta, outer.severity, inner.severity);
        if bounds != SeverityBounds::NONE {
            policy.severities.insert(meta.id.to_owned(), bounds);
        }
        let excludes = self.excludes(meta, &outer, &inner);
        if !excludes.is_empty() {
            let excludes = Patterns::new(excludes);
            policy.excludes.insert(meta.id.to_owned(), excludes);
        }
        for option in meta.options {
            let patterns = self.option(meta, option, &outer, &inner);
            if !patterns.is_empty() {
                let options = policy.options.entry(meta.id.to_owned()).or_default();
                options.insert(option.name.to_owned(), Patterns::new(patterns));
            }
        }
    }

    fn mode(
        &mut self,
        meta: &RuleMeta,
        outer: Option<Spanned<Mode>>,
        inner: Option<Spanned<Mode>>,
    ) -> Option<Mode> {
        let outer = outer.map(|mode| mode.value);
        let Some(inner) = inner else { return outer };
        let floor = outer.unwrap_or(meta.default_mode);
        match self.lock(|lock| lock.covers(meta.id, RuleKey::Mode)) {
            Some(lock) if inner.value < floor => {
                self.refuse(Refused {
                    line: inner.span.start.line,
                    column: inner.span.start.column,
                    key: format!("rules.{}.mode", meta.id),
                    found: format!("`{}`", inner.value),
                    stands: format!("`{floor}`"),
                    lock: &lock,
                });
                outer
            }
            _ => Some(inner.value),
        }
    }

    fn severity(
        &mut self,
        meta: &RuleMeta,
        outer: Option<Spanned<SeverityBounds>>,
        inner: Option<Spanned<SeverityBounds>>,
    ) -> SeverityBounds {
        let outer = outer.map_or(SeverityBounds::NONE, |bounds| bounds.value);
        let Some(inner) = inner else { return outer };
        let looser = inner.value.at_least < outer.at_least || inner.value.at_most < outer.at_most;
        match self.lock(|lock| lock.covers(meta.id, RuleKey::Severity)) {
            Some(lock) if looser => {
                self.refuse(Refused {
                    line: inner.span.start.line,
                    column: inner.span.start.column,
                    key: format!("rules.{}.severity", meta.id),
                    found: inner.value.to_string(),
                    stands: outer.to_string(),
                    lock: &lock,
                });
                outer
            }
            _ => inner.value,
        }
    }

    /// The patterns of both, as with exclusions; a locked option may be added to.
    fn option(
        &mut self,
        meta: &RuleMeta,
        option: &RuleOption,
        outer: &RulePolicy,
        inner: &RulePolicy,
    ) -> Vec<String> {
        let of = |policy: &RulePolicy| policy.options.get(option.name).cloned().unwrap_or_default();
        let mut all: Vec<String> = of(outer).into_iter().map(|it| it.value).collect();
        if self.repository == self.organisation {
            return all;
        }
        let lock = self.lock(|lock| lock.covers(meta.id, RuleKey::Options));
        for pattern in of(inner) {
            match &lock {
                Some(lock) if pattern.value.starts_with('!') => self.refuse(Refused {
                    line: pattern.span.start.line,
                    column: pattern.span.start.column,
                    key: format!("rules.{}.options.{}", meta.id, option.name),
                    found: crate::rules::text::code(&pattern.value, 40),
                    stands: "what the organisation's list takes".to_owned(),
                    lock,
                }),
                _ => all.push(pattern.value),
            }
        }
        all
    }

    /// The patterns of both, the organisation's first: the last that matches decides.
    fn excludes(&mut self, meta: &RuleMeta, outer: &RulePolicy, inner: &RulePolicy) -> Vec<String> {
        let of = |file: Option<&PolicyFile>| file.map_or(&[][..], |file| &file.exclude).to_vec();
        let mut all = of(self.organisation);
        all.extend_from_slice(&outer.exclude);
        let mut all: Vec<String> = all.into_iter().map(|pattern| pattern.value).collect();
        if self.repository == self.organisation {
            return all;
        }
        let lock = self.lock(|lock| lock.covers(meta.id, RuleKey::Exclude));
        let general = of(self.repository).into_iter();
        let general = general.map(|pattern| ("exclude".to_owned(), pattern));
        let own = inner.exclude.iter().cloned();
        let own = own.map(|pattern| (format!("rules.{}.exclude", meta.id), pattern));
        for (key, pattern) in general.chain(own) {
            match &lock {
                Some(lock) if !pattern.value.starts_with('!') => {
                    let stands = match self.lock(|lock| lock == Lock::Exclude) {
                        Some(_) => "the organisation's list".to_owned(),
                        None => format!("the organisation's list for {}", meta.id),
                    };
                    self.refuse(Refused {
                        line: pattern.span.start.line,
                        column: pattern.span.start.column,
                        key,
                        found: crate::rules::text::code(&pattern.value, 40),
                        stands,
                        lock,
                    });
                }
                _ => all.push(pattern.value),
            }
        }
        all
    }
}
