//! Whether a value is a secret, or stands for one.

use crate::kind::{Kind, PLACEHOLDER};
use crate::scan::{Mix, is_word, looked_at};

/// The most bytes of a value that are looked at.
const MOST: usize = 256;

/// Words that say something about a secret and are none.
const WORDS: [&[u8]; 24] = [
    b"true",
    b"false",
    b"null",
    b"none",
    b"nil",
    b"yes",
    b"no",
    b"on",
    b"off",
    b"read",
    b"write",
    b"inherit",
    b"required",
    b"optional",
    b"string",
    b"str",
    b"text",
    b"password",
    b"secret",
    b"token",
    b"enabled",
    b"disabled",
    b"undefined",
    b"~",
];

/// How references begin that have no sigil.
const REFERENCES: [&[u8]; 19] = [
    b"secrets.",
    b"vars.",
    b"env.",
    b"inputs.",
    b"github.",
    b"steps.",
    b"needs.",
    b"matrix.",
    b"process.env",
    b"os.environ",
    b"os.getenv",
    b"var.",
    b"local.",
    b"data.",
    b"module.",
    b"arn:",
    b"op://",
    b"vault:",
    b"projects/",
];

/// Whether a value names a secret, or a place for one, instead of being one: a variable, an
/// expression, a placeholder, a mask, a word like `true`, or nothing.
pub(crate) fn stands_for_another(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let sample = &value[..value.len().min(MOST)];
    looked_at(sample.len());
    let has = |byte: u8| sample.contains(&byte);
    let lower = sample.to_ascii_lowercase();
    let begins = match sample {
        [b'$', b'{' | b'(', ..] | [b'`', ..] => true,
        [b'$', next, ..] => next.is_ascii_alphabetic() || *next == b'_',
        [b'<', ..] => has(b'>'),
        [b'{', ..] => has(b'}'),
        _ => REFERENCES.iter().any(|begin| lower.starts_with(begin)),
    };
    let is_whole = value.len() == sample.len();
    begins
        || is_whole
            && (is_masked(sample)
                || is_call(sample)
                || WORDS.contains(&lower.as_slice())
                || (sample.len() >= 3 && lower.iter().all(|byte| *byte == b'x'))
                || matches!(sample, [b'%', name @ .., b'%'] if name.iter().copied().all(is_word)))
}

/// Whether nothing but masks, punctuation and our own placeholders is in a value.
fn is_masked(value: &[u8]) -> bool {
    let mut rest = value;
    while let Some(first) = rest.first() {
        let skipped = if rest.starts_with(PLACEHOLDER.as_bytes()) {
            Kind::of_placeholder(rest).map(|kind| kind.placeholder().len())
        } else if rest.starts_with("…".as_bytes()) || rest.starts_with("•".as_bytes()) {
            Some("…".len())
        } else if matches!(rest, [b'\\', b'n' | b'r' | b't', ..]) {
            Some(2)
        } else {
            let is_mask = b"*.-_,;:@)}]\\\"' \t".contains(first);
            is_mask.then_some(1)
        };
        let Some(skipped) = skipped else {
            return false;
        };
        rest = &rest[skipped..];
    }
    true
}

/// `name(…)` or `name[…]`, as source code gets a secret from elsewhere.
fn is_call(value: &[u8]) -> bool {
    let is_name = |byte: &u8| is_word(*byte) || matches!(byte, b'.' | b':');
    let name = value.iter().take_while(|byte| is_name(byte)).count();
    let opens = matches!(value.get(name), Some(b'(' | b'['));
    // A quote in the brackets ends what is taken for the value.
    let closes = matches!(value.last(), Some(b')' | b']' | b'(' | b'['));
    let begins = value.first().is_some_and(u8::is_ascii_alphabetic);
    begins && opens && closes
}

/// Whether a value has the look of a secret by itself: long, of letters and digits, and neither
/// words, a path, an address nor a digest.
pub(crate) fn looks_secret(value: &[u8]) -> bool {
    const LEAST: usize = 8;
    if value.len() < LEAST || stands_for_another(value) {
        return false;
    }
    let sample = &value[..value.len().min(MOST)];
    looked_at(sample.len());
    let mix = Mix::of(sample);
    let has_letters_and_digits = mix.digits && (mix.lower || mix.upper);
    let is_long_and_mixed = mix.lower && mix.upper && sample.len() >= 20;
    let is_elsewhere = matches!(sample, [b'.' | b'~' | b'/', ..])
        || sample.starts_with(b"http")
        || sample.windows(3).any(|three| three == b"://");
    let is_text = sample.iter().any(u8::is_ascii_whitespace);
    (has_letters_and_digits || is_long_and_mixed)
        && !is_elsewhere
        && !is_text
        && !is_digest(sample)
        && !is_name(sample)
}

/// `sha256:…`, `sha512-…`: a digest that says which.
pub(crate) fn is_digest(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"sha") else {
        return false;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && matches!(rest.get(digits), Some(b':' | b'-'))
}

/// Words and small numbers, joined: `my-app-2`, `GITHUB_TOKEN`, `v1.2.3`.
pub(crate) fn is_name(value: &[u8]) -> bool {
    let separates = |byte: &u8| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b'@');
    value.split(separates).all(|part| {
        let part = part.strip_prefix(b"v").unwrap_or(part);
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        let tail = part.get(1..).unwrap_or_default();
        let one_case =
            tail.iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_uppercase);
        part.len() <= 24
            && ((digits == part.len() && digits <= 4)
                || (digits == 0 && one_case && part.iter().all(u8::is_ascii_alphabetic)))
    })
}
