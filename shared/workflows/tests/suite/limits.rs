//! How much is read before a file is refused.

use std::fmt::Write as _;

use expect_test::expect;
use workflows::{MAX_DEPTH, MAX_FILE_BYTES, ParseErrorKind, parse};

use crate::parsing::{read, refused, with};

#[test]
fn large_files_are_refused() {
    let mut source = with("").into_bytes();
    source.resize(10 * 1024 * 1024, b'\n');
    refused(
        &source,
        ParseErrorKind::TooLarge,
        &expect![
            "line 1048517, column 1: expected a workflow of at most 1048576 bytes, found 10485760"
        ],
    );
    source.truncate(MAX_FILE_BYTES);
    parse(&source).expect("a file of exactly the limit");
    let many = format!("on: [{}push]\n", "a, ".repeat(60_000));
    refused(
        many.as_bytes(),
        ParseErrorKind::TooManyNodes,
        &expect![
            "line 1, column 149997: expected at most 50000 YAML nodes with aliases expanded, found more"
        ],
    );
}

#[test]
fn alias_bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{inner}]").unwrap();
    }
    refused(
        bomb.as_bytes(),
        ParseErrorKind::TooManyNodes,
        &expect![
            "line 5, column 25: expected at most 50000 YAML nodes with aliases expanded, found more"
        ],
    );
    let text = "x".repeat(100_000);
    let aliases = "*a, ".repeat(1000);
    let wide = format!("a: &a {text}\nb: [{aliases}*a]\n");
    refused(
        wide.as_bytes(),
        ParseErrorKind::TooManyNodes,
        &expect![
            "line 2, column 417: expected at most 10485760 bytes of text with aliases expanded, found more"
        ],
    );
}

/// Nested `levels` deep below a mapping, in flow style and in block style.
fn nested(levels: usize) -> [String; 3] {
    let inner = levels - 1;
    let keys: Vec<String> = (1..=inner)
        .map(|level| format!("{}a:", " ".repeat(level)))
        .collect();
    let block = format!("on: push\njobs:\n{} x\n", keys.join("\n"));
    let flow = format!("a: {}{}\n", "[".repeat(inner), "]".repeat(inner));
    let compact = format!("a:\n {}x\n", "- ".repeat(inner));
    [block, flow, compact]
}

#[test]
fn nesting_has_a_limit() {
    for text in nested(MAX_DEPTH) {
        read(&text);
    }
    let expected = [
        expect!["line 102, column 101: expected at most 100 levels of nesting, found more"],
        expect!["line 1, column 103: expected at most 100 levels of nesting, found more"],
        expect!["line 2, column 200: expected at most 100 levels of nesting, found more"],
    ];
    for (text, expected) in nested(MAX_DEPTH + 1).into_iter().zip(expected) {
        refused(text.as_bytes(), ParseErrorKind::TooDeep, &expected);
    }
    // Aliases nest what they stand for.
    let mut chain = String::from("a0: &a0 [x]\n");
    for level in 1..=MAX_DEPTH {
        writeln!(chain, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    refused(
        chain.as_bytes(),
        ParseErrorKind::TooDeep,
        &expect!["line 100, column 12: expected at most 100 levels of nesting, found more"],
    );
}

/// Hostile nesting as far as a file may be long neither overflows the stack nor takes long.
#[test]
fn hostile_repetition_is_refused_at_once() {
    for piece in [
        "[", "{", "- ", "? ", "a: ", "&a ", "!x ", "{a: ", "[? ", "\"", "-\n ",
    ] {
        let text = piece.repeat(MAX_FILE_BYTES / piece.len());
        parse(text.as_bytes()).expect_err(piece);
    }
}
