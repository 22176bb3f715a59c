//! The lines of a file that show a contradiction, underlined.

use std::fmt::Write as _;

use anstyle::Style;
use oracle::Evidence;

use super::Page;
use super::ink::BLUE;
use crate::render::visible::{columns, cut_to_columns, with_tabs};
use crate::render::wording::lines;

/// A tab reaches to the next column that is a multiple of this.
const TAB: usize = 4;

/// Whether a place is the one to look at first.
#[derive(Clone, Copy)]
pub(super) enum Rank {
    /// It is, underlined in the finding's style.
    First(Style),
    /// It is another that shows the same.
    Further,
}

impl Rank {
    fn arrow(self) -> &'static str {
        match self {
            Self::First(_) => "-->",
            Self::Further => ":::",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::First(style) => style,
            Self::Further => BLUE,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Self::First(_) => "^",
            Self::Further => "-",
        }
    }
}

/// How wide the numbers of all lines of these places are.
pub(super) fn gutter(places: &[Evidence]) -> usize {
    let last = places.iter().map(|place| place.end_line).max();
    last.unwrap_or(1).to_string().len()
}

impl Page<'_> {
    /// One place: where it is, and its lines. No line where the content could not be had.
    pub(super) fn place(&self, evidence: &Evidence, gutter: usize, rank: Rank) -> String {
        let path = super::one_line(evidence.path.as_str());
        let mut text = self.arrow(gutter, rank.arrow(), &format!("{path}:{}", lines(evidence)));
        let shown = printed(evidence.snippet.as_str());
        if shown.iter().all(String::is_empty) {
            return text;
        }
        text.push_str(&self.bar(gutter, ""));
        match shown.as_slice() {
            [line] => text.push_str(&self.one(line, evidence.start_line, gutter, rank)),
            lines => text.push_str(&self.several(lines, evidence, gutter, rank)),
        }
        text
    }

    /// `  --> place`
    pub(super) fn arrow(&self, gutter: usize, arrow: &str, place: &str) -> String {
        let arrow = self.ink.paint(BLUE, arrow);
        format!("{:gutter$}{arrow} {place}\n", "")
    }

    /// `   | text`
    pub(super) fn bar(&self, gutter: usize, text: &str) -> String {
        let bar = self.ink.paint(BLUE, "|");
        let line = format!("{:gutter$} {bar} {text}", "");
        line.trim_end().to_owned() + "\n"
    }

    fn numbered(&self, number: u32, gutter: usize, text: &str) -> String {
        let head = self.ink.paint(BLUE, &format!("{number:>gutter$} |"));
        format!("{head} {text}").trim_end().to_owned() + "\n"
    }

    /// How much of a line is shown.
    fn room(&self, gutter: usize) -> usize {
        self.width.saturating_sub(gutter + " | / ".len())
    }

    fn one(&self, line: &str, number: u32, gutter: usize, rank: Rank) -> String {
        let line = cut_to_columns(line, self.room(gutter));
        let code = line.trim_start();
        let indent = columns(&line) - columns(code);
        let marks = rank.mark().repeat(columns(code).max(1));
        let marks = self.ink.paint(rank.style(), &marks);
        self.numbered(number, gutter, &line) + &self.bar(gutter, &format!("{:indent$}{marks}", ""))
    }

    /// Several lines, with a bracket to their left that points to the end of the last; where not
    /// all lines are shown, it stays open.
    fn several(&self, lines: &[String], evidence: &Evidence, gutter: usize, rank: Rank) -> String {
        let mut text = String::new();
        let mut last = 1;
        for (place, (line, number)) in lines.iter().zip(evidence.start_line..).enumerate() {
            let line = cut_to_columns(line, self.room(gutter));
            last = columns(&line).max(1);
            let bracket = self
                .ink
                .paint(rank.style(), if place == 0 { "/" } else { "|" });
            text.push_str(&self.numbered(number, gutter, &format!("{bracket} {line}")));
        }
        let all = (evidence.end_line.saturating_sub(evidence.start_line) as usize) < lines.len();
        if all {
            let close = format!("|{}{}", "_".repeat(last), rank.mark());
            text.push_str(&self.bar(gutter, &self.ink.paint(rank.style(), &close)));
        } else {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{}", self.ink.paint(BLUE, "..."));
        }
        text
    }
}

/// The lines of a snippet as they are printed: nothing unseen, tabs as spaces.
fn printed(snippet: &str) -> Vec<String> {
    let expand = |line: &str| {
        let mut shown = String::new();
        for (place, part) in line.split('\t').enumerate() {
            if place > 0 {
                let to_stop = TAB - columns(&shown) % TAB;
                shown.push_str(&" ".repeat(to_stop));
            }
            shown.push_str(part);
        }
        shown.trim_end().to_owned()
    };
    with_tabs(snippet).split('\n').map(expand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_reach_to_the_next_stop() {
        assert_eq!(printed("\ta\tb\n漢\tc \n"), ["    a   b", "漢  c", ""]);
        assert_eq!(printed("\u{1b}[2J"), ["\u{fffd}[2J"]);
    }
}
