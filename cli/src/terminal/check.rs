//! A finished check run in the terminal: verdict, summary, and annotations as compilers show
//! them.

use std::fmt::Write as _;

use anstyle::Style;

use super::{BLUE, BOLD, DIM, GREEN, RED, WIDTH, YELLOW, markdown, printable, styled};
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
    let mut last = "";
    for annotation in &check.annotations {
        text.push('\n');
        text.push_str(&head(annotation));
        // A finding with several places says the same at each of them.
        let repeated = annotation.message == last;
        text.push_str(&if repeated {
            note(annotation, "as above")
        } else {
            note(annotation, &annotation.message)
        });
        last = &annotation.message;
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

/// The annotation's title, and the lines that it is about.
fn head(annotation: &AnnotationView) -> String {
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
    text
}

/// What is said of the lines.
fn note(annotation: &AnnotationView, message: &str) -> String {
    let blank = " ".repeat(annotation.end_line.to_string().len());
    let mut text = String::new();
    let message = printable(message);
    let lines = message.lines().flat_map(|line| wrap(line, WIDTH));
    for (index, line) in lines.enumerate() {
        let sign = if index == 0 {
            styled(BLUE, "=")
        } else {
            " ".to_owned()
        };
        let _ = writeln!(text, "{}", format!("{blank} {sign} {line}").trim_end());
    }
    text
}

/// Breaks a line of text at spaces; one that begins with spaces (code) is left as it is.
pub(crate) fn wrap(line: &str, limit: usize) -> Vec<String> {
    if line.starts_with(' ') || line.is_empty() {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().map_or(0, |last| last.chars().count());
        if last > 0 && last + 1 + word.chars().count() > limit {
            lines.push(word.to_owned());
        } else if let Some(current) = lines.last_mut() {
            if last > 0 {
                current.push(' ');
            }
            current.push_str(word);
        }
    }
    lines
}
