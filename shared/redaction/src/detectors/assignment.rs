//! Values under names that say what they are: `password: …`, `TOKEN=…`, `"secret": "…"`.
//!
//! A name that means a password makes any value one. A name that means another secret does so
//! where the value is quoted or assigned with `=`; else, as in `id-token: write`, the value has
//! to look like one. The same holds for names that only contain such a word.

use super::name::Name;
use super::value::{is_digest, is_name, looks_secret, stands_for_another};
use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{before, end_of, is_blank, looked_at, start_of};

/// The longest end of a name that is looked at.
const LONGEST_NAME: usize = 64;
/// The most lines of a block scalar that are looked at.
const MOST_LINES: usize = 64;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Quoted,
    /// In backticks: a command in a shell, a text in other languages.
    Backticks,
    /// Behind `:` with nothing in between, as in names of resources.
    Joined,
    /// Behind `=`.
    Assigned,
    /// Behind `:`, or behind a command's option.
    Plain,
    /// The rest of a YAML line.
    Line,
}

/// The detector over one text.
#[derive(Default)]
pub(crate) struct Assignments {
    /// The end of the last name that was looked at: a name has one value, however many words
    /// are in it.
    name_end: usize,
    /// The end of the last run without blanks that a value was read from. Values in it end there
    /// too, so that it is measured once.
    run_end: usize,
}

impl Assignments {
    /// A value whose name has a word at `start..end`.
    pub(crate) fn find(&mut self, text: &[u8], start: usize, end: usize, found: &mut Vec<Span>) {
        if end <= self.name_end {
            return;
        }
        let name_end = end_of(text, end, is_in_name);
        let previous = std::mem::replace(&mut self.name_end, name_end);
        let Some(at) = value_of(text, name_end, previous) else {
            return;
        };
        let least = previous
            .max(name_end.saturating_sub(LONGEST_NAME))
            .min(start);
        let name_start = least + start_of(&text[least..], name_end - least, is_in_name);
        let Some(name) = Name::of(&text[name_start..name_end]) else {
            return;
        };
        let (value, form) = self.read(text, name_start, at);
        if form == Form::Line && is_block(&text[value.0..value.1]) {
            block(text, name, name_start, value.1, found);
            return;
        }
        if is_secret(
            name,
            form,
            &text[value.0..value.1],
            &text[name_start..name_end],
        ) {
            found.push(span(name, value));
        }
    }

    /// The value behind a separator.
    fn read(&mut self, text: &[u8], name_start: usize, at: Separator) -> ((usize, usize), Form) {
        let start = at.end;
        let quote = end_of(text, start, |byte| byte == b'\\');
        if let Some(mark @ (b'"' | b'\'' | b'`')) = text.get(quote).copied() {
            let start = quote + 1;
            let escaped = quote > at.end;
            let form = if mark == b'`' {
                Form::Backticks
            } else {
                Form::Quoted
            };
            return ((start, closing(text, start, mark, escaped)), form);
        }
        let is_joined = at.sign == b':' && !before(text, start).is_some_and(is_blank);
        if at.sign == b':' && !is_joined && begins_line(text, name_start) {
            return ((start, line_value(text, start)), Form::Line);
        }
        let form = match at.sign {
            b'=' => Form::Assigned,
            _ if is_joined => Form::Joined,
            _ => Form::Plain,
        };
        ((start, self.run(text, start)), form)
    }

    /// The end of a value that ends at a blank, a quote or what separates parameters.
    fn run(&mut self, text: &[u8], start: usize) -> usize {
        if text.get(start) == Some(&b'<') {
            // A placeholder, whole.
            let most = text.len().min(start + LONGEST_NAME);
            return end_of(&text[..most], start, |byte| !byte.is_ascii_whitespace());
        }
        if start >= self.run_end {
            let ends = |byte: u8| byte.is_ascii_whitespace() || b"\"'`;&<".contains(&byte);
            self.run_end = end_of(text, start, |byte| !ends(byte));
        }
        without_brackets(text, start, self.run_end)
    }
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn span(name: Name, (start, end): (usize, usize)) -> Span {
    let kind = match name {
        Name::Password => Kind::Password,
        Name::Secret(kind) => kind,
        Name::Perhaps => Kind::Secret,
    };
    Span { start, end, kind }
}

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy)]
struct Separator {
    sign: u8,
    end: usize,
}

/// The separator behind a name that ends at `at`.
fn value_of(text: &[u8], at: usize, previous: usize) -> Option<Separator> {
    let mut end = end_of(text, at, |byte| byte == b'\\');
    if let Some(b'"' | b'\'' | b'`') = text.get(end) {
        end += 1;
    }
    if text.get(end) == Some(&b']') {
        end += 1;
    }
    let blanks = end;
    end = end_of(text, end, is_blank);
    let following = |count: usize| text.get(end + count).copied();
    let (sign, length) = match (following(0)?, following(1)) {
        (b':', Some(b':')) | (b'=', Some(b'=' | b'~')) => return None,
        (b':', Some(b'=')) | (b'=', Some(b'>')) => (b'=', 2),
        (sign @ (b':' | b'='), _) => (sign, 1),
        (b'>', Some(next)) if end == at && !is_blank(next) && is_element(text, at, previous) => {
            (b'=', 1)
        }
        _ if end > blanks && blanks == at && is_option(text, at, previous) => (b' ', 0),
        _ => return None,
    };
    let end = end_of(text, end + length, is_blank);
    Some(Separator { sign, end })
}

