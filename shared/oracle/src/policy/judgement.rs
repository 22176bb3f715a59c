//! A policy at work on findings: which of them do not count, and why.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::error::place;
use super::suppression::{Named, has_expired, in_words, long_id};
use super::{Comments, Policy, PolicyError, Suppression, Target, comments};
use crate::{Evidence, Fact, Fingerprint, Renames, Snapshot, Tree};

/// What a policy says of the findings of one snapshot.
pub(crate) struct Judgement<'a> {
    policy: &'a Policy,
    after: &'a Tree,
    renames: &'a Renames,
    /// Those of the base: what a change brings along suppresses nothing.
    comments: Comments,
    now: Timestamp,
    errors: Vec<PolicyError>,
    notes: BTreeSet<PolicyError>,
    /// Suppressions whose short id is that of several findings.
    ambiguous: BTreeSet<usize>,
}

impl<'a> Judgement<'a> {
    /// Reads what is written in the files, and looks which findings are meant by an id: `names`
    /// are all fingerprints that the findings have.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        policy: &'a Policy,
        now: Timestamp,
        renames: &'a Renames,
        names: &BTreeSet<Fingerprint>,
    ) -> Self {
        let (in_after, mut errors) = comments(&snapshot.after);
        let comments = match &snapshot.before {
            Some(before) => comments(before).0,
            None => in_after,
        };
        if let Some(lock) = &policy.comments_locked_at {
            errors.extend(comments.all().map(|(path, comment)| PolicyError {
                path: path.to_string(),
                line: Some(comment.line),
                column: None,
                key: None,
                message: format!(
                    "the comment suppresses nothing, because the organisation locks suppressions \
                     at {lock}"
                ),
                remedy: "Remove it, or ask the organisation to unlock suppressions.".to_owned(),
            }));
        }
        let mut judgement = Self {
            policy,
            after: &snapshot.after,
            renames,
            comments: match policy.comments_locked_at {
                Some(_) => Comments::default(),
                None => comments,
            },
            now,
            errors,
            notes: policy.notes.iter().cloned().collect(),
            ambiguous: BTreeSet::new(),
        };
        judgement.refuse_ambiguous(names);
        judgement
    }

    /// An id that several findings have means none of them.
    fn refuse_ambiguous(&mut self, names: &BTreeSet<Fingerprint>) {
        let ids: Vec<String> = names.iter().copied().map(long_id).collect();
        for (index, suppression) in self.policy.suppressions.iter().enumerate() {
            let Target::Id(id) = &suppression.target else {
                continue;
            };
            if ids.iter().filter(|long| long.starts_with(id)).count() > 1 {
                self.ambiguous.insert(index);
                self.errors.push(PolicyError {
                    path: suppression.path.clone(),
                    line: Some(suppression.line),
                    column: Some(suppression.column),
                    key: None,
                    message: format!("`{id}` is the beginning of several findings' ids"),
                    remedy: "Write the finding's whole id, or its fingerprint.".to_owned(),
                });
            }
        }
    }

    /// Whether no place of a finding is judged by its rule.
    pub(crate) fn excludes(&self, rule_id: &str, evidence: &[Evidence]) -> bool {
        let outside = |it: &Evidence| self.policy.excludes(rule_id, &it.path);
        !evidence.is_empty() && evidence.iter().all(outside)
    }

    /// Why a finding does not count, where a person decided so under any of its fingerprints. A
    /// decision that has expired is noted.
    pub(crate) fn suppression(
        &mut self,
        rule_id: &str,
        fingerprints: &[Fingerprint],
        evidence: &[Evidence],
    ) -> Option<String> {
        let policy = self.policy;
        let finding = Named::new(rule_id, fingerprints, evidence);
        for (index, suppression) in policy.suppressions.iter().enumerate() {
            if !suppression.target.covers(&finding) || self.ambiguous.contains(&index) {
                continue;
            }
            if !has_expired(suppression.until, self.now) {
                return Some(suppression.in_words());
            }
            self.notes.insert(expired(suppression));
        }
        self.comment(rule_id, evidence)
    }

    fn comment(&mut self, rule_id: &str, evidence: &[Evidence]) -> Option<String> {
        let first = evidence.first()?;
        let path = self.renames.path_before(&first.path);
        if !self.comments.any_in(path) {
            return None;
        }
        let Some(Fact::Known(content)) = self.after.files.get(&first.path) else {
            return None;
        };
        let text = String::from_utf8_lossy(content);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let index = usize::try_from(first.start_line.checked_sub(1)?).ok()?;
        let line = text.lines().nth(index)?;
        for comment in self.comments.about(rule_id, path, line) {
            if !has_expired(comment.until, self.now) {
                let at = place(path.as_str(), Some(comment.line));
                return Some(in_words(&comment.reason, None, comment.until, &at));
            }
            self.notes.insert(PolicyError {
                path: path.to_string(),
                line: Some(comment.line),
                column: None,
                key: None,
                message: over(comment.until),
                remedy: RENEW.to_owned(),
            });
        }
        None
    }

    /// What is wrong with the policy, and what a reader should know of it.
    pub(crate) fn into_remarks(self) -> (Vec<PolicyError>, Vec<PolicyError>) {
        let mut errors = self.policy.errors.clone();
        errors.extend(self.errors);
        (errors, self.notes.into_iter().collect())
    }
}

/// What to do about a suppression whose last day is over.
const RENEW: &str = "Mend the finding, or decide anew and write a later day.";

fn expired(suppression: &Suppression) -> PolicyError {
    PolicyError {
        path: suppression.path.clone(),
        line: Some(suppression.line),
        column: Some(suppression.column),
        key: None,
        message: over(suppression.until),
        remedy: RENEW.to_owned(),
    }
}

fn over(until: Option<jiff::civil::Date>) -> String {
    let until = until.map(|until| until.to_string()).unwrap_or_default();
    format!("a suppression of a finding ended on {until}")
}
