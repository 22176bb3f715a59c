//! One rule, one file (and one folder beside it where a rule has several parts).

pub(crate) mod md_000;
