//! Bytes into a [`PolicyFile`], or everything that is wrong with them.
//!
//! What a key may hold is also said in the published schema (`schemas/`,
//! `phase-mirror-policy.v1.schema.json`); a test holds the two to agree.

mod reader;
pub(super) mod value;

use std::collections::BTreeMap;

use workflows::{Span, Spanned};
use yaml::{Node, Refusal, RefusalKind, Source, View};

use super::file::{Branches, RulePolicy, SomeThresholds};
use super::lock::Lock;
use super::{
    MAX_POLICY_BYTES, Patterns, PolicyError, PolicyFile, SeverityBounds, Suppression, Target,
};
use crate::registry::{self, RuleMeta};
use reader::{Path, Reader};
use value::Pattern;

pub(super) use reader::nearest;
pub(super) use value::day;

/// What a file should be, in the words of errors.
const WHAT: &str = "a policy";

/// Keys at the top.
pub(super) const TOP: [&str; 9] = [
    "version",
    "preset",
    "thresholds",
    "branches",
    "rules",
    "exclude",
    "suppressions",
    "dry_run",
    "locked",
];
/// Keys of `thresholds`.
pub(super) const THRESHOLDS: [&str; 3] = ["critical", "high", "medium"];
/// Keys of an entry of `branches`.
pub(super) const BRANCHES: [&str; 3] = ["patterns", "preset", "thresholds"];
/// Keys of a rule.
pub(super) const RULE: [&str; 3] = ["mode", "severity", "exclude"];
/// The key of a rule that has options.
pub(super) const OPTIONS: &str = "options";
/// Keys of bounds of severity.
pub(super) const SEVERITY: [&str; 2] = ["at_least", "at_most"];
/// Keys of an entry of `suppressions`.
pub(super) const SUPPRESSION: [&str; 6] = ["finding", "rule", "path", "reason", "until", "by"];
/// The most entries of any list.
pub(super) const MOST_ENTRIES: usize = 1000;

/// Reads a policy file. `path` names it in errors: [`PATH`](super::PATH), or with `owner/name/`
/// before it where it is another repository's.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A policy with an error is none:
/// a key that was misread could loosen what it was to tighten.
pub fn parse(path: &str, bytes: &[u8]) -> Result<PolicyFile, Vec<PolicyError>> {
    let unreadable = |error: workflows::ParseError| {
        vec![PolicyError {
            path: path.to_owned(),
            line: Some(error.line),
            column: Some(error.column),
            key: None,
            message: reader::one_line(&error.message),
            remedy: "Correct the file; it has to be YAML with a mapping at its top.".to_owned(),
        }]
    };
    let text = yaml::text(bytes, WHAT, MAX_POLICY_BYTES).map_err(unreadable)?;
    let source = Source::new(text);
    let mut refusals = Vec::new();
    let tree = yaml::load(text, &source, WHAT, &mut refusals).map_err(unreadable)?;
    let mut reader = Reader::new(path);
    for refusal in refusals {
        reader.refusal(&refusal);
    }
    let file = reader.file(tree.root());
    reader.finish(file)
}

