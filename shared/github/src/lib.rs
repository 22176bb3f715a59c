//! GitHub, behind the ports of [`app`]: App authentication, REST and GraphQL, Check Runs; and
//! the payloads of its webhooks.
//!
//! **Invariant.** Nothing of octocrab, HTTP or JSON leaves this crate: its types are the
//! ports' own. No token, no key and no body of a request or an answer is ever logged or put
//! into an error.
//!
//! **Invariant.** What GitHub could not or would not show is an error or
//! [`Unavailable`](oracle::Unavailable), never an empty answer; no request with an effect is
//! repeated by itself.
//!
//! Feature `client` (default) is everything that talks to GitHub; [`webhook`] is there without
//! it.

pub mod webhook;
