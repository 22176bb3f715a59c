//! Values as a file has them, with expressions in their strings.

use super::{Evaluated, Scope, Template};
use crate::Value;

/// A value of the file, its expressions evaluated.
pub(crate) fn evaluate_value(value: &Value, scope: Scope<'_>) -> Evaluated {
    match value {
        Value::String(text) => evaluate_text(text, scope),
        Value::Sequence(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                match evaluate_value(item, scope) {
                    Evaluated::Known(value) => values.push(value),
                    unknown @ Evaluated::Unknown(_) => return unknown,
                }
            }
            Evaluated::Known(Value::Sequence(values))
        }
        Value::Mapping(pairs) => {
            let mut values = Vec::with_capacity(pairs.len());
            for (name, value) in pairs {
                match evaluate_value(value, scope) {
                    Evaluated::Known(value) => values.push((name.clone(), value)),
                    unknown @ Evaluated::Unknown(_) => return unknown,
                }
            }
            Evaluated::Known(Value::Mapping(values))
        }
        scalar => Evaluated::Known(scalar.clone()),
    }
}

/// Text of the file, its expressions evaluated.
pub(crate) fn evaluate_text(text: &str, scope: Scope<'_>) -> Evaluated {
    if !text.contains("${{") {
        return Evaluated::Known(Value::String(text.to_owned()));
    }
    match Template::parse(text) {
        Ok(template) => template.value(scope),
        Err(error) => Evaluated::Unknown(format!("an expression can't be read: {error}")),
    }
}
