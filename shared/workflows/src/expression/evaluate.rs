//! Evaluates expressions as far as a file alone decides them.

use super::operators::{holds, is_truthy, loosely_equal};
use super::{Expression, Part, Template};
use crate::names::{NamePattern, Segment};
use crate::{JobResult, Source, SupposedRun, Value};

/// Longest text that evaluation yields; longer is unknown. Names are cut at 100 characters;
/// without a limit nested `format` calls could fill the memory.
const MAX_TEXT_BYTES: usize = 4096;

/// A value, or why only a run decides it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Evaluated {
    Known(Value),
    /// A clause: "`needs.plan.outputs.os` is only known when the workflow runs".
    Unknown(String),
}

/// One named value of the `matrix` or `inputs` context.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) name: String,
    pub(crate) value: Evaluated,
}

/// What one leg of a job knows of its place in the matrix.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Leg {
    /// The `matrix` context.
    pub(crate) cells: Vec<Cell>,
    /// How many of the cells appear in the suffix of the name.
    pub(crate) shown: usize,
    /// Why the context may have more keys.
    pub(crate) open: Option<String>,
    /// Why this leg may not exist.
    pub(crate) doubt: Option<String>,
    /// `strategy.job-index` and `strategy.job-total`, where known.
    pub(crate) place: Option<(usize, usize)>,
}

/// What is known of the [`github` context] of a run; a property that is `None` is known to the
/// run only.
///
/// [`github` context]: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GitHubContext<'a> {
    /// `event_name`: what starts the run. A called workflow sees its caller's.
    pub event_name: Option<&'a str>,
    /// `repository`: `owner/name`.
    pub repository: Option<&'a str>,
    /// `base_ref`: the branch that a pull request would be merged into.
    pub base_ref: Option<&'a str>,
}

impl<'a> GitHubContext<'a> {
    fn property(&self, name: &str) -> Option<&'a str> {
        match name.to_ascii_lowercase().as_str() {
            "event_name" => self.event_name,
            "repository" => self.repository,
            "repository_owner" => Some(self.repository?.split_once('/')?.0),
            "base_ref" => self.base_ref,
            _ => None,
        }
    }
}

/// What an expression can see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// What is known of the run.
    pub(crate) github: GitHubContext<'a>,
    /// The leg, once the matrix is unfolded.
    pub(crate) leg: Option<&'a Leg>,
    /// The inputs of a called workflow; `None` where only the event decides.
    pub(crate) inputs: Option<&'a [Cell]>,
    /// Whether the job has `needs`; without any, `success()` is certain.
    pub(crate) has_needs: bool,
    /// The run to suppose; `None` where any may be meant.
    pub(crate) run: Option<&'a SupposedRun<'a>>,
}

impl Template {
    /// Evaluates to a value: that of the only part, or text.
    pub(crate) fn value(&self, scope: Scope<'_>) -> Evaluated {
        if let [Part::Expression { source, expression }] = self.parts.as_slice() {
            return evaluate(expression, source, scope);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Expression { source, expression } => {
                    match evaluate(expression, source, scope) {
                        Evaluated::Known(value) => match value.scalar_text() {
                            Some(value) => text.push_str(&value),
                            None => return Evaluated::Unknown(only_a_run_decides(source)),
                        },
                        unknown @ Evaluated::Unknown(_) => return unknown,
                    }
                }
            }
        }
        bounded(text, "text")
    }

    /// Evaluates to a name, with wildcards for what only a run decides.
    pub(crate) fn name(&self, scope: Scope<'_>) -> NamePattern {
        let mut name = NamePattern::default();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push(Segment::Literal(text.clone())),
                Part::Expression { source, expression } => {
                    match evaluate(expression, source, scope) {
                        Evaluated::Known(value) => match value.scalar_text() {
                            Some(text) => name.push(Segment::Literal(text)),
                            None => name.push_unknown(only_a_run_decides(source)),
                        },
                        Evaluated::Unknown(why) => name.push_unknown(why),
                    }
                }
            }
        }
        name
    }
}

/// Evaluates an expression; `source` is its text, for the reason when it is unknown.
pub(crate) fn evaluate(expression: &Expression, source: &str, scope: Scope<'_>) -> Evaluated {
    let unknown = || Evaluated::Unknown(only_a_run_decides(source));
    let of = |inner: &Expression| evaluate(inner, source, scope);
    match expression {
        Expression::Literal(value) => Evaluated::Known(value.clone()),
        Expression::Context(_) | Expression::Every(_) => unknown(),
        Expression::Index(container, index) => self::index(container, index, source, scope),
        Expression::Call(name, arguments) => call(name, arguments, source, scope),
        Expression::Not(inner) => match of(inner) {
            Evaluated::Known(value) => Evaluated::Known(Value::Bool(!is_truthy(&value))),
            unknown @ Evaluated::Unknown(_) => unknown,
        },
        Expression::And(left, right) => match of(left) {
            Evaluated::Known(value) if is_truthy(&value) => of(right),
            decided => decided,
        },
        Expression::Or(left, right) => match of(left) {
            Evaluated::Known(value) if !is_truthy(&value) => of(right),
            decided => decided,
        },
        Expression::Compare(comparison, left, right) => match (of(left), of(right)) {
            (Evaluated::Known(left), Evaluated::Known(right)) => {
                Evaluated::Known(Value::Bool(holds(*comparison, &left, &right)))
            }
            (Evaluated::Unknown(why), _) | (_, Evaluated::Unknown(why)) => Evaluated::Unknown(why),
        },
    }
}

