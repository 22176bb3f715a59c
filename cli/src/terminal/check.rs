//! A finished check run in the terminal: verdict, summary, and annotations as compilers show
//! them.

use std::fmt::Write as _;

use anstyle::Style;

use super::{BLUE, BOLD, DIM, GREEN, RED, YELLOW, markdown, printable, styled};
use crate::view::{AnnotationLevel, AnnotationView, CheckState, CheckView};

/// The most lines of a file that are shown for one annotation.
const MAX_LINES: usize = 6;

/// The whole check run.
pub(crate) fn render(check: &CheckView) -> String {
    let (style, glyph) = mark(check.state);
    let mut text = format!(
        "{} {}\n",
        styled(style, &format!("{glyph} {}", printable(&check.name))),
        styled(BOLD, check.state.words()),
    );
    // Writing to a `String` can't fail.
    let _ = write!(text, "\n  {}\n\n", styled(BOLD, &printable(&check.title)));
    text.push_str(&markdown::render(&check.summary, "  "));
    for annotation in &check.annotations {
        text.push('\n');
        text.push_str(&render_annotation(annotation));
    }
    text
}

/// The conclusion's colour and glyph; the glyph alone tells them apart.
pub(crate) fn mark(state: CheckState) -> (Style, &'static str) {
    match state {
        CheckState::InProgress => (YELLOW, "●"),
        CheckState::Success => (GREEN, "✓"),
        CheckState::Neutral => (BOLD, "■"),
        CheckState::Failure => (RED, "✗"),
        CheckState::ActionRequired => (YELLOW, "!"),
        CheckState::Cancelled | CheckState::Other => (DIM, "?"),
    }
}

fn render_annotation(annotation: &AnnotationView) -> String {
    let (style, word) = match annotation.level {
        AnnotationLevel::Failure => (RED, "error"),
        AnnotationLevel::Warning => (YELLOW, "warning"),
        AnnotationLevel::Notice => (BLUE, "note"),
    };
    let shown = &annotation.lines[..annotation.lines.len().min(MAX_LINES)];
    let gutter = annotation.end_line.to_string().len();
    let blank = " ".repeat(gutter);
    let bar = styled(BLUE, "|");
    let mut text = format!(
        "{}{}\n{blank}{} {}\n",
        styled(style, word),
        styled(BOLD, &format!(": {}", printable(&annotation.title))),
        styled(BLUE, "-->"),
        printable(&annotation.place()),
    );
    if !shown.is_empty() {
        let _ = writeln!(text, "{blank} {bar}");
    }
    for (line, number) in shown.iter().zip(annotation.start_line..) {
        let line = printable(line);
        let code = line.trim_start();
        let indent = " ".repeat(line.chars().count() - code.chars().count());
        let number = styled(BLUE, &format!("{number:>gutter$}"));
        let underline = styled(style, &"^".repeat(code.chars().count()));
        let _ = writeln!(text, "{number} {bar} {}", line.trim_end());
        if !code.is_empty() {
            let _ = writeln!(text, "{blank} {bar} {indent}{underline}");
        }
    }
    let _ = writeln!(text, "{blank} {bar}");
    for (index, line) in printable(&annotation.message).lines().enumerate() {
        let sign = if index == 0 {
            styled(BLUE, "=")
        } else {
            " ".to_owned()
        };
        let _ = writeln!(text, "{}", format!("{blank} {sign} {line}").trim_end());
    }
    text
}
