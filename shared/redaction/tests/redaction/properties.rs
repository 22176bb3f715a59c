//! What holds for every text.

use proptest::prelude::*;
use redaction::{Kind, redact};

use crate::fragments::{frame, jwt, known_by_form, mixed, token};

/// What detectors look at, and what else may stand in a file.
const PIECES: &str = "\
    password|token|secret|api_key|pwd|: |=|:|\"|'|\\\"|\n| |  |://|@|.|/|$|${{ | }}|<|>|#|,|;|&|\
    1.2.3.4|10.0.0.1|fe80::1|::|a@b.org|Authorization|Bearer |basic |[REDACTED:|\
    [REDACTED:password]|[REDACTED:email]|]|…|***|--|- |eyJ|sk-|ghs_|AKIA|8Q~|hunter2|ü|\u{feff}|\
    \r\n|\0|version|hooks.slack.com/services/|git@|: >|PASS=|_pass: ";

/// These in any order.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = PIECES.split('|').map(str::to_owned).chain([
        "|".to_owned(),
        frame("BEGIN", ""),
        frame("END", ""),
        mixed(64),
        mixed(40),
        jwt(),
        token("ghp_", 36),
    ]);
    let piece = prop_oneof![
        8 => prop::sample::select(pieces.collect::<Vec<String>>()),
        1 => "\\PC{0,8}",
        1 => "[a-zA-Z0-9]{1,40}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(512))]

    /// The result is settled, has the lines of the text, and what is not a placeholder in it is
    /// of the text, in order.
    #[test]
    fn redacting_is_idempotent_and_keeps_lines_and_everything_else(text in hostile()) {
        let once = redact(&text);
        prop_assert_eq!(&redact(once.as_str()), &once);
        prop_assert_eq!(text.matches('\n').count(), once.as_str().matches('\n').count());
        prop_assert!(!once.kinds().contains(&Kind::Unsettled), "{}", once);
        let mut rest = text.as_str();
        let mut kept = once.as_str().to_owned();
        for kind in Kind::ALL {
            kept = kept.replace(&format!("[REDACTED:{kind}]"), "\u{1}");
        }
        for part in kept.split('\u{1}') {
            let at = rest.find(part);
            prop_assert!(at.is_some(), "{part:?} is not in {rest:?}");
            rest = &rest[at.unwrap_or_default() + part.len()..];
        }
    }

    /// What is cut, or a part of the lines, reads back from a store as it was.
    #[test]
    fn parts_are_settled_too(text in hostile(), skipped in 0_usize..4, most in 0_usize..40) {
        let part = redact(&text).lines(skipped, 3).cut(2, most);
        prop_assert_eq!(&redact(part.as_str()), &part);
    }

    /// A token that is known by its form does not survive, wherever it stands. Only what makes
    /// it another word on its right may hide that it is one: it is taken out with that.
    #[test]
    fn a_planted_token_never_survives(
        before in hostile(),
        after in hostile(),
        which in prop::sample::select(known_by_form()),
    ) {
        let (_, secret) = which;
        let redacted = redact(&format!("{before}{secret}{after}"));
        prop_assert!(!redacted.as_str().contains(&secret), "{}", redacted);
    }

    /// A password does not survive under its name, whatever the other lines are.
    #[test]
    fn a_planted_password_never_survives(
        before in hostile(),
        after in hostile(),
        secret in "[a-zA-Z0-9][a-zA-Z0-9!?^_+:/.-]{9,40}",
        form in prop::sample::select(vec!["password: ", "DB_PASSWORD=", "\"password\": \""]),
    ) {
        let redacted = redact(&format!("{before}\n{form}{secret}\n{after}"));
        // `secrets.`, `arn:` and the like say where a secret is.
        let names_a_place = secret.contains(['.', ':', '/']);
        prop_assert!(names_a_place || !redacted.as_str().contains(&secret), "{}", redacted);
    }

    /// The body of a key does not survive between its frame, or beside what is left of it.
    #[test]
    fn a_planted_private_key_never_survives(
        before in hostile(),
        after in hostile(),
        indentation in 0_usize..9,
        lines in 1_usize..30,
        part in 0_usize..3,
    ) {
        let indentation = " ".repeat(indentation);
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let body = format!("{indentation}{body}\n").repeat(lines);
        let begin = if part == 1 { String::new() } else { frame("BEGIN", "") };
        let end = if part == 2 { String::new() } else { frame("END", "") };
        let text = format!("{before}\n{indentation}{begin}\n{body}{indentation}{end}\n{after}");
        let redacted = redact(&text);
        prop_assert!(!redacted.as_str().contains("BKcwggSjAgEAAoIBAQ"), "{}", redacted);
    }

    #[test]
    fn text_without_any_anchor_is_unchanged(text in "[a-z \\n,!?()*ü\u{1F600}-]{0,400}") {
        let redacted = redact(&text);
        prop_assert_eq!(redacted.as_str(), text);
        prop_assert!(redacted.kinds().is_empty());
    }
}
