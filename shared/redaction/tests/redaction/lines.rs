//! Parts of a redacted text, and its form in JSON.

use redaction::{Kind, RedactedText, redact};

use crate::fragments::{frame, mixed};

#[test]
fn lines_are_those_of_the_text_before() {
    let key = format!(
        "{}\n{}\n{}",
        frame("BEGIN", ""),
        mixed(64),
        frame("END", "")
    );
    let text = redact(&format!("a: 1\n{key}\nb: 2\npassword: x\n"));
    assert_eq!(text.lines(2, 1).as_str(), "[REDACTED:private-key]");
    assert_eq!(
        text.lines(4, 9).as_str(),
        "b: 2\npassword: [REDACTED:password]"
    );
    assert_eq!(text.lines(9, 1).as_str(), "");
    let kinds: Vec<Kind> = text.kinds().iter().copied().collect();
    assert_eq!(kinds, [Kind::PrivateKey, Kind::Password]);
    assert!(text.lines(0, 1).kinds().is_empty());
}

#[test]
fn a_cut_marks_what_is_missing_and_leaves_placeholders_whole() {
    let text = redact("abcdefgh\npassword: hunter2 and more\nlast");
    assert_eq!(text.cut(2, 4).as_str(), "abcd…\npass…");
    assert_eq!(text.cut(1, 8).as_str(), "abcdefgh");
    assert_eq!(
        redact("user: x, a@b.org, more").cut(1, 12).as_str(),
        "user: x, [REDACTED:email]…"
    );
    assert_eq!(redact("äöü").cut(1, 2).as_str(), "äö…");
}

#[test]
fn in_json_it_is_a_string_and_what_is_read_back_is_redacted() {
    let text = redact("password: hunter2");
    let json = serde_json::to_string(&text).expect("a string");
    assert_eq!(json, "\"password: [REDACTED:password]\"");
    let back: RedactedText = serde_json::from_str(&json).expect("it reads back");
    assert_eq!(back, text);
    let forged: RedactedText = serde_json::from_str("\"password: hunter2\"").expect("a string");
    assert_eq!(forged, text);
}

#[test]
fn neither_display_nor_debug_shows_more() {
    let text = redact("password: hunter2");
    assert_eq!(text.to_string(), text.as_str());
    assert!(!format!("{text:?}").contains("hunter2"));
}
