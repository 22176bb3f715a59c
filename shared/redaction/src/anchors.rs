//! The words at which a detector begins to look, found all at once.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::detectors::aws::{IDS, Id};
use crate::detectors::name::NAMES;
use crate::detectors::tokens::{TOKENS, Token};
use crate::detectors::webhook::ADDRESSES;
use crate::kind::PLACEHOLDER;

/// What a word may be the beginning of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Placeholder,
    Token(&'static Token),
    Jwt,
    AwsId(&'static Id),
    AzureSecret,
    Webhook,
    Scheme,
    Authorization,
    Bearer,
    Name,
    PemBegin,
    PemEnd,
}

/// Whether case tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Exact,
    Any,
}

struct Anchors {
    automaton: AhoCorasick,
    words: Vec<(&'static str, Anchor, Case)>,
}

/// Built when first needed; docs/performance.md says how long that takes.
static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let mut words = vec![
        (PLACEHOLDER, Anchor::Placeholder, Case::Exact),
        ("eyJ", Anchor::Jwt, Case::Exact),
        ("8Q~", Anchor::AzureSecret, Case::Exact),
        ("7Q~", Anchor::AzureSecret, Case::Exact),
        ("://", Anchor::Scheme, Case::Exact),
        ("authorization", Anchor::Authorization, Case::Any),
        ("bearer ", Anchor::Bearer, Case::Any),
        ("-----BEGIN ", Anchor::PemBegin, Case::Exact),
        ("-----END ", Anchor::PemEnd, Case::Exact),
    ];
    let tokens = TOKENS.iter();
    words.extend(tokens.map(|token| (token.prefix, Anchor::Token(token), Case::Exact)));
    words.extend(
        IDS.iter()
            .map(|id| (id.prefix, Anchor::AwsId(id), Case::Exact)),
    );
    words.extend(ADDRESSES.iter().map(|it| (*it, Anchor::Webhook, Case::Any)));
    words.extend(NAMES.iter().map(|name| (*name, Anchor::Name, Case::Any)));
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words.iter().map(|(word, ..)| word))
        // The words are constants: it is the same on every machine, and every test goes here.
        .expect("an automaton of some hundred short words is far below its limit");
    Anchors { automaton, words }
});

/// Every anchor in a text with its start and end, in the order of their ends; they overlap.
pub(crate) fn anchors(text: &[u8]) -> impl Iterator<Item = (Anchor, usize, usize)> {
    let Anchors { automaton, words } = &*ANCHORS;
    automaton.find_overlapping_iter(text).filter_map(|found| {
        let (word, anchor, case) = words[found.pattern().as_usize()];
        let (start, end) = (found.start(), found.end());
        let fits = case == Case::Any || &text[start..end] == word.as_bytes();
        fits.then_some((anchor, start, end))
    })
}
