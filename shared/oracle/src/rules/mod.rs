//! One rule, one file (and one folder beside it where a rule has several parts).

#[cfg(test)]
mod docs;
pub(crate) mod md_000;
pub(crate) mod md_001;
pub(crate) mod md_007;
pub(crate) mod md_008;
pub(crate) mod text;
