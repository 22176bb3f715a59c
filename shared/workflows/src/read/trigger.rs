//! `on`.

use super::Reader;
use crate::filter::{BranchFilter, PathFilter, Sense};
use crate::model::{Input, Trigger};
use crate::{Span, Spanned, Value};
use yaml::{Key, Node, View};

impl Reader {
    pub(super) fn triggers(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<Trigger> {
        match value.view() {
            View::Mapping(pairs) => pairs
                .map(|(event, filters)| self.trigger(event, filters))
                .collect(),
            _ => self
                .strings(key, value)
                .into_iter()
                .map(|event| {
                    self.check_event(&event.value, event.span);
                    bare(event)
                })
                .collect(),
        }
    }

    fn trigger(&mut self, event: Key<'_>, filters: Node<'_>) -> Trigger {
        self.check_event(event.text, event.span);
        let mut trigger = bare(Spanned::new(event.text.to_owned(), event.span));
        trigger.span = event.span.to(filters.span());
        let pairs = match filters.view() {
            View::Mapping(pairs) => pairs,
            View::Null => {
                trigger.span = event.span;
                return trigger;
            }
            View::Sequence(_) if event.text == "schedule" => return trigger,
            _ => {
                self.wrong_type(event, filters, "a mapping of filters");
                return trigger;
            }
        };
        for (key, value) in pairs {
            match key.text {
                "types" => {
                    trigger.types = Some(Spanned::new(self.strings(key, value), value.span()));
                }
                "branches" | "branches-ignore" => {
                    let filter = self.branch_filter(key, value);
                    self.only_one(key, &mut trigger.branches, filter);
                }
                "tags" | "tags-ignore" => {
                    let filter = self.branch_filter(key, value);
                    self.only_one(key, &mut trigger.tags, filter);
                }
                "paths" | "paths-ignore" => {
                    let patterns = self.strings(key, value);
                    let sense = sense(key);
                    let filter =
                        Spanned::new(PathFilter { sense, patterns }, key.span.to(value.span()));
                    self.only_one(key, &mut trigger.paths, filter);
                }
                "inputs" if event.text == "workflow_call" => {
                    trigger.inputs = self.call_inputs(key, value);
                }
                // What other events take; no check name depends on it.
                "inputs" | "secrets" | "outputs" | "workflows" | "names" | "versions" => {}
                _ => self.unknown_key(key, &format!("`{}`", event.text)),
            }
        }
        trigger
    }

    fn branch_filter(&mut self, key: Key<'_>, value: Node<'_>) -> Spanned<BranchFilter> {
        let filter = BranchFilter {
            sense: sense(key),
            patterns: self.strings(key, value),
        };
        Spanned::new(filter, key.span.to(value.span()))
    }

    /// GitHub takes one of `branches` and `branches-ignore`, not both.
    fn only_one<T>(&mut self, key: Key<'_>, place: &mut Option<Spanned<T>>, filter: Spanned<T>) {
        if place.is_some() {
            let name = key.text.trim_end_matches("-ignore");
            let message = format!("expected either `{name}` or `{name}-ignore`, found both");
            self.fatal(key.span, message);
            return;
        }
        *place = Some(filter);
    }

    fn call_inputs(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<Input> {
        if matches!(value.view(), View::Null) {
            return Vec::new();
        }
        let pairs = self.mapping(key, value).into_iter().flatten();
        pairs
            .map(|(name, definition)| Input {
                name: Spanned::new(name.text.to_owned(), name.span),
                default: self.input_default(name, definition),
            })
            .collect()
    }

    /// What an input is when the caller does not set it: its `default` or its type's.
    fn input_default(&mut self, name: Key<'_>, definition: Node<'_>) -> Value {
        let mut default = None;
        let mut of_type = Value::String(String::new());
        let pairs = self.mapping(name, definition).into_iter().flatten();
        for (key, value) in pairs {
            match (key.text, value.view()) {
                ("default", _) => default = Some(value.to_value()),
                ("type", View::String("boolean")) => of_type = Value::Bool(false),
                ("type", View::String("number")) => of_type = Value::Number(0.0),
                _ => {}
            }
        }
        default.unwrap_or(of_type)
    }

    fn check_event(&mut self, event: &str, span: Span) {
        if !EVENTS.contains(&event) {
            self.unknown_key(Key { text: event, span }, "`on`");
        }
    }
}

fn bare(event: Spanned<String>) -> Trigger {
    Trigger {
        span: event.span,
        event,
        types: None,
        branches: None,
        tags: None,
        paths: None,
        inputs: Vec::new(),
    }
}

fn sense(key: Key<'_>) -> Sense {
    if key.text.ends_with("-ignore") {
        Sense::Ignore
    } else {
        Sense::Include
    }
}

/// The events that GitHub's schema knows.
const EVENTS: &[&str] = &[
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "image_version",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "project",
    "project_card",
    "project_column",
    "public",
    "pull_request",
    "pull_request_comment",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
    "workflow_run",
];
