//! The App on AWS, end to end: the functions' release binaries run as Lambda functions of an
//! emulator on which template.yaml is deployed; GitHub is the sandbox, held to GitHub's own
//! descriptions; a proxy stands between functions and AWS, and misbehaves when it is told to.
//!
//! `scripts/e2e-aws` builds the functions, starts what is needed and runs this.

mod faults;
mod life;
mod load;
mod proxy;
mod stack;
