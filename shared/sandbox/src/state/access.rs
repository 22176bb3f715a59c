//! Permissions of Apps, installations and tokens
//! (<https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps>).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See.
    Read,
    /// See and change.
    Write,
}

/// Permissions by GitHub's names (`checks`, `contents`, `pull_requests` …).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(BTreeMap<String, Access>);

impl Permissions {
    /// What every App has.
    pub fn metadata() -> Self {
        Self::default().with("metadata", Access::Read)
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &str, access: Access) -> Self {
        self.0.insert(name.to_owned(), access);
        self
    }

    /// With one fewer.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// Whether this allows that.
    pub fn allows(&self, name: &str, access: Access) -> bool {
        self.0.get(name).is_some_and(|granted| *granted >= access)
    }

    /// Whether this allows all of that.
    pub(crate) fn covers(&self, asked: &Self) -> bool {
        asked
            .0
            .iter()
            .all(|(name, access)| self.allows(name, *access))
    }
}
