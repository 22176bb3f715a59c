//! AWS: events on SQS, secrets in SSM, stores in DynamoDB and S3.
//!
//! **Invariant.** A failed call is an error that says what was asked of which table; it is never
//! "there is none". What is stored and can't be understood is an error, too.
//!
//! **Invariant.** A call that was repeated has its effect once, whichever answer got lost: writes
//! are conditional or carry a token.
//!
//! **Invariant.** Nothing here reads the environment but the SDK, which looks for region,
//! endpoints and credentials where all of AWS's tools do.
//!
//! Features: `queue`, `parameters`, `stores`; a function has only those whose services it calls.

pub mod actions;
mod connect;
#[cfg(any(feature = "queue", feature = "parameters", feature = "stores"))]
mod fault;
pub mod names;
#[cfg(feature = "parameters")]
mod parameters;
#[cfg(feature = "queue")]
mod queue;
#[cfg(feature = "stores")]
mod stores;

pub use connect::{ConnectError, Connection, Roots, Settings, retries, timeouts};
#[cfg(feature = "parameters")]
pub use parameters::{
    MAX_NAMES, Parameter, ParameterError, ParameterErrorKind, ParameterSet, Parameters,
};
#[cfg(feature = "queue")]
pub use queue::{MAX_MESSAGE_BYTES, Queue, QueueUrls, decode, queue_of};
#[cfg(feature = "stores")]
pub use stores::Stores;
