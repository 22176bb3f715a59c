//! Text from outside as GitHub Flavored Markdown that shows it and does nothing else.

use super::visible::{one_line, plain};

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

/// Paragraphs of running text, with blocks of code between them.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = paragraphs(text)
        .into_iter()
        .map(|paragraph| match paragraph {
            Paragraph::Prose(text) => inline(&text) + "\n",
            Paragraph::Code(code) => block(&code),
        });
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// [`prose`] behind a word in bold; a block of code can't stand behind a word, and begins a line
/// of its own.
pub(super) fn labelled(label: &str, text: &str) -> String {
    let first = paragraphs(text).into_iter().next();
    let between = match first {
        Some(Paragraph::Code(_)) => "\n\n",
        Some(Paragraph::Prose(_)) | None => " ",
    };
    format!("**{label}:**{between}{}", prose(text))
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paragraph {
    /// Running text.
    Prose(String),
    /// The lines between two fences.
    Code(String),
}

/// The parts of a text. Empty lines divide paragraphs; one that begins with a fence is code up to
/// the next fence, or to the end where the text was cut.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    const FENCE: &str = "```";
    let text = text.replace("\r\n", "\n");
    let mut paragraphs = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with(FENCE) {
            let code = lines.by_ref().take_while(|line| line.trim_end() != FENCE);
            paragraphs.push(Paragraph::Code(code.collect::<Vec<_>>().join("\n")));
        } else if !line.trim().is_empty() {
            let rest = lines.by_ref().take_while(|line| !line.trim().is_empty());
            let prose: Vec<&str> = std::iter::once(line).chain(rest).collect();
            paragraphs.push(Paragraph::Prose(prose.join("\n")));
        }
    }
    paragraphs
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
    fn a_label_does_not_swallow_a_fence() {
        assert_eq!(labelled("Fix", "a"), "**Fix:** a\n");
        assert_eq!(
            labelled("Fix", "```\na\n```"),
            "**Fix:**\n\n```text\na\n```\n"
        );
    }

    #[test]
    fn a_block_may_have_empty_lines_and_only_begins_a_paragraph() {
        let prose = |text: &str| Paragraph::Prose(text.to_owned());
        let code = |text: &str| Paragraph::Code(text.to_owned());
        assert_eq!(
            paragraphs("a\n\n```yaml\non:\n\njobs:\n```\nb\n```\nc\n\n\n"),
            [prose("a"), code("on:\n\njobs:"), prose("b\n```\nc")]
        );
        assert_eq!(paragraphs("\n \n"), []);
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
}
