//! E-mail and IP addresses.
//!
//! Kept, because they say nothing about anybody: loopback, unspecified, netmask and
//! documentation addresses (RFC 5737, RFC 3849), the clouds' metadata service, and
//! `git@host`, which is everybody's login. Four numbers with dots in between are a version where
//! what is around them says so.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::kind::Kind;
use crate::redactor::Span;
use crate::scan::{before, end_of, is_word, looked_at, start_of};

/// Finds the addresses of a text. `urls` are the places, in order, where URLs have an `@`.
pub(crate) fn find(text: &str, urls: &[usize], found: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let (mut v4, mut v6) = (0, 0);
    for at in memchr::memchr3_iter(b'@', b'.', b':', bytes) {
        match bytes[at] {
            b'@' if urls.binary_search(&at).is_err() => found.extend(email(bytes, at)),
            b'.' if at >= v4 => found.extend(ipv4(text, at, &mut v4)),
            b':' if at >= v6 => found.extend(ipv6(text, at, &mut v6)),
            _ => {}
        }
    }
}

/// An e-mail address around an `@`.
fn email(text: &[u8], at: usize) -> Option<Span> {
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte) || byte >= 0x80;
    let is_domain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte) || byte >= 0x80;
    let start = start_of(text, at, is_local);
    let stop = end_of(text, at + 1, is_domain);
    // The full stop of a sentence is not of the domain.
    let end = start_of(&text[..stop], stop, |byte| matches!(byte, b'.' | b'-')).max(at + 1);
    let domain = &text[at + 1..end];
    looked_at(domain.len());
    let last_dot = domain.iter().rposition(|byte| *byte == b'.')?;
    let (first, top) = (&domain[..last_dot], &domain[last_dot + 1..]);
    let is_top = top.len() >= 2
        && top
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
    let local = &text[start..at];
    // `owner/action@release.candidate` is a reference, `icon@2x.png` a file's name.
    let is_reference =
        before(text, start) == Some(b'/') && before(text, start.saturating_sub(1)) != Some(b'/');
    let is_scaled = matches!(first, [b'1'..=b'4', b'x']);
    let is_nobody = local.is_empty() || local == b"git";
    let is_address = is_top && !first.is_empty() && !is_reference && !is_scaled && !is_nobody;
    is_address.then_some(Span {
        start,
        end,
        kind: Kind::Email,
    })
}

/// An IPv4 address around a dot. The dots before `done` need no second look.
fn ipv4(text: &str, at: usize, done: &mut usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let stop = end_of(bytes, at, is_part);
    *done = stop;
    let start = start_of(bytes, at, |byte| byte.is_ascii_digit());
    let end = start_of(&bytes[..stop], stop, |byte| byte == b'.').max(start);
    let address: Ipv4Addr = text[start..end].parse().ok()?;
    let after = bytes.get(end).copied();
    let follows = match (after, bytes.get(end + 1)) {
        (Some(b'.' | b'-'), Some(next)) => {
            is_word(*next) && !(after == Some(b'-') && next.is_ascii_digit())
        }
        (Some(next), _) => is_word(next),
        (None, _) => false,
    };
    let is_address = !follows && !is_version(bytes, start) && !says_nothing_v4(address);
    is_address.then_some(Span {
        start,
        end,
        kind: Kind::Ip,
    })
}

/// Whether what stands before four numbers makes them a version.
fn is_version(text: &[u8], start: usize) -> bool {
    const NEAR: usize = 24;
    let previous = before(text, start);
    let second = before(text, start.saturating_sub(1));
    let joined = match previous {
        // A range of addresses.
        Some(b'-') => !second.is_some_and(|byte| byte.is_ascii_digit()),
        Some(b'^' | b'~' | b'<' | b'>' | b'.') => true,
        Some(b'=') => matches!(second, Some(b'=' | b'~' | b'>' | b'<' | b'!')),
        Some(byte) => is_word(byte),
        None => false,
    };
    let near = &text[start.saturating_sub(NEAR)..start];
    let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or(near);
    looked_at(line.len());
    joined
        || line
            .to_ascii_lowercase()
            .windows(7)
            .any(|word| word == b"version")
}

fn says_nothing_v4(address: Ipv4Addr) -> bool {
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>;
    /// other clouds use the same address.
    const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
    address.is_loopback()
        || address.is_unspecified()
        || address.octets()[0] == 255
        || address.is_documentation()
        || address == METADATA
}

/// An IPv6 address around a colon. The colons before `done` need no second look.
fn ipv6(text: &str, at: usize, done: &mut usize) -> Option<Span> {
    /// Eight groups of four digits and their colons.
    const LONGEST: usize = 39;
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    let stop = end_of(bytes, at, is_part);
    *done = stop;
    let start = start_of(bytes, at, |byte| byte.is_ascii_hexdigit());
    // `address:` at the end of a clause.
    let end = match &bytes[start..stop] {
        [.., before, b':'] if *before != b':' => stop - 1,
        _ => stop,
    };
    if end - start > LONGEST {
        return None;
    }
    let address: Ipv6Addr = text[start..end].parse().ok()?;
    let stands_alone =
        !before(bytes, start).is_some_and(is_word) && !bytes.get(end).copied().is_some_and(is_word);
    // Global, local to a site or to a link: where addresses of machines are. Everything else
    // with two colons is a path of a programming language or a command of a workflow.
    let first = address.segments()[0];
    let is_machine = matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf);
    let is_documentation = first == 0x2001 && address.segments()[1] == 0x0db8;
    (stands_alone && is_machine && !is_documentation).then_some(Span {
        start,
        end,
        kind: Kind::Ip,
    })
}
