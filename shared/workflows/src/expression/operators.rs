//! Truth and equality of values, which GitHub takes loosely.
//! See <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators>.

use std::cmp::Ordering;

use super::parser::Comparison;
use crate::Value;

/// Whether a value counts as true: all but `false`, `0`, `NaN`, `''` and `null`.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => *value != 0.0 && !value.is_nan(),
        Value::String(value) => !value.is_empty(),
        Value::Sequence(_) | Value::Mapping(_) => true,
    }
}

/// `==`: values of different types are compared as numbers, strings without regard to case;
/// two collections are never equal unless they are the same one.
pub(crate) fn loosely_equal(left: &Value, right: &Value) -> bool {
    compare(left, right) == Some(Ordering::Equal)
}

/// Applies a comparison operator.
pub(super) fn holds(comparison: Comparison, left: &Value, right: &Value) -> bool {
    let ordering = compare(left, right);
    match comparison {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Comparison::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::String(left), Value::String(right)) => {
            Some(left.to_uppercase().cmp(&right.to_uppercase()))
        }
        _ => to_number(left).partial_cmp(&to_number(right)),
    }
}

fn to_number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(value) => *value,
        Value::String(text) => string_to_number(text.trim()),
        Value::Sequence(_) | Value::Mapping(_) => f64::NAN,
    }
}

fn string_to_number(text: &str) -> f64 {
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u32::from_str_radix(digits, radix)
                .map_or(f64::NAN, |value| f64::from(value.cast_signed()));
        }
    }
    match text {
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // `f64` would take "inf", "nan" and "infinity", which GitHub does not.
        _ if text
            .contains(|next: char| next.is_ascii_alphabetic() && !matches!(next, 'e' | 'E')) =>
        {
            f64::NAN
        }
        _ => text.parse().unwrap_or(f64::NAN),
    }
}
