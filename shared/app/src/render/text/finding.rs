//! One finding in full.

use std::fmt::Write as _;

use oracle::{Evidence, Item, Mode};

use super::Page;
use super::ink::{BLUE, BOLD, RED, YELLOW};
use super::snippet::{Rank, gutter};
use super::wrap::wrapped;
use crate::render::markdown::{Paragraph, paragraphs};
use crate::render::visible::{columns, one_line, plain};
use crate::render::wording::{Level, dispute, level};

impl Page<'_> {
    /// What, where, why, how to mend it, and how to dispute it; `remark` follows the title.
    pub(super) fn finding(&self, item: &Item, remark: &str) -> String {
        let (style, word) = match level(item) {
            Level::Error => (RED, "error"),
            Level::Warning => (YELLOW, "warning"),
            Level::Note => (BLUE, "note"),
        };
        let head = format!("{word}[{}]", one_line(&item.rule_id));
        let title = format!(": {}{remark}", one_line(&item.title));
        let gutter = gutter(&item.evidence);
        let mut text = self.ink.paint(style, &head) + &self.ink.paint(BOLD, &title) + "\n";
        text.push_str(&self.places(&item.evidence, gutter, Rank::First(style)));
        text.push_str(&self.bar(gutter, ""));
        let mode = match item.mode {
            Mode::Observe => "observe",
            Mode::Warn => "warn",
            Mode::Block => "block",
        };
        let finding = format!(
            "{}, severity {}, rule version {} in mode {mode}",
            item.id, item.severity, item.rule_version
        );
        text.push_str(&self.note(gutter, "finding", &finding));
        text.push_str(&self.note(gutter, "why", &item.why));
        text.push_str(&self.note(gutter, "fix", &item.fix));
        text.push_str(&self.note(gutter, "dispute", &dispute(item)));
        text
    }

    fn places(&self, places: &[Evidence], gutter: usize, first: Rank) -> String {
        let mut text = String::new();
        for (number, evidence) in places.iter().enumerate() {
            let rank = if number == 0 { first } else { Rank::Further };
            if number > 0 {
                text.push_str(&self.bar(gutter, ""));
            }
            text.push_str(&self.place(evidence, gutter, rank));
        }
        if places.is_empty() {
            let repository = self.report.meta.repository.as_ref();
            let of = repository.map_or("the repository", |name| name.as_str());
            text.push_str(&self.arrow(gutter, "-->", &format!("settings of {of}")));
        }
        text
    }

    /// `   = label: text`, wrapped; code as it is, four columns further in.
    fn note(&self, gutter: usize, label: &str, text: &str) -> String {
        let hang = gutter + " = : ".len() + columns(label);
        let mut lines = Vec::new();
        for (place, paragraph) in paragraphs(text).into_iter().enumerate() {
            if place > 0 {
                lines.push(String::new());
            }
            match paragraph {
                Paragraph::Prose(text) => {
                    lines.extend(wrapped(&text, self.width.saturating_sub(hang)));
                }
                Paragraph::Code(code) => {
                    let code = plain(&code);
                    lines.extend(
                        code.lines()
                            .map(|line| format!("    {line}").trim_end().to_owned()),
                    );
                }
            }
        }
        let sign = self.ink.paint(BLUE, "=");
        let label = self.ink.paint(BOLD, &format!("{label}:"));
        let first = lines.first().map(String::as_str).unwrap_or_default();
        let mut text = format!("{:gutter$} {sign} {label} {first}", "");
        for line in lines.iter().skip(1) {
            text.push('\n');
            if !line.is_empty() {
                // Writing to a string can't fail.
                let _ = write!(text, "{:hang$}{line}", "");
            }
        }
        text.trim_end().to_owned() + "\n"
    }
}
