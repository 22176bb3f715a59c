//! Characters of an expression into tokens.

use super::ExpressionError;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    /// A context, property or function; letters, digits, `_` and `-`.
    Name(String),
    /// Anything else, at most two characters.
    Symbol(&'static str),
}

/// Longer symbols first.
const SYMBOLS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ".", ",", "*",
];

pub(super) fn tokens(source: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let after_dot = matches!(tokens.last(), Some(Token::Symbol(".")));
        let (token, length) = if first == '\'' {
            string(rest)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            word(rest, after_dot)
        } else if let Some(number) = number(rest, &tokens) {
            number?
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), symbol.len())
        } else {
            return Err(ExpressionError {
                expected: "an operator, a name or a literal",
                found: format!("`{first}`"),
            });
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// `'text'`, in which `''` is one quote.
fn string(rest: &str) -> Result<(Token, usize), ExpressionError> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character != '\'' {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok((Token::String(text), index + 1));
        }
    }
    Err(ExpressionError {
        expected: "`'` at the end of a string",
        found: "the end of the expression".to_owned(),
    })
}

fn word(rest: &str, after_dot: bool) -> (Token, usize) {
    let length = rest
        .find(|next: char| !next.is_ascii_alphanumeric() && !matches!(next, '_' | '-'))
        .unwrap_or(rest.len());
    let token = match &rest[..length] {
        name if after_dot => Token::Name(name.to_owned()),
        "null" => Token::Null,
        "true" => Token::Bool(true),
        "false" => Token::Bool(false),
        "NaN" => Token::Number(f64::NAN),
        "Infinity" => Token::Number(f64::INFINITY),
        name => Token::Name(name.to_owned()),
    };
    (token, length)
}

/// A number, where one may stand: `.5` after a name is an index, not a number.
fn number(rest: &str, before: &[Token]) -> Option<Result<(Token, usize), ExpressionError>> {
    let first = rest.chars().next()?;
    let may_be_dot = first == '.'
        && !matches!(
            before.last(),
            Some(Token::Name(_) | Token::Symbol(")" | "]" | "*"))
        );
    if !(first.is_ascii_digit() || matches!(first, '+' | '-') || may_be_dot) {
        return None;
    }
    let length = rest
        .char_indices()
        .skip(1)
        .find(|(index, next)| {
            let after_exponent = rest[..*index].ends_with(['e', 'E']);
            !(next.is_ascii_alphanumeric()
                || *next == '.'
                || after_exponent && matches!(next, '+' | '-'))
        })
        .map_or(rest.len(), |(index, _)| index);
    let text = &rest[..length];
    let hexadecimal = text
        .strip_prefix("0x")
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .map(|value| f64::from(value.cast_signed()));
    let value = hexadecimal.or_else(|| {
        let is_number =
            !text.contains(|next: char| next.is_ascii_alphabetic() && next != 'e' && next != 'E');
        is_number.then(|| text.parse().ok()).flatten()
    });
    Some(match value {
        Some(value) => Ok((Token::Number(value), length)),
        None => Err(ExpressionError {
            expected: "a number",
            found: format!("`{text}`"),
        }),
    })
}
