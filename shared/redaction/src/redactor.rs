//! Finds, joins and replaces.

use crate::anchors::{Anchor, anchors};
use crate::detectors::{
    address, assignment::Assignments, authorization, aws, pem::Pem, tokens::Tokens, url, webhook,
};
use crate::kind::Kind;

/// A part of the text to be taken out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// The most times that a text is gone through. What is taken out may change what its neighbours
/// look like: a text is settled when a pass finds nothing. The second pass nearly always does.
const MOST_PASSES: usize = 6;

/// The text without secrets.
pub(crate) fn redact(text: &str) -> String {
    let mut settled = text.to_owned();
    for _ in 0..MOST_PASSES {
        let spans = find(&settled);
        if spans.is_empty() {
            return settled;
        }
        settled = replace(&settled, &spans);
    }
    // Nothing is known to make it come to this; if something does, it shows nothing.
    let whole = Span {
        start: 0,
        end: text.len(),
        kind: Kind::Unsettled,
    };
    replace(text, &[whole])
}

/// What is to be taken out, in order, without overlaps.
fn find(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut tokens = Tokens::default();
    let mut assignments = Assignments::default();
    let mut pem = Pem::default();
    // Where URLs have an `@`.
    let mut urls = Vec::new();
    let mut placeholder_end = 0;
    for (anchor, start, end) in anchors(bytes) {
        if start < placeholder_end {
            continue;
        }
        match anchor {
            Anchor::Placeholder => {
                if let Some(kind) = Kind::of_placeholder(&bytes[start..]) {
                    placeholder_end = start + kind.placeholder().len();
                }
            }
            Anchor::Token(token) => found.extend(tokens.token(bytes, token, start, end)),
            Anchor::Jwt => found.extend(tokens.jwt(bytes, start)),
            Anchor::AwsId(id) => aws::find(bytes, id, start, end, &mut found),
            Anchor::AzureSecret => found.extend(tokens.azure(bytes, start, end)),
            Anchor::Webhook => found.extend(webhook::find(bytes, end)),
            Anchor::Scheme => {
                if let Some(user) = url::find(bytes, end) {
                    urls.push(user.end);
                    found.extend(user.secret);
                }
            }
            Anchor::Authorization => found.extend(authorization::header(bytes, end)),
            Anchor::Bearer => found.extend(authorization::bearer(bytes, end)),
            Anchor::Name => assignments.find(bytes, start, end, &mut found),
            Anchor::PemBegin => pem.begin(bytes, start, end, &mut found),
            Anchor::PemEnd => pem.end(bytes, start, end, &mut found),
        }
    }
    pem.cut_off(bytes, &mut found);
    address::find(text, &urls, &mut found);
    join(found)
}

/// Sorts spans and joins those that overlap; the most telling kind names the whole.
fn join(mut found: Vec<Span>) -> Vec<Span> {
    found.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        match joined.last_mut() {
            Some(last) if span.start < last.end => {
                last.end = last.end.max(span.end);
                last.kind = last.kind.min(span.kind);
            }
            _ => joined.push(span),
        }
    }
    joined
}

fn replace(text: &str, spans: &[Span]) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        // Detectors end at ASCII bytes or take what is not ASCII along, so that these are the
        // boundaries already; were one not, more is taken out.
        let start = text.floor_char_boundary(span.start).max(from);
        let end = text.ceil_char_boundary(span.end);
        redacted.push_str(&text[from..start]);
        for line in text[start..end].split_inclusive('\n') {
            let content = line.trim();
            let at = line.len() - line.trim_start().len();
            redacted.push_str(&line[..at]);
            if !content.is_empty() {
                redacted.push_str(span.kind.placeholder());
                redacted.push_str(&line[at + content.len()..]);
            }
        }
        from = end;
    }
    redacted.push_str(&text[from..]);
    redacted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scan::LOOKED_AT;

    /// How many bytes are looked at.
    fn effort(text: &str) -> usize {
        LOOKED_AT.set(0);
        redact(text);
        LOOKED_AT.get()
    }

    /// Four times as much text takes at most six times the effort; were anything quadratic, it
    /// would take sixteen.
    fn is_linear(before: &str, unit: &str) -> Result<(), String> {
        const FEW: usize = 2 * 1024;
        let of = |bytes: usize| effort(&(before.to_owned() + &unit.repeat(1 + bytes / unit.len())));
        let (few, many) = (of(FEW), of(4 * FEW));
        if many <= 6 * few + FEW {
            Ok(())
        } else {
            Err(format!(
                "{few} grow to {many} for {unit:?} after {before:?}"
            ))
        }
    }

    /// What makes detectors begin, and what makes them go on.
    const PIECES: [&str; 44] = [
        "password",
        "password=",
        "password: ",
        "_pass",
        "key",
        "secret:",
        "token = ",
        "--token ",
        "<token>",
        "\"",
        "'",
        "\\\"",
        "\\",
        "`",
        "=\"",
        "\n",
        "\n ",
        " ",
        "://",
        "://a:b",
        "@",
        "a@",
        "@b.cd",
        ".",
        "1.",
        "1.2.3.4",
        ":",
        "a:",
        "::",
        "fe80::",
        "eyJ",
        "eyJa.",
        "ghs_",
        "ghp_",
        "sk-",
        "AKIA",
        "8Q~",
        "authorization: ",
        "bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "[REDACTED:",
        "$(",
        "password: |\n  ",
    ];

    #[test]
    fn the_time_is_linear_for_anything_repeated() {
        for piece in PIECES {
            assert_eq!(is_linear("", piece), Ok(()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 512,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn the_time_is_linear_for_any_sequence_repeated(
            before in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..4),
            unit in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..8),
        ) {
            prop_assert_eq!(is_linear(&before.concat(), &unit.concat()), Ok(()));
        }
    }
}
