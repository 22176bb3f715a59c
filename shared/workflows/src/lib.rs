//! GitHub Actions workflow files: a typed model with positions, and the check names of jobs.
//!
//! [`parse`] reads a file into a [`Workflow`]; [`job_names`] tells the names under which a job
//! of it reports checks.
//!
//! **Invariant.** Pure: bytes in, model out. No clock, files, network or environment. Any
//! input, however hostile, ends in a [`Workflow`] or a [`ParseError`] with a position, in time
//! and memory linear in its length.
//!
//! **Invariant.** What only a run decides (`needs`, `vars`, `github`) is never guessed: it is a
//! wildcard in a [`NamePattern`] that says why.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod error;
mod filter;
mod model;
mod names;
mod span;
mod value;

pub use error::{
    MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, MAX_SCALAR_BYTES, ParseError, ParseErrorKind,
};
pub use filter::{BranchFilter, PathFilter, Sense};
pub use model::{
    Access, Environment, Flag, Grant, Input, Job, Matrix, MatrixRows, Permissions, Problem, RunsOn,
    Secrets, Source, Step, Strategy, Trigger, Vector, VectorValues, Workflow,
};
pub use names::{
    Callee, JobNames, JobPlace, MAX_CALL_DEPTH, MAX_CALLED_WORKFLOWS, MAX_MATRIX_LEGS, Match,
    NameError, NamePattern, Refused, Reported, ReportedName, Segment, job_names,
};
pub use span::{Position, Span, Spanned};
pub use value::Value;

/// Reads a workflow file.
pub fn parse(source: &[u8]) -> Result<Workflow, ParseError> {
    let _ = source;
    let start = Position { line: 1, column: 1 };
    Err(ParseError::new(
        ParseErrorKind::Empty,
        start,
        "expected a workflow, found nothing",
    ))
}

/// Whether GitHub reads workflows from this path: a `.yml` or `.yaml` file directly in
/// `.github/workflows/`.
pub fn is_workflow_path(path: &str) -> bool {
    // Case-sensitive, as GitHub is.
    let Some(name) = path.strip_prefix(".github/workflows/") else {
        return false;
    };
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    !name.contains('/') && matches!(extension, Some("yml" | "yaml"))
}