fn index(container: &Expression, index: &Expression, source: &str, scope: Scope<'_>) -> Evaluated {
    let key = match evaluate(index, source, scope) {
        Evaluated::Known(key) => key,
        unknown @ Evaluated::Unknown(_) => return unknown,
    };
    if let Some(results) = supposed_results(container, &key, scope) {
        return Evaluated::Known(results);
    }
    if let Expression::Context(context) = container {
        let Some(name) = key.scalar_text() else {
            return Evaluated::Known(Value::Null);
        };
        return in_context(context, &name, source, scope);
    }
    match evaluate(container, source, scope) {
        Evaluated::Known(value) => Evaluated::Known(element(value, &key)),
        unknown @ Evaluated::Unknown(_) => unknown,
    }
}

/// `needs.ID.result` and `needs.*.result` of a supposed run, as far as that says.
fn supposed_results(container: &Expression, key: &Value, scope: Scope<'_>) -> Option<Value> {
    let run = scope.run?;
    let is = |value: &Value, name: &str| matches!(value, Value::String(text) if text.eq_ignore_ascii_case(name));
    let is_needs =
        |context: &Expression| matches!(context, Expression::Context(name) if name == "needs");
    if !is(key, "result") {
        return None;
    }
    let text = |result: JobResult| Value::String(result.as_str().to_owned());
    match container {
        Expression::Every(context) if is_needs(context) => {
            let results: Option<Vec<Value>> = run
                .needs
                .iter()
                .map(|(_, result)| result.map(text))
                .collect();
            Some(Value::Sequence(results?))
        }
        Expression::Index(context, id) if is_needs(context) => {
            let Expression::Literal(id) = id.as_ref() else {
                return None;
            };
            let (_, result) = run.needs.iter().find(|(need, _)| is(id, need))?;
            result.map(text)
        }
        _ => None,
    }
}

fn in_context(context: &str, name: &str, source: &str, scope: Scope<'_>) -> Evaluated {
    let unknown = || Evaluated::Unknown(only_a_run_decides(source));
    match (context, scope.leg, scope.inputs) {
        ("github", _, _) => scope.github.property(name).map_or_else(unknown, |text| {
            Evaluated::Known(Value::String(text.to_owned()))
        }),
        ("matrix", Some(leg), _) => match (find(&leg.cells, name), &leg.open) {
            (Some(value), _) => value.clone(),
            (None, Some(why)) => Evaluated::Unknown(why.clone()),
            (None, None) => Evaluated::Known(Value::Null),
        },
        ("strategy", Some(leg), _) => {
            let number = match (name, leg.place) {
                ("job-index", Some((index, _))) => index,
                ("job-total", Some((_, total))) => total,
                _ => return unknown(),
            };
            // There are at most 256 legs.
            u16::try_from(number).map_or_else(
                |_| unknown(),
                |number| Evaluated::Known(Value::Number(f64::from(number))),
            )
        }
        ("inputs", _, Some(inputs)) => {
            find(inputs, name).map_or(Evaluated::Known(Value::Null), Clone::clone)
        }
        _ => unknown(),
    }
}

fn find<'a>(cells: &'a [Cell], name: &str) -> Option<&'a Evaluated> {
    let cell = cells
        .iter()
        .find(|cell| cell.name.eq_ignore_ascii_case(name))?;
    Some(&cell.value)
}

fn element(container: Value, key: &Value) -> Value {
    match (container, key) {
        (Value::Mapping(pairs), key) => {
            let name = key.scalar_text();
            pairs
                .into_iter()
                .find(|(other, _)| {
                    name.as_ref()
                        .is_some_and(|name| other.eq_ignore_ascii_case(name))
                })
                .map_or(Value::Null, |(_, value)| value)
        }
        (Value::Sequence(items), Value::Number(number)) => items
            .into_iter()
            .zip(0_u32..)
            .find(|(_, position)| f64::from(*position).total_cmp(&number.floor()).is_eq())
            .map_or(Value::Null, |(item, _)| item),
        _ => Value::Null,
    }
}

