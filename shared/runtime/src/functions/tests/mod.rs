//! What the functions do with events and parameters; how it comes together is told by
//! tests/tests/aws.

mod batch;
mod parameters;
mod url;
