//! Single values.

use jiff::civil::Date;
use workflows::Spanned;
use yaml::{Node, View};

use super::reader::{Path, Reader};
use super::start_of;
use crate::policy::{Mode, Target, Thresholds};
use crate::{Severity, registry};

/// The greatest threshold.
pub(in crate::policy) const MOST_FINDINGS: u32 = 1_000_000;
/// The most characters of a pattern.
pub(in crate::policy) const PATTERN: usize = 256;

/// What a pattern matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Names of branches.
    Branch,
    /// Paths of files.
    Path,
}

impl Pattern {
    fn expected(self) -> &'static str {
        match self {
            Self::Branch => "a pattern of branches such as `release/**`",
            Self::Path => "a pattern of paths such as `vendor/**`",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Branch => {
                "Write it without `refs/heads/`, without a `/` at its ends and without control \
                 characters, in at most 256 characters."
            }
            Self::Path => {
                "Write it from the root of the repository, without a `/` at its ends (a folder \
                 is `folder/**`) and without control characters, in at most 256 characters."
            }
        }
    }
}

const MODES: [(&str, Mode); 3] = [
    ("observe", Mode::Observe),
    ("warn", Mode::Warn),
    ("block", Mode::Block),
];
const PRESETS: [(&str, Thresholds); 2] = [
    ("default", Thresholds::DEFAULT),
    ("strict", Thresholds::STRICT),
];
const SEVERITIES: [(&str, Severity); 4] = [
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];

