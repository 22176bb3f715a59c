//! Where a finding points.
//!
//! A filter or an `on` that keeps a job from reporting comes first, then the job's name. For a
//! context that nothing reports: the job whose name comes closest (or, where the change takes a
//! name away, that job as it is now), else the `on` of the first workflow that runs for pull
//! requests, where a job of that name would be added; nothing where there is no workflow.

use workflows::{JobPlace, Span};

use super::jobs::{Candidate, Jobs, ReadFrom};
use super::problem::Nothing;
use super::standing::Kept;
use crate::registry::Input;
use crate::rules::text::quoted;
use crate::{Evidence, Fact, RepoPath};

/// One side's files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a, 'b> {
    /// The side.
    pub(super) input: &'b Input<'a>,
    /// Its jobs.
    pub(super) jobs: &'b Jobs<'a>,
}

impl Places<'_, '_> {
    /// The name of the branch that is merged into, as code.
    pub(super) fn branch(&self) -> String {
        quoted(self.input.settings.branch.as_str())
    }

    /// The App that a context is pinned to, as the end of a phrase.
    pub(super) fn app(&self, app: u64) -> String {
        match &self.input.settings.actions_app_id {
            Fact::Known(actions) if *actions == app => ", from GitHub Actions".to_owned(),
            _ => format!(", from App {app}"),
        }
    }

    /// Where a job has its name.
    pub(super) fn job(&self, candidate: &Candidate<'_>) -> Option<Evidence> {
        let place = &candidate.reported.job;
        if self.is_here(candidate) {
            self.place(place)
        } else {
            None
        }
    }

    /// Where a job says what it runs on.
    pub(super) fn runs_on(&self, candidate: &Candidate<'_>, label: Span) -> Option<Evidence> {
        let path = RepoPath::new(&candidate.reported.job.path).ok();
        let path = path.filter(|_| self.is_here(candidate))?;
        self.span(&path, label)
    }

    /// What keeps jobs from reporting, each followed by the job.
    pub(super) fn of_kept(&self, kept: &[Kept<'_, '_>]) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        for (candidate, obstacle) in kept {
            let obstacle = obstacle.span.filter(|_| self.is_here(candidate));
            let obstacle = obstacle.and_then(|span| self.span(candidate.path, span));
            for place in obstacle.into_iter().chain(self.job(candidate)) {
                if !evidence.contains(&place) {
                    evidence.push(place);
                }
            }
        }
        evidence
    }

    /// The place for a context that nothing reports.
    pub(super) fn of_nothing(&self, nothing: &Nothing<'_, '_>) -> Vec<Evidence> {
        let kept = self.of_kept(&nothing.kept);
        if !kept.is_empty() {
            return kept;
        }
        if let Some(refusal) = nothing.refused {
            let path = RepoPath::new(&refusal.place).ok();
            return path
                .and_then(|path| self.span(&path, refusal.span))
                .into_iter()
                .collect();
        }
        let before = nothing.taken_away;
        let renamed = before.and_then(|before| self.now(before));
        let nearest = nothing.hint.as_ref().and_then(|hint| hint.job);
        renamed
            .or(nearest)
            .and_then(|candidate| self.job(candidate))
            .or_else(|| self.pull_request_workflow())
            .into_iter()
            .collect()
    }

    /// The name that a job of the base reports on this side.
    pub(super) fn renamed_to(&self, before: &Candidate<'_>) -> Option<String> {
        let now = self.now(before)?;
        Some(now.reported.name.to_string())
    }

    /// A job of the base as it is on this side.
    fn now(&self, before: &Candidate<'_>) -> Option<&Candidate<'_>> {
        let identity = before.identity();
        let mut candidates = self.jobs.candidates.iter();
        candidates.find(|candidate| candidate.identity() == identity)
    }

    fn pull_request_workflow(&self) -> Option<Evidence> {
        self.input.workflows.iter().find_map(|(path, parsed)| {
            let Fact::Known(Ok(workflow)) = parsed else {
                return None;
            };
            workflow.trigger("pull_request")?;
            self.span(path, workflow.on?)
        })
    }

    /// Whether the file that the candidate is read from is the one in this tree.
    fn is_here(&self, candidate: &Candidate<'_>) -> bool {
        candidate.read_from == ReadFrom::Tree
            || matches!(
                self.input.workflows.get(candidate.path),
                Some(Fact::Known(Ok(own))) if own.source == candidate.workflow.source
            )
    }

    fn place(&self, place: &JobPlace) -> Option<Evidence> {
        let path = RepoPath::new(&place.path).ok()?;
        self.span(&path, place.span)
    }

    fn span(&self, path: &RepoPath, span: Span) -> Option<Evidence> {
        let (start, end) = (span.start_line(), span.end_line());
        self.input.evidence(path, start, end)
    }
}
