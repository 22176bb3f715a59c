//! Credentials in HTTP headers (RFC 9110, 11.6.2), wherever they are written down.

use super::value::{looks_secret, stands_for_another};
use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{end_of, is_blank};

/// Schemes whose credentials are one word.
const SCHEMES: [&[u8]; 7] = [
    b"basic",
    b"bearer",
    b"token",
    b"apikey",
    b"negotiate",
    b"ntlm",
    b"splunk",
];

/// The fewest bytes of credentials that stand behind `Bearer` alone.
const LEAST: usize = 16;

fn is_credentials(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"'`\\,;<>".contains(&byte) || byte >= 0x80
}

/// The credentials behind the word `Authorization`, which ends at `at`.
pub(crate) fn header(text: &[u8], at: usize) -> Option<Span> {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    let end = end_of(text, at, is_quote);
    let end = end_of(text, end, is_blank);
    if !matches!(text.get(end), Some(b':' | b'=' | b',')) {
        return None;
    }
    let start = end_of(text, end + 1, |byte| is_blank(byte) || is_quote(byte));
    let word = end_of(text, start, |byte| byte.is_ascii_alphanumeric());
    let has_scheme = SCHEMES.contains(&text[start..word].to_ascii_lowercase().as_slice());
    let behind = end_of(text, word, is_blank);
    if has_scheme && behind > word {
        let end = end_of(text, behind, is_credentials);
        return span(text, behind, end, |value| !stands_for_another(value));
    }
    let end = end_of(text, start, is_credentials);
    span(text, start, end, looks_secret)
}

/// The credentials behind `Bearer `, which ends at `at`.
pub(crate) fn bearer(text: &[u8], at: usize) -> Option<Span> {
    let start = end_of(text, at, is_blank);
    let end = end_of(text, start, is_credentials);
    if end - start < LEAST {
        return None;
    }
    span(text, start, end, looks_secret)
}

fn span(text: &[u8], start: usize, end: usize, is_secret: fn(&[u8]) -> bool) -> Option<Span> {
    (start < end && is_secret(&text[start..end])).then_some(Span {
        start,
        end,
        kind: Kind::Authorization,
    })
}
