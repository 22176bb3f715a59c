//! Markdown for the terminal: headings, lists, tables, code; `<details>` are shown open.

use std::fmt::Write as _;

use anstyle::Style;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{BOLD, CODE, DIM, WIDTH};

/// Renders Markdown, each line behind `margin`.
pub(crate) fn render(markdown: &str, margin: &str) -> String {
    let mut page = Page {
        margin,
        ..Page::default()
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(markdown, options) {
        page.take(printable(event));
    }
    page.flush();
    page.out.trim_end_matches('\n').to_owned() + "\n"
}

/// What is shown of an event. After parsing, because `&#27;` is an escape character only then.
fn printable(event: Event<'_>) -> Event<'_> {
    let shown = |text: &str| super::printable(text).into();
    match event {
        Event::Text(text) => Event::Text(shown(&text)),
        Event::Code(text) => Event::Code(shown(&text)),
        Event::Html(text) => Event::Html(shown(&text)),
        Event::InlineHtml(text) => Event::InlineHtml(shown(&text)),
        other => other,
    }
}

#[derive(Default)]
struct Page<'a> {
    margin: &'a str,
    out: String,
    /// The paragraph under way: words with their styles.
    words: Vec<Word>,
    /// Whether what comes next continues the last word.
    glued: bool,
    bold: usize,
    code_block: bool,
    /// One entry per open list: the next number, or `None` for bullets.
    lists: Vec<Option<u64>>,
    /// What the next flushed paragraph begins with instead of its indentation.
    marker: Option<String>,
    table: Vec<Vec<Vec<Word>>>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    style: Style,
    /// Whether a space separates it from the word before.
    spaced: bool,
}

impl Page<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code_block => self.code_lines(&text),
            Event::Text(text) => self.text(&text, self.style()),
            Event::Code(text) => self.unbroken(&text, CODE),
            Event::SoftBreak => self.glued = false,
            Event::HardBreak => self.flush(),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::Rule => self.line(&"─".repeat(WIDTH / 2)),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.blank();
                self.bold += 1;
            }
            Tag::Strong | Tag::TableHead => self.bold += 1,
            Tag::Paragraph if self.marker.is_none() => self.blank(),
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.blank();
                }
                self.lists.push(*first);
            }
            Tag::Item => {
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.marker = Some(marker);
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.blank();
                self.code_block = true;
            }
            Tag::Table(_) => {
                self.blank();
                self.table.clear();
            }
            _ => {}
        }
        match tag {
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.flush();
                self.bold -= 1;
            }
            TagEnd::Strong | TagEnd::TableHead => self.bold -= 1,
            TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                self.marker = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.code_block = false,
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.words);
                self.glued = false;
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.flush_table(),
            _ => {}
        }
    }

    fn style(&self) -> Style {
        if self.bold > 0 { BOLD } else { Style::new() }
    }

    fn text(&mut self, text: &str, style: Style) {
        let starts_spaced = text.starts_with(char::is_whitespace);
        for (index, word) in text.split_whitespace().enumerate() {
            let spaced = index > 0 || starts_spaced || !self.glued;
            self.words.push(Word {
                text: word.to_owned(),
                style,
                spaced,
            });
        }
        self.glued = !text.ends_with(char::is_whitespace);
    }

    /// Text whose spaces stay as they are.
    fn unbroken(&mut self, text: &str, style: Style) {
        let spaced = !self.glued;
        self.words.push(Word {
            text: text.to_owned(),
            style,
            spaced,
        });
        self.glued = true;
    }

    /// Of HTML only what a reader should see: the text of a `<summary>`.
    fn html(&mut self, html: &str) {
        let mut rest = html;
        while let Some(open) = rest.find('<') {
            self.text(&rest[..open], self.style());
            let Some(close) = rest[open..].find('>') else {
                return;
            };
            match &rest[open..=open + close] {
                "<summary>" => {
                    self.flush();
                    self.blank();
                    self.unbroken("▾", DIM);
                    self.glued = false;
                    self.bold += 1;
                }
                "</summary>" => {
                    self.flush();
                    self.bold = self.bold.saturating_sub(1);
                }
                _ => {}
            }
            rest = &rest[open + close + 1..];
        }
        self.text(rest, self.style());
    }

    fn code_lines(&mut self, text: &str) {
        for line in text.lines() {
            self.line(&format!("    {CODE}{line}{CODE:#}"));
        }
    }

    /// Ends the paragraph under way.
    fn flush(&mut self) {
        self.glued = false;
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        let depth = self.lists.len().saturating_sub(1);
        let marker = self.marker.take();
        let hang = if self.lists.is_empty() { 0 } else { 2 };
        let mut indent = "  ".repeat(depth) + &marker.unwrap_or_else(|| " ".repeat(hang));
        for line in wrap(&words, WIDTH - depth * 2 - hang) {
            let text = format!("{indent}{}", paint(&line));
            self.line(&text);
            indent = " ".repeat(depth * 2 + hang);
        }
        // The item's further paragraphs begin below its text, not with a marker.
        if !self.lists.is_empty() {
            self.marker = Some(" ".repeat(hang));
        }
    }

    fn flush_table(&mut self) {
        let rows = std::mem::take(&mut self.table);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        for row in &rows {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, &wide)| paint(cell) + &" ".repeat(wide - width(cell)))
                .collect();
            self.line(cells.join("   ").trim_end());
        }
    }

    fn line(&mut self, text: &str) {
        self.out
            .push_str(format!("{}{text}", self.margin).trim_end());
        self.out.push('\n');
    }

    fn blank(&mut self) {
        self.flush();
        let margin = self.margin.trim_end();
        let last = self.out.lines().next_back();
        if last.is_some_and(|line| line != margin) {
            self.line("");
        }
    }
}

