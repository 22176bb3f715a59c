//! Files that hold one secret.

use std::io;
use std::path::Path;

use super::Warning;

/// The largest file that is taken for a secret; an RSA key of 4,096 bits has 3.3 KB.
const MAX_BYTES: u64 = 64 * 1024;

/// A secret as it was read.
pub(super) struct SecretFile {
    /// Its text without line breaks at the end.
    pub(super) text: String,
    /// Set when others can read the file too.
    pub(super) warning: Option<Warning>,
}

/// Reads a secret; the error's text never holds it.
pub(super) fn read(path: &Path) -> io::Result<SecretFile> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(io::Error::other("it is too large for a secret"));
    }
    let text =
        String::from_utf8(std::fs::read(path)?).map_err(|_| io::Error::other("it is not UTF-8"))?;
    Ok(SecretFile {
        text: text.trim_end_matches(['\r', '\n']).to_owned(),
        warning: readable_by_others(path, &metadata),
    })
}

#[cfg(unix)]
fn readable_by_others(path: &Path, metadata: &std::fs::Metadata) -> Option<Warning> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| Warning {
        what: format!(
            "{} holds a secret and is open to other users (mode {mode:03o})",
            path.display()
        ),
        help: format!("chmod 600 {}", path.display()),
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path, _: &std::fs::Metadata) -> Option<Warning> {
    None
}
