//! A check's name as far as it is known.

use std::fmt;

/// A check's name: exact text, or text with parts that only a run decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamePattern {
    segments: Vec<Segment>,
    why_unknown: Option<String>,
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// This text.
    Literal(String),
    /// Any text, maybe none.
    Any,
}

/// Whether a name is what a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It can't be.
    No,
    /// It may be: only a run decides.
    Maybe,
    /// It is exactly that.
    Yes,
}

impl NamePattern {
    /// The parts. Two literals never stand side by side, nor two wildcards.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The name, where it is known to the last character and certain.
    pub fn exact(&self) -> Option<&str> {
        match (self.segments.as_slice(), &self.why_unknown) {
            ([Segment::Literal(text)], None) => Some(text),
            _ => None,
        }
    }

    /// Why the name is not certain, as a clause: "`matrix` is `${{ fromJSON(…) }}`".
    pub fn why_unknown(&self) -> Option<&str> {
        self.why_unknown.as_deref()
    }
}

/// The name with `*` for what is unknown.
impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => formatter.write_str(text)?,
                Segment::Any => formatter.write_str("*")?,
            }
        }
        Ok(())
    }
}
