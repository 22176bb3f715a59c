//! What an unquoted YAML scalar means to GitHub: the core schema of YAML 1.2, where `on`,
//! `yes` and `0123` are not what they were in YAML 1.1.

use std::borrow::Cow;

use crate::tree::Content;

/// What a plain scalar means. `None` for an integer that GitHub can't hold, for which it
/// refuses the file.
pub(crate) fn resolve(text: Cow<'_, str>) -> Option<Content<'_>> {
    // Almost every scalar of a file starts with a letter that starts no literal.
    let first = text.bytes().next();
    let may_be_literal = first.is_none_or(|byte| {
        byte.is_ascii_digit()
            || matches!(
                byte,
                b'-' | b'+' | b'.' | b'~' | b't' | b'T' | b'f' | b'F' | b'n' | b'N'
            )
    });
    if !may_be_literal {
        return Some(Content::String(text));
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Some(Content::Null),
        "true" | "True" | "TRUE" => Some(Content::Bool(true)),
        "false" | "False" | "FALSE" => Some(Content::Bool(false)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Some(Content::Number(f64::INFINITY))
        }
        "-.inf" | "-.Inf" | "-.INF" => Some(Content::Number(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => Some(Content::Number(f64::NAN)),
        other => match number(other) {
            Number::None => Some(Content::String(text)),
            Number::Value(value) => Some(Content::Number(value)),
            Number::OutOfRange => None,
        },
    }
}

enum Number {
    None,
    Value(f64),
    OutOfRange,
}

fn number(text: &str) -> Number {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
                return Number::None;
            }
            // GitHub reads these as 32-bit two's complement.
            return match u32::from_str_radix(digits, radix) {
                Ok(value) => Number::Value(f64::from(value.cast_signed())),
                Err(_) => Number::OutOfRange,
            };
        }
    }
    if is_decimal(text) {
        // `f64` reads whatever the pattern lets through.
        text.parse().map_or(Number::None, Number::Value)
    } else {
        Number::None
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, fraction),
        None => (mantissa, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_ok =
        (!integer.is_empty() || !fraction.is_empty()) && digits(integer) && digits(fraction);
    let exponent_ok = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_ok && exponent_ok
}
