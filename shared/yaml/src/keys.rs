//! Keys of mappings, which GitHub takes as text and only once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::tree::{Content, Entry};
use crate::value::format_number;
use crate::{ParseError, ParseErrorKind as Kind, Span};

/// Mappings longer than this look their keys up in a set.
const LONG_MAPPING: usize = 16;

/// A key as text: GitHub turns every scalar into a string there.
pub(crate) fn text<'source>(
    content: &Content<'source>,
    span: Span,
) -> Result<Cow<'source, str>, ParseError> {
    match content {
        Content::Null => Ok(Cow::Borrowed("")),
        Content::Bool(true) => Ok(Cow::Borrowed("true")),
        Content::Bool(false) => Ok(Cow::Borrowed("false")),
        Content::Number(number) => Ok(Cow::Owned(format_number(*number))),
        Content::String(text) => Ok(text.clone()),
        Content::Sequence(_) | Content::Mapping(_) => Err(ParseError::new(
            Kind::Syntax,
            span.start,
            "expected a scalar as key, found a collection",
        )),
    }
}

/// Refuses a key that the mapping has already; GitHub compares without regard to case.
pub(crate) fn check_new(
    key: &str,
    span: Span,
    entries: &[Entry<'_>],
    seen: &mut BTreeSet<String>,
) -> Result<(), ParseError> {
    let is_new = if entries.len() < LONG_MAPPING {
        !entries
            .iter()
            .any(|entry| entry.key.eq_ignore_ascii_case(key))
    } else {
        if seen.is_empty() {
            seen.extend(entries.iter().map(|entry| entry.key.to_ascii_lowercase()));
        }
        seen.insert(key.to_ascii_lowercase())
    };
    if is_new {
        return Ok(());
    }
    let message = format!("expected a new key, found `{key}` a second time in the same mapping");
    Err(ParseError::new(Kind::DuplicateKey, span.start, message))
}
