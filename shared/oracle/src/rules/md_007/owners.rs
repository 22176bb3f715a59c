//! Owners who can't own: unknown, without write access, or never meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use codeowners::{Owner, Rule};

use super::Case;
use super::coverage::lower;
use super::placeholder::is_placeholder;
use crate::rules::text::{clause, code, list, quoted};
use crate::{CodeownersError, Fact, Finding, OwnerAccess, Part, Severity, Unavailable};

/// How many lines show an owner.
const MOST_LINES: usize = 3;

/// What is known of the owners: GitHub's list of errors, or what somebody says they may do.
pub(super) struct Told<'a> {
    lines: Vec<&'a str>,
    /// Owners whom GitHub reports, by line and name, with its suggestion; `None` where it could
    /// not be asked.
    reported: Option<BTreeMap<(u32, String), Option<&'a str>>>,
    skipped: Vec<&'a CodeownersError>,
    access: Option<&'a BTreeMap<String, OwnerAccess>>,
    /// The lines that our own reading would skip.
    problems: Vec<u32>,
    /// Why GitHub could not be asked, where somebody's answer would count.
    unavailable: Option<Unavailable>,
}

/// What an owner is worth in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing<'a> {
    /// They can approve, or nobody can tell.
    NoObjection,
    /// GitHub knows nobody of that name who may push, in its words.
    Unknown(Option<&'a str>),
    /// There is nobody of that name.
    Missing,
    /// They can't push.
    CannotPush,
    /// Nobody was meant.
    Placeholder,
}

impl<'a> Told<'a> {
    pub(super) fn new(case: &Case<'a>) -> Self {
        let content = case.input.tree.files.get(case.path);
        let content = content.and_then(|content| content.known().ok());
        let bytes = content.map(Vec::as_slice).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let lines = bytes.split(|byte| *byte == b'\n');
        let mut told = Self {
            lines: lines
                .map(|line| std::str::from_utf8(line).unwrap_or_default())
                .collect(),
            reported: None,
            skipped: Vec::new(),
            problems: case.file.problems().iter().map(|it| it.line).collect(),
            access: case.input.settings.owners.known().ok(),
            unavailable: None,
        };
        match &case.input.tree.codeowners_errors {
            Fact::Known(errors) => told.sort(case, errors),
            Fact::Unavailable(why) if told.leaves_doubt(case) => {
                told.unavailable = Some(why.clone());
            }
            Fact::Unavailable(_) => {}
        }
        told
    }

    /// The lines that GitHub skips; `None` where it could not be asked.
    pub(super) fn skipped(&self) -> Option<&[&'a CodeownersError]> {
        self.reported.is_some().then_some(&*self.skipped)
    }

    /// Whether there are any.
    pub(super) fn skips(&self) -> bool {
        !self.skipped_lines().is_empty()
    }

    /// The numbers of the lines that are skipped, as far as is known.
    pub(super) fn skipped_lines(&self) -> Vec<u32> {
        match self.skipped() {
            Some(errors) => errors.iter().map(|error| error.line).collect(),
            None => self.problems.clone(),
        }
    }

    pub(super) fn unavailable(self) -> Option<Unavailable> {
        self.unavailable
    }

    /// A line of the file, from 1; empty where it is not UTF-8.
    pub(super) fn line(&self, number: u32) -> &'a str {
        let at = (number as usize).checked_sub(1);
        at.and_then(|at| self.lines.get(at)).copied().unwrap_or("")
    }

    /// Tells errors about owners from errors about lines. Kinds are GitHub's and may change:
    /// whatever speaks of nobody whom a line names is taken to be about the line.
    fn sort(&mut self, case: &Case<'_>, errors: &'a [CodeownersError]) {
        let mut reported = BTreeMap::new();
        for error in errors.iter().filter(|it| it.path == case.path.as_str()) {
            let rules = case.file.rules();
            let rule = rules
                .binary_search_by_key(&error.line, |rule| rule.line)
                .map(|at| &rules[at]);
            let owner = rule.ok().and_then(|rule| self.meant(error, rule));
            match owner {
                Some(owner) => {
                    let suggestion = error.suggestion.as_deref();
                    reported.insert((error.line, lower(owner)), suggestion);
                }
                None => self.skipped.push(error),
            }
        }
        self.reported = Some(reported);
    }

    /// The owner that an error is about: at its column, or named in its suggestion, or the only
    /// one of the line.
    fn meant<'r>(&self, error: &CodeownersError, rule: &'r Rule) -> Option<&'r Owner> {
        let kind = error.kind.to_lowercase();
        if !kind.contains("owner") && !kind.contains("access") {
            return None;
        }
        let from = self.line(error.line).chars();
        let at: String = from
            .skip((error.column as usize).saturating_sub(1))
            .take_while(|c| !c.is_whitespace())
            .collect();
        let suggestion = error.suggestion.as_deref().unwrap_or_default();
        let mut named = suggestion
            .split_whitespace()
            .map(|word| word.trim_end_matches([',', ';', '.', ':']));
        let find = |word: &str| {
            let mut owners = rule.owners.iter();
            owners.find(|owner| owner.to_string().eq_ignore_ascii_case(word))
        };
        let only = match &*rule.owners {
            [only] => Some(only),
            _ => None,
        };
        find(&at).or_else(|| named.find_map(find)).or(only)
    }

    /// Whether there are owners of whom nobody says anything.
    fn leaves_doubt(&self, case: &Case<'_>) -> bool {
        let mut owners = case.file.rules().iter().flat_map(|rule| &rule.owners);
        owners.any(|owner| {
            let said = self.access.and_then(|access| access.get(&lower(owner)));
            said.is_none() && !is_placeholder(owner)
        })
    }

    fn standing(&self, line: u32, owner: &Owner) -> Standing<'a> {
        let name = lower(owner);
        let access = self.access.and_then(|access| access.get(&name)).copied();
        if let Some(reported) = &self.reported {
            return match (reported.get(&(line, name)), access) {
                (None, _) => Standing::NoObjection,
                (Some(_), _) if is_placeholder(owner) => Standing::Placeholder,
                (Some(_), Some(OwnerAccess::Read)) => Standing::CannotPush,
                (Some(_), Some(OwnerAccess::Missing)) => Standing::Missing,
                (Some(suggestion), Some(OwnerAccess::Write) | None) => {
                    Standing::Unknown(*suggestion)
                }
            };
        }
        match access {
            Some(OwnerAccess::Write) => Standing::NoObjection,
            _ if is_placeholder(owner) => Standing::Placeholder,
            Some(OwnerAccess::Read) => Standing::CannotPush,
            Some(OwnerAccess::Missing) => Standing::Missing,
            None => Standing::NoObjection,
        }
    }
}

