//! Runs of bytes: the only loops over a text, so that a test can count what they look at.

/// The end of the run of bytes from `at` on that `belongs` holds for.
pub(crate) fn end_of(text: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| belongs(**byte)).count();
    looked_at(length + 1);
    at + length
}

/// The start of the run of bytes before `at` that `belongs` holds for.
pub(crate) fn start_of(text: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let length = before
        .iter()
        .rev()
        .take_while(|byte| belongs(**byte))
        .count();
    looked_at(length + 1);
    at - length
}

/// The byte before `at`.
pub(crate) fn before(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|at| text.get(at)).copied()
}

/// Whether a byte continues a word. Bytes outside ASCII don't: languages that do without spaces
/// must not hide what stands between their words.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A space or a tab.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The most bytes that are looked at to tell what a value is like.
const SAMPLE: usize = 256;

/// What a value is made of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mix {
    pub(crate) digits: bool,
    pub(crate) lower: bool,
    pub(crate) upper: bool,
}

impl Mix {
    /// Of the beginning of a value.
    pub(crate) fn of(value: &[u8]) -> Self {
        let sample = &value[..value.len().min(SAMPLE)];
        looked_at(sample.len());
        Self {
            digits: sample.iter().any(u8::is_ascii_digit),
            lower: sample.iter().any(u8::is_ascii_lowercase),
            upper: sample.iter().any(u8::is_ascii_uppercase),
        }
    }

    /// Whether upper and lower case and digits are in it.
    pub(crate) fn is_full(self) -> bool {
        self.digits && self.lower && self.upper
    }
}

#[cfg(test)]
std::thread_local! {
    /// How many bytes this thread has looked at.
    pub(crate) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts bytes looked at, in tests.
#[cfg(test)]
pub(crate) fn looked_at(bytes: usize) {
    LOOKED_AT.with(|count| count.set(count.get() + bytes));
}

/// Counts nothing, outside of tests.
#[cfg(not(test))]
pub(crate) fn looked_at(_: usize) {}
