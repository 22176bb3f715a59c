//! What is wrong with a configuration, said so that it can be put right.

use std::fmt;
use std::path::PathBuf;

use codes::Code;

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// An option of the command line.
    Option(&'static str),
    /// Nowhere: it is missing.
    Missing,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Option(name) => write!(f, "option {name}"),
            Self::Missing => f.write_str("not in the file, not in the environment"),
        }
    }
}

/// One thing that is wrong. Never holds a secret's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, with what was found.
    pub what: String,
    /// Where.
    pub place: Place,
    /// What was expected there.
    pub expected: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            place,
            expected,
            help,
        } = self;
        write!(
            f,
            "{what}\n  --> {place}\n   = expected: {expected}\n   = help: {help}"
        )
    }
}

/// A configuration that can't be used, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} problem{}", problems.len(), if problems.len() == 1 { "" } else { "s" })]
pub struct ConfigError {
    /// What is wrong, the file's lines first. Never empty.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        codes::CONFIGURATION
    }
}

/// Something that works and should still be put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n   = help: {}", self.what, self.help)
    }
}
