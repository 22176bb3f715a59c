//! What the terminal shows. Styles are written always; the stream that they go through
//! (`anstream`) drops them where it is no terminal, or `NO_COLOR` is set.

pub(crate) mod check;
pub(crate) mod markdown;

use anstyle::{AnsiColor, Style};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BLUE: Style = AnsiColor::Blue.on_default().bold();
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();

/// The width that text is wrapped to; readable on every terminal.
pub(crate) const WIDTH: usize = 100;

/// Text in a style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text that came from a repository, without what would steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}
