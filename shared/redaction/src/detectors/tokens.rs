//! Tokens with a prefix of their provider's, and JSON Web Tokens.
//!
//! GitHub's prefixes: <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>.

use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{Mix, before, end_of, is_word};

/// A form of token.
#[derive(Debug)]
pub(crate) struct Token {
    /// How it begins.
    pub(crate) prefix: &'static str,
    /// What follows.
    body: Body,
    /// How many bytes of that, at the least. Less than providers issue, so that a token that was
    /// cut is found too.
    least: usize,
    /// What else must hold, where the prefix is not telling enough.
    proof: Proof,
    kind: Kind,
}

/// What a token is made of.
#[derive(Debug, Clone, Copy)]
enum Body {
    /// Letters and digits.
    Alphanumeric,
    /// These and `_`.
    Word,
    /// These and `-`.
    Dashed,
    /// These and `.`.
    Dotted,
}

impl Body {
    fn has(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || match self {
                Self::Alphanumeric => false,
                Self::Word => byte == b'_',
                Self::Dashed => matches!(byte, b'_' | b'-'),
                Self::Dotted => matches!(byte, b'_' | b'-' | b'.'),
            }
    }
}

/// What tells a token from a word that begins like one.
#[derive(Debug, Clone, Copy)]
enum Proof {
    /// The prefix.
    Prefix,
    /// A digit in the body.
    Digit,
    /// Upper case, lower case and a digit in the body.
    Mixed,
    /// As `Mixed`, and no word before it.
    Apart,
    /// `Digit`, exactly as long as the least, and a word of its own.
    Exact,
}

const fn token(prefix: &'static str, body: Body, least: usize, proof: Proof, kind: Kind) -> Token {
    Token {
        prefix,
        body,
        least,
        proof,
        kind,
    }
}

use Body::{Alphanumeric, Dashed, Dotted, Word};
use Proof::{Apart, Digit, Exact, Mixed, Prefix};

/// Every form with a prefix.
pub(crate) static TOKENS: &[Token] = &[
    token("AIza", Dashed, 30, Prefix, Kind::GoogleKey),
    token("GOCSPX-", Dashed, 20, Prefix, Kind::GoogleKey),
    token("ya29.", Dashed, 20, Digit, Kind::GoogleKey),
    token("ghp_", Alphanumeric, 30, Prefix, Kind::GithubToken),
    token("gho_", Alphanumeric, 30, Prefix, Kind::GithubToken),
    token("ghu_", Alphanumeric, 30, Prefix, Kind::GithubToken),
    token("ghr_", Alphanumeric, 30, Prefix, Kind::GithubToken),
    // Stateless since 2026: an App's id and a JWT, some 520 bytes with dots.
    token("ghs_", Dotted, 36, Prefix, Kind::GithubToken),
    token("github_pat_", Word, 36, Prefix, Kind::GithubToken),
    token("glpat-", Dotted, 20, Prefix, Kind::GitlabToken),
    token("gldt-", Dotted, 20, Digit, Kind::GitlabToken),
    token("glrt-", Dotted, 20, Digit, Kind::GitlabToken),
    token("glcbt-", Dotted, 20, Digit, Kind::GitlabToken),
    token("glptt-", Dotted, 20, Digit, Kind::GitlabToken),
    token("glsoat-", Dotted, 20, Digit, Kind::GitlabToken),
    token("xoxa-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxb-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxc-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxd-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxe-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxe.", Dotted, 10, Digit, Kind::SlackToken),
    token("xoxp-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxr-", Dashed, 10, Digit, Kind::SlackToken),
    token("xoxs-", Dashed, 10, Digit, Kind::SlackToken),
    token("xapp-", Dashed, 10, Digit, Kind::SlackToken),
    token("sk_live_", Alphanumeric, 16, Prefix, Kind::StripeKey),
    token("rk_live_", Alphanumeric, 16, Prefix, Kind::StripeKey),
    token("sk_test_", Alphanumeric, 16, Digit, Kind::StripeKey),
    token("rk_test_", Alphanumeric, 16, Digit, Kind::StripeKey),
    token("whsec_", Alphanumeric, 16, Digit, Kind::StripeKey),
    token("npm_", Alphanumeric, 30, Prefix, Kind::RegistryToken),
    token("pypi-", Dashed, 50, Digit, Kind::RegistryToken),
    token("dckr_pat_", Dashed, 20, Prefix, Kind::RegistryToken),
    token("dckr_oat_", Dashed, 20, Prefix, Kind::RegistryToken),
    token("rubygems_", Alphanumeric, 30, Prefix, Kind::RegistryToken),
    // crates.io.
    token("cio", Alphanumeric, 32, Exact, Kind::RegistryToken),
    token("SG.", Dotted, 40, Mixed, Kind::MessagingKey),
    // Twilio.
    token("SK", Alphanumeric, 32, Exact, Kind::MessagingKey),
    token("sk-ant-", Dashed, 20, Digit, Kind::AiKey),
    token("sk-proj-", Dashed, 20, Mixed, Kind::AiKey),
    token("sk-svcacct-", Dashed, 20, Mixed, Kind::AiKey),
    token("sk-admin-", Dashed, 20, Mixed, Kind::AiKey),
    token("sk-or-v1-", Alphanumeric, 30, Digit, Kind::AiKey),
    token("sk-", Alphanumeric, 32, Apart, Kind::AiKey),
    token("hf_", Alphanumeric, 30, Mixed, Kind::AiKey),
    token("dop_v1_", Alphanumeric, 40, Prefix, Kind::ProviderToken),
    token("doo_v1_", Alphanumeric, 40, Prefix, Kind::ProviderToken),
    token("dor_v1_", Alphanumeric, 40, Prefix, Kind::ProviderToken),
    // HashiCorp Vault and HCP Terraform.
    token("hvs.", Dashed, 20, Digit, Kind::ProviderToken),
    token("hvb.", Dashed, 20, Digit, Kind::ProviderToken),
    token("hvr.", Dashed, 20, Digit, Kind::ProviderToken),
    token("atlasv1.", Dashed, 40, Digit, Kind::ProviderToken),
    token("shpat_", Alphanumeric, 30, Digit, Kind::ProviderToken),
    token("lin_api_", Alphanumeric, 30, Digit, Kind::ProviderToken),
    token("glsa_", Word, 30, Digit, Kind::ProviderToken),
    token("ATATT3", Dashed, 40, Digit, Kind::ProviderToken),
    token(
        "AGE-SECRET-KEY-1",
        Alphanumeric,
        40,
        Prefix,
        Kind::PrivateKey,
    ),
];

