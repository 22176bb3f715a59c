//! Running text in lines of a given width.

use crate::render::visible::{columns, one_line};

/// Text as lines of at most `width` columns: the first begins with `first`, the others with
/// `next`. A word that is wider stands alone on a line.
pub(super) fn hanging(first: &str, next: &str, text: &str, width: usize) -> String {
    let room = width.saturating_sub(columns(first).max(columns(next)));
    let mut shown = String::new();
    for line in wrapped(text, room) {
        let begin = if shown.is_empty() { first } else { next };
        shown.push_str(format!("{begin}{line}").trim_end());
        shown.push('\n');
    }
    shown
}

/// The words of a text in lines of at most `room` columns; one empty line where there are none.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let text = one_line(text);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(word);
        } else if columns(line) + 1 + columns(word) <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aa  bb\ncc", 80), ["aa bb cc"]);
        assert_eq!(wrapped("漢字 漢字", 8), ["漢字", "漢字"]);
        assert_eq!(wrapped("a wide-word b", 5), ["a", "wide-word", "b"]);
        assert_eq!(wrapped(" ", 5), [""]);
    }

    #[test]
    fn further_lines_hang() {
        assert_eq!(hanging("- ", "  ", "aa bb", 4), "- aa\n  bb\n");
    }
}
