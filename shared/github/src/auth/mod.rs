//! Who we are to GitHub: the App by its JWT, and an installation by its token.

mod jwt;
mod tokens;

pub(crate) use jwt::Signer;
pub(crate) use tokens::Tokens;
