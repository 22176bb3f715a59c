//! Places in files that show a contradiction.

use std::fmt::Write as _;

use redaction::{RedactedText, redact};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::RepoPath;

/// One place that shows a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The file.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub path: RepoPath,
    /// First line, counted from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub start_line: u32,
    /// Last line, counted from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub end_line: u32,
    /// The text of these lines without secrets, each of which is `[REDACTED:kind]`, cut to what a
    /// reader needs: five lines of 200 characters.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub snippet: RedactedText,
    /// SHA-256 of the whole lines without secrets, hex: tells whether what can be seen of the
    /// content is the same. A hash over a short secret would give it away to who tries them all.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub hash: String,
}

impl Evidence {
    /// The most lines of a snippet.
    pub const SNIPPET_LINES: usize = 5;
    /// The most characters of a snippet's line; a placeholder that crosses the end stays whole.
    pub const SNIPPET_CHARACTERS: usize = 200;

    /// How many lines above and below are looked at to tell what the lines are part of. A private
    /// RSA key of 8192 bits has about 100.
    const CONTEXT: usize = 128;

    /// The lines `start_line..=end_line` (from 1) of a file, clamped to the lines it has.
    /// Line endings (LF or CRLF) count neither in the snippet nor in the hash; bytes that are
    /// not UTF-8 are shown as U+FFFD.
    pub fn of(path: &RepoPath, content: &[u8], start_line: u32, end_line: u32) -> Self {
        let text = String::from_utf8_lossy(content);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let count = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let start_line = start_line.clamp(1, count.max(1));
        let end_line = end_line.clamp(start_line, count.max(1));
        let lines = redacted_lines(text, start_line as usize - 1, end_line as usize);
        Self {
            path: path.clone(),
            start_line,
            end_line,
            hash: hex(&Sha256::digest(lines.as_str())),
            snippet: lines.cut(Self::SNIPPET_LINES, Self::SNIPPET_CHARACTERS),
        }
    }
}

/// The lines after the first `skipped` ones, up to the `end`th, redacted among their neighbours
/// and before anything is cut: half a token is not recognised any more.
fn redacted_lines(text: &str, skipped: usize, end: usize) -> RedactedText {
    let above = skipped.min(Evidence::CONTEXT);
    let context: Vec<&str> = text
        .lines()
        .skip(skipped - above)
        .take(above + (end - skipped) + Evidence::CONTEXT)
        .collect();
    redact(&context.join("\n")).lines(above, end - skipped)
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content: &str, start: u32, end: u32) -> Evidence {
        let path = RepoPath::new("ci.yml").unwrap();
        Evidence::of(&path, content.as_bytes(), start, end)
    }

    #[test]
    fn lines_are_those_asked_for() {
        let evidence = of("a\nb\nc\n", 2, 3);
        assert_eq!(evidence.snippet.as_str(), "b\nc");
        assert_eq!((evidence.start_line, evidence.end_line), (2, 3));
    }

    #[test]
    fn the_hash_does_not_depend_on_line_endings_or_place() {
        assert_eq!(of("a\nb\n", 1, 2).hash, of("x\r\na\r\nb\r\n", 2, 3).hash);
        assert_ne!(of("a\nb\n", 1, 2).hash, of("a\nb\n", 1, 1).hash);
    }

    #[test]
    fn lines_beyond_the_end_are_clamped() {
        let evidence = of("a\nb", 9, 12);
        assert_eq!((evidence.start_line, evidence.end_line), (2, 2));
        let evidence = of("", 1, 1);
        assert_eq!((evidence.start_line, evidence.snippet.as_str()), (1, ""));
    }

    #[test]
    fn snippets_are_cut_and_hashes_are_not() {
        let long = format!("{}\n", "ü".repeat(300)).repeat(9);
        let evidence = of(&long, 1, 9);
        assert_eq!(
            evidence.snippet.as_str().lines().count(),
            Evidence::SNIPPET_LINES
        );
        let first = evidence.snippet.as_str().lines().next().unwrap();
        assert_eq!(first.chars().count(), Evidence::SNIPPET_CHARACTERS + 1);
        assert_ne!(evidence.hash, of(&long, 1, 5).hash);
    }

    #[test]
    fn secrets_are_taken_out_before_lines_are_cut() {
        let token = format!("ghp_{}", "q7Rk2Zx9".repeat(5));
        let padding = "x".repeat(Evidence::SNIPPET_CHARACTERS - 10);
        let evidence = of(&format!("{padding} {token} and more"), 1, 1);
        assert_eq!(
            evidence.snippet.as_str(),
            format!("{padding} [REDACTED:github-token]…")
        );
    }

    #[test]
    fn the_body_of_a_key_is_known_by_its_frame_far_away() {
        let edge = |edge: &str| format!("-----{edge} PRIVATE KEY-----\n");
        let body = format!("  {}\n", "q7Rk2Zx9Lw4Vb8Nc".repeat(4)).repeat(100);
        let text = format!(
            "key: |\n  {}{body}  {}after: 1\n",
            edge("BEGIN"),
            edge("END")
        );
        let evidence = of(&text, 50, 51);
        let line = "  [REDACTED:private-key]";
        assert_eq!(evidence.snippet.as_str(), format!("{line}\n{line}"));
        assert_eq!(of(&text, 104, 104).snippet.as_str(), "after: 1");
    }

    #[test]
    fn the_hash_says_nothing_about_a_secret() {
        let hash = |password: &str| of(&format!("password: {password}\n"), 1, 1).hash;
        assert_eq!(hash("1234"), hash("4321"));
    }
}
