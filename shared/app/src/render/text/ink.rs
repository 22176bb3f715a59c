//! Colour, or none.

use anstyle::{AnsiColor, Style};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BLUE: Style = AnsiColor::Blue.on_default().bold();

/// Whether text has colour. The caller knows what it writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// ANSI escape sequences.
    Ansi,
    /// None.
    Never,
}

/// Puts text into a style.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink(Colour);

impl Ink {
    pub(super) fn new(colour: Colour) -> Self {
        Self(colour)
    }

    /// The text in a style; it must be printable already.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        match self.0 {
            Colour::Ansi => format!("{style}{text}{style:#}"),
            Colour::Never => text.to_owned(),
        }
    }
}
