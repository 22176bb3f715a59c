//! Path and query parameters, which arrive as text and are typed by the description.

use serde_json::Value;

/// What is wrong with a parameter's text under its schema; `None` when it fits.
pub(super) fn misfit(text: &str, schema: &Value) -> Option<String> {
    let alternatives = ["oneOf", "anyOf"]
        .iter()
        .find_map(|keyword| schema.get(keyword)?.as_array());
    if let Some(alternatives) = alternatives {
        return alternatives
            .iter()
            .all(|schema| misfit(text, schema).is_some())
            .then(|| format!("one of {} alternatives, not `{text}`", alternatives.len()));
    }
    let fits = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().is_ok(),
        Some("number") => text.parse::<f64>().is_ok(),
        Some("boolean") => matches!(text, "true" | "false"),
        _ => true,
    };
    if !fits {
        return Some(format!("{}, not `{text}`", schema["type"]));
    }
    let allowed = schema.get("enum").and_then(Value::as_array)?;
    let listed = allowed.iter().any(|value| match value {
        Value::String(allowed) => allowed == text,
        allowed => format!("{allowed}") == text,
    });
    (!listed).then(|| format!("one of {}, not `{text}`", Value::from(allowed.clone())))
}
