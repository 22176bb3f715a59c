//! Collects what is wrong, with place and key.

use std::fmt;

use workflows::Span;
use yaml::{Key, Node, View};

use super::{MOST_ENTRIES, start_of};
use crate::policy::{PolicyError, PolicyFile};
use crate::rules::text;

/// The most errors that are named.
const MOST_ERRORS: usize = 50;

/// The longest text, in bytes, for which a nearest one is sought.
const LONGEST_MISSPELLING: usize = 64;

/// Reads one file.
pub(super) struct Reader<'a> {
    pub(super) path: &'a str,
    errors: Vec<PolicyError>,
    more: usize,
}

/// A key's path from the top of the file.
#[derive(Debug, Clone)]
pub(super) struct Path(String);

impl Path {
    pub(super) fn top() -> Self {
        Self(String::new())
    }

    pub(super) fn key(&self, key: &str) -> Self {
        match self.0.as_str() {
            "" => Self(key.to_owned()),
            above => Self(format!("{above}.{key}")),
        }
    }

    fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    fn if_any(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text from the file as code.
pub(super) fn code(found: &str) -> String {
    text::code(found, 40)
}

/// A parser's message in one line.
pub(super) fn one_line(message: &str) -> String {
    text::clause(message)
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a str) -> Self {
        Self {
            path,
            errors: Vec::new(),
            more: 0,
        }
    }

    /// The file, if nothing is wrong with it.
    pub(super) fn finish(mut self, file: PolicyFile) -> Result<PolicyFile, Vec<PolicyError>> {
        if self.errors.is_empty() {
            return Ok(file);
        }
        self.errors.sort_by_key(|error| (error.line, error.column));
        if self.more > 0 {
            self.errors.push(PolicyError {
                path: self.path.to_owned(),
                line: None,
                column: None,
                key: None,
                message: format!("{} more errors are not named", self.more),
                remedy: "Correct those that are, and look again.".to_owned(),
            });
        }
        Err(self.errors)
    }

    pub(super) fn error(
        &mut self,
        span: Span,
        key: Option<String>,
        message: String,
        remedy: String,
    ) {
        if self.errors.len() >= MOST_ERRORS {
            self.more += 1;
            return;
        }
        self.errors.push(PolicyError {
            path: self.path.to_owned(),
            line: Some(span.start.line),
            column: Some(span.start.column),
            key,
            message,
            remedy,
        });
    }

    /// Something else than what is expected at a key.
    pub(super) fn unexpected(&mut self, node: Node<'_>, at: &Path, expected: &str, remedy: &str) {
        let message = format!("expected {expected}, found {}", shown(node));
        self.error(start_of(node), at.if_any(), message, remedy.to_owned());
    }

    /// A word that is none of those known.
    pub(super) fn unknown(
        &mut self,
        span: Span,
        at: &Path,
        expected: &str,
        found: &str,
        known: &[&str],
        otherwise: &str,
    ) {
        let message = format!("expected {expected}, found {}", code(found));
        let remedy = match nearest(found, known) {
            Some(nearest) => format!("Did you mean `{nearest}`?"),
            None => otherwise.to_owned(),
        };
        self.error(span, at.if_any(), message, remedy);
    }

    pub(super) fn missing(&mut self, node: Node<'_>, at: &Path, key: &str, remedy: &str) {
        // What is no mapping has been said to be none.
        if matches!(node.view(), View::Mapping(_)) {
            let message = format!("expected the key `{key}`, found none");
            self.error(
                start_of(node),
                at.key(key).if_any(),
                message,
                remedy.to_owned(),
            );
        }
    }

    /// The pairs of a mapping whose keys are known; the others are errors.
    pub(super) fn mapping<'tree>(
        &mut self,
        node: Node<'tree>,
        at: &Path,
        known: &[&str],
    ) -> Vec<(Key<'tree>, Node<'tree>)> {
        let View::Mapping(pairs) = node.view() else {
            let keys = text::list(
                &known
                    .iter()
                    .map(|key| format!("`{key}`"))
                    .collect::<Vec<_>>(),
            );
            let remedy = format!("Write a mapping with any of {keys}.");
            self.unexpected(node, at, "a mapping", &remedy);
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in pairs {
            if known.contains(&key.text) {
                found.push((key, value));
                continue;
            }
            let quoted: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
            let otherwise = match key.text {
                super::OPTIONS => "This rule has no options; remove the key.".to_owned(),
                _ => format!("Remove it; known here are {}.", quoted.join(", ")),
            };
            let at = at.key(&text::code(key.text, 40).replace('`', ""));
            self.unknown(key.span, &at, "a known key", key.text, known, &otherwise);
        }
        found
    }

    /// The items of a list, each read alike.
    pub(super) fn list<T>(
        &mut self,
        node: Node<'_>,
        at: &Path,
        mut read: impl FnMut(&mut Self, Node<'_>, &Path) -> T,
    ) -> Vec<T> {
        let View::Sequence(items) = node.view() else {
            self.unexpected(node, at, "a list", "Write each entry on a line after `- `.");
            return Vec::new();
        };
        let items: Vec<Node<'_>> = items.collect();
        self.check_length(node, at, items.len());
        items
            .into_iter()
            .take(MOST_ENTRIES)
            .enumerate()
            .map(|(index, item)| read(self, item, &at.item(index)))
            .collect()
    }

    fn check_length(&mut self, node: Node<'_>, at: &Path, length: usize) {
        if length > MOST_ENTRIES {
            let message = format!("expected at most {MOST_ENTRIES} entries, found {length}");
            let remedy = "Remove entries, or say more with one pattern.".to_owned();
            self.error(start_of(node), at.if_any(), message, remedy);
        }
    }
}

/// A node in the words of an error: a scalar as it is, a collection by its kind.
fn shown(node: Node<'_>) -> String {
    match node.view() {
        View::Null => "nothing".to_owned(),
        View::Bool(value) => format!("`{value}`"),
        View::Number(value) => format!("`{}`", yaml::format_number(value)),
        View::String("") => "an empty text".to_owned(),
        View::String(text) => code(text),
        View::Sequence(_) => "a list".to_owned(),
        View::Mapping(_) => "a mapping".to_owned(),
    }
}

/// The known word that somebody may have meant.
pub(in crate::policy) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    if found.len() > LONGEST_MISSPELLING {
        return None;
    }
    let lower = found.to_lowercase();
    let distance = |word: &str| strsim::osa_distance(&lower, &word.to_lowercase());
    let best = known.iter().min_by_key(|word| distance(word))?;
    (distance(best) <= (found.chars().count() / 3).max(1)).then_some(*best)
}
