//! A YAML tree into the model. Tolerant: what can't be right is a [`Problem`], the rest is read.
//!
//! Which keys there are, and what they may hold, follows the schema that GitHub publishes
//! (`workflow-v1.0.json` in actions/languageservices). A key that it does not know is a problem
//! but not a fatal one, although GitHub refuses such files: GitHub may know more keys by now.

mod job;
mod matrix;
mod needs;
mod step;
mod trigger;

use crate::expression::{Place, Template};
use crate::model::{Access, Env, Flag, Grant, Permissions, Problem, Workflow};
use crate::{ParseError, ParseErrorKind, Source, Span, Spanned, Value};
use yaml::{Key, Node, Pairs, View};

/// Reads the model out of a document.
pub(crate) fn workflow(
    root: Node<'_>,
    source: Source,
    problems: Vec<Problem>,
) -> Result<Workflow, ParseError> {
    let View::Mapping(pairs) = root.view() else {
        let message = format!(
            "expected a mapping with `on` and `jobs`, found {}",
            root.found()
        );
        let at = root.span().start;
        return Err(ParseError::new(ParseErrorKind::NotAMapping, at, message));
    };
    let mut reader = Reader { problems };
    let mut workflow = Workflow {
        name: None,
        on: None,
        triggers: Vec::new(),
        permissions: None,
        env: None,
        default_shell: None,
        jobs: Vec::new(),
        problems: Vec::new(),
        source,
    };
    let mut has_jobs = false;
    for (key, value) in pairs {
        match key.text {
            "name" => workflow.name = reader.non_empty_string(key, value),
            "on" => {
                workflow.on = Some(key.span.to(value.span()));
                workflow.triggers = reader.triggers(key, value);
                if workflow.triggers.is_empty() {
                    let message = "expected at least one event in `on`, found none";
                    reader.fatal(value.span(), message.to_owned());
                }
            }
            "permissions" => workflow.permissions = reader.permissions(key, value),
            "jobs" => {
                has_jobs = true;
                workflow.jobs = reader.jobs(key, value);
            }
            "env" => workflow.env = env(value),
            "defaults" => workflow.default_shell = default_shell(value),
            "run-name" | "description" | "concurrency" => {}
            _ => reader.unknown_key(key, "a workflow"),
        }
    }
    let start = Span {
        start: root.span().start,
        end: root.span().start,
    };
    if workflow.on.is_none() {
        reader.fatal(start, "expected the key `on`, found none".to_owned());
    }
    if !has_jobs {
        reader.fatal(start, "expected the key `jobs`, found none".to_owned());
    }
    workflow.problems = reader.problems;
    workflow.problems.sort_by_key(|problem| problem.span);
    Ok(workflow)
}

