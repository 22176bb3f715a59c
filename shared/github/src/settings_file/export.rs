//! Writing a settings file: asks GitHub, and keeps its answers as they are.

use app::event::Repository;
use app::{GitHubError, GitHubErrorKind};
use oracle::{BranchName, RepositoryName};
use serde_json::{Map, Value, json};

use super::SCHEMA_VERSION;
use crate::GitHub;
use crate::api::Pages;
use crate::endpoint::{ACTIONS_PERMISSIONS, BRANCH, Endpoint, RULES, SELECTED_ACTIONS, WORKFLOWS};

impl GitHub {
    /// The settings file of a branch (by default, the default branch), as JSON. What GitHub
    /// does not show to whoever asks stands under `unavailable`, with the reason; anything else
    /// that goes wrong is an error, so that a file that is there is whole.
    pub async fn export_settings(
        &self,
        name: &RepositoryName,
        branch: Option<&BranchName>,
    ) -> Result<String, GitHubError> {
        let repository = Self::by_name(name);
        let about = self.about(&repository).await?;
        let branch = branch.unwrap_or(&about.default_branch);
        let (rules, protection, workflows, rollups, actions) = tokio::try_join!(
            self.raw_rules(&repository, branch),
            self.raw_protection(&repository, branch),
            self.raw_workflows(&repository),
            self.raw_rollups(&repository, branch),
            self.raw_settings(&repository, ACTIONS_PERMISSIONS),
        )?;
        let selects = |answer: &Value| answer["allowed_actions"] == "selected";
        let selected = if actions.as_ref().is_ok_and(selects) {
            Some(self.raw_settings(&repository, SELECTED_ACTIONS).await?)
        } else {
            None
        };
        let mut file = Map::new();
        file.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
        file.insert("repository".to_owned(), json!(about.full_name));
        file.insert("default_branch".to_owned(), json!(about.default_branch));
        file.insert("branch".to_owned(), json!(branch));
        file.insert("exported_at".to_owned(), json!(self.api.now()));
        if let Some(id) = self.actions_app_id {
            file.insert("actions_app_id".to_owned(), json!(id));
        }
        let mut unavailable = Map::new();
        let answers = [
            ("rules", Some(rules)),
            ("protection", Some(protection)),
            ("workflows", Some(workflows)),
            ("rollups", Some(rollups)),
            ("actions_permissions", Some(actions)),
            ("selected_actions", selected),
        ];
        for (key, answer) in answers {
            let Some(answer) = answer else { continue };
            match answer {
                Ok(answer) => file.insert(key.to_owned(), answer),
                Err(why) => unavailable.insert(key.to_owned(), json!(why)),
            };
        }
        file.insert("unavailable".to_owned(), Value::Object(unavailable));
        // A map of JSON values always serialises.
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        Ok(text)
    }

    async fn raw_rules(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<Answered, GitHubError> {
        let values = [branch.as_str()];
        let pages = self
            .api
            .read_all(repository, RULES, &values, "", |page: Vec<Value>| page)
            .await;
        shown("metadata: read", pages.map(listed))
    }

    /// Only what is about protection: the rest of the answer is the branch's last commit.
    async fn raw_protection(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<Answered, GitHubError> {
        let body = self
            .api
            .read(repository, BRANCH, &[branch.as_str()], "")
            .await;
        let body = body.map(|body: Value| {
            let kept = ["name", "protected", "protection"].map(|key| (key, body[key].clone()));
            Ok(kept.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
        });
        shown("contents: read", body)
    }

    async fn raw_workflows(&self, repository: &Repository) -> Result<Answered, GitHubError> {
        let items = |page: Map<String, Value>| match page.get("workflows") {
            Some(Value::Array(workflows)) => workflows.clone(),
            _ => Vec::new(),
        };
        let pages = self
            .api
            .read_all(repository, WORKFLOWS, &[], "", items)
            .await;
        let pages = pages.map(|pages| listed(pages).map(|all| json!({ "workflows": all })));
        shown("actions: read", pages)
    }

    async fn raw_settings(
        &self,
        repository: &Repository,
        endpoint: Endpoint,
    ) -> Result<Answered, GitHubError> {
        let body = self.api.read_settings(repository, endpoint).await;
        shown("administration: read", body.map(Ok))
    }

    async fn raw_rollups(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<Answered, GitHubError> {
        let rollups = self.raw_pull_requests(repository, branch).await;
        shown(
            "checks: read, pull_requests: read and statuses: read",
            rollups
                .map(|rollups| rollups.ok_or("There are more of them than are read.".to_owned())),
        )
    }
}

/// An answer, or why there is none.
type Answered = Result<Value, String>;

/// All items of a list, or why they are not there.
fn listed(pages: Pages<Value>) -> Answered {
    match pages {
        Pages::Complete(items) => Ok(Value::Array(items)),
        Pages::TooMany => Err("There are more of them than are read (2,000).".to_owned()),
    }
}

/// What may not be seen is said in the file.
fn shown(permission: &str, answer: Result<Answered, GitHubError>) -> Result<Answered, GitHubError> {
    match answer {
        Err(error)
            if matches!(
                error.kind,
                GitHubErrorKind::Forbidden | GitHubErrorKind::NotFound
            ) =>
        {
            Ok(Err(format!(
                "GitHub does not show it to this token; it needs the permission {permission}."
            )))
        }
        other => other,
    }
}
