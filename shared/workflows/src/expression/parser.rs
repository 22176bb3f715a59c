//! Tokens of an expression into a tree.

use super::ExpressionError;
use super::lexer::{Token, tokens};
use crate::Value;

/// Deepest nesting of an expression; GitHub's own limit.
const MAX_DEPTH: usize = 50;

/// Longest expression in bytes; GitHub's own limit in characters.
const MAX_BYTES: usize = 21_000;

/// Most comparisons or indices in a row. GitHub counts these into the nesting too; fewer keep
/// what walks the tree well within a thread's stack.
const MAX_IN_A_ROW: usize = 20;

/// The contexts that there are; which of them a place has is [`Place`](super::Place)'s business.
const CONTEXTS: &[&str] = &[
    "env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner", "secrets", "steps",
    "strategy", "vars",
];

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Literal(Value),
    /// A context, in lower case.
    Context(String),
    Index(Box<Expression>, Box<Expression>),
    /// `.*`
    Every(Box<Expression>),
    /// A function, in lower case.
    Call(String, Vec<Expression>),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    pub(crate) fn parse(source: &str) -> Result<Self, ExpressionError> {
        if source.len() > MAX_BYTES {
            return Err(ExpressionError {
                expected: "an expression of at most 21,000 characters",
                found: format!("{}", source.len()),
            });
        }
        let mut parser = Parser {
            tokens: tokens(source)?,
            next: 0,
            depth: 0,
        };
        let expression = parser.or()?;
        match parser.tokens.get(parser.next) {
            None => Ok(expression),
            Some(token) => Err(unexpected(
                "an operator or the end of the expression",
                Some(token),
            )),
        }
    }

    /// Whether the expression calls one of the functions that look at how jobs before went;
    /// without one GitHub adds `success() &&` to an `if`.
    pub(crate) fn calls_status_function(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Context(_) => false,
            Self::Call(name, arguments) => {
                matches!(
                    name.as_str(),
                    "always" | "cancelled" | "failure" | "success"
                ) || arguments.iter().any(Self::calls_status_function)
            }
            Self::Every(inner) | Self::Not(inner) => inner.calls_status_function(),
            Self::Index(left, right)
            | Self::And(left, right)
            | Self::Or(left, right)
            | Self::Compare(_, left, right) => {
                left.calls_status_function() || right.calls_status_function()
            }
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn take(&mut self, symbol: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.next), Some(Token::Symbol(next)) if *next == symbol);
        self.next += usize::from(found);
        found
    }

    fn require(&mut self, symbol: &'static str) -> Result<(), ExpressionError> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(unexpected(symbol, self.tokens.get(self.next)))
    }

    /// Counts a level of nesting around `inner`.
    fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ExpressionError>,
    ) -> Result<T, ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExpressionError {
                expected: "at most 50 levels of nesting",
                found: "more".to_owned(),
            });
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Expression, ExpressionError> {
        let mut operands = vec![self.and()?];
        while self.take("||") {
            operands.push(self.and()?);
        }
        Ok(balanced(operands, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, ExpressionError> {
        let mut operands = vec![self.comparison()?];
        while self.take("&&") {
            operands.push(self.comparison()?);
        }
        Ok(balanced(operands, Expression::And))
    }

    fn comparison(&mut self) -> Result<Expression, ExpressionError> {
        let mut left = self.unary()?;
        let mut levels = 0;
        while let Some(comparison) = self.comparison_operator() {
            levels += 1;
            if levels > MAX_IN_A_ROW {
                return Err(too_many_in_a_row());
            }
            let right = self.unary()?;
            left = Expression::Compare(comparison, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn comparison_operator(&mut self) -> Option<Comparison> {
        let comparison = match self.tokens.get(self.next) {
            Some(Token::Symbol("==")) => Comparison::Equal,
            Some(Token::Symbol("!=")) => Comparison::NotEqual,
            Some(Token::Symbol("<")) => Comparison::Less,
            Some(Token::Symbol("<=")) => Comparison::LessOrEqual,
            Some(Token::Symbol(">")) => Comparison::Greater,
            Some(Token::Symbol(">=")) => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.next += 1;
        Some(comparison)
    }

    fn unary(&mut self) -> Result<Expression, ExpressionError> {
        if self.take("!") {
            let inner = self.nested(Self::unary)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Expression, ExpressionError> {
        let mut expression = self.primary()?;
        let mut levels = 0;
        loop {
            let index = if self.take(".") {
                if self.take("*") {
                    None
                } else {
                    Some(self.property()?)
                }
            } else if self.take("[") {
                let index = if self.take("*") {
                    None
                } else {
                    Some(self.nested(Self::or)?)
                };
                self.require("]")?;
                index
            } else {
                return Ok(expression);
            };
            levels += 1;
            if levels > MAX_IN_A_ROW {
                return Err(too_many_in_a_row());
            }
            expression = match index {
                Some(index) => Expression::Index(Box::new(expression), Box::new(index)),
                None => Expression::Every(Box::new(expression)),
            };
        }
    }

    fn property(&mut self) -> Result<Expression, ExpressionError> {
        match self.tokens.get(self.next) {
            Some(Token::Name(name)) => {
                self.next += 1;
                Ok(Expression::Literal(Value::String(name.clone())))
            }
            other => Err(unexpected("a property after `.`", other)),
        }
    }

    fn primary(&mut self) -> Result<Expression, ExpressionError> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        let literal = match token {
            Some(Token::Null) => Value::Null,
            Some(Token::Bool(value)) => Value::Bool(value),
            Some(Token::Number(value)) => Value::Number(value),
            Some(Token::String(value)) => Value::String(value),
            Some(Token::Name(name)) => return self.named(name.to_ascii_lowercase()),
            Some(Token::Symbol("(")) => {
                let inner = self.nested(Self::or)?;
                self.require(")")?;
                return Ok(inner);
            }
            other => return Err(unexpected("a value", other.as_ref())),
        };
        Ok(Expression::Literal(literal))
    }

    fn named(&mut self, name: String) -> Result<Expression, ExpressionError> {
        if !self.take("(") {
            if CONTEXTS.contains(&name.as_str()) {
                return Ok(Expression::Context(name));
            }
            return Err(ExpressionError {
                expected: "a context (`github`, `inputs`, …) or a function with `(`",
                found: format!("`{name}`"),
            });
        }
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.nested(Self::or)?);
                if !self.take(",") {
                    break;
                }
            }
            self.require(")")?;
        }
        Ok(Expression::Call(name, arguments))
    }
}

/// Joins operands of one associative operator into a tree of logarithmic depth, so that
/// thousands of them nest no deeper than what follows can recurse.
fn balanced(
    mut operands: Vec<Expression>,
    join: fn(Box<Expression>, Box<Expression>) -> Expression,
) -> Expression {
    while operands.len() > 1 {
        let mut pairs = operands.into_iter();
        let mut joined = Vec::with_capacity(pairs.len().div_ceil(2));
        while let Some(left) = pairs.next() {
            joined.push(match pairs.next() {
                Some(right) => join(Box::new(left), Box::new(right)),
                None => left,
            });
        }
        operands = joined;
    }
    operands.pop().unwrap_or(Expression::Literal(Value::Null))
}

fn too_many_in_a_row() -> ExpressionError {
    ExpressionError {
        expected: "at most 20 comparisons or indices in a row",
        found: "more".to_owned(),
    }
}

fn unexpected(expected: &'static str, token: Option<&Token>) -> ExpressionError {
    let found = match token {
        None => "the end of the expression".to_owned(),
        Some(Token::Symbol(symbol)) => format!("`{symbol}`"),
        Some(Token::Name(name)) => format!("`{name}`"),
        Some(Token::String(_)) => "a string".to_owned(),
        Some(Token::Number(_)) => "a number".to_owned(),
        Some(Token::Null | Token::Bool(_)) => "a literal".to_owned(),
    };
    ExpressionError { expected, found }
}
