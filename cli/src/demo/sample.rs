//! The sample: a repository whose settings and workflow agree, and a pull request that makes
//! them contradict each other.
//!
//! It retells what happened to the project that Phase Mirror is named after: the ruleset
//! requires two checks and a merge queue; somebody tidies the workflow, and nothing reports
//! one of the checks any more, nor any check to the queue.

use std::sync::atomic::{AtomicBool, Ordering};

use sandbox::{
    Access, AnnotationLevel as Level, App, CheckConclusion, CheckRun, CheckStatus, GITHUB_ACTIONS,
    NewApp, PullRequest, Repository, Ruleset, Sandbox,
};

use super::life::Life;
use crate::page::Stage;
use crate::view::{AnnotationLevel, AnnotationView, CheckState, CheckView, PullRequestView};

const REPOSITORY: &str = "octo-org/phase-mirror";
const WORKFLOW: &str = ".github/workflows/oracle.yml";
const TITLE: &str = "Run the oracle in one job";
const BRANCH: &str = "one-job";

/// Both jobs, and the merge queue's event.
const BASE: &str = include_str!("sample/base.yml");
/// One job less, and no `merge_group`.
const CHANGE: &str = include_str!("sample/change.yml");

/// The two required checks.
pub(super) const REQUIRED: [&str; 2] = ["Mirror Dissonance Oracle", "oracle-check"];

/// The sample in a sandbox.
#[derive(Debug)]
pub(super) struct Sample {
    repository: Repository,
    pull_request: PullRequest,
    fixed: AtomicBool,
    life: Life,
}

/// Registers the App as docs/serve.md says, and installs it.
pub(super) fn register_app(github: &Sandbox) -> App {
    github.create_app(
        NewApp::named("Phase Mirror")
            .permission("checks", Access::Write)
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read)
            .permission("statuses", Access::Read)
            .permission("actions", Access::Read)
            .subscribed_to("pull_request"),
    )
}

impl Sample {
    /// Creates the repository, lets the App see it, and opens the pull request.
    pub(super) fn open(github: &Sandbox, app: &App, life: &Life) -> Self {
        let repository = github.create_repository(
            REPOSITORY,
            [("README.md", "# Phase Mirror\n"), (WORKFLOW, BASE)],
        );
        let [first, second] = REQUIRED;
        repository.add_ruleset(
            Ruleset::named("main is protected")
                .requires_check_from(first, GITHUB_ACTIONS)
                .requires_check_from(second, GITHUB_ACTIONS)
                .merge_queue(),
        );
        app.install_on(&[&repository]);
        repository.push(BRANCH, TITLE, [(WORKFLOW, CHANGE)]);
        life.begin_again();
        life.step("opened", &format!("{REPOSITORY}#1 \"{TITLE}\""));
        let pull_request = repository.open_pull_request(BRANCH, "main", TITLE);
        let sample = Self {
            repository,
            pull_request,
            fixed: AtomicBool::new(false),
            life: life.clone(),
        };
        sample.run_actions();
        sample
    }

    /// What GitHub Actions reports of the head: the jobs of its workflow.
    fn run_actions(&self) {
        let workflow = self.workflow();
        for name in REQUIRED {
            if workflow.contains(&format!("  {name}:"))
                || workflow.contains(&format!("name: {name}"))
            {
                let head = self.pull_request.head();
                self.repository
                    .report_check(head, name, GITHUB_ACTIONS, CheckConclusion::Success);
            }
        }
    }

    /// The workflow file at the pull request's head.
    fn workflow(&self) -> &'static str {
        if self.fixed.load(Ordering::Relaxed) {
            BASE
        } else {
            CHANGE
        }
    }

    /// The App's check run of the current head, once it is completed.
    pub(super) fn finished_check(&self, app: &App) -> Option<CheckView> {
        let runs = self.pull_request.check_runs();
        let ours = runs.iter().filter(|run| run.app == app.id());
        let mut completed = ours.filter(|run| run.status == CheckStatus::Completed);
        completed.next_back().map(|run| self.check(run))
    }

    fn check(&self, run: &CheckRun) -> CheckView {
        let seconds = run
            .completed_at
            .map(|end| end.duration_since(run.started_at).as_secs());
        CheckView {
            name: run.name.clone(),
            app: if run.app == GITHUB_ACTIONS {
                "GitHub Actions".to_owned()
            } else {
                "Phase Mirror".to_owned()
            },
            state: state(run),
            took_seconds: seconds.and_then(|seconds| u64::try_from(seconds).ok()),
            title: run.output.title.clone().unwrap_or_default(),
            summary: run.output.summary.clone().unwrap_or_default(),
            annotations: run
                .annotations
                .iter()
                .map(|it| self.annotation(it))
                .collect(),
        }
    }

    fn annotation(&self, annotation: &sandbox::Annotation) -> AnnotationView {
        let start = usize::try_from(annotation.start_line).unwrap_or(usize::MAX);
        let end = usize::try_from(annotation.end_line).unwrap_or(usize::MAX);
        let text = if annotation.path == WORKFLOW {
            self.workflow()
        } else {
            ""
        };
        let lines = text.lines().skip(start.saturating_sub(1));
        AnnotationView {
            path: annotation.path.clone(),
            start_line: annotation.start_line,
            end_line: annotation.end_line,
            level: match annotation.annotation_level {
                Level::Failure => AnnotationLevel::Failure,
                Level::Warning => AnnotationLevel::Warning,
                Level::Notice => AnnotationLevel::Notice,
            },
            title: annotation.title.clone().unwrap_or_default(),
            message: annotation.message.clone(),
            lines: lines
                .take((end + 1).saturating_sub(start))
                .map(str::to_owned)
                .collect(),
        }
    }
}

impl Stage for Sample {
    fn view(&self) -> PullRequestView {
        let runs = self.pull_request.check_runs();
        PullRequestView {
            repository: self.repository.full_name(),
            number: self.pull_request.number(),
            title: TITLE.to_owned(),
            author: "octocat".to_owned(),
            base: "main".to_owned(),
            branch: BRANCH.to_owned(),
            sha: self.pull_request.head().to_string(),
            checks: runs.iter().map(|run| self.check(run)).collect(),
        }
    }

    fn can_push_fix(&self) -> bool {
        !self.fixed.load(Ordering::Relaxed)
    }

    fn push_fix(&self) {
        if !self.fixed.swap(true, Ordering::Relaxed) {
            self.life.begin_again();
            self.life.step(
                "pushed",
                "a commit that keeps both checks and the merge queue's event",
            );
            self.pull_request.push(
                "Keep both checks, also in the merge queue",
                [(WORKFLOW, BASE)],
            );
            self.run_actions();
        }
    }
}

fn state(run: &CheckRun) -> CheckState {
    match run.conclusion {
        None => CheckState::InProgress,
        Some(CheckConclusion::Success) => CheckState::Success,
        Some(CheckConclusion::Neutral) => CheckState::Neutral,
        Some(CheckConclusion::Failure) => CheckState::Failure,
        Some(CheckConclusion::ActionRequired) => CheckState::ActionRequired,
        Some(CheckConclusion::Cancelled) => CheckState::Cancelled,
        Some(CheckConclusion::Skipped | CheckConclusion::TimedOut) => CheckState::Other,
    }
}
