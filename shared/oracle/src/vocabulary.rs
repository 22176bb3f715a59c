//! Git's and GitHub's own names for things, as types that can't be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is not a valid name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not {expected}")]
pub struct InvalidName {
    /// What the kind of name looks like.
    pub expected: &'static str,
    /// The offending text, cut at 100 characters.
    pub found: String,
}

impl InvalidName {
    fn new(expected: &'static str, found: &str) -> Self {
        Self {
            expected,
            found: found.chars().take(100).collect(),
        }
    }
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

/// The id of a Git object: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectId(String);
text_newtype!(ObjectId);

impl ObjectId {
    /// Checks and wraps an object id; upper-case digits are lowered.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let right_length = text.len() == 40 || text.len() == 64;
        if right_length && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidName::new(
                "a Git object id (40 or 64 hex digits)",
                text,
            ))
        }
    }

    /// The first seven digits, as Git and GitHub show an id to people.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

/// A branch's name without `refs/heads/`, such as `main` or `release/1.2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BranchName(String);
text_newtype!(BranchName);

impl BranchName {
    /// Checks and wraps a branch name by the rules of
    /// [git-check-ref-format](https://git-scm.com/docs/git-check-ref-format) that keep it from
    /// breaking out of a URL, a header or a log line.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
        let bad = text.is_empty()
            || text.len() > 255
            || text.contains(forbidden)
            || text.contains("..")
            || text.contains("@{")
            || text.contains("//")
            || text.starts_with('/')
            || text.ends_with(['/', '.']);
        if bad {
            Err(InvalidName::new("a Git branch name", text))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// `owner/name` of a repository on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(String);
text_newtype!(RepositoryName);

impl RepositoryName {
    /// Checks and wraps `owner/name`.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let part = |p: &str| {
            !p.is_empty()
                && p.len() <= 100
                && p != "."
                && p != ".."
                && p.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Self(text.to_owned())),
            _ => Err(InvalidName::new("a repository (owner/name)", text)),
        }
    }

    /// The account that owns the repository.
    pub fn owner(&self) -> &str {
        self.0.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The repository's own name.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }
}

/// A path inside a repository: `/`-separated, relative, as Git stores it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);
text_newtype!(RepoPath);

impl RepoPath {
    /// Checks and wraps a path: no leading or trailing `/`, no empty, `.` or `..` part.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let fine = text.len() <= 4096
            && !text.contains('\0')
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::new("a path inside a repository", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_ids_are_hex_of_two_lengths() {
        assert!(ObjectId::new(&"a".repeat(40)).is_ok());
        assert_eq!(
            ObjectId::new(&"AB".repeat(32)).unwrap().as_str(),
            "ab".repeat(32)
        );
        for bad in ["", "main", &"g".repeat(40), &"a".repeat(41)] {
            assert!(ObjectId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn branch_names_are_those_git_allows() {
        for good in [
            "main",
            "release/1.2",
            "gh-readonly-queue/main/pr-1-abc",
            "ü",
        ] {
            assert!(BranchName::new(good).is_ok(), "{good}");
        }
        for bad in [
            "", "a..b", "a b", "a\nb", "/a", "a/", "a//b", "a?b", "a@{1}",
        ] {
            assert!(BranchName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn repositories_are_owner_and_name() {
        let name = RepositoryName::new("octo-org/hello.world").unwrap();
        assert_eq!((name.owner(), name.name()), ("octo-org", "hello.world"));
        for bad in [
            "", "octo", "octo/", "/x", "a/b/c", "a/..", "a b/c", "a/b?x=1",
        ] {
            assert!(RepositoryName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_stay_inside_the_repository() {
        for good in ["README.md", ".github/workflows/ci.yml", "a b/ü", "..a"] {
            assert!(RepoPath::new(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "a//b", "a/../b", "./a", "a/", "a\0b"] {
            assert!(RepoPath::new(bad).is_err(), "{bad}");
        }
    }
}
