//! `if`: what it comes to in a run that one supposes.

use crate::expression::{GitHubContext, Scope, Template};
use crate::model::Job;

/// An `if`, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// `None` where it can't be read, so that nothing is known of it.
    template: Option<Template>,
}

/// How a job ended, in the words of `needs.ID.result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobResult {
    /// `success`
    Success,
    /// `failure`
    Failure,
    /// `skipped`
    Skipped,
}

/// A run to suppose, as a job sees it.
#[derive(Debug, Clone, Copy)]
pub struct SupposedRun<'a> {
    /// `github.event_name`
    pub event: &'a str,
    /// The job's own `needs`, by id, with their results; `None` where nothing is supposed.
    pub needs: &'a [(&'a str, Option<JobResult>)],
    /// How the jobs that it waits for went, at whatever distance: what `success()` and
    /// `failure()` look at. [`JobResult::Failure`] where one of them failed.
    pub ancestors: JobResult,
}

impl JobResult {
    /// The text of `needs.ID.result`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

impl Condition {
    /// Reads an `if`, with or without `${{ }}`. One that is not in the syntax, or looks at what
    /// is not known here, may come to anything.
    pub fn parse(text: &str) -> Self {
        Self {
            template: Template::parse_condition(text).ok(),
        }
    }

    /// The condition of a job. Without an `if` there is nothing but what GitHub adds to it.
    pub fn of(job: &Job) -> Self {
        Self::parse(job.condition.as_ref().map_or("true", |text| text.as_str()))
    }

    /// Whether it calls `always()`, `success()`, `failure()` or `cancelled()`, or may. GitHub
    /// puts `success() &&` before a condition that calls none.
    pub fn calls_status_function(&self) -> bool {
        let template = self.template.as_ref();
        template.is_none_or(Template::calls_status_function)
    }

    /// Whether it is true for a step, by what the file alone says; `None` where a run decides.
    pub fn holds_for_step(&self) -> Option<bool> {
        self.template.as_ref()?.truth(Scope {
            github: GitHubContext::default(),
            leg: None,
            inputs: None,
            // How the steps before went is not known.
            has_needs: true,
            run: None,
        })
    }

    /// Whether a job with this condition runs, and is not skipped, in a run like this; `None`
    /// where that can't be told.
    pub fn holds_for_job(&self, run: &SupposedRun<'_>) -> Option<bool> {
        if run.ancestors != JobResult::Success && !self.calls_status_function() {
            return Some(false);
        }
        self.template.as_ref()?.truth(Scope {
            github: GitHubContext {
                event_name: Some(run.event),
                ..GitHubContext::default()
            },
            leg: None,
            inputs: None,
            has_needs: true,
            run: Some(run),
        })
    }
}
