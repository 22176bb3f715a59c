//! GitHub Actions workflow files: a typed model with positions, and the check names of jobs.
//!
//! **Invariant.** Pure: bytes in, model out. No clock, files, network or environment. Any
//! input, however hostile, ends in a [`Workflow`] or a [`ParseError`] with a position, in time
//! and memory linear in its length.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

/// A parsed workflow file.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {}

/// Why a file is no workflow, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What was found and what was expected.
    pub message: String,
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
