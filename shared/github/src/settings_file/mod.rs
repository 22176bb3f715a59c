//! A settings file: GitHub's own answers about a branch in one JSON document, for judging a
//! repository where GitHub can't be asked.
//!
//! Each answer stands in the file as GitHub gives it, so that one can also be made by hand from
//! any client's output. What is missing is unavailable, never "none". `docs/check.md` describes
//! the file.

mod export;

use std::collections::BTreeMap;

use codes::Code;
use jiff::Timestamp;
use oracle::{BranchName, Fact, OwnerAccess, Reason, RepositoryName, Settings, Unavailable};
use serde::Deserialize;

use crate::snapshot::{actions, codeowners, protection, rollup, rule, workflow};

/// The version of the format.
const SCHEMA_VERSION: u32 = 1;

/// A settings file that can't be used as a whole.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// Not JSON, or a value that is not of GitHub's form.
    #[error("line {line}, column {column}{}: {message}", at(path))]
    Form {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The keys that lead to the place; `.` is the top.
        path: String,
        /// What was expected.
        message: String,
    },
    /// Another version of the format.
    #[error(
        "schema_version is {found}, and this version of Phase Mirror reads {SCHEMA_VERSION} only"
    )]
    Version {
        /// What the file says.
        found: u32,
    },
}

impl SettingsFileError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::Form { .. } | Self::Version { .. } => codes::SETTINGS_FILE,
        }
    }
}

fn at(path: &str) -> String {
    match path {
        "." => String::new(),
        path => format!(", at {path}"),
    }
}

/// What a settings file says.
#[derive(Debug)]
pub struct SettingsFile {
    /// The repository, where the file names it.
    pub repository: Option<RepositoryName>,
    /// Its default branch, where the file names it.
    pub default_branch: Option<BranchName>,
    /// The settings of one branch.
    pub settings: Settings,
}

/// The document. Keys of the answers inside are GitHub's, and it adds some at any time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema_version: u32,
    #[serde(default)]
    repository: Option<RepositoryName>,
    #[serde(default)]
    default_branch: Option<BranchName>,
    branch: BranchName,
    #[serde(default, rename = "exported_at")]
    _exported_at: Option<Timestamp>,
    #[serde(default)]
    actions_app_id: Option<u64>,
    #[serde(default)]
    rules: Option<Vec<rule::RuleBody>>,
    #[serde(default)]
    protection: Option<protection::BranchBody>,
    #[serde(default)]
    workflows: Option<workflow::Page>,
    #[serde(default)]
    rollups: Option<rollup::PullRequests>,
    #[serde(default)]
    actions_permissions: Option<actions::PermissionsBody>,
    #[serde(default)]
    selected_actions: Option<actions::SelectedBody>,
    /// No answer of GitHub's: it has no single one.
    #[serde(default)]
    owners: Option<BTreeMap<String, Access>>,
    /// Why an answer is missing, by its key.
    #[serde(default)]
    unavailable: BTreeMap<String, String>,
}

/// The settings of a branch of which nothing is known but perhaps the platform, because of
/// `why`: one sentence for people.
pub fn unknown_settings(branch: BranchName, actions_app_id: Option<u64>, why: &str) -> Settings {
    Document::empty(branch, actions_app_id)
        .understood(|_| why.to_owned())
        .settings
}

/// What an owner may do, in GitHub's words for it
/// (<https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization>).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Missing,
    Read,
    Triage,
    Write,
    Maintain,
    Admin,
}

fn accesses(owners: BTreeMap<String, Access>) -> BTreeMap<String, OwnerAccess> {
    let access = |access| match access {
        Access::Missing => OwnerAccess::Missing,
        Access::Read | Access::Triage => OwnerAccess::Read,
        Access::Write | Access::Maintain | Access::Admin => OwnerAccess::Write,
    };
    let owners = owners.into_iter();
    owners
        .map(|(owner, may)| (owner.to_lowercase(), access(may)))
        .collect()
}

impl SettingsFile {
    /// Reads a settings file.
    pub fn parse(json: &[u8]) -> Result<Self, SettingsFileError> {
        let mut json = serde_json::Deserializer::from_slice(json);
        let document = serde_path_to_error::deserialize(&mut json);
        let document: Document = document.map_err(|error| {
            let path = error.path().to_string();
            form(path, error.inner())
        })?;
        json.end().map_err(|error| form(".".to_owned(), &error))?;
        if document.schema_version != SCHEMA_VERSION {
            return Err(SettingsFileError::Version {
                found: document.schema_version,
            });
        }
        Ok(document.understood(|key| format!("The settings file has no `{key}`.")))
    }
}

fn form(path: String, error: &serde_json::Error) -> SettingsFileError {
    // The place is told apart from what is wrong there.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    SettingsFileError::Form {
        line: error.line(),
        column: error.column(),
        path,
        message: message.to_owned(),
    }
}

impl Document {
    fn empty(branch: BranchName, actions_app_id: Option<u64>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            repository: None,
            default_branch: None,
            branch,
            _exported_at: None,
            actions_app_id,
            rules: None,
            protection: None,
            workflows: None,
            rollups: None,
            actions_permissions: None,
            selected_actions: None,
            owners: None,
            unavailable: BTreeMap::new(),
        }
    }

    /// What the document says; `not_there` says why there is nothing under a key.
    fn understood(self, not_there: impl Fn(&str) -> String) -> SettingsFile {
        let branch = self.branch;
        let unavailable = self.unavailable;
        let missing = |key: &str, fact: String| {
            let why = unavailable.get(key);
            Unavailable {
                fact,
                reason: why.map_or(Reason::NotProvided, |_| Reason::NotPermitted),
                detail: why.cloned().unwrap_or_else(|| not_there(key)),
            }
        };
        let settings = Settings {
            rules: match self.rules {
                Some(rules) => rule::rules(rules, &branch),
                None => Fact::Unavailable(missing("rules", rule::fact(&branch))),
            },
            protection: match self.protection {
                Some(body) => protection::classic(body, &branch),
                None => Fact::Unavailable(missing("protection", protection::fact(&branch))),
            },
            rollups: match self.rollups {
                Some(pull_requests) => rollup::whole(pull_requests, &branch),
                None => Fact::Unavailable(missing("rollups", rollup::fact(&branch))),
            },
            workflows: match self.workflows {
                Some(page) => Fact::Known(workflow::workflows(page.workflows)),
                None => Fact::Unavailable(missing("workflows", workflow::FACT.to_owned())),
            },
            actions_app_id: match self.actions_app_id {
                Some(id) => Fact::Known(id),
                None => Fact::Unavailable(missing(
                    "actions_app_id",
                    "id of the GitHub Actions App".to_owned(),
                )),
            },
            actions: match self.actions_permissions {
                Some(body) => actions::permissions(&body, || match self.selected_actions {
                    Some(body) => Fact::Known(body.into()),
                    None => Fact::Unavailable(missing(
                        "selected_actions",
                        actions::SELECTED_FACT.to_owned(),
                    )),
                }),
                None => Fact::Unavailable(missing("actions_permissions", actions::FACT.to_owned())),
            },
            owners: match self.owners {
                Some(owners) => Fact::Known(accesses(owners)),
                None => Fact::Unavailable(missing("owners", codeowners::ACCESS.to_owned())),
            },
            branch,
        };
        SettingsFile {
            repository: self.repository,
            default_branch: self.default_branch,
            settings,
        }
    }
}

#[cfg(test)]
mod tests;
