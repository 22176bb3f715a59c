//! AWS access keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>.

use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{Mix, end_of};

/// How an access key id begins.
#[derive(Debug)]
pub(crate) struct Id {
    pub(crate) prefix: &'static str,
    /// Whether it may do without a digit; `ASIA` begins words in capitals too.
    digitless: bool,
}

pub(crate) static IDS: &[Id] = &[
    Id {
        prefix: "AKIA",
        digitless: true,
    },
    Id {
        prefix: "ASIA",
        digitless: false,
    },
    Id {
        prefix: "ABIA",
        digitless: false,
    },
    Id {
        prefix: "ACCA",
        digitless: false,
    },
];

/// Bytes after the prefix.
const BODY: usize = 16;
/// Bytes of a secret access key.
const SECRET: usize = 40;
/// How far behind its id a secret access key is looked for.
const NEAR: usize = 160;

/// An access key id, and a secret access key that follows it. One that stands under its name is
/// an assignment's.
pub(crate) fn find(text: &[u8], id: &Id, start: usize, body: usize, found: &mut Vec<Span>) {
    // Longer ones are taken out too, but nothing is looked at twice for long.
    let body_text = &text[body..text.len().min(body + 4 * BODY)];
    let length = end_of(body_text, 0, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit()
    });
    let is_one = length >= BODY && (id.digitless || Mix::of(&body_text[..length]).digits);
    if !is_one {
        return;
    }
    let end = body + length;
    found.push(Span {
        start,
        end,
        kind: Kind::AwsAccessKey,
    });
    let near = text.len().min(end + NEAR);
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let mut at = end;
    while at < near {
        let begin = end_of(&text[..near], at, |byte| !is_base64(byte));
        // One that crosses the end of what is near is measured whole.
        let most = text.len().min(begin + SECRET + 1);
        at = end_of(&text[..most], begin, is_base64);
        if at - begin == SECRET && Mix::of(&text[begin..at]).is_full() {
            found.push(Span {
                start: begin,
                end: at,
                kind: Kind::AwsSecretKey,
            });
        }
    }
}
