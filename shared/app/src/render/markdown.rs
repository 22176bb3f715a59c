//! Text from outside as GitHub Flavored Markdown that shows it and does nothing else.

/// Text for a place that takes no Markdown: control, invisible and direction-changing
/// characters are made visible, line breaks stay.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let visible = |c: char| match c {
        '\n' => '\n',
        '\t' => ' ',
        c if is_deceptive(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(visible).collect()
}

/// A sentence of running text. Parts between single backticks are shown as code; everything
/// else is shown as the characters that it is.
pub(super) fn inline(text: &str) -> String {
    let line = one_line(text);
    let parts: Vec<&str> = line.split('`').collect();
    let mut markdown = String::new();
    for (place, part) in parts.iter().enumerate() {
        let closed = place + 1 < parts.len();
        match (place % 2 == 1, closed) {
            (true, true) => markdown.push_str(&code(part)),
            (true, false) => {
                markdown.push_str("\\`");
                escape_into(&mut markdown, part);
            }
            (false, _) => escape_into(&mut markdown, part),
        }
    }
    markdown
}

/// Paragraphs of running text. A paragraph between fences is shown as a block of code.
pub(super) fn prose(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
    let paragraphs = paragraphs.map(|paragraph| match fenced(paragraph) {
        Some(content) => block(content),
        None => inline(paragraph) + "\n",
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// The content of a paragraph that is a fenced block; its end may have been cut off.
fn fenced(paragraph: &str) -> Option<&str> {
    let (_language, content) = paragraph.strip_prefix("```")?.split_once('\n')?;
    Some(content.strip_suffix("```").unwrap_or(content))
}

/// A code span.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // Markdown takes one space off each end, and so a backtick next to the fence is kept apart.
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A fenced block of code, with its line breaks around it.
pub(super) fn block(text: &str) -> String {
    let text = plain(text);
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// "1 finding", "2 findings".
pub(super) fn plural(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The longest beginning with at most `most` bytes, marked where something is cut off.
pub(super) fn cut(text: &str, most: usize) -> String {
    const MARK: char = '…';
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(MARK.len_utf8()));
    format!("{}{MARK}", &text[..end])
}

fn one_line(text: &str) -> String {
    plain(text).replace('\n', " ").trim().to_owned()
}

fn escape_into(markdown: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        // https://spec.commonmark.org/0.31.2/#backslash-escapes
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '$' | '@' => {
                true
            }
            // Lists, where a line begins.
            '-' | '+' => before.is_empty(),
            ')' => is_number(before),
            // Numbered lists, and what GitHub makes links of by itself.
            '.' => is_number(before) || ends_with_www(before),
            ':' => after.starts_with("//"),
            _ => false,
        };
        if is_markup {
            markdown.push('\\');
        }
        markdown.push(c);
        // GitHub makes mentions and references of what remains after Markdown is done with it;
        // a zero-width space, which is in nothing else here, keeps them apart.
        if matches!(c, '@' | '#') {
            markdown.push('\u{200b}');
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_with_www(text: &str) -> bool {
    let end = text.len().checked_sub("www".len());
    let end = end.and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
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

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_shown_as_the_characters_that_it_is() {
        let cases = [
            (
                "plain words, and numbers 1/2",
                "plain words, and numbers 1/2",
            ),
            ("*a* _b_ ~c~", r"\*a\* \_b\_ \~c\~"),
            ("<img src=x>", r"\<img src=x\>"),
            ("[a](https://b.c)", r"\[a\](https\://b.c)"),
            ("www.b.c", r"www\.b.c"),
            ("&lt;", r"\&lt;"),
            ("a | b", r"a \| b"),
            ("- a-b", r"\- a-b"),
            ("12. a. 3) b", r"12\. a. 3) b"),
            ("1) a", r"1\) a"),
            ("---", r"\---"),
            ("# a", "\\#\u{200b} a"),
            ("@octocat", "\\@\u{200b}octocat"),
            ("a\\", "a\\\\"),
            ("a\r\nb\tc\u{7}", "a b c\u{fffd}"),
            ("a\u{202e}b\u{200b}", "a\u{fffd}b\u{fffd}"),
        ];
        for (text, markdown) in cases {
            assert_eq!(inline(text), markdown, "{text}");
        }
    }

    #[test]
    fn code_in_prose_stays_code_and_a_lone_backtick_is_one() {
        assert_eq!(inline("check `a*b` is *new*"), r"check `a*b` is \*new\*");
        assert_eq!(inline("a `b"), r"a \`b");
        assert_eq!(inline("a `` b"), "a  b");
        assert_eq!(inline("`@octocat` <b>`"), "`@octocat` \\<b\\>\\`");
    }

    #[test]
    fn a_fenced_paragraph_is_a_block_and_the_others_are_prose() {
        assert_eq!(
            prose("Do *this*:\n\n```yaml\non:\n  push:\n```\n\nThen that."),
            "Do \\*this\\*:\n\n```text\non:\n  push:\n```\n\nThen that\\.\n"
                .replace("that\\.", "that.")
        );
        assert_eq!(prose("```yaml\non: pu…"), "```text\non: pu…\n```\n");
    }

    #[test]
    fn nothing_ends_a_code_span_from_inside() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(code(""), "");
    }

    #[test]
    fn nothing_ends_a_block_from_inside() {
        assert_eq!(block("a\n"), "```text\na\n```\n");
        assert_eq!(
            block("```\n</details>\n````"),
            "`````text\n```\n</details>\n````\n`````\n"
        );
    }

    #[test]
    fn a_cut_keeps_characters_whole() {
        assert_eq!(cut("äöü", 6), "äöü");
        assert_eq!(cut("äöü!", 6), "ä…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
