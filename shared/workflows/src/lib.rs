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

mod condition;
mod expression;
mod filter;
mod model;
mod names;
mod read;

pub use condition::{Condition, JobResult, SupposedRun};
pub use expression::GitHubContext;
pub use filter::{BranchFilter, PathFilter, Sense};
pub use model::{
    Access, Env, Environment, Flag, Grant, Input, Job, Matrix, MatrixRows, Permissions, Problem,
    RunsOn, Secrets, Step, Strategy, Trigger, Vector, VectorValues, Workflow,
};
pub use names::{
    Callee, JobNames, JobPlace, MAX_CALL_DEPTH, MAX_CALLED_WORKFLOWS, MAX_MATRIX_LEGS, MAX_NAMES,
    Match, NameError, NamePattern, Refused, Reported, ReportedName, Segment, job_names,
    job_names_in,
};
pub use yaml::{
    MAX_DEPTH, MAX_NODES, MAX_SCALAR_BYTES, ParseError, ParseErrorKind, Position, Source, Span,
    Spanned, Value,
};

/// Files above this size are refused: GitHub's own limit for a workflow file
/// (`ParseOptions.MaxFileSize` of the parser published in actions/runner). GitHub counts
/// characters; bytes are never fewer, so that what is refused here may only be larger text
/// outside ASCII.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// What a file should be, in the words of errors.
const WHAT: &str = "a workflow";

/// Reads a workflow file.
///
/// A leading byte order mark and CRLF line ends are fine. Whatever is wrong with a file that is
/// YAML with a mapping at its top is in [`Workflow::problems`].
pub fn parse(source: &[u8]) -> Result<Workflow, ParseError> {
    let text = yaml::text(source, WHAT, MAX_FILE_BYTES)?;
    let mut refusals = Vec::new();
    let source = Source::new(text);
    let tree = yaml::load(text, &source, WHAT, &mut refusals)?;
    let problems = refusals.into_iter().map(Problem::from).collect();
    read::workflow(tree.root(), source, problems)
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
