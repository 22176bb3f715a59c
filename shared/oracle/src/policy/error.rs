//! What is wrong with a policy, in words that lead to the place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something wrong with a policy file or an inline suppression, or worth knowing about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyError {
    /// The file; with `owner/name/` before it where it is another repository's.
    pub path: String,
    /// Line, from 1, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub line: Option<u32>,
    /// Column in characters, from 1, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub column: Option<u32>,
    /// The key, from the top of the file: `rules.MD-001.mode`, `suppressions[0].until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do, as an instruction.
    pub remedy: String,
}

impl PolicyError {
    /// The place, `path:line`.
    pub fn place(&self) -> String {
        place(&self.path, self.line)
    }
}

/// A place in a file, `path:line`.
pub(super) fn place(path: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    }
}

/// `path:line:column: key: message. remedy`
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        write!(f, ": {}. {}", self.message, self.remedy)
    }
}
