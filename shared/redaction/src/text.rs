//! A text that has been through the redactor.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{Kind, PLACEHOLDER};
use crate::redactor;

/// A text without secrets, as far as the detectors can tell: the only form in which evidence is
/// shown, stored or logged.
///
/// There is no way to it but through [`redact`]: what is cut from one, or read back from a
/// store, is redacted again. In JSON it is a string.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RedactedText {
    value: String,
    kinds: BTreeSet<Kind>,
}

/// Replaces every secret in a text by `[REDACTED:kind]`.
///
/// Never fails. A secret over several lines is replaced line by line.
pub fn redact(text: &str) -> RedactedText {
    let value = redactor::redact(text);
    let kinds = placeholders(&value).map(|(_, kind)| kind).collect();
    RedactedText { value, kinds }
}

impl RedactedText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// What was taken out, sorted: the kinds of the placeholders in the text.
    pub fn kinds(&self) -> &BTreeSet<Kind> {
        &self.kinds
    }

    /// `count` lines after the first `skipped`, without the last one's line break.
    #[must_use]
    pub fn lines(&self, skipped: usize, count: usize) -> Self {
        let lines: Vec<&str> = self.value.lines().skip(skipped).take(count).collect();
        redact(&lines.join("\n"))
    }

    /// The first `lines` lines, of each the first `characters` characters and an ellipsis where
    /// something was cut off. A placeholder is never cut: where one crosses the end, the line
    /// is that much longer.
    #[must_use]
    pub fn cut(&self, lines: usize, characters: usize) -> Self {
        let cut = |line| cut_line(line, characters);
        let lines: Vec<String> = self.value.lines().take(lines).map(cut).collect();
        redact(&lines.join("\n"))
    }
}

fn cut_line(line: &str, characters: usize) -> String {
    let Some((mut end, _)) = line.char_indices().nth(characters) else {
        return line.to_owned();
    };
    let mut ends =
        placeholders(line).map(|(start, kind)| (start, start + kind.placeholder().len()));
    if let Some((_, whole)) = ends.find(|(start, whole)| *start < end && *whole > end) {
        end = whole;
    }
    let mark = if end < line.len() { "…" } else { "" };
    format!("{}{mark}", &line[..end])
}

/// The placeholders in a text, with where they start.
fn placeholders(text: &str) -> impl Iterator<Item = (usize, Kind)> {
    text.match_indices(PLACEHOLDER)
        .filter_map(|(start, _)| Some((start, Kind::of_placeholder(&text.as_bytes()[start..])?)))
}

impl fmt::Display for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

impl fmt::Debug for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.value, f)
    }
}

impl Serialize for RedactedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.value)
    }
}

impl<'de> Deserialize<'de> for RedactedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| redact(&text))
    }
}
