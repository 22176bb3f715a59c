//! A code with what is known of it.

use std::fmt;

/// A code, such as `PM-E101`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    pub(crate) number: u16,
    pub(crate) title: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) remedy: &'static str,
}

impl Code {
    /// What went wrong, in a few words.
    pub fn title(self) -> &'static str {
        self.title
    }

    /// What it comes from, in Markdown.
    pub fn cause(self) -> &'static str {
        self.cause
    }

    /// What helps, in Markdown.
    pub fn remedy(self) -> &'static str {
        self.remedy
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PM-E{:03}", self.number)
    }
}
