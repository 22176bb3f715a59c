//! Who we are to GitHub: the App by its JWT, and an installation by its token.

mod credentials;
mod jwt;
mod private_key;
mod tokens;

pub(crate) use credentials::Credentials;
pub(crate) use jwt::Signer;
pub use private_key::{KeySource, KeyUnavailable, PrivateKey};
pub(crate) use tokens::{Purpose, Token, Tokens};