fn call(name: &str, arguments: &[Expression], source: &str, scope: Scope<'_>) -> Evaluated {
    let mut values = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match evaluate(argument, source, scope) {
            Evaluated::Known(value) => values.push(value),
            unknown @ Evaluated::Unknown(_) => return unknown,
        }
    }
    let known = |value| Evaluated::Known(value);
    match (name, values.as_slice()) {
        ("always", []) => known(Value::Bool(true)),
        // A cancelled run blocks whatever its checks are named.
        ("cancelled", []) => known(Value::Bool(false)),
        ("success", []) if scope.run.is_some() => known(Value::Bool(succeeded(scope))),
        ("failure", []) if scope.run.is_some() => known(Value::Bool(failed(scope))),
        ("success", []) if !scope.has_needs => known(Value::Bool(true)),
        ("failure", []) if !scope.has_needs => known(Value::Bool(false)),
        ("contains", [Value::Sequence(items), item]) => known(Value::Bool(
            items.iter().any(|other| loosely_equal(other, item)),
        )),
        ("contains", [text, part]) => test_text(text, part, |text, part| text.contains(part)),
        ("startswith", [text, part]) => test_text(text, part, |text, part| text.starts_with(part)),
        ("endswith", [text, part]) => test_text(text, part, |text, part| text.ends_with(part)),
        ("format", [Value::String(pattern), rest @ ..]) => format(pattern, rest).map_or_else(
            || Evaluated::Unknown(only_a_run_decides(source)),
            |text| bounded(text, source),
        ),
        ("join", [Value::Sequence(items), rest @ ..]) => {
            let separator = rest.first().and_then(Value::scalar_text);
            let texts: Vec<String> = items.iter().filter_map(Value::scalar_text).collect();
            bounded(texts.join(separator.as_deref().unwrap_or(",")), source)
        }
        ("fromjson", [Value::String(json)]) => {
            from_json(json).map_or_else(|| Evaluated::Unknown(only_a_run_decides(source)), known)
        }
        _ => Evaluated::Unknown(only_a_run_decides(source)),
    }
}

/// `success()` of a supposed run.
fn succeeded(scope: Scope<'_>) -> bool {
    scope
        .run
        .is_none_or(|run| run.ancestors == JobResult::Success)
}

/// `failure()` of a supposed run.
fn failed(scope: Scope<'_>) -> bool {
    scope
        .run
        .is_some_and(|run| run.ancestors == JobResult::Failure)
}

/// Tests of text, which GitHub makes without regard to case.
fn test_text(text: &Value, part: &Value, holds: impl Fn(&str, &str) -> bool) -> Evaluated {
    let result = match (text.scalar_text(), part.scalar_text()) {
        (Some(text), Some(part)) => holds(&text.to_uppercase(), &part.to_uppercase()),
        _ => false,
    };
    Evaluated::Known(Value::Bool(result))
}

/// `format('{0} of {1}', …)`; `{{` and `}}` are braces. `None` where GitHub would fail.
fn format(pattern: &str, arguments: &[Value]) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{") {
            text.push('{');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            text.push('}');
            rest = after;
        } else {
            let (index, after) = rest.strip_prefix('{')?.split_once('}')?;
            text.push_str(&arguments.get(index.parse::<usize>().ok()?)?.scalar_text()?);
            rest = after;
        }
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
    }
    text.push_str(rest);
    Some(text)
}

/// JSON is a part of YAML 1.2, so that the reader of YAML reads it too.
fn from_json(json: &str) -> Option<Value> {
    let mut refusals = Vec::new();
    let tree = yaml::load(json, &Source::new(json), "JSON", &mut refusals).ok()?;
    let value = tree.root().to_value();
    // YAML would take any text for a string.
    let is_json = match &value {
        Value::String(_) => json.trim_start().starts_with('"'),
        Value::Sequence(_) => json.trim_start().starts_with('['),
        Value::Mapping(_) => json.trim_start().starts_with('{'),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    (is_json && refusals.is_empty()).then_some(value)
}

fn bounded(text: String, source: &str) -> Evaluated {
    if text.len() > MAX_TEXT_BYTES {
        return Evaluated::Unknown(format!("`{}` is too long", excerpt(source)));
    }
    Evaluated::Known(Value::String(text))
}

/// The reason why an expression has no value yet.
pub(crate) fn only_a_run_decides(source: &str) -> String {
    format!("`{}` is only known when the workflow runs", excerpt(source))
}

/// As much of an expression as a sentence can hold, in whole words: half of a secret is not
/// recognised as one any more.
fn excerpt(source: &str) -> String {
    const LONGEST: usize = 60;
    let mut excerpt: String = source.chars().take(LONGEST).collect();
    if excerpt.len() < source.len() {
        let breaks = |c: char| c.is_whitespace() || "'()[]{},".contains(c);
        excerpt.truncate(excerpt.rfind(breaks).unwrap_or_default());
        excerpt.push('…');
    }
    excerpt
}
