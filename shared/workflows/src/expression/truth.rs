//! Whether an `if` is true, where its value need not be known for that.

use super::evaluate::{Evaluated, Scope, evaluate};
use super::parser::Comparison;
use super::{Expression, Part, Template, is_truthy};
use crate::Value;

impl Template {
    /// Whether an `if` of this text is true; `None` where only a run decides.
    pub(crate) fn truth(&self, scope: Scope<'_>) -> Option<bool> {
        if let [Part::Expression { expression, .. }] = self.parts.as_slice() {
            return truth(expression, scope);
        }
        // With text around its expressions an `if` is text, and text is true, whatever they are.
        let has_text = |part: &Part| matches!(part, Part::Text(text) if !text.is_empty());
        if self.parts.iter().any(has_text) {
            return Some(true);
        }
        match self.value(scope) {
            Evaluated::Known(value) => Some(is_truthy(&value)),
            Evaluated::Unknown(_) => None,
        }
    }

    /// Whether it calls a function that looks at how jobs or steps before went.
    pub(crate) fn calls_status_function(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Text(_) => false,
            Part::Expression { expression, .. } => expression.calls_status_function(),
        })
    }
}

/// Whether an expression is true. One side of `&&` or `||` can decide where nobody knows the
/// other.
fn truth(expression: &Expression, scope: Scope<'_>) -> Option<bool> {
    match expression {
        Expression::Not(inner) => truth(inner, scope).map(|value| !value),
        Expression::And(left, right) => match (truth(left, scope), truth(right, scope)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expression::Or(left, right) => match (truth(left, scope), truth(right, scope)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        other => of_ref(other, scope).or_else(|| match evaluate(other, "", scope) {
            Evaluated::Known(value) => Some(is_truthy(&value)),
            Evaluated::Unknown(_) => None,
        }),
    }
}

/// Tests of `github.ref`, of which the event tells the beginning:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.
fn of_ref(expression: &Expression, scope: Scope<'_>) -> Option<bool> {
    let beginning = match scope.github.event_name? {
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => "REFS/PULL/",
        "merge_group" => "REFS/HEADS/GH-READONLY-QUEUE/",
        _ => return None,
    };
    let other = |left: &Expression, right: &Expression| match (left, right) {
        (context, Expression::Literal(Value::String(text)))
        | (Expression::Literal(Value::String(text)), context)
            if is_ref(context) =>
        {
            Some(text.to_uppercase())
        }
        _ => None,
    };
    match expression {
        Expression::Compare(Comparison::Equal, left, right) => {
            let is_possible = other(left, right)?.starts_with(beginning);
            (!is_possible).then_some(false)
        }
        Expression::Compare(Comparison::NotEqual, left, right) => {
            let is_possible = other(left, right)?.starts_with(beginning);
            (!is_possible).then_some(true)
        }
        Expression::Call(name, arguments) if name == "startswith" => {
            let [context, Expression::Literal(Value::String(text))] = arguments.as_slice() else {
                return None;
            };
            let text = is_ref(context).then(|| text.to_uppercase())?;
            if beginning.starts_with(&text) {
                Some(true)
            } else {
                (!text.starts_with(beginning)).then_some(false)
            }
        }
        _ => None,
    }
}

fn is_ref(expression: &Expression) -> bool {
    let Expression::Index(context, key) = expression else {
        return false;
    };
    let is_github = matches!(context.as_ref(), Expression::Context(name) if name == "github");
    let is_key = |key: &Expression| matches!(key, Expression::Literal(Value::String(key)) if key.eq_ignore_ascii_case("ref"));
    is_github && is_key(key)
}
