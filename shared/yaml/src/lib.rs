//! YAML with positions, as GitHub reads it: one document of the core schema of YAML 1.2.
//!
//! [`text`] checks a file's bytes, [`load`] makes a [`Tree`] of nodes out of them, each with the
//! [`Span`] where it is written. What the nodes mean is for the reader of the file to say.
//!
//! **Invariant.** Pure: bytes in, tree out. No clock, files, network or environment. Any input,
//! however hostile, ends in a [`Tree`] or a [`ParseError`] with a position, in time and memory
//! linear in its length.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod error;
mod keys;
mod load;
mod scalar;
mod source;
mod span;
mod tree;
mod value;

pub use error::{MAX_DEPTH, MAX_NODES, MAX_SCALAR_BYTES, ParseError, ParseErrorKind};
pub use load::{Refusal, RefusalKind, load};
pub use source::Source;
pub use span::{Position, Span, Spanned};
pub use tree::{Items, Key, Node, Pairs, Tree, View};
pub use value::{Value, format_number};

/// The text of a file of at most `most` bytes, without byte order mark. `what` says in errors
/// what the file should be ("a workflow").
pub fn text<'source>(
    source: &'source [u8],
    what: &str,
    most: usize,
) -> Result<&'source str, ParseError> {
    if source.len() > most {
        let at = position(&source[..most]);
        let message = format!(
            "expected {what} of at most {most} bytes, found {}",
            source.len()
        );
        return Err(ParseError::new(ParseErrorKind::TooLarge, at, message));
    }
    let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    let text = std::str::from_utf8(source).map_err(|error| {
        let (good, bad) = source.split_at(error.valid_up_to());
        let message = format!("expected UTF-8, found the byte 0x{:02X}", bad[0]);
        ParseError::new(ParseErrorKind::NotUtf8, position(good), message)
    })?;
    // The YAML parser would take a NUL for the end of the file.
    if let Some(index) = text.find('\0') {
        let at = position(&text.as_bytes()[..index]);
        let message = "expected text, found a NUL character";
        return Err(ParseError::new(ParseErrorKind::Syntax, at, message));
    }
    Ok(text)
}

/// The place after these bytes.
fn position(before: &[u8]) -> Position {
    let mut position = Position { line: 1, column: 1 };
    for &byte in before {
        if byte == b'\n' {
            position.line = position.line.saturating_add(1);
            position.column = 1;
        } else if byte & 0b1100_0000 != 0b1000_0000 {
            // Not a continuation byte of UTF-8: a character begins.
            position.column = position.column.saturating_add(1);
        }
    }
    position
}
