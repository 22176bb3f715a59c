//! Addresses that let whoever knows them post: incoming webhooks.

use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::end_of;

/// What stands before the secret part.
pub(crate) static ADDRESSES: &[&str] = &[
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    ".webhook.office.com/webhookb2/",
];

/// The path after `at`.
pub(crate) fn find(text: &[u8], at: usize) -> Option<Span> {
    let is_path =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'@');
    let end = end_of(text, at, is_path);
    // `…` and `T000/B000/xxx` in a manual are shorter, or have no digit.
    let is_secret = end - at >= 16 && crate::scan::Mix::of(&text[at..end]).digits;
    is_secret.then_some(Span {
        start: at,
        end,
        kind: Kind::Webhook,
    })
}
