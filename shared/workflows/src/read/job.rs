//! `jobs` and what belongs to one job.

use super::Reader;
use crate::expression::{Place, Template};
use crate::model::{Environment, Job, RunsOn, Secrets};
use crate::{Span, Spanned};
use yaml::{Key, Node, View};

/// Ids of jobs are shorter than this.
const MAX_ID_CHARS: usize = 100;

/// Keys of an ordinary job that one calling a reusable workflow can't have.
const NOT_WITH_USES: &[&str] = &["runs-on", "steps", "container", "services", "environment"];

impl Reader {
    pub(super) fn jobs(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<Job> {
        let pairs = self.mapping(key, value).into_iter().flatten();
        let jobs: Vec<Job> = pairs.filter_map(|(id, body)| self.job(id, body)).collect();
        self.check_needs(key.span, &jobs);
        jobs
    }

    fn job(&mut self, id: Key<'_>, body: Node<'_>) -> Option<Job> {
        self.check_id(id);
        let pairs = self.mapping(id, body)?;
        let mut job = Job {
            id: Spanned::new(id.text.to_owned(), id.span),
            span: id.span.to(body.span()),
            name: None,
            needs: Vec::new(),
            condition: None,
            strategy: None,
            uses: None,
            with: Vec::new(),
            secrets: None,
            permissions: None,
            environment: None,
            runs_on: None,
            continue_on_error: None,
            env: None,
            default_shell: None,
            steps: Vec::new(),
        };
        let mut only_ordinary = None;
        for (key, value) in pairs {
            if NOT_WITH_USES.contains(&key.text) {
                only_ordinary.get_or_insert(key);
            }
            self.job_key(&mut job, key, value);
        }
        match (&job.uses, only_ordinary) {
            (Some(_), Some(key)) => {
                let message = format!(
                    "expected either `uses` or the keys of an ordinary job, found `uses` and `{}`",
                    key.text
                );
                self.fatal(key.span, message);
            }
            (None, _) if job.runs_on.is_none() => {
                let message = format!(
                    "expected `runs-on` or `uses` in job `{}`, found none",
                    id.text
                );
                self.fatal(id.span, message);
            }
            _ => {}
        }
        Some(job)
    }

    fn job_key(&mut self, job: &mut Job, key: Key<'_>, value: Node<'_>) {
        match key.text {
            "name" => job.name = self.template(key, value, Place::JobName),
            "needs" => job.needs = self.strings(key, value),
            "if" => job.condition = self.checked_condition(key, value),
            "strategy" => job.strategy = self.strategy(key, value),
            "uses" => job.uses = self.non_empty_string(key, value),
            "with" => job.with = self.inputs(key, value),
            "secrets" => job.secrets = self.secrets(key, value),
            "permissions" => job.permissions = self.permissions(key, value),
            "environment" => job.environment = self.environment(key, value),
            "runs-on" => job.runs_on = self.runs_on(key, value),
            "continue-on-error" => job.continue_on_error = self.flag(key, value),
            "steps" => job.steps = self.steps(key, value),
            "env" => job.env = super::env(value),
            "defaults" => job.default_shell = super::default_shell(value),
            "timeout-minutes"
            | "cancel-timeout-minutes"
            | "container"
            | "services"
            | "concurrency"
            | "outputs"
            | "snapshot" => {}
            _ => self.unknown_key(key, "a job"),
        }
    }

    fn check_id(&mut self, id: Key<'_>) {
        let mut characters = id.text.chars();
        let starts_well = characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        let goes_on_well =
            characters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'));
        let is_reserved = id.text.starts_with("__");
        if starts_well && goes_on_well && !is_reserved && id.text.len() < MAX_ID_CHARS {
            return;
        }
        let message = format!(
            "expected a job id of letters, digits, `-` and `_` that starts with a letter or one \
             `_` and has fewer than {MAX_ID_CHARS} characters, found `{}`",
            id.text
        );
        self.fatal(id.span, message);
    }

    /// `if` of a job, whose expression has to be right for GitHub to take the file.
    fn checked_condition(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<String>> {
        let condition = self.condition(key, value)?;
        let parsed = Template::parse_condition(&condition);
        if let Err(error) = parsed.and_then(|template| template.check(Place::JobIf)) {
            self.fatal(condition.span, format!("{error} in `{}`", key.text));
        }
        Some(condition)
    }

    /// `if`; GitHub takes every scalar.
    pub(super) fn condition(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<String>> {
        self.non_empty_string(key, value)
    }

    fn secrets(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Secrets>> {
        let secrets = match value.view() {
            View::String("inherit") => Secrets::Inherit,
            View::Mapping(pairs) => {
                Secrets::Named(pairs.map(|(name, _)| name.text.to_owned()).collect())
            }
            _ => {
                self.wrong_type(key, value, "`inherit` or a mapping");
                return None;
            }
        };
        Some(Spanned::new(secrets, value.span()))
    }

    fn environment(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Environment>> {
        let name = match value.view() {
            View::Mapping(mut pairs) => {
                let named = pairs.find(|(key, _)| key.text == "name");
                let Some((key, name)) = named else {
                    self.fatal(
                        value.span(),
                        "expected the key `name` in `environment`, found none".to_owned(),
                    );
                    return None;
                };
                self.string(key, name)?
            }
            _ => self.string(key, value)?,
        };
        Some(Spanned::new(Environment { name }, value.span()))
    }

    fn runs_on(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<RunsOn>> {
        let mut runs_on = RunsOn {
            group: None,
            labels: Vec::new(),
        };
        match value.view() {
            View::Mapping(pairs) => {
                for (key, value) in pairs {
                    match key.text {
                        "group" => runs_on.group = self.string(key, value),
                        "labels" => runs_on.labels = self.strings(key, value),
                        _ => self.unknown_key(key, "`runs-on`"),
                    }
                }
            }
            View::Null => {
                self.wrong_type(key, value, "a runner label");
                return None;
            }
            _ => runs_on.labels = self.strings(key, value),
        }
        Some(Spanned::new(runs_on, value.span()))
    }

    fn check_needs(&mut self, jobs_key: Span, jobs: &[Job]) {
        for (span, message) in super::needs::errors(jobs_key, jobs) {
            self.fatal(span, message);
        }
    }
}
