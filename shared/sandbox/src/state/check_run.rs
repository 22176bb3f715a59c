//! Check runs and the suites that hold them (<https://docs.github.com/en/rest/checks/runs>).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AppId, State};
use crate::git::ObjectId;

/// Where a check run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// Not begun.
    Queued,
    /// Begun.
    InProgress,
    /// Done; there is a conclusion.
    Completed,
}

/// How a check run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckConclusion {
    /// Somebody has to do something.
    ActionRequired,
    /// It was stopped.
    Cancelled,
    /// It is not good.
    Failure,
    /// Neither good nor bad; passes.
    Neutral,
    /// It is good.
    Success,
    /// It was not needed; passes.
    Skipped,
    /// It took too long.
    TimedOut,
}

/// How grave an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationLevel {
    /// For information.
    Notice,
    /// Perhaps wrong.
    Warning,
    /// Wrong.
    Failure,
}

/// A remark on lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// From 1.
    pub start_line: u64,
    /// The last line, included.
    pub end_line: u64,
    /// From 1; only where the annotation is on one line.
    pub start_column: Option<u64>,
    /// The last column.
    pub end_column: Option<u64>,
    /// How grave.
    pub annotation_level: AnnotationLevel,
    /// What.
    pub message: String,
    /// In a few words.
    pub title: Option<String>,
    /// At length.
    pub raw_details: Option<String>,
}

/// What the page of a check run says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// Its headline.
    pub title: Option<String>,
    /// Markdown.
    pub summary: Option<String>,
    /// More Markdown.
    pub text: Option<String>,
}

/// A button on the page of a check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What is on it.
    pub label: String,
    /// What it does.
    pub description: String,
    /// What the App is told.
    pub identifier: String,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// GitHub's id.
    pub id: u64,
    /// In which repository.
    pub repository_id: u64,
    /// Made by which App.
    pub app: AppId,
    /// In which suite.
    pub suite_id: u64,
    /// The check's name: the context that can be required.
    pub name: String,
    /// The commit that it is about.
    pub head_sha: ObjectId,
    /// The App's own name for it.
    pub external_id: Option<String>,
    /// Where more is told.
    pub details_url: Option<String>,
    /// Where it stands.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What its page says.
    pub output: Output,
    /// In the order in which they came.
    pub annotations: Vec<Annotation>,
    /// Its buttons.
    pub actions: Vec<Action>,
}

/// What a check run begins with.
#[derive(Debug, Clone)]
pub(crate) struct NewCheckRun {
    pub(crate) repository: u64,
    pub(crate) app: AppId,
    pub(crate) name: String,
    pub(crate) head_sha: ObjectId,
}

impl State {
    /// A new queued check run, in the App's suite for the commit.
    pub(crate) fn add_check_run(&mut self, new: NewCheckRun) -> u64 {
        let suite_id = self.ensure_check_suite(new.repository, new.head_sha, new.app);
        let id = self.fresh_id();
        let run = CheckRun {
            id,
            repository_id: new.repository,
            app: new.app,
            suite_id,
            name: new.name,
            head_sha: new.head_sha,
            external_id: None,
            details_url: None,
            status: CheckStatus::Queued,
            conclusion: None,
            started_at: self.now(),
            completed_at: None,
            output: Output::default(),
            annotations: Vec::new(),
            actions: Vec::new(),
        };
        self.check_runs.insert(id, run);
        id
    }

    /// The suite of an App for a commit, created if need be.
    pub(crate) fn ensure_check_suite(&mut self, repository: u64, sha: ObjectId, app: AppId) -> u64 {
        let key = (repository, sha, app);
        if let Some(id) = self.check_suites.get(&key) {
            return *id;
        }
        let id = self.fresh_id();
        self.check_suites.insert(key, id);
        id
    }

    /// The check runs of a commit, oldest first.
    pub(crate) fn check_runs_of(&self, repository: u64, sha: ObjectId) -> Vec<&CheckRun> {
        self.check_runs
            .values()
            .filter(|run| run.repository_id == repository && run.head_sha == sha)
            .collect()
    }

    /// The runs that GitHub shows by default: the latest of each name in each suite.
    pub(crate) fn latest_check_runs_of(&self, repository: u64, sha: ObjectId) -> Vec<&CheckRun> {
        let all = self.check_runs_of(repository, sha);
        let is_latest = |run: &&CheckRun| {
            !all.iter().any(|later| {
                later.id > run.id && later.suite_id == run.suite_id && later.name == run.name
            })
        };
        all.iter().copied().filter(is_latest).collect()
    }
}
