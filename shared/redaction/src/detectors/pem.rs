//! Private keys in the frame of RFC 7468 or of PGP, whole or cut off at either end.

use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{end_of, looked_at, start_of};

/// The fewest bytes of a line that is taken for the body of a key without seeing its whole frame.
const BODY: usize = 16;

/// The detector over one text.
#[derive(Default)]
pub(crate) struct Pem {
    /// A frame that was opened: where it begins, and where its first line ends.
    open: Option<(usize, usize)>,
    /// The end of the last frame that was closed.
    closed: usize,
}

impl Pem {
    /// `-----BEGIN `, from `start` to `label`.
    pub(crate) fn begin(&mut self, text: &[u8], start: usize, label: usize, found: &mut Vec<Span>) {
        if let Some(end) = label_end(text, label) {
            self.cut_off(&text[..start], found);
            self.open = Some((start, end));
        }
    }

    /// `-----END `, from `start` to `label`.
    pub(crate) fn end(&mut self, text: &[u8], start: usize, label: usize, found: &mut Vec<Span>) {
        let Some(end) = label_end(text, label) else {
            return;
        };
        let begin = match self.open.take() {
            Some((begin, _)) => begin,
            None => body_above(text, start, self.closed),
        };
        self.closed = end;
        found.push(key(begin, end));
    }

    /// A frame that is still open at the end of a text was cut off.
    pub(crate) fn cut_off(&mut self, text: &[u8], found: &mut Vec<Span>) {
        if let Some((begin, body)) = self.open.take() {
            let end = body_below(text, body);
            self.closed = end;
            found.push(key(begin, end));
        }
    }
}

fn key(start: usize, end: usize) -> Span {
    Span {
        start,
        end,
        kind: Kind::PrivateKey,
    }
}

/// The end of a frame's line, if it is that of a private key: certificates and public keys are
/// for everybody.
fn label_end(text: &[u8], label: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let most = text.len().min(label + LONGEST);
    let end = end_of(&text[..most], label, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '
    });
    let words = &text[label..end];
    let is_private = words.ends_with(b"PRIVATE KEY") || words.ends_with(b"PRIVATE KEY BLOCK");
    is_private.then(|| end_of(&text[..text.len().min(end + 5)], end, |byte| byte == b'-'))
}

/// Base64, with the `\n` of an escaped line break, and the quotes and commas of source code.
fn is_body(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=\\\"',".contains(&byte)
}

/// A line that may be of a body, behind what stands before it in YAML, a diff or a comment.
fn is_body_line(line: &[u8]) -> bool {
    looked_at(line.len());
    let start = line.iter().position(|byte| !b" \t#*|>+-".contains(byte));
    let content = &line[start.unwrap_or(line.len())..];
    content.iter().all(|byte| is_body(*byte)) || is_header(content)
}

/// A header of RFC 1421 or of PGP.
fn is_header(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [
        b"Proc-Type:",
        b"DEK-Info:",
        b"Version:",
        b"Comment:",
        b"Hash:",
        b"Charset:",
    ];
    NAMES.iter().any(|name| line.starts_with(name))
}

/// Where the body of a frame ends whose end is not in the text.
fn body_below(text: &[u8], from: usize) -> usize {
    let mut line = end_of(text, from, |byte| byte != b'\n');
    // What is left of the frame's own line: an escaped body, or nothing.
    let escaped = end_of(text, from, is_body);
    let mut end = if escaped - from < BODY { from } else { escaped };
    if end > from && !text[end..line].trim_ascii().is_empty() {
        return end;
    }
    while line < text.len() {
        let next = end_of(text, line + 1, |byte| byte != b'\n');
        let content = text[line + 1..next].trim_ascii();
        // The last line before the cut may be short.
        let is_long = content.len() >= BODY || content.is_empty() || next == text.len();
        if !is_body_line(content) || !(is_long || is_header(content)) {
            break;
        }
        if !content.is_empty() {
            end = next;
        }
        line = next;
    }
    end
}

/// Where the body above the end of a frame begins whose beginning is not in the text; not before
/// `least`.
fn body_above(text: &[u8], end: usize, least: usize) -> usize {
    let text = &text[..end];
    let from =
        |at: usize, belongs: fn(u8) -> bool| least + start_of(&text[least..], at - least, belongs);
    let mut line = from(end, |byte| byte != b'\n');
    let mut begin = from(end, is_body);
    if begin < end {
        // An escaped body, in one line.
        return begin;
    }
    // The last lines of a body are its remainder and, for PGP, a checksum.
    let mut short_lines = 2;
    while line > least {
        let above = from(line - 1, |byte| byte != b'\n');
        let content = text[above..line - 1].trim_ascii();
        if !is_body_line(content) {
            break;
        }
        if content.len() < BODY && !is_header(content) {
            if short_lines == 0 {
                break;
            }
            short_lines -= 1;
        }
        if !content.is_empty() {
            begin = above;
        }
        line = above;
    }
    begin
}
