//! Names from outside, made fit to stand in a finding.
//!
//! Secrets are taken out before anything is cut: half a token is not recognised any more.

use redaction::redact;

/// A name as Markdown code: nothing in it can end the code or the line, there is no secret in it,
/// and it is cut at `most` characters.
pub(crate) fn code(name: &str, most: usize) -> String {
    let clean = |c: char| match c {
        '`' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    let name = redact(name);
    let mut shown: String = name.as_str().chars().map(clean).take(most).collect();
    if name.as_str().chars().count() > most {
        shown.pop();
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A name in running text, of at most 120 characters.
pub(crate) fn quoted(name: &str) -> String {
    code(name, 120)
}

/// A clause that others wrote, in one line of at most 300 characters, without its full stop and
/// without secrets.
pub(crate) fn clause(text: &str) -> String {
    let one_line = |c: char| if c.is_control() { ' ' } else { c };
    let text = redact(text);
    let shown: String = text.as_str().chars().map(one_line).take(300).collect();
    shown.trim_end().trim_end_matches('.').to_owned()
}

/// A list in words: "a", "a and b", "a, b and c", the first four of more.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if first.len() < 4 => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} more", many[..4].join(", "), many.len() - 4),
    }
}

/// A text as the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_end_its_code() {
        assert_eq!(code("a`b\n# c", 20), "`a'b # c`");
        assert_eq!(code("abcdef", 4), "`abc…`");
        assert_eq!(code("abcd", 4), "`abcd`");
    }

    #[test]
    fn a_name_and_a_clause_show_no_secret_though_cut() {
        let token = format!("ghp_{}", "q7Rk2Zx9".repeat(5));
        assert_eq!(code(&token, 40), "`[REDACTED:github-token]`");
        assert_eq!(
            code(&format!("deploy {token}"), 20),
            "`deploy [REDACTED:gi…`"
        );
        let long = format!("{} {token}", "x".repeat(280));
        assert!(!clause(&long).contains("ghp_"));
    }

    #[test]
    fn lists_are_words() {
        let of = |text: &str| {
            list(
                &text
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(of("a"), "a");
        assert_eq!(of("a b c"), "a, b and c");
        assert_eq!(of("a b c d e f"), "a, b, c, d and 2 more");
    }
}
