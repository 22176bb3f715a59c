//! `${{ … }}`: as much of GitHub's [expressions] as the names of checks need.
//!
//! [expressions]: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions

mod evaluate;
mod file;
mod lexer;
mod operators;
mod parser;
mod place;
mod truth;

pub use evaluate::GitHubContext;
pub(crate) use evaluate::{Cell, Evaluated, Leg, Scope};
pub(crate) use file::{evaluate_text, evaluate_value};
pub(crate) use operators::{is_truthy, loosely_equal};
pub(crate) use parser::Expression;
pub(crate) use place::Place;

/// Text with expressions in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Text(String),
    Expression {
        /// What stands between `${{` and `}}`, without blanks around it.
        source: String,
        expression: Expression,
    },
}

/// Why GitHub does not take an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub(crate) struct ExpressionError {
    pub(crate) expected: &'static str,
    pub(crate) found: String,
}

impl Template {
    /// Splits a text at `${{` and `}}`, and parses what is between.
    pub(crate) fn parse(text: &str) -> Result<Self, ExpressionError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let Some(end) = closing(after) else {
                return Err(ExpressionError {
                    expected: "`}}` after `${{`",
                    found: "the end of the text".to_owned(),
                });
            };
            let source = after[..end].trim();
            parts.push(Part::Expression {
                source: source.to_owned(),
                expression: Expression::parse(source)?,
            });
            rest = &after[end + "}}".len()..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Parses an `if`, which is an expression with or without `${{ }}` around it.
    pub(crate) fn parse_condition(text: &str) -> Result<Self, ExpressionError> {
        if text.contains("${{") {
            return Self::parse(text);
        }
        let source = text.trim();
        let part = Part::Expression {
            source: source.to_owned(),
            expression: Expression::parse(source)?,
        };
        Ok(Self { parts: vec![part] })
    }

    /// Whether there is any expression in it.
    pub(crate) fn is_dynamic(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Expression { .. }))
    }
}

/// Where `}}` stands, outside of string literals.
fn closing(text: &str) -> Option<usize> {
    let mut in_string = false;
    let mut previous_was_brace = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => in_string = !in_string,
            b'}' if previous_was_brace && !in_string => return Some(index - 1),
            _ => {}
        }
        previous_was_brace = byte == b'}' && !in_string;
    }
    None
}
