//! Places in a file.

use std::ops::Deref;

/// A place in a file, as editors and GitHub's annotations count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u32,
}

/// A stretch of a file; `end` is the first place after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first place.
    pub start: Position,
    /// The place after the last.
    pub end: Position,
}

impl Span {
    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The first line.
    pub fn start_line(&self) -> u32 {
        self.start.line
    }

    /// The last line that holds anything of it: a block that ends where the next line begins
    /// ends on the line before.
    pub fn end_line(&self) -> u32 {
        if self.end.column == 1 && self.end.line > self.start.line {
            self.end.line - 1
        } else {
            self.end.line
        }
    }
}

/// A value with the place where it is written. For a YAML alias that is the place of the alias,
/// so that a reader is led to what uses it; what is inside of it is where the anchor is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
