//! The App on AWS, end to end: the functions' optimised binaries run as Lambda functions of an
//! emulator on which template.yaml is deployed; GitHub is the sandbox, held to GitHub's own
//! descriptions; a proxy stands between functions and AWS, and misbehaves when it is told to.
//!
//! `scripts/test` and `scripts/e2e-aws` build the functions, start what is needed and run this; the
//! latter with the very binaries that are released.

mod faults;
mod life;
mod lifecycle;
mod load;
mod proxy;
mod redelivery;
mod stack;
