//! The rules, as SARIF's descriptors. Their texts are ours and need no escaping.

use oracle::Mode;
use oracle::registry::{RULES, RuleMeta};

use super::model::{Configuration, Level, Message, RuleDescriptor, RuleProperties};
use crate::render::visible::cut;

/// GitHub takes 1,024 characters of a description.
const DESCRIPTION_BYTES: usize = 1_024;

/// Every rule of the registry.
pub(super) fn descriptors() -> Vec<RuleDescriptor> {
    RULES.iter().map(|rule| descriptor(rule.meta())).collect()
}

/// The place of a rule among [`descriptors`].
pub(super) fn index(id: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.meta().id == id)
}

fn descriptor(meta: &'static RuleMeta) -> RuleDescriptor {
    let RuleMeta {
        id,
        name,
        what,
        why,
        fix,
        ..
    } = meta;
    let first = what.split("\n\n").next().unwrap_or_default();
    let full = cut(first, DESCRIPTION_BYTES);
    let (level, precision, severity) = defaults(meta.default_mode);
    RuleDescriptor {
        id,
        name: pascal_case(name),
        short_description: message(name.replace('-', " "), None),
        full_description: message(full.clone(), Some(full)),
        help_uri: format!(
            "{}/blob/main/docs/rules/{id}.md",
            env!("CARGO_PKG_REPOSITORY")
        ),
        help: message(
            format!("{what}\n\nWhy it matters: {why}\n\nHow to fix: {fix}"),
            Some(format!(
                "{what}\n\n## Why it matters\n\n{why}\n\n## How to fix\n\n{fix}"
            )),
        ),
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: ["governance", "correctness"],
            precision,
            problem_severity: severity,
        },
    }
}

/// Level, precision and severity as GitHub names them. A rule has the say that its precision
/// earns it (docs/adr/0006-how-much-say-a-new-rule-has.md), so that the one tells the other.
fn defaults(mode: Mode) -> (Level, &'static str, &'static str) {
    match mode {
        Mode::Block => (Level::Error, "high", "error"),
        Mode::Warn => (Level::Warning, "medium", "warning"),
        Mode::Observe => (Level::Note, "low", "recommendation"),
    }
}

fn message(text: String, markdown: Option<String>) -> Message {
    Message { text, markdown }
}

/// `required-check` as `RequiredCheck`.
fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_limits_is_within_its_limits() {
        for (place, rule) in descriptors().iter().enumerate() {
            assert_eq!(index(rule.id), Some(place));
            assert!(rule.name.len() <= 255);
            for description in [&rule.short_description, &rule.full_description] {
                assert!(!description.text.is_empty(), "{}", rule.id);
                assert!(description.text.len() <= DESCRIPTION_BYTES, "{}", rule.id);
            }
        }
        assert_eq!(index("MD-999"), None);
    }

    #[test]
    fn names_are_pascal_case() {
        assert_eq!(pascal_case("required-check-x"), "RequiredCheckX");
    }
}