/// A run that was measured already, so that each byte is in one measurement of its kind.
/// Anchors come in order, and so do the places where their runs begin.
#[derive(Default)]
struct Run {
    end: usize,
}

impl Run {
    fn end(&mut self, text: &[u8], from: usize, body: Body) -> usize {
        if from >= self.end {
            self.end = end_of(text, from, |byte| body.has(byte));
        }
        self.end
    }
}

/// The detector of tokens over one text.
#[derive(Default)]
pub(crate) struct Tokens {
    /// One for each [`Body`].
    runs: [Run; 4],
    /// The part of a possible JWT that was looked at.
    jwt: usize,
    /// The dotted run that it is in.
    jwt_run: Run,
}

impl Tokens {
    /// A token whose prefix is `text[start..body]`.
    pub(crate) fn token(
        &mut self,
        text: &[u8],
        token: &Token,
        start: usize,
        body: usize,
    ) -> Option<Span> {
        let run = self.runs[token.body as usize].end(text, body, token.body);
        let end = without_punctuation(text, body, run);
        if end - body < token.least {
            return None;
        }
        let is_apart = || !before(text, start).is_some_and(is_word);
        let mix = || Mix::of(&text[body..end]);
        let holds = match token.proof {
            Prefix => true,
            Digit => mix().digits,
            Mixed => mix().is_full(),
            Apart => is_apart() && mix().is_full(),
            Exact => {
                let ends = !text.get(end).copied().is_some_and(is_word);
                end - body == token.least && ends && is_apart() && mix().digits
            }
        };
        holds.then_some(Span {
            start,
            end,
            kind: token.kind,
        })
    }

    /// A JSON Web Token: `eyJ` is `{"` in Base64, and a dot follows its header. The signature may
    /// be missing, or cut off.
    pub(crate) fn jwt(&mut self, text: &[u8], start: usize) -> Option<Span> {
        const PART: usize = 10;
        // What begins later in a header that was no header is none either.
        if start < self.jwt {
            return None;
        }
        let dot = end_of(text, start, |byte| Dashed.has(byte));
        self.jwt = dot;
        if dot - start < PART || text.get(dot) != Some(&b'.') {
            return None;
        }
        let run = self.jwt_run.end(text, start, Dotted);
        let end = without_punctuation(text, dot, run);
        (end - dot > PART).then_some(Span {
            start,
            end,
            kind: Kind::Jwt,
        })
    }

    /// A client secret of Entra ID: `8Q~` or `7Q~` stands after its third byte.
    pub(crate) fn azure(&mut self, text: &[u8], mark: usize, end: usize) -> Option<Span> {
        let start = mark.checked_sub(3)?;
        if !text[start..mark].iter().all(|byte| Dotted.has(*byte)) {
            return None;
        }
        let run = self.runs[Dotted as usize].end(text, end, Dotted);
        let end = without_punctuation(text, end, run);
        (end - mark >= 30).then_some(Span {
            start,
            end,
            kind: Kind::AzureKey,
        })
    }
}

/// The end of a token without the punctuation of the sentence that it ends.
fn without_punctuation(text: &[u8], from: usize, end: usize) -> usize {
    crate::scan::start_of(&text[from..end], end - from, |byte| {
        matches!(byte, b'.' | b'-')
    }) + from
}
