//! Takes secrets and personal data out of text before anybody is shown it.
//!
//! [`redact`] is the only way to a [`RedactedText`]: keys, tokens, passwords, connection strings,
//! e-mail and IP addresses are replaced by `[REDACTED:kind]`, and everything else stays byte for
//! byte. What a reader needs to find the place stays too: commit ids, UUIDs, digests of files,
//! versions, action references, `@user` and `@organisation/team`.
//!
//! A detector looks for a form that only secrets have, or for a name that says that its value is
//! one; entropy alone proves nothing, because digests have as much. What that misses: a secret
//! in a form of its own under a name that does not say so; a literal inside an expression
//! (`${{ inputs.x || 'literal' }}`); a password that looks like a variable (`$name`); the middle
//! of a private key without its frame.
//!
//! **Invariants.** Pure: text in, text out. Idempotent: redacting a redacted text changes
//! nothing. Line for line: no line break is added or removed. The time is linear in the text,
//! whatever it holds. It fails closed: a text that does not settle is redacted as a whole.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod anchors;
mod detectors;
mod kind;
mod redactor;
mod scan;
mod text;

pub use kind::Kind;
pub use text::{RedactedText, redact};