/// Collects problems while reading.
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn fatal(&mut self, span: Span, message: String) {
        self.problems.push(Problem {
            span,
            message,
            fatal: true,
        });
    }

    fn unknown_key(&mut self, key: Key<'_>, owner: &str) {
        self.problems.push(Problem {
            span: key.span,
            message: format!("expected a key of {owner}, found `{}`", key.text),
            fatal: false,
        });
    }

    fn wrong_type(&mut self, key: Key<'_>, value: Node<'_>, expected: &str) {
        let message = format!(
            "expected {expected} for `{}`, found {}",
            key.text,
            value.found()
        );
        self.fatal(value.span(), message);
    }

    /// A scalar as text: GitHub takes every scalar where it expects a string.
    fn string(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<String>> {
        let text = scalar_text(value);
        if text.is_none() {
            self.wrong_type(key, value, "a string");
        }
        Some(Spanned::new(text?, value.span()))
    }

    /// Like [`Self::string`], where empty counts as absent.
    fn non_empty_string(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<String>> {
        self.string(key, value).filter(|text| !text.is_empty())
    }

    /// A string whose expressions have to be right for GitHub to take the file.
    fn template(&mut self, key: Key<'_>, value: Node<'_>, place: Place) -> Option<Spanned<String>> {
        let text = self.non_empty_string(key, value)?;
        let parsed = Template::parse(&text);
        if let Err(error) = parsed.and_then(|template| template.check(place)) {
            self.fatal(text.span, format!("{error} in `{}`", key.text));
        }
        Some(text)
    }

    /// One string, or a sequence of strings.
    fn strings(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<Spanned<String>> {
        match value.view() {
            View::Sequence(items) => items.filter_map(|item| self.string(key, item)).collect(),
            View::Mapping(_) | View::Null => {
                self.wrong_type(key, value, "a string or a sequence of strings");
                Vec::new()
            }
            _ => self.string(key, value).into_iter().collect(),
        }
    }

    fn mapping<'tree>(&mut self, key: Key<'_>, value: Node<'tree>) -> Option<Pairs<'tree>> {
        if let View::Mapping(pairs) = value.view() {
            return Some(pairs);
        }
        self.wrong_type(key, value, "a mapping");
        None
    }

    /// `true`, `false` or an expression.
    fn flag(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Flag>> {
        let flag = match value.view() {
            View::Bool(literal) => Flag::Literal(literal),
            View::String(text) if text.contains("${{") => Flag::Expression(text.to_owned()),
            _ => {
                self.wrong_type(key, value, "a boolean or an expression");
                return None;
            }
        };
        Some(Spanned::new(flag, value.span()))
    }

    /// Inputs: a mapping of scalars.
    fn inputs(&mut self, key: Key<'_>, value: Node<'_>) -> Vec<(Spanned<String>, Spanned<Value>)> {
        let pairs = self.mapping(key, value).into_iter().flatten();
        let mut inputs = Vec::new();
        for (name, value) in pairs {
            if matches!(value.view(), View::Sequence(_) | View::Mapping(_)) {
                self.wrong_type(name, value, "a scalar");
                continue;
            }
            let name = Spanned::new(name.text.to_owned(), name.span);
            inputs.push((name, Spanned::new(value.to_value(), value.span())));
        }
        inputs
    }

    fn permissions(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Permissions>> {
        let permissions = match value.view() {
            View::String("read-all") => Permissions::ReadAll,
            View::String("write-all") => Permissions::WriteAll,
            View::Mapping(pairs) => Permissions::Scopes(
                pairs
                    .filter_map(|(scope, access)| self.grant(scope, access))
                    .collect(),
            ),
            _ => {
                self.wrong_type(key, value, "`read-all`, `write-all` or a mapping");
                return None;
            }
        };
        Some(Spanned::new(permissions, value.span()))
    }

    fn grant(&mut self, scope: Key<'_>, access: Node<'_>) -> Option<Grant> {
        if !SCOPES.contains(&scope.text) {
            self.unknown_key(scope, "`permissions`");
        }
        let level = match access.view() {
            View::String("none") => Access::None,
            View::String("read") => Access::Read,
            View::String("write") => Access::Write,
            _ => {
                self.wrong_type(scope, access, "`read`, `write` or `none`");
                return None;
            }
        };
        Some(Grant {
            scope: Spanned::new(scope.text.to_owned(), scope.span),
            access: Spanned::new(level, access.span()),
        })
    }
}

/// The scopes of a token that GitHub's schema knows.
const SCOPES: &[&str] = &[
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "code-quality",
    "contents",
    "copilot-requests",
    "deployments",
    "discussions",
    "drives",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
    "vulnerability-alerts",
];

/// `env`, whose mistakes are left to GitHub.
fn env(value: Node<'_>) -> Option<Spanned<Env>> {
    let env = match value.view() {
        View::String(text) => Env::Expression(text.to_owned()),
        View::Mapping(pairs) => Env::Variables(
            pairs
                .map(|(name, value)| {
                    let name = Spanned::new(name.text.to_owned(), name.span);
                    (name, Spanned::new(value.to_value(), value.span()))
                })
                .collect(),
        ),
        _ => return None,
    };
    Some(Spanned::new(env, value.span()))
}

/// `defaults.run.shell`, where there is one.
fn default_shell(defaults: Node<'_>) -> Option<Spanned<String>> {
    let run = entry(defaults, "run")?;
    let shell = entry(run, "shell")?;
    let text = scalar_text(shell).filter(|text| !text.is_empty())?;
    Some(Spanned::new(text, shell.span()))
}

fn entry<'tree>(node: Node<'tree>, name: &str) -> Option<Node<'tree>> {
    let View::Mapping(mut pairs) = node.view() else {
        return None;
    };
    pairs
        .find(|(key, _)| key.text == name)
        .map(|(_, value)| value)
}

fn scalar_text(value: Node<'_>) -> Option<String> {
    match value.view() {
        View::String(text) => Some(text.to_owned()),
        View::Sequence(_) | View::Mapping(_) => None,
        View::Null | View::Bool(_) | View::Number(_) => value.to_value().scalar_text(),
    }
}
