//! What secrets look like: one module for each form.

pub(crate) mod address;
pub(crate) mod assignment;
pub(crate) mod authorization;
pub(crate) mod aws;
pub(crate) mod name;
pub(crate) mod pem;
pub(crate) mod tokens;
pub(crate) mod url;
pub(crate) mod value;
pub(crate) mod webhook;
