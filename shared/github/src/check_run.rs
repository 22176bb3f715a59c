//! [`CheckRuns`]: over REST (<https://docs.github.com/en/rest/checks/runs>).

use app::check::{
    ANNOTATIONS_PER_REQUEST, Annotation, Button, CHECK_NAME, CheckRun, CheckUpdate, Conclusion,
    ExternalId,
};
use app::event::Repository;
use app::ports::CheckRuns;
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;
use jiff::Timestamp;
use oracle::ObjectId;
use serde::{Deserialize, Serialize};

use crate::GitHub;
use crate::api::Pages;
use crate::endpoint::{CHECK_RUN, CHECK_RUNS_OF, CREATE_CHECK_RUN, UPDATE_CHECK_RUN, encode};
use crate::error::{self, Misunderstood};

#[derive(Serialize)]
struct Create<'a> {
    name: &'a str,
    head_sha: &'a ObjectId,
    external_id: &'a ExternalId,
    status: &'a str,
    started_at: Timestamp,
}

#[derive(Serialize)]
struct Update<'a> {
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<Conclusion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    output: Output<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Action>,
}

/// A button.
#[derive(Serialize)]
struct Action {
    label: &'static str,
    description: &'static str,
    identifier: &'static str,
}

impl From<&Button> for Action {
    fn from(button: &Button) -> Self {
        Self {
            label: button.label(),
            description: button.description(),
            identifier: button.identifier(),
        }
    }
}

#[derive(Serialize)]
struct Output<'a> {
    title: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<AnnotationBody<'a>>,
}

#[derive(Serialize)]
struct AnnotationBody<'a> {
    path: &'a str,
    start_line: u32,
    end_line: u32,
    annotation_level: app::check::AnnotationLevel,
    title: &'a str,
    message: &'a str,
}

/// Only the id: what else GitHub says of a write is what we said.
#[derive(Deserialize)]
struct Written {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Listed {
    check_runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
struct Run {
    id: u64,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    conclusion: Option<String>,
    output: RunOutput,
    #[serde(default)]
    app: Option<RunApp>,
}

#[derive(Debug, Deserialize)]
struct RunOutput {
    #[serde(default)]
    annotations_count: usize,
}

#[derive(Debug, Deserialize)]
struct RunApp {
    id: u64,
    #[serde(default)]
    client_id: Option<String>,
}

#[async_trait]
impl CheckRuns for GitHub {
    async fn create(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<u64, GitHubError> {
        let body = Create {
            name: CHECK_NAME,
            head_sha: sha,
            external_id,
            status: "in_progress",
            started_at: self.api.now(),
        };
        let written: Written = self
            .api
            .write(repository, CREATE_CHECK_RUN, &[], &body)
            .await?;
        Ok(written.id)
    }

    async fn find(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<Option<CheckRun>, GitHubError> {
        // The latest of a name is not enough: an earlier generation is to be found, too.
        let query = format!("check_name={}&filter=all&", encode(CHECK_NAME));
        let runs = self
            .api
            .read_all(
                repository,
                CHECK_RUNS_OF,
                &[sha.as_str()],
                &query,
                |page: Listed| page.check_runs,
            )
            .await?;
        let Pages::Complete(runs) = runs else {
            return Err(error::unexpected(
                CHECK_RUNS_OF,
                "more check runs of one commit than are looked through",
            ));
        };
        let ours = runs.into_iter().filter(|run| {
            run.external_id.as_ref() == Some(&external_id.0)
                && self
                    .issuer
                    .as_deref()
                    .is_some_and(|issuer| run.is_of(issuer))
        });
        // Where two were made, the newest goes on; its older twin is left as it is.
        let newest = ours.max_by_key(|run| run.id);
        newest
            .map(|run| run.into_check_run(CHECK_RUNS_OF))
            .transpose()
    }

    async fn read(&self, repository: &Repository, id: u64) -> Result<CheckRun, GitHubError> {
        let id = id.to_string();
        let run: Run = self.api.read(repository, CHECK_RUN, &[&id], "").await?;
        run.into_check_run(CHECK_RUN)
    }

    async fn update(
        &self,
        repository: &Repository,
        id: u64,
        update: &CheckUpdate<'_>,
    ) -> Result<(), GitHubError> {
        if update.annotations.len() > ANNOTATIONS_PER_REQUEST {
            let source = Misunderstood(format!(
                "{} annotations in one request; GitHub takes {ANNOTATIONS_PER_REQUEST}",
                update.annotations.len()
            ));
            return Err(error::error(
                UPDATE_CHECK_RUN,
                GitHubErrorKind::Invalid,
                source,
            ));
        }
        let body = Update {
            status: match update.conclusion {
                Some(_) => "completed",
                None => "in_progress",
            },
            conclusion: update.conclusion,
            completed_at: update.conclusion.map(|_| self.api.now()),
            output: Output {
                title: update.title,
                summary: update.summary,
                annotations: update.annotations.iter().map(AnnotationBody::of).collect(),
            },
            actions: update.buttons.iter().map(Action::from).collect(),
        };
        let id = id.to_string();
        let written = self
            .api
            .write(repository, UPDATE_CHECK_RUN, &[&id], &body)
            .await;
        written.map(|_: Written| ())
    }
}

impl<'a> AnnotationBody<'a> {
    fn of(annotation: &'a Annotation) -> Self {
        Self {
            path: annotation.path.as_str(),
            start_line: annotation.start_line,
            end_line: annotation.end_line,
            annotation_level: annotation.level,
            title: &annotation.title,
            message: &annotation.message,
        }
    }
}

impl Run {
    /// Whether the App made it that signs with this issuer. A platform that shows no client
    /// ID leaves it open; another App's run then refuses our update.
    fn is_of(&self, issuer: &str) -> bool {
        let Some(app) = &self.app else { return false };
        match &app.client_id {
            _ if app.id.to_string() == issuer => true,
            Some(client_id) => client_id == issuer,
            None => issuer.parse::<u64>().is_err(),
        }
    }

    fn into_check_run(self, endpoint: crate::endpoint::Endpoint) -> Result<CheckRun, GitHubError> {
        let conclusion = match self.conclusion.as_deref() {
            None => None,
            Some("success") => Some(Conclusion::Success),
            Some("neutral" | "skipped" | "stale") => Some(Conclusion::Neutral),
            Some("failure" | "timed_out") => Some(Conclusion::Failure),
            Some("action_required") => Some(Conclusion::ActionRequired),
            Some("cancelled") => Some(Conclusion::Cancelled),
            Some(_) => {
                return Err(error::unexpected(
                    endpoint,
                    "a conclusion that is not known",
                ));
            }
        };
        Ok(CheckRun {
            id: self.id,
            external_id: ExternalId(self.external_id.unwrap_or_default()),
            annotations_count: self.output.annotations_count,
            conclusion,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_is_ours_by_the_app_that_made_it() {
        let run = |app: serde_json::Value| -> Run {
            serde_json::from_value(json!({ "id": 1, "output": {}, "app": app })).unwrap()
        };
        let named = run(json!({ "id": 7, "client_id": "Iv1.abc" }));
        assert!(named.is_of("Iv1.abc") && named.is_of("7"));
        assert!(!named.is_of("Iv1.abd") && !named.is_of("8"));
        let unnamed = run(json!({ "id": 7 }));
        assert!(unnamed.is_of("Iv1.abc") && unnamed.is_of("7") && !unnamed.is_of("8"));
        assert!(!run(json!(null)).is_of("Iv1.abc"));
    }
}
