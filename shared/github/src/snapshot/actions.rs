//! What Actions permits
//! (<https://docs.github.com/en/rest/actions/permissions>). Asked only where recent pull
//! requests leave it in doubt: it costs up to three calls, and few installations grant
//! `administration`.

use std::time::Duration;

use app::GitHubError;
use app::event::Repository;
use moka::future::Cache;
use oracle::{
    ActionsPermissions, AllowedActions, Fact, Reason, SelectedActions, Settings, Unavailable,
};
use serde::Deserialize;

use super::{permitted, unusable};
use crate::GitHub;
use crate::endpoint::{ACTIONS_PERMISSIONS, SELECTED_ACTIONS};

/// What Actions permits, in words.
pub(crate) const FACT: &str = "what Actions permits";

/// Which actions are allowed, in words.
pub(crate) const SELECTED_FACT: &str = "which actions are allowed";

/// The permission that shows it.
const PERMISSION: &str = "administration: read";

/// How long what was seen holds: whoever switches Actions on sees it within this time.
const KEPT: Duration = Duration::from_mins(10);

/// How many repositories' answers are kept.
const MOST_KEPT: u64 = 10_000;

/// What was seen, by installation and repository: what one installation may see must not come
/// to another.
pub(super) struct Permissions(Cache<(u64, u64), Fact<ActionsPermissions>>);

impl Permissions {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT);
        Self(cache.support_invalidation_closures().build())
    }

    /// Forgets what an installation was shown.
    pub(super) fn forget_installation(&self, installation_id: u64) {
        // An error is that of a cache without closures.
        let of_it = move |key: &(u64, u64), _: &_| key.0 == installation_id;
        let _ = self.0.invalidate_entries_if(of_it);
    }

    /// Forgets what a repository permits.
    pub(super) async fn forget(&self, repository: &Repository) {
        let key = (repository.installation_id, repository.id);
        self.0.invalidate(&key).await;
    }
}

/// As GitHub describes it.
#[derive(Deserialize)]
pub(crate) struct PermissionsBody {
    enabled: bool,
    #[serde(default)]
    allowed_actions: Option<String>,
    #[serde(default)]
    sha_pinning_required: bool,
}

/// As GitHub describes it.
#[derive(Deserialize)]
pub(crate) struct SelectedBody {
    #[serde(default, rename = "github_owned_allowed")]
    github_owned: bool,
    #[serde(default, rename = "verified_allowed")]
    verified: bool,
    #[serde(default, rename = "patterns_allowed")]
    patterns: Vec<String>,
}

impl GitHub {
    /// Looks at what Actions permits if these settings leave that in doubt.
    pub(super) async fn actions(
        &self,
        repository: &Repository,
        settings: &Settings,
    ) -> Result<Fact<ActionsPermissions>, GitHubError> {
        if !settings.leave_actions_in_doubt() {
            return Ok(not_asked());
        }
        let kept = &self.kept.permissions.0;
        let key = (repository.installation_id, repository.id);
        if let Some(known) = kept.get(&key).await {
            return Ok(known);
        }
        let seen = self.actions_permissions(repository).await;
        let fact = permitted(FACT, PERMISSION, seen)?;
        kept.insert(key, fact.clone()).await;
        Ok(fact)
    }

    async fn actions_permissions(
        &self,
        repository: &Repository,
    ) -> Result<Fact<ActionsPermissions>, GitHubError> {
        let body: PermissionsBody = self
            .api
            .read_settings(repository, ACTIONS_PERMISSIONS)
            .await?;
        let selected = if body.selects() {
            self.selected_actions(repository).await?
        } else {
            not_asked()
        };
        Ok(permissions(&body, || selected))
    }

    async fn selected_actions(
        &self,
        repository: &Repository,
    ) -> Result<Fact<SelectedActions>, GitHubError> {
        let body: Result<SelectedBody, _> =
            self.api.read_settings(repository, SELECTED_ACTIONS).await;
        permitted(
            SELECTED_FACT,
            PERMISSION,
            body.map(|body| Fact::Known(body.into())),
        )
    }
}

impl PermissionsBody {
    /// Whether only selected actions are allowed, which another answer lists.
    fn selects(&self) -> bool {
        self.enabled && self.allowed_actions.as_deref() == Some(SELECTED)
    }
}

impl From<SelectedBody> for SelectedActions {
    fn from(body: SelectedBody) -> Self {
        Self {
            github_owned_allowed: body.github_owned,
            verified_allowed: body.verified,
            patterns_allowed: body.patterns,
        }
    }
}

/// GitHub's word for "those that are listed".
const SELECTED: &str = "selected";

/// What an answer says; `selected` gives the list that it may refer to.
pub(crate) fn permissions(
    body: &PermissionsBody,
    selected: impl FnOnce() -> Fact<SelectedActions>,
) -> Fact<ActionsPermissions> {
    if !body.enabled {
        return Fact::Known(ActionsPermissions::Disabled);
    }
    let allowed_actions = match body.allowed_actions.as_deref() {
        Some("all") => AllowedActions::All,
        Some("local_only") => AllowedActions::LocalOnly,
        Some(SELECTED) => AllowedActions::Selected(selected()),
        _ => {
            return unusable(
                FACT,
                Reason::Unreadable,
                "GitHub describes it in a way that this version of Phase Mirror does not know.",
            );
        }
    };
    Fact::Known(ActionsPermissions::Enabled {
        allowed_actions,
        sha_pinning_required: body.sha_pinning_required,
    })
}

/// No rule hears of this: recent pull requests show checks by Actions, or there is nothing that
/// would hang on it.
pub(super) fn not_asked<T>() -> Fact<T> {
    Fact::Unavailable(Unavailable {
        fact: FACT.to_owned(),
        reason: Reason::NotProvided,
        detail: "It was not asked for, because recent pull requests leave no doubt of it."
            .to_owned(),
    })
}
