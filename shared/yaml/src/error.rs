//! Why a file can't be read at all, and the limits of what is read.

use crate::Position;

/// Deepest nesting of mappings and sequences, aliases included. GitHub stops at 50.
pub const MAX_DEPTH: usize = 100;

/// Most YAML nodes after the expansion of aliases: GitHub's own limit
/// (`YamlObjectReader.c_maxYamlNodes`), which keeps alias bombs from being unpacked.
pub const MAX_NODES: usize = 50_000;

/// Most bytes of scalars after the expansion of aliases: GitHub's limit on the memory of a
/// parsed template (`ParseOptions.MaxResultSize`).
pub const MAX_SCALAR_BYTES: usize = 10 * 1024 * 1024;

/// Why a file can't be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What was expected and what was found.
    pub message: String,
    /// The kind of error.
    pub kind: ParseErrorKind,
}

/// The kinds of [`ParseError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParseErrorKind {
    /// Larger than what its reader takes ([`text`](crate::text)).
    TooLarge,
    /// Not UTF-8; the position is that of the first bad byte.
    NotUtf8,
    /// Not YAML 1.2.
    Syntax,
    /// Nothing but blanks and comments.
    Empty,
    /// More than one YAML document; GitHub reads exactly one.
    SeveralDocuments,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Aliases expand to more than [`MAX_NODES`] or [`MAX_SCALAR_BYTES`], or the file has as
    /// much by itself.
    TooManyNodes,
    /// One mapping has a key twice.
    DuplicateKey,
    /// The file's value is not a mapping.
    NotAMapping,
}

impl ParseError {
    /// An error at a place.
    pub fn new(kind: ParseErrorKind, at: Position, message: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            message: message.into(),
            kind,
        }
    }
}
