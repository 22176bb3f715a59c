//! Credentials in the authority of a URL: `scheme://user:password@host`.

use super::value::stands_for_another;
use crate::kind::{Kind, PLACEHOLDER};
use crate::redactor::Span;
use crate::scan::end_of;

/// How far an `@` is looked for behind a password that has a `/`, which it may not have
/// (RFC 3986, 3.2.1) and often has.
const FAR: usize = 256;

/// A URL's user information.
pub(crate) struct UserInfo {
    /// The `@` behind it.
    pub(crate) end: usize,
    /// The same as a secret, if it has a password.
    pub(crate) secret: Option<Span>,
}

/// The user information behind `://`, which ends at `at`.
pub(crate) fn find(text: &[u8], at: usize) -> Option<UserInfo> {
    let is_url = |byte: u8| byte.is_ascii_graphic() && !b"\"'`<>".contains(&byte) || byte >= 0x80;
    let is_authority = |byte: u8| is_url(byte) && !b"/?#".contains(&byte);
    let authority = end_of(text, at, is_authority);
    let last_at = |end: usize| text[at..end].iter().rposition(|byte| *byte == b'@');
    let length = last_at(authority).or_else(|| {
        let after = colon(&text[at..authority])? + 1;
        if text[at + after..authority].iter().all(u8::is_ascii_digit) {
            // A port.
            return None;
        }
        let most = text.len().min(at + FAR);
        last_at(end_of(&text[..most], authority, is_url))
    })?;
    let userinfo = &text[at..at + length];
    // Without a password it is a user's name; tokens are found by their own form.
    let password = colon(userinfo).map(|colon| &userinfo[colon + 1..]);
    let secret = password.is_some_and(|password| !stands_for_another(password));
    Some(UserInfo {
        end: at + length,
        secret: secret.then_some(Span {
            start: at,
            end: at + length,
            kind: Kind::UrlCredentials,
        }),
    })
}

/// The first colon that is not a placeholder's.
fn colon(text: &[u8]) -> Option<usize> {
    let before = PLACEHOLDER.trim_end_matches(':').as_bytes();
    let colons = text.iter().enumerate().filter(|(_, byte)| **byte == b':');
    colons
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with(before))
}