fn width(words: &[Word]) -> usize {
    let spaces = words.iter().skip(1).filter(|word| word.spaced).count();
    words
        .iter()
        .map(|word| word.text.chars().count())
        .sum::<usize>()
        + spaces
}

/// Breaks words into lines of at most `limit` characters, where that is possible.
fn wrap(words: &[Word], limit: usize) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    let mut index = 0;
    while index < words.len() {
        // A word with those glued to it moves as one.
        let end = (index + 1..words.len())
            .find(|&next| words[next].spaced)
            .unwrap_or(words.len());
        let group = &words[index..end];
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(group) <= limit => line.extend_from_slice(group),
            _ => lines.push(group.to_vec()),
        }
        index = end;
    }
    lines
}

/// The words as text; a style is begun once for all words in a row that have it.
fn paint(words: &[Word]) -> String {
    let mut text = String::new();
    let mut current = Style::new();
    for (index, word) in words.iter().enumerate() {
        let space = if word.spaced && index > 0 { " " } else { "" };
        if word.style == current {
            text.push_str(space);
        } else {
            // Writing to a `String` can't fail.
            let _ = write!(text, "{current:#}{space}{}", word.style);
            current = word.style;
        }
        text.push_str(&word.text);
    }
    let _ = write!(text, "{current:#}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn plain(markdown: &str) -> String {
        anstream::adapter::strip_str(&render(markdown, "│ ")).to_string()
    }

    #[test]
    fn a_summary_reads_well_without_markup() {
        expect![[r#"
            │ 2 new, 1 there already.
            │
            │ severity   new
            │ high       2
            │
            │ PM-7F3K2: build is required and nothing reports it
            │
            │ Why: the ruleset (main) requires build, and no job of any workflow that runs on pull requests has
            │ that name, so that the merge waits for ever.
            │
            │ • one
            │ • two
            │   1. inner
            │   2. other
            │
            │     on: [push]
            │       x: 1
            │
            │ ▾ Already there (1)
            │
            │ old one
        "#]].assert_eq(&plain(
            "**2 new**, _1_ there already.\n\n| severity | new |\n| --- | ---: |\n| high | 2 |\n\n\
             ### PM-7F3K2: `build` is required and nothing reports it\n\nWhy: the ruleset \
             (`main`) requires `build`, and no job of any workflow that runs on pull requests has \
             that name, so that the merge waits for ever.\n\n- one\n- two\n  1. inner\n  2. \
             other\n\n```yaml\non: [push]\n  x: 1\n```\n\n<details>\n<summary>Already there \
             (1)</summary>\n\nold one\n\n</details>\n<!-- hidden -->\n",
        ));
    }

    #[test]
    fn escapes_of_the_text_do_not_reach_the_terminal() {
        assert!(!render("a \u{1b}[31mred\u{7}", "").contains('\u{1b}'));
        assert!(!render("```\n\u{1b}[2J\n```", "").contains("\u{1b}[2J"));
    }

    #[test]
    fn character_references_do_not_speak_to_the_terminal() {
        let shown = render("&#27;[31mred &#8238;x \u{1b}c", "");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}
