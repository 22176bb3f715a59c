//! Names that say what their values are.

use crate::kind::Kind;
use crate::scan::looked_at;

/// Words in the names of secrets; [`Name::of`] tells what a whole name means.
pub(crate) static NAMES: &[&str] = &[
    "passw",
    "passphrase",
    "pwd",
    "_pass",
    "-pass",
    "secret",
    "token",
    "credential",
    "key",
];

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// It is a password.
    Password,
    /// It is a secret of this kind.
    Secret(Kind),
    /// It may be one: the name contains such a word.
    Perhaps,
}

impl Name {
    /// Of the end of a name.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        const PASSWORDS: [&[u8]; 4] = [b"password", b"passwd", b"passphrase", b"pwd"];
        const SECRETS: [(&[u8], Kind); 16] = [
            (b"secretaccesskey", Kind::AwsSecretKey),
            (b"awssecretkey", Kind::AwsSecretKey),
            (b"accountkey", Kind::AzureKey),
            (b"sharedaccesskey", Kind::AzureKey),
            (b"secret", Kind::Secret),
            (b"token", Kind::Secret),
            (b"credential", Kind::Secret),
            (b"apikey", Kind::Secret),
            (b"accesskey", Kind::Secret),
            (b"secretkey", Kind::Secret),
            (b"privatekey", Kind::Secret),
            (b"signingkey", Kind::Secret),
            (b"encryptionkey", Kind::Secret),
            (b"masterkey", Kind::Secret),
            (b"authkey", Kind::Secret),
            (b"deploykey", Kind::Secret),
        ];
        /// Ends of names of things that are known about secrets.
        const ABOUT: [&[u8]; 14] = [
            b"hash",
            b"sha",
            b"sha1",
            b"sha256",
            b"digest",
            b"checksum",
            b"fingerprint",
            b"id",
            b"url",
            b"uri",
            b"file",
            b"path",
            b"arn",
            b"name",
        ];
        looked_at(name.len());
        let is_pass = name.len() > 4 && matches!(name[name.len() - 5], b'_' | b'-' | b'.');
        let plain: Vec<u8> = name
            .iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect();
        let ends = |end: &[u8]| plain.ends_with(end);
        if PASSWORDS.iter().any(|end| ends(end)) || (is_pass && ends(b"pass")) {
            return Some(Self::Password);
        }
        if let Some((_, kind)) = SECRETS.iter().find(|(end, _)| ends(end)) {
            return Some(Self::Secret(*kind));
        }
        let contains = |word: &[u8]| plain.windows(word.len()).any(|part| part == word);
        let words = SECRETS.iter().map(|(word, _)| *word).chain(PASSWORDS);
        let mut words = words.filter(|word| *word != b"pwd");
        let is_about = ABOUT.iter().any(|end| ends(end));
        (!is_about && words.any(contains)).then_some(Self::Perhaps)
    }
}
