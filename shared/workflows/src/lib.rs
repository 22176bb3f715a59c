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
mod error;
mod expression;
mod filter;
mod model;
mod names;
mod read;
mod span;
mod value;
mod yaml;

pub use condition::{Condition, JobResult, SupposedRun};
pub use error::{
    MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, MAX_SCALAR_BYTES, ParseError, ParseErrorKind,
};
pub use expression::GitHubContext;
pub use filter::{BranchFilter, PathFilter, Sense};
pub use model::{
    Access, Env, Environment, Flag, Grant, Input, Job, Matrix, MatrixRows, Permissions, Problem,
    RunsOn, Secrets, Source, Step, Strategy, Trigger, Vector, VectorValues, Workflow,
};
pub use names::{
    Callee, JobNames, JobPlace, MAX_CALL_DEPTH, MAX_CALLED_WORKFLOWS, MAX_MATRIX_LEGS, MAX_NAMES,
    Match, NameError, NamePattern, Refused, Reported, ReportedName, Segment, job_names,
    job_names_in,
};
pub use span::{Position, Span, Spanned};
pub use value::Value;

/// Reads a workflow file.
///
/// A leading byte order mark and CRLF line ends are fine. Whatever is wrong with a file that is
/// YAML with a mapping at its top is in [`Workflow::problems`].
pub fn parse(source: &[u8]) -> Result<Workflow, ParseError> {
    let text = text(source)?;
    let mut problems = Vec::new();
    let source = Source::new(text);
    let tree = yaml::load(text, &source, &mut problems)?;
    read::workflow(tree.root(), source, problems)
}

/// The text of a file, where it is one of tolerable size.
fn text(source: &[u8]) -> Result<&str, ParseError> {
    if source.len() > MAX_FILE_BYTES {
        let at = position(&source[..MAX_FILE_BYTES]);
        let message = format!(
            "expected a workflow of at most {MAX_FILE_BYTES} bytes, found {}",
            source.len()
        );
        return Err(ParseError::new(ParseErrorKind::TooLarge, at, message));
    }
    let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    let text = std::str::from_utf8(source).map_err(|error| {
        let (good, bad) = source.split_at(error.valid_up_to());
        let message = format!("expected UTF-8, found the byte 0x{:02X}", bad[0]);
        ParseError::new(ParseErrorKind::NotUtf8, position(good), message)
    })?;
    // The YAML parser would take a NUL for the end of the file.
    if let Some(index) = text.find('\0') {
        let at = position(&text.as_bytes()[..index]);
        let message = "expected text, found a NUL character";
        return Err(ParseError::new(ParseErrorKind::Syntax, at, message));
    }
    Ok(text)
}

/// The place after these bytes.
fn position(before: &[u8]) -> Position {
    let mut position = Position { line: 1, column: 1 };
    for &byte in before {
        if byte == b'\n' {
            position.line = position.line.saturating_add(1);
            position.column = 1;
        } else if byte & 0b1100_0000 != 0b1000_0000 {
            // Not a continuation byte of UTF-8: a character begins.
            position.column = position.column.saturating_add(1);
        }
    }
    position
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