/// Whether the name that ends at `at` is that of an XML element.
fn is_element(text: &[u8], at: usize, previous: usize) -> bool {
    let least = previous.max(at.saturating_sub(LONGEST_NAME));
    let start = least + start_of(&text[least..], at - least, is_in_name);
    before(text, start) == Some(b'<')
}

/// Whether the name that ends at `at` is a command's option, as in `--password x`.
fn is_option(text: &[u8], at: usize, previous: usize) -> bool {
    let least = previous.max(at.saturating_sub(LONGEST_NAME));
    let start = least + start_of(&text[least..], at - least, is_in_name);
    text[start..at].starts_with(b"--")
}

/// The end of a value without what closes around it, `}` of `{ password: x }`, unless it has
/// opened that itself.
fn without_brackets(text: &[u8], start: usize, end: usize) -> usize {
    let least = start.max(end.saturating_sub(8));
    let tail = &text[least..end];
    let without = least
        + start_of(tail, tail.len(), |byte| {
            matches!(byte, b',' | b')' | b'}' | b']')
        });
    let few = &text[start..without.min(start + LONGEST_NAME)];
    looked_at(few.len());
    let opens = few.iter().any(|byte| matches!(byte, b'(' | b'{' | b'['));
    if opens { end } else { without }
}

/// Where the quote closes that opened before `start`: at its mark, or at the line's end.
/// `escaped` quotes are closed by escaped ones.
fn closing(text: &[u8], start: usize, mark: u8, escaped: bool) -> usize {
    let mut at = start;
    loop {
        at = end_of(text, at, |byte| {
            byte != mark && byte != b'\\' && byte != b'\n'
        });
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\\'), Some(next)) if escaped && *next == mark => return at,
            // Single quotes have no escapes in YAML and shells, but are doubled in YAML.
            (Some(b'\\'), Some(next)) if mark != b'\'' && *next != b'\n' => at += 2,
            (Some(b'\''), Some(b'\'')) if mark == b'\'' && at > start => at += 2,
            (Some(b'\\'), _) => at += 1,
            _ => return at.min(text.len()),
        }
    }
}

/// Whether a name is the first thing in its line, behind indentation, a dash or a quote.
fn begins_line(text: &[u8], name_start: usize) -> bool {
    let start = start_of(text, name_start, |byte| {
        is_blank(byte) || matches!(byte, b'-' | b'"' | b'\'')
    });
    matches!(before(text, start), None | Some(b'\n'))
}

/// The end of a plain scalar that takes the rest of its line, without a comment.
fn line_value(text: &[u8], start: usize) -> usize {
    let end = end_of(text, start, |byte| byte != b'\n');
    looked_at(end - start);
    let comment = text[start..end].windows(2).position(|two| two == b" #");
    let end = comment.map_or(end, |at| start + at);
    let value = text[start..end].trim_ascii_end();
    start + value.strip_suffix(b",").unwrap_or(value).len()
}

fn is_secret(name: Name, form: Form, value: &[u8], name_text: &[u8]) -> bool {
    /// The fewest bytes of a secret that only its place shows.
    const LEAST: usize = 6;
    if stands_for_another(value) {
        return false;
    }
    match (name, form) {
        (Name::Perhaps, Form::Joined) => false,
        (_, Form::Backticks) if value.iter().any(u8::is_ascii_whitespace) => false,
        // The working directory.
        (Name::Password, _) if name_text.to_ascii_lowercase().ends_with(b"pwd") => {
            !matches!(value, [b'/' | b'.' | b'~', ..])
        }
        (Name::Password, _) => true,
        (Name::Secret(_), Form::Quoted | Form::Backticks | Form::Assigned) => {
            let is_short = value.len() <= LONGEST_NAME;
            let names_one = is_short && is_name(value) && Name::of(value).is_some();
            let is_text = value.iter().take(LONGEST_NAME).any(u8::is_ascii_whitespace);
            value.len() >= LEAST && !names_one && !is_text && !is_digest(value)
        }
        (Name::Secret(_) | Name::Perhaps, _) => looks_secret(value),
    }
}

/// Whether a value says that a block scalar follows.
fn is_block(value: &[u8]) -> bool {
    let is_sign = |byte: &u8| b"+-123456789".contains(byte);
    matches!(value, [b'|' | b'>', signs @ ..] if signs.len() <= 2 && signs.iter().all(is_sign))
}

/// The lines of a block scalar, below a name in the line that ends after `at`.
fn block(text: &[u8], name: Name, name_start: usize, at: usize, found: &mut Vec<Span>) {
    let indentation = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let line_start = start_of(text, name_start, |byte| byte != b'\n');
    let least = indentation(&text[line_start..name_start]);
    let mut end = end_of(text, at, |byte| byte != b'\n');
    for _ in 0..MOST_LINES {
        if end >= text.len() {
            return;
        }
        let start = end + 1;
        end = end_of(text, start, |byte| byte != b'\n');
        let line = &text[start..end];
        let content = line.trim_ascii();
        if content.is_empty() {
            continue;
        }
        if indentation(line) <= least {
            return;
        }
        if is_secret(name, Form::Line, content, b"") {
            found.push(span(name, (start, end)));
        }
    }
}
