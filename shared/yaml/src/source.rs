//! The text of a file by lines.

/// The text of a file, for cutting evidence out of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    text: String,
    /// Byte offsets at which lines start.
    starts: Vec<u32>,
}

impl Source {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let mut offset = 0_u32;
        for byte in text.bytes() {
            // Files are far shorter than u32::MAX (`text`).
            offset = offset.saturating_add(1);
            if byte == b'\n' {
                starts.push(offset);
            }
        }
        Self {
            text: text.to_owned(),
            starts,
        }
    }

    /// The whole text, without byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A line, from 1, without its line break.
    pub fn line(&self, number: u32) -> Option<&str> {
        let line = self.lines(number, number)?;
        Some(
            line.strip_suffix('\n')
                .map_or(line, |line| line.strip_suffix('\r').unwrap_or(line)),
        )
    }

    /// The lines `first` to `last` (from 1, both included), as written, with line breaks.
    /// `None` when the file has no line `first` or the range is reversed; a `last` past the end
    /// means the end.
    pub fn lines(&self, first: u32, last: u32) -> Option<&str> {
        if first > last {
            return None;
        }
        let index = usize::try_from(first.checked_sub(1)?).ok()?;
        let start = *self.starts.get(index)?;
        let end = usize::try_from(last)
            .ok()
            .and_then(|line| self.starts.get(line));
        let start = usize::try_from(start).ok()?;
        match end {
            Some(end) => self.text.get(start..usize::try_from(*end).ok()?),
            None => self.text.get(start..),
        }
    }
}

/// Prints the size only: a report of a failure should not hold a whole file.
impl std::fmt::Debug for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Source({} bytes, {} lines)",
            self.text.len(),
            self.starts.len()
        )
    }
}