impl Reader<'_> {
    /// What YAML allows and no file of GitHub's has.
    fn refusal(&mut self, refusal: &Refusal) {
        let (message, remedy) = match &refusal.kind {
            RefusalKind::Tag(tag) => (
                format!("expected no YAML tag, found {}", reader::code(tag)),
                "Remove the tag.",
            ),
            RefusalKind::LargeInteger => (
                "expected an integer of 32 bits, found a larger one".to_owned(),
                "Write a smaller number.",
            ),
            RefusalKind::MergeKey => (
                "expected a key, found the merge key `<<`".to_owned(),
                "Write the keys out; an alias of a whole value is fine.",
            ),
        };
        self.error(refusal.span, None, message, remedy.to_owned());
    }

    fn file(&mut self, root: Node<'_>) -> PolicyFile {
        let mut file = PolicyFile {
            path: self.path.to_owned(),
            thresholds: SomeThresholds::default(),
            branches: Vec::new(),
            rules: BTreeMap::new(),
            exclude: Vec::new(),
            suppressions: Vec::new(),
            dry_run: None,
            locked: Vec::new(),
        };
        let top = Path::top();
        let (mut preset, mut thresholds) = Default::default();
        let mut has_version = false;
        for (key, value) in self.mapping(root, &top, &TOP) {
            let at = top.key(key.text);
            match key.text {
                "version" => {
                    has_version = true;
                    self.version(value, &at);
                }
                "preset" => preset = self.preset(value, &at),
                "thresholds" => thresholds = self.thresholds(value, &at),
                "branches" => file.branches = self.list(value, &at, Self::branches),
                "rules" => file.rules = self.rules(value, &at),
                "exclude" => file.exclude = self.patterns(value, &at, Pattern::Path),
                "suppressions" => {
                    let suppressions = self.list(value, &at, Self::suppression);
                    file.suppressions = suppressions.into_iter().flatten().collect();
                }
                "dry_run" => file.dry_run = self.boolean(value, &at),
                "locked" => {
                    let locked = self.list(value, &at, Self::lock);
                    file.locked = locked.into_iter().flatten().collect();
                }
                _ => {}
            }
        }
        file.thresholds = thresholds_of(preset, thresholds);
        if !has_version && matches!(root.view(), View::Mapping(_)) {
            self.error(
                start_of(root),
                Some("version".to_owned()),
                "expected the key `version`, found none".to_owned(),
                "Add `version: 1` at the top of the file.".to_owned(),
            );
        }
        file
    }

    fn branches(&mut self, node: Node<'_>, at: &Path) -> Branches {
        let mut patterns = None;
        let (mut preset, mut thresholds) = Default::default();
        for (key, value) in self.mapping(node, at, &BRANCHES) {
            let at = at.key(key.text);
            match key.text {
                "patterns" => patterns = Some(self.patterns(value, &at, Pattern::Branch)),
                "preset" => preset = self.preset(value, &at),
                "thresholds" => thresholds = self.thresholds(value, &at),
                _ => {}
            }
        }
        if patterns.is_none() {
            self.missing(node, at, "patterns", "Say for which branches the entry is.");
        }
        let patterns = patterns.unwrap_or_default().into_iter();
        Branches {
            patterns: Patterns::new(patterns.map(|pattern| pattern.value)),
            thresholds: thresholds_of(preset, thresholds),
        }
    }

    fn thresholds(&mut self, node: Node<'_>, at: &Path) -> SomeThresholds {
        let mut thresholds = SomeThresholds::default();
        for (key, value) in self.mapping(node, at, &THRESHOLDS) {
            let count = self.count(value, &at.key(key.text));
            match key.text {
                "critical" => thresholds.critical = count,
                "high" => thresholds.high = count,
                _ => thresholds.medium = count,
            }
        }
        thresholds
    }

    fn rules(&mut self, node: Node<'_>, at: &Path) -> BTreeMap<&'static str, RulePolicy> {
        let names: Vec<&str> = registry::RULES
            .iter()
            .flat_map(|rule| [rule.meta().id, rule.meta().name])
            .collect();
        let mut rules = BTreeMap::new();
        for (key, value) in self.mapping(node, at, &names) {
            let Some(meta) = registry::rule(key.text) else {
                continue;
            };
            let policy = self.rule(meta, value, &at.key(key.text));
            if rules.insert(meta.id, policy).is_some() {
                let message = format!("expected each rule once, found `{}` again", meta.id);
                let remedy = format!("Put `{}` and `{}` into one entry.", meta.id, meta.name);
                let at = at.key(key.text);
                self.error(key.span, Some(at.to_string()), message, remedy);
            }
        }
        rules
    }

    fn rule(&mut self, meta: &RuleMeta, node: Node<'_>, at: &Path) -> RulePolicy {
        let mut known = RULE.to_vec();
        if !meta.options.is_empty() {
            known.push(OPTIONS);
        }
        let mut policy = RulePolicy::default();
        for (key, value) in self.mapping(node, at, &known) {
            let at = at.key(key.text);
            match key.text {
                "mode" => policy.mode = self.mode(value, &at),
                "severity" => policy.severity = self.bounds(value, &at),
                OPTIONS => policy.options = self.options(meta, value, &at),
                _ => policy.exclude = self.patterns(value, &at, Pattern::Path),
            }
        }
        policy
    }

    fn options(
        &mut self,
        meta: &RuleMeta,
        node: Node<'_>,
        at: &Path,
    ) -> BTreeMap<&'static str, Vec<Spanned<String>>> {
        let names: Vec<&'static str> = meta.options.iter().map(|option| option.name).collect();
        let mut options = BTreeMap::new();
        for (key, value) in self.mapping(node, at, &names) {
            if let Some(name) = names.iter().find(|name| **name == key.text) {
                let patterns = self.patterns(value, &at.key(name), Pattern::Path);
                options.insert(*name, patterns);
            }
        }
        options
    }

    /// One severity, or its bounds.
    fn bounds(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<SeverityBounds>> {
        if !matches!(node.view(), View::Mapping(_)) {
            let severity = self.severity(node, at)?;
            let bounds = SeverityBounds {
                at_least: severity.value,
                at_most: severity.value,
            };
            return Some(Spanned::new(bounds, severity.span));
        }
        let mut bounds = SeverityBounds::NONE;
        for (key, value) in self.mapping(node, at, &SEVERITY) {
            let severity = self.severity(value, &at.key(key.text))?;
            match key.text {
                "at_least" => bounds.at_least = severity.value,
                _ => bounds.at_most = severity.value,
            }
        }
        if bounds.at_least > bounds.at_most {
            self.error(
                start_of(node),
                Some(at.to_string()),
                format!(
                    "expected `at_least` not to be worse than `at_most`, found `{}` and `{}`",
                    bounds.at_least, bounds.at_most
                ),
                "Exchange the two, or write one severity.".to_owned(),
            );
        }
        Some(Spanned::new(bounds, node.span()))
    }

    fn suppression(&mut self, node: Node<'_>, at: &Path) -> Option<Suppression> {
        let (mut finding, mut rule, mut path) = (None, None, None);
        let (mut reason, mut until, mut by) = (None, None, None);
        let mut has_reason = false;
        let mut keys = Vec::new();
        for (key, value) in self.mapping(node, at, &SUPPRESSION) {
            keys.push(key.text);
            let at = at.key(key.text);
            match key.text {
                "finding" => finding = self.finding(value, &at),
                "rule" => rule = self.rule_name(value, &at),
                "path" => path = self.pattern(value, &at, Pattern::Path),
                "reason" => {
                    has_reason = true;
                    reason = self.sentence(value, &at, 500);
                }
                "until" => until = self.date(value, &at),
                _ => by = self.sentence(value, &at, 100),
            }
        }
        if !has_reason {
            self.missing(node, at, "reason", "Say why the finding does not count.");
        }
        let named = |key: &str| keys.contains(&key);
        let is_one = matches!(
            (named("finding"), named("rule"), named("path")),
            (true, false, false) | (false, true, true)
        );
        if !is_one && matches!(node.view(), View::Mapping(_)) {
            self.error(
                start_of(node),
                Some(at.to_string()),
                "expected either `finding`, or `rule` with `path`".to_owned(),
                "Name the finding by its id, or a rule and the files in which it does not count."
                    .to_owned(),
            );
        }
        let target = match (finding, rule, path) {
            (Some(target), None, None) => target,
            (None, Some(rule_id), Some(path)) => Target::Files {
                rule_id,
                path: Patterns::new([path.value]),
            },
            _ => return None,
        };
        Some(Suppression {
            target,
            reason: reason?,
            by,
            until,
            path: self.path.to_owned(),
            line: node.span().start.line,
            column: node.span().start.column,
        })
    }

    fn lock(&mut self, node: Node<'_>, at: &Path) -> Option<Spanned<Lock>> {
        let text = self.string(node, at, "a key to lock")?;
        if let Some(lock) = Lock::read(text) {
            return Some(Spanned::new(lock, node.span()));
        }
        let known = Lock::all();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.unknown(
            node.span(),
            at,
            "a key that can be locked",
            text,
            &known,
            "Lock `thresholds`, `dry_run`, `exclude`, `suppressions`, `rules`, or a rule or one \
             of its keys (`rules.MD-001.mode`).",
        );
        None
    }
}

fn thresholds_of(
    preset: Option<Spanned<super::Thresholds>>,
    thresholds: SomeThresholds,
) -> SomeThresholds {
    thresholds.over(preset.map(SomeThresholds::of).unwrap_or_default())
}

/// The place where a node begins.
fn start_of(node: Node<'_>) -> Span {
    Span {
        start: node.span().start,
        end: node.span().start,
    }
}
