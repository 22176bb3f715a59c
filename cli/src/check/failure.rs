//! What can't be used, in the command's words.

use std::path::Path;

use checkout::CheckoutError;

use crate::exit::Failure;

impl From<CheckoutError> for Failure {
    fn from(error: CheckoutError) -> Self {
        let help = match &error {
            CheckoutError::Folder { .. } | CheckoutError::NotAFolder { .. } => {
                "give the folder of a repository"
            }
            CheckoutError::NoRepository { .. } => "leave --base out, or clone the repository",
            CheckoutError::UnknownRevision { .. } => {
                "fetch it first (in a workflow: actions/checkout with `fetch-depth: 0`)"
            }
            CheckoutError::Ambiguous { .. } => {
                "name it in full, such as refs/remotes/origin/main or refs/heads/main"
            }
            CheckoutError::NoMergeBase { .. } => {
                "fetch more of the history: `git fetch --unshallow` (in a workflow: \
                 actions/checkout with `fetch-depth: 0`)"
            }
            CheckoutError::Start { .. } => {
                return Self::Other {
                    error: error.into(),
                    help: Some("install git, and see that it is on the PATH"),
                };
            }
            CheckoutError::Git { .. } | CheckoutError::Answer { .. } => {
                return Self::Other {
                    error: error.into(),
                    help: None,
                };
            }
        };
        Self::usage(error.into(), help)
    }
}

/// Reads a file that was named on the command line, of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64, help: &'static str) -> Result<Vec<u8>, Failure> {
    use anyhow::{Context as _, anyhow};
    use std::io::Read as _;
    let mut content = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut content))
        .with_context(|| format!("cannot read {}", path.display()));
    read.map_err(|error| Failure::usage(error, help))?;
    if content.len() as u64 > limit {
        let error = anyhow!("{} has more than {limit} bytes", path.display());
        return Err(Failure::usage(error, help));
    }
    Ok(content)
}
