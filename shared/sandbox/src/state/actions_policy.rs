//! What a repository's Actions settings permit
//! (<https://docs.github.com/en/rest/actions/permissions>).

/// Whether Actions runs, and what workflows may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ActionsPolicy {
    /// No workflow runs.
    Disabled,
    /// Workflows may use anything.
    #[default]
    All,
    /// They may use what the owner has.
    LocalOnly,
    /// They may use what the owner has, and this.
    Selected(SelectedActions),
}

/// What a policy allows beside what the owner has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectedActions {
    /// What GitHub has.
    pub github_owned: bool,
    /// What verified creators have.
    pub verified: bool,
    /// What fits one of these.
    pub patterns: Vec<String>,
}

impl ActionsPolicy {
    /// GitHub's word for what is allowed; none where nothing runs.
    pub(crate) fn allowed_actions(&self) -> Option<&'static str> {
        match self {
            Self::Disabled => None,
            Self::All => Some("all"),
            Self::LocalOnly => Some("local_only"),
            Self::Selected(_) => Some("selected"),
        }
    }
}
