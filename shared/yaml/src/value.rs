//! Values as GitHub Actions knows them: what YAML scalars mean, and what expressions yield.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or no value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number; Actions has only doubles.
    Number(f64),
    /// Text. Where it comes from a file it may hold `${{ … }}`, not yet evaluated.
    String(String),
    /// A list.
    Sequence(Vec<Value>),
    /// Keys and values in the order of the file.
    Mapping(Vec<(String, Value)>),
}

impl Value {
    /// The value as text where it is a scalar: as it appears in names and in `${{ … }}` amid
    /// text. `None` for collections.
    pub fn scalar_text(&self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) => Some(format_number(*value)),
            Self::String(value) => Some(value.clone()),
            Self::Sequence(_) | Self::Mapping(_) => None,
        }
    }
}

/// A number as GitHub prints it: .NET's invariant `G15`, that is at most 15 significant digits,
/// without trailing zeros, and `1E+15` from there on.
pub fn format_number(number: f64) -> String {
    const DIGITS: i32 = 15;
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    // One digit, a point, fourteen digits, `e`, the exponent.
    let scientific = format!("{:.14e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    if exponent <= -5 || exponent >= DIGITS {
        let (first, rest) = digits.split_at(1.min(digits.len()));
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!(
            "{sign}{first}{point}{rest}E{exponent_sign}{:02}",
            exponent.abs()
        );
    }
    let integer_digits = usize::try_from(exponent + 1).unwrap_or(0);
    if integer_digits == 0 {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
        return format!("{sign}0.{zeros}{digits}");
    }
    if digits.len() <= integer_digits {
        return format!("{sign}{digits:0<integer_digits$}");
    }
    let (integer, fraction) = digits.split_at(integer_digits);
    format!("{sign}{integer}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::format_number;

    /// checks.md, "numbers": .NET's `G15`.
    #[test]
    fn numbers_print_as_github_prints_them() {
        for (number, text) in [
            (3.10, "3.1"),
            (1.0, "1"),
            (-1.50, "-1.5"),
            (0.5, "0.5"),
            (0.000_1, "0.0001"),
            (0.000_01, "1E-05"),
            (100.0, "100"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1E+15"),
            (1.25e20, "1.25E+20"),
            (0.1 + 0.2, "0.3"),
            (-0.0, "0"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(format_number(number), text);
        }
    }
}
