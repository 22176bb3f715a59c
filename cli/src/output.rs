//! Reports on their way out: when they were made, and writing them to whoever reads.

use std::io;

use anyhow::{Context as _, anyhow};
use runtime::{environment, wiring};

use crate::exit::Failure;

/// The time that a report carries: now, or what `SOURCE_DATE_EPOCH` says.
pub(crate) fn time() -> Result<jiff::Timestamp, Failure> {
    let given = environment::source_date_epoch().map_err(|value| {
        Failure::usage(
            anyhow!("SOURCE_DATE_EPOCH is {value:?}, which is no number of seconds since 1970"),
            "correct the variable, or unset it",
        )
    })?;
    Ok(given.unwrap_or_else(wiring::now))
}

/// Writes all of a text.
pub(crate) fn write(mut output: impl io::Write, text: &str) -> io::Result<()> {
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// What becomes of having written a report.
pub(crate) fn ended(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other.context("cannot write the report")?),
    }
}
