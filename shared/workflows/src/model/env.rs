//! `env` of a workflow, a job or a step.

use crate::{Spanned, Value};

/// An `env` block.
#[derive(Debug, Clone, PartialEq)]
pub enum Env {
    /// One expression yields all variables.
    Expression(String),
    /// Names and values, in the order of the file; values may hold expressions.
    Variables(Vec<(Spanned<String>, Spanned<Value>)>),
}

impl Env {
    /// Every text of it: names, and values that are text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (expression, variables) = match self {
            Self::Expression(text) => (Some(text.as_str()), [].as_slice()),
            Self::Variables(variables) => (None, variables.as_slice()),
        };
        let of_variables = variables.iter().flat_map(|(name, value)| {
            let text = match &value.value {
                Value::String(text) => Some(text.as_str()),
                _ => None,
            };
            std::iter::once(name.as_str()).chain(text)
        });
        expression.into_iter().chain(of_variables)
    }
}
