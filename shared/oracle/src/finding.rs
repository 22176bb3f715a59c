//! One contradiction, with its evidence and its identity.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Evidence, RepoPath};

/// How bad a contradiction is. Ordered: `Low < Medium < High < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; never blocks.
    Low,
    /// Some pull requests are affected, or there is a doubt that is named.
    Medium,
    /// The contradiction will bite.
    High,
    /// It must not be merged.
    Critical,
}

/// In the words of the report: `critical`, `high`, `medium`, `low`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One contradiction, as a rule reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// One line that names the contradiction.
    pub title: String,
    /// What contradicts what, and what follows from it.
    pub why: String,
    /// What to change, as an instruction.
    pub fix: String,
    /// The places that show it; the first is where a reader should look first. Never empty
    /// for a contradiction with a file, empty where both sides are settings.
    pub evidence: Vec<Evidence>,
    /// What makes this contradiction itself, whatever moves around it: the values that
    /// contradict each other (a context, a path, a job id), never line numbers or prose.
    /// The fingerprint is made of the rule's id and these, in order.
    pub identity: Vec<Part>,
}

/// One value of a contradiction's identity. What a change can rename says what it is, so that
/// the contradiction is known again under its old name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A value that is what it is: a context, a pattern, a kind of finding.
    Text(String),
    /// A file or folder of the tree.
    Path(RepoPath),
    /// A job of a workflow file. Counts as two values, path and id.
    Job {
        /// The workflow file.
        path: RepoPath,
        /// The job's id as written.
        id: String,
    },
}

impl Part {
    /// The texts that the fingerprint is made of.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Text(text) => (text.as_str(), None),
            Self::Path(path) => (path.as_str(), None),
            Self::Job { path, id } => (path.as_str(), Some(id.as_str())),
        };
        std::iter::once(first).chain(second)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<RepoPath> for Part {
    fn from(path: RepoPath) -> Self {
        Self::Path(path)
    }
}

/// The identity of a contradiction: SHA-256 over its rule and what contradicts what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a contradiction. Texts are length-prefixed, so that no two lists
    /// of texts run together into the same text.
    pub fn of(rule_id: &str, identity: &[Part]) -> Self {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        for text in std::iter::once(rule_id).chain(identity.iter().flat_map(Part::texts)) {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Self(hasher.finalize().into())
    }

    /// The short id of `length` base-32 characters (5 unless two findings of a repository
    /// collide).
    pub fn short(&self, length: usize) -> ShortId {
        // Crockford's base 32: no I, L, O, U, so that an id can be read aloud and typed.
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut id = String::from("PM-");
        for position in 0..length.min(51) {
            let bit = position * 5;
            let pair = u16::from(self.0[bit / 8]) << 8
                | u16::from(self.0.get(bit / 8 + 1).copied().unwrap_or(0));
            let index = (pair >> (11 - bit % 8)) & 0b1_1111;
            id.push(char::from(ALPHABET[usize::from(index)]));
        }
        ShortId(id)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A finding's id for people, `PM-7F3K2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ShortId(
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = "^PM-[0-9A-HJKMNP-TV-Z]{5,51}$"))
    )]
    String,
);

impl ShortId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let parts = |list: &[&str]| list.iter().map(|s| Part::from(*s)).collect::<Vec<_>>();
        let one = Fingerprint::of("MD-001", &parts(&["ab", "c"]));
        assert_eq!(one, Fingerprint::of("MD-001", &parts(&["ab", "c"])));
        assert_ne!(one, Fingerprint::of("MD-001", &parts(&["a", "bc"])));
        assert_ne!(one, Fingerprint::of("MD-002", &parts(&["ab", "c"])));
    }

    #[test]
    fn short_ids_grow_by_prefix_and_avoid_look_alikes() {
        let fingerprint = Fingerprint::of("MD-001", &["build".into()]);
        let (five, eight) = (fingerprint.short(5), fingerprint.short(8));
        assert_eq!(five.as_str().len(), "PM-".len() + 5);
        assert!(eight.as_str().starts_with(five.as_str()));
        assert!(!fingerprint.short(51).as_str()[3..].contains(['I', 'L', 'O', 'U']));
    }
}
