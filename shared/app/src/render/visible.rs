//! Text from outside, with every character of it to be seen.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands where something was cut off.
const MARK: char = '…';

/// Text for a place that takes no markup: control, invisible and direction-changing characters
/// are made visible, line breaks stay, and a tab is a space.
pub(super) fn plain(text: &str) -> String {
    with_tabs(text).replace('\t', " ")
}

/// The same as one line without spaces at its ends.
pub(super) fn one_line(text: &str) -> String {
    plain(text).replace('\n', " ").trim().to_owned()
}

/// As [`plain`], but tabs stay: for the lines of a file.
pub(super) fn with_tabs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let visible = |c: char| match c {
        '\n' | '\t' => c,
        c if is_deceptive(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(visible).collect()
}

/// The longest beginning with at most `most` bytes, marked where something is cut off.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(MARK.len_utf8()));
    format!("{}{MARK}", &text[..end])
}

/// The longest beginning that takes at most `most` columns of a terminal, marked where something
/// is cut off.
pub(super) fn cut_to_columns(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or_default();
        if taken > most {
            break;
        }
        shown.push(c);
    }
    shown.push(MARK);
    shown
}

/// How many columns of a terminal a line takes.
pub(super) fn columns(line: &str) -> usize {
    line.width()
}

/// Whether a character is not seen, or changes how others are seen
/// (<https://trojansource.codes>).
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_keeps_characters_whole() {
        assert_eq!(cut("äöü", 6), "äöü");
        assert_eq!(cut("äöü!", 6), "ä…");
        assert_eq!(cut("abc", 3), "abc");
    }

    #[test]
    fn a_cut_to_columns_counts_wide_characters_twice() {
        assert_eq!(cut_to_columns("漢字", 4), "漢字");
        assert_eq!(cut_to_columns("漢字漢", 4), "漢…");
        assert_eq!(cut_to_columns("abcde", 4), "abc…");
    }

    #[test]
    fn tabs_stay_where_they_are_wanted_and_nothing_else_does() {
        assert_eq!(with_tabs("\ta\u{1b}[31m\u{9b}\r\nb"), "\ta�[31m�\nb");
        assert_eq!(plain("\ta\u{202e}b"), " a�b");
        assert_eq!(one_line(" a\nb\t"), "a b");
    }
}