impl Reader<'_> {
    pub(super) fn version(&mut self, node: Node<'_>, at: &Path) {
        #[expect(clippy::float_cmp, reason = "small integers are exact")]
        let is_one = matches!(node.view(), View::Number(number) if number == 1.0);
        if !is_one {
            let remedy = "Write `version: 1`, the only version that there is.";
            self.unexpected(node, at, "`1`", remedy);
        }
    }

    pub(super) fn preset(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<Thresholds>> {
        self.word(node, at, "`default` or `strict`", &PRESETS)
    }

    pub(super) fn mode(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<Mode>> {
        self.word(node, at, "`observe`, `warn` or `block`", &MODES)
    }

    pub(super) fn severity(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<Severity>> {
        let expected = "`low`, `medium`, `high` or `critical`";
        self.word(node, at, expected, &SEVERITIES)
    }

    fn word<T: Copy>(
        &mut self,
        node: Node<'_>,
        at: &Path,
        expected: &str,
        known: &[(&str, T)],
    ) -> Option<Spanned<T>> {
        let remedy = format!("Write {expected}.");
        let View::String(found) = node.view() else {
            self.unexpected(node, at, expected, &remedy);
            return None;
        };
        if let Some((_, value)) = known.iter().find(|(name, _)| *name == found) {
            return Some(Spanned::new(*value, node.span()));
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        self.unknown(start_of(node), at, expected, found, &names, &remedy);
        None
    }

    pub(super) fn boolean(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<bool>> {
        if let View::Bool(value) = node.view() {
            return Some(Spanned::new(value, node.span()));
        }
        let remedy = "Write `true` or `false`, without quotes.";
        self.unexpected(node, at, "`true` or `false`", remedy);
        None
    }

    pub(super) fn count(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<u32>> {
        if let View::Number(number) = node.view()
            && number.fract() == 0.0
            && (0.0..=f64::from(MOST_FINDINGS)).contains(&number)
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole and within bounds"
            )]
            let count = number as u32;
            return Some(Spanned::new(count, node.span()));
        }
        let expected = "a whole number from 0 to 1000000";
        let remedy = "Write how many new findings are tolerated; one more blocks.";
        self.unexpected(node, at, expected, remedy);
        None
    }

    pub(super) fn string<'tree>(
        &mut self,
        node: Node<'tree>,
        at: &Path,
        expected: &str,
    ) -> Option<&'tree str> {
        if let View::String(text) = node.view() {
            return Some(text);
        }
        let remedy = "Write text; put it in quotes where YAML takes it for something else.";
        self.unexpected(node, at, expected, remedy);
        None
    }

    /// Text for people in one line of at most `most` characters.
    pub(super) fn sentence(&mut self, node: Node<'_>, at: &Path, most: usize) -> Option<String> {
        let text = self.string(node, at, "text")?;
        if text.trim().is_empty() || text.chars().count() > most || has_control(text) {
            let expected = format!("one line of 1 to {most} characters");
            self.unexpected(node, at, &expected, "Write it in one short line.");
            return None;
        }
        Some(text.trim().to_owned())
    }

    pub(super) fn date(&mut self, node: Node<'_>, at: &Path) -> Option<Date> {
        let expected = "a day such as `2026-12-31`";
        let text = self.string(node, at, expected)?;
        let date = day(text);
        if date.is_none() {
            let remedy = "Write year, month and day with dashes; it is the last day, in UTC.";
            self.unexpected(node, at, expected, remedy);
        }
        date
    }

    pub(super) fn rule_name(&mut self, node: Node<'_>, at: &Path) -> Option<String> {
        let text = self.string(node, at, "a rule's id or name")?;
        if let Some(meta) = registry::rule(text) {
            return Some(meta.id.to_owned());
        }
        let known = registry::RULES.iter();
        let known: Vec<&str> = known
            .flat_map(|rule| [rule.meta().id, rule.meta().name])
            .collect();
        let otherwise = "The rules are listed in docs/rules.";
        let expected = "a rule's id or name";
        self.unknown(start_of(node), at, expected, text, &known, otherwise);
        None
    }

    pub(super) fn finding(&mut self, node: Node<'_>, at: &Path) -> Option<Target> {
        let expected = "a finding such as `PM-7F3K2`, or its fingerprint";
        let text = self.string(node, at, expected)?;
        let target = finding(text);
        if target.is_none() {
            let remedy = "Copy the id from the check, in capitals, or the 64 hex digits of the \
                          fingerprint from the report.";
            self.unexpected(node, at, expected, remedy);
        }
        target
    }

    /// One pattern or a list of them.
    pub(super) fn patterns(
        &mut self,
        node: Node<'_>,
        at: &Path,
        kind: Pattern,
    ) -> Vec<Spanned<String>> {
        let patterns = match node.view() {
            View::Sequence(_) => {
                self.list(node, at, |reader, node, at| reader.pattern(node, at, kind))
            }
            _ => vec![self.pattern(node, at, kind)],
        };
        patterns.into_iter().flatten().collect()
    }

    pub(super) fn pattern(
        &mut self,
        node: Node<'_>,
        at: &Path,
        kind: Pattern,
    ) -> Option<Spanned<String>> {
        let text = self.string(node, at, kind.expected())?;
        let name = text.strip_prefix('!').unwrap_or(text);
        let bad = name.is_empty()
            || text.chars().count() > PATTERN
            || name.starts_with(['/', '!'])
            || name.ends_with('/')
            || kind == Pattern::Branch && name.starts_with("refs/heads/")
            || has_control(text);
        if bad {
            self.unexpected(node, at, kind.expected(), kind.remedy());
            return None;
        }
        Some(Spanned::new(text.to_owned(), node.span()))
    }
}

/// A day as `2026-12-31`, and in no other way of writing it.
pub(in crate::policy) fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// A finding by id or fingerprint.
fn finding(text: &str) -> Option<Target> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 64 && text.bytes().all(is_digit) {
        return Some(Target::Fingerprint(text.to_owned()));
    }
    let id = text.strip_prefix("PM-")?;
    let is_letter = |byte: u8| byte.is_ascii_uppercase() && !b"ILOU".contains(&byte);
    let fits = |byte: u8| byte.is_ascii_digit() || is_letter(byte);
    let good = (5..=51).contains(&id.len()) && id.bytes().all(fits);
    good.then(|| Target::Id(text.to_owned()))
}

/// ASCII's control characters, which end lines and confuse terminals.
fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control())
}
