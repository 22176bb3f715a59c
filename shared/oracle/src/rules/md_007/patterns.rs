//! Patterns that decide nothing: they match no file, or later ones decide all that they match.

use std::collections::{BTreeMap, BTreeSet};

use codeowners::Rule;

use super::coverage::{Coverage, Usage};
use super::{Case, names};
use crate::rules::text::{code, quoted};
use crate::{Entry, Finding, Part, RepoPath, Severity};

/// Patterns that match no file. Worse where the change takes the last one away.
pub(super) fn unused(case: &Case<'_>, coverage: &Coverage<'_>) -> Vec<Finding> {
    let unused = |usage: &Usage| usage.matched == 0;
    if !coverage.rules.iter().any(unused) {
        return Vec::new();
    }
    let lost = lost(case, coverage);
    let candidates = coverage.rules.iter().enumerate();
    let candidates = candidates
        .filter(|(_, usage)| unused(usage))
        .map(|(at, _)| match lost.get(&at) {
            Some(path) => (Severity::Medium, (&case.file.rules()[at], Some(*path))),
            None => (Severity::Low, (&case.file.rules()[at], None)),
        });
    case.at_most(
        "patterns that match no file",
        candidates.collect(),
        |(rule, _)| unused_identity(rule),
        |severity, (rule, lost)| unused_finding(case, severity, rule, lost),
    )
}

/// The unused rules that match a file which the change takes away, with one such file.
fn lost<'a>(case: &Case<'a>, coverage: &Coverage<'_>) -> BTreeMap<usize, &'a str> {
    let mut lost = BTreeMap::new();
    let entries = case.input.tree.entries.known();
    let before = case.input.before.map(|before| before.tree.entries.known());
    let (Ok(entries), Some(Ok(before))) = (entries, before) else {
        return lost;
    };
    let removed = removed(before, entries);
    let survey = case.file.survey(removed.iter().copied(), |path, matching| {
        for at in matching {
            if coverage.rules[*at].matched == 0 {
                lost.entry(*at).or_insert(path);
            }
        }
    });
    // Where that is too much work the rest stays what it is without a base: unused.
    let _ = survey;
    lost
}

/// The paths of one tree that another lacks: both are sorted, so it takes one pass.
fn removed<'a>(
    before: &'a BTreeMap<RepoPath, Entry>,
    after: &BTreeMap<RepoPath, Entry>,
) -> Vec<&'a str> {
    let mut after = after.keys().peekable();
    let is_gone = |path: &&RepoPath| {
        while after.next_if(|kept| kept < path).is_some() {}
        after.peek() != Some(path)
    };
    before
        .keys()
        .filter(is_gone)
        .map(RepoPath::as_str)
        .collect()
}

fn unused_finding(case: &Case<'_>, severity: Severity, rule: &Rule, lost: Option<&str>) -> Finding {
    let pattern = quoted(&rule.text);
    let (history, fix) = match lost {
        Some(path) => (
            format!(
                " At the base it matches {}; with this change it matches no file.",
                quoted(path)
            ),
            format!("Give {pattern} the new place of what it owned, or remove the line."),
        ),
        None => (
            " No file of the tree matches.".to_owned(),
            format!(
                "Correct {pattern} (case counts, and a leading `/` is the root), or remove the line."
            ),
        ),
    };
    Finding {
        severity,
        title: format!(
            "Pattern {} of CODEOWNERS matches no file",
            code(&rule.text, 45)
        ),
        why: format!(
            "{} gives {pattern} to {}.{history}",
            quoted(case.path.as_str()),
            names(&rule.owners)
        ),
        fix,
        evidence: case.line(rule.line).into_iter().collect(),
        identity: unused_identity(rule),
    }
}

fn unused_identity(rule: &Rule) -> Vec<Part> {
    vec!["unused".into(), rule.text.clone().into()]
}

/// Patterns of which later rules decide every file, and would decide every new one.
pub(super) fn shadowed(case: &Case<'_>, coverage: &Coverage<'_>) -> Vec<Finding> {
    let rules = coverage.rules.iter().enumerate();
    let overridden: Vec<(usize, usize, &Usage)> = rules
        .filter(|(_, usage)| usage.decided == 0)
        .filter_map(|(at, usage)| Some((at, usage.overridden_by?, usage)))
        .collect();
    let defaults = defaults(case, overridden.iter().map(|(at, _, _)| *at));
    let candidates = overridden
        .into_iter()
        .filter(|(at, _, _)| !defaults.contains(at))
        .map(|(at, by, usage)| {
            let severity = if usage.by_other_owners {
                Severity::Medium
            } else {
                Severity::Low
            };
            (severity, (&case.file.rules()[at], &case.file.rules()[by]))
        });
    case.at_most(
        "patterns that later ones override",
        candidates.collect(),
        |(rule, by)| shadowed_identity(rule, by),
        |severity, (rule, by)| shadowed_finding(case, severity, rule, by),
    )
}

/// Those of these rules that would decide a new file: they are defaults. Where that is too much
/// work to tell, all are taken to be.
fn defaults(case: &Case<'_>, rules: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    let probes = rules.flat_map(|at| {
        let probes = case.file.rules()[at].pattern.probes().into_iter();
        probes.map(move |probe| (at, probe))
    });
    let probes: Vec<(usize, String)> = probes.collect();
    let mut asked = probes.iter().map(|(at, _)| *at);
    let mut defaults = BTreeSet::new();
    let paths = probes.iter().map(|(_, probe)| probe.as_str());
    let survey = case.file.survey(paths, |_, matching| {
        // The survey visits every probe in order.
        let at = asked.next();
        if at.is_some() && at.as_ref() == matching.last() {
            defaults.extend(at);
        }
    });
    match survey {
        Ok(()) => defaults,
        Err(_) => probes.iter().map(|(at, _)| *at).collect(),
    }
}

fn shadowed_finding(case: &Case<'_>, severity: Severity, rule: &Rule, by: &Rule) -> Finding {
    let (pattern, later) = (quoted(&rule.text), quoted(&by.text));
    let consequence = if severity == Severity::Low {
        format!(
            "{} own them all the same, and the first line does nothing",
            names(&by.owners)
        )
    } else {
        format!("{} decides nothing", quoted(&rule.text))
    };
    Finding {
        severity,
        title: format!(
            "Pattern {} of CODEOWNERS never decides",
            code(&rule.text, 45)
        ),
        why: format!(
            "{} gives {pattern} to {} in line {}. The last match decides, and line {} ({later}, {}) \
             or another later one matches every file that {pattern} matches, now and new: \
             {consequence}.",
            quoted(case.path.as_str()),
            names(&rule.owners),
            rule.line,
            by.line,
            names(&by.owners),
        ),
        fix: format!("Move {pattern} below {later}, or remove its line."),
        evidence: [rule, by]
            .into_iter()
            .filter_map(|rule| case.line(rule.line))
            .collect(),
        identity: shadowed_identity(rule, by),
    }
}

fn shadowed_identity(rule: &Rule, by: &Rule) -> Vec<Part> {
    vec![
        "shadowed".into(),
        rule.text.clone().into(),
        by.text.clone().into(),
    ]
}
