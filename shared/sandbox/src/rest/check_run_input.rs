//! What can be said about a check run, and its limits
//! (<https://docs.github.com/en/rest/checks/runs>).

use jiff::Timestamp;
use serde::Deserialize;

use crate::http::Refusal;
use crate::state::{Action, Annotation, CheckConclusion, CheckRun, CheckStatus, Output, State};

/// Of summary and text, in bytes.
const LONGEST_TEXT: usize = 65_535;
/// Of an annotation's message and details, in bytes.
const LONGEST_MESSAGE: usize = 64 << 10;
/// Of an annotation's title, in characters.
const LONGEST_TITLE: usize = 255;
const MOST_ANNOTATIONS: usize = 50;
const MOST_ACTIONS: usize = 3;

/// The body of a create or an update.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    pub(super) name: Option<String>,
    pub(super) head_sha: Option<String>,
    details_url: Option<String>,
    external_id: Option<String>,
    status: Option<CheckStatus>,
    conclusion: Option<CheckConclusion>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    output: Option<OutputInput>,
    actions: Option<Vec<Action>>,
}

#[derive(Debug, Deserialize)]
struct OutputInput {
    title: Option<String>,
    summary: Option<String>,
    text: Option<String>,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

impl Input {
    /// Refuses what GitHub refuses, before anything changes.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.status == Some(CheckStatus::Completed) && self.conclusion.is_none() {
            return Err(Refusal::invalid_request(
                "For 'allOf/0', {\"status\"=>\"completed\"} is missing the key: conclusion.",
            ));
        }
        self.output.as_ref().map_or(Ok(()), OutputInput::check)?;
        self.actions.as_deref().map_or(Ok(()), check_actions)
    }

    /// Makes the changes. A conclusion completes the run whatever the status says.
    pub(super) fn apply(self, state: &mut State, id: u64) -> Option<()> {
        let now = state.now();
        let run = state.check_runs.get_mut(&id)?;
        if let Some(name) = self.name {
            run.name = name;
        }
        run.details_url = self.details_url.or(run.details_url.take());
        run.external_id = self.external_id.or(run.external_id.take());
        run.started_at = self.started_at.unwrap_or(run.started_at);
        if let Some(conclusion) = self.conclusion {
            run.status = CheckStatus::Completed;
            run.conclusion = Some(conclusion);
            run.completed_at = Some(self.completed_at.unwrap_or(now));
        } else if let Some(status) = self.status {
            run.status = status;
            run.conclusion = None;
            run.completed_at = None;
        }
        if let Some(output) = self.output {
            output.apply(run);
        }
        if let Some(actions) = self.actions {
            run.actions = actions;
        }
        Some(())
    }
}

impl OutputInput {
    fn check(&self) -> Result<(), Refusal> {
        if self.title.is_none() && self.summary.is_none() {
            return Err(Refusal::invalid_request(
                "\"title\", \"summary\" weren't supplied for 'output'.",
            ));
        }
        for text in [&self.summary, &self.text].into_iter().flatten() {
            at_most(LONGEST_TEXT, text.len(), "characters")?;
        }
        at_most(MOST_ANNOTATIONS, self.annotations.len(), "items")?;
        self.annotations.iter().try_for_each(check_annotation)
    }

    /// Title, summary and text replace; annotations are appended.
    fn apply(self, run: &mut CheckRun) {
        let before = std::mem::take(&mut run.output);
        run.output = Output {
            title: self.title.or(before.title),
            summary: self.summary.or(before.summary),
            text: self.text.or(before.text),
        };
        run.annotations.extend(self.annotations);
    }
}

fn check_annotation(annotation: &Annotation) -> Result<(), Refusal> {
    let details = annotation.raw_details.iter();
    for text in details.chain(std::iter::once(&annotation.message)) {
        at_most(LONGEST_MESSAGE, text.len(), "characters")?;
    }
    let title = annotation.title.as_deref().unwrap_or_default();
    at_most(LONGEST_TITLE, title.chars().count(), "characters")?;
    let columns = annotation.start_column.or(annotation.end_column);
    if annotation.start_line == 0 || annotation.end_line < annotation.start_line {
        let refusal = Refusal::validation_failed("Annotation", "end_line", "invalid");
        return Err(refusal);
    }
    if columns.is_some() && annotation.start_line != annotation.end_line {
        let refusal = Refusal::validation_failed("Annotation", "start_column", "invalid");
        return Err(refusal);
    }
    Ok(())
}

fn check_actions(actions: &[Action]) -> Result<(), Refusal> {
    at_most(MOST_ACTIONS, actions.len(), "items")?;
    for action in actions {
        at_most(20, action.label.chars().count(), "characters")?;
        at_most(40, action.description.chars().count(), "characters")?;
        at_most(20, action.identifier.chars().count(), "characters")?;
    }
    Ok(())
}

fn at_most(limit: usize, given: usize, what: &str) -> Result<(), Refusal> {
    if given <= limit {
        return Ok(());
    }
    let verb = if what == "items" {
        "No more than"
    } else {
        "Only"
    };
    Err(Refusal::invalid_request(&format!(
        "{verb} {limit} {what} are allowed; {given} were supplied."
    )))
}