/// An owner who can't own, with the patterns that name them.
struct Bad<'a> {
    shown: &'a Owner,
    standing: Standing<'a>,
    /// Rules that have another owner who can.
    with_others: Vec<&'a Rule>,
    /// Rules that are left without any.
    alone: Vec<&'a Rule>,
}

/// One finding for each owner who can't own.
pub(super) fn findings(case: &Case<'_>, told: &Told<'_>) -> Vec<Finding> {
    let mut all: BTreeMap<String, Bad<'_>> = BTreeMap::new();
    for rule in case.file.rules() {
        let standings = rule
            .owners
            .iter()
            .map(|owner| told.standing(rule.line, owner));
        let standings: Vec<Standing<'_>> = standings.collect();
        let alone = !standings.contains(&Standing::NoObjection);
        let mut seen = BTreeSet::new();
        for (owner, standing) in rule.owners.iter().zip(standings) {
            if standing == Standing::NoObjection || !seen.insert(lower(owner)) {
                continue;
            }
            let bad = all.entry(lower(owner)).or_insert_with(|| Bad {
                shown: owner,
                standing,
                with_others: Vec::new(),
                alone: Vec::new(),
            });
            if alone {
                bad.alone.push(rule);
            } else {
                bad.with_others.push(rule);
            }
        }
    }
    let candidates = all.into_values().map(|bad| (bad.severity(), bad)).collect();
    case.at_most(
        "owners who can't own",
        candidates,
        Bad::identity,
        |severity, bad| bad.finding(case, severity),
    )
}

impl Bad<'_> {
    fn severity(&self) -> Severity {
        if self.standing == Standing::Placeholder || !self.alone.is_empty() {
            Severity::High
        } else {
            Severity::Medium
        }
    }

    fn finding(&self, case: &Case<'_>, severity: Severity) -> Finding {
        let owner = self.shown.to_string();
        let name = code(&owner, 45);
        let title = match self.standing {
            Standing::Placeholder => format!("{name} in CODEOWNERS is a placeholder"),
            Standing::Missing => format!("Code owner {name} does not exist"),
            Standing::CannotPush => format!("Code owner {name} has no write access"),
            Standing::Unknown(_) | Standing::NoObjection => {
                format!("Code owner {name} is unknown or may not push")
            }
        };
        let rules = self.alone.iter().chain(&self.with_others).copied();
        let evidence = rules.clone().take(MOST_LINES);
        Finding {
            severity,
            title,
            why: self.why(case),
            fix: self.fix(),
            evidence: evidence.filter_map(|rule| case.line(rule.line)).collect(),
            identity: self.identity(),
        }
    }

    fn identity(&self) -> Vec<Part> {
        vec!["owner".into(), lower(self.shown).into()]
    }

    fn why(&self, case: &Case<'_>) -> String {
        let patterns = |rules: &[&Rule]| {
            let patterns: Vec<String> = rules.iter().map(|rule| quoted(&rule.text)).collect();
            list(&patterns)
        };
        let all: Vec<&Rule> = self
            .alone
            .iter()
            .chain(&self.with_others)
            .copied()
            .collect();
        let reason = match self.standing {
            Standing::Unknown(Some(suggestion)) => {
                format!("GitHub reports an unknown owner: {}.", clause(suggestion))
            }
            Standing::Unknown(None) | Standing::NoObjection => {
                "GitHub reports an unknown owner.".to_owned()
            }
            Standing::Missing => "There is nobody of that name.".to_owned(),
            Standing::CannotPush => {
                "They can see the repository and may not push to it.".to_owned()
            }
            Standing::Placeholder => {
                "That is what templates say until somebody fills it in.".to_owned()
            }
        };
        let mut why = format!(
            "{} gives {} to {}. {reason}",
            quoted(case.path.as_str()),
            patterns(&all),
            quoted(&self.shown.to_string()),
        );
        if !self.alone.is_empty() {
            // Writing to a string can't fail.
            let _ = write!(
                why,
                " {} has no other owner, so that nobody is asked to review what it matches.",
                patterns(&self.alone)
            );
        }
        why
    }

    fn fix(&self) -> String {
        let owner = quoted(&self.shown.to_string());
        match (self.standing, self.shown) {
            (Standing::Placeholder, _) => {
                format!("Put a user or a team of yours in the place of {owner}.")
            }
            (_, Owner::Team { .. }) => format!(
                "Let {owner} exist, be visible, and have write access to the repository itself (that \
                 of its members does not count); or name another owner."
            ),
            (_, Owner::User(_) | Owner::Email(_)) => {
                format!("Give {owner} write access to the repository, or name another owner.")
            }
        }
    }
}
