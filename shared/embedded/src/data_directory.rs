//! The data directory: made for its owner only, and held by one process.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::open::OpenError;

const DATABASE: &str = "phase-mirror.sqlite3";
const LOCK: &str = "phase-mirror.lock";

/// A data directory that is ours until this is dropped; the system ends the hold when the
/// process ends, however it ends.
pub(crate) struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory where it is not there, and takes hold of it.
    pub(crate) fn hold(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Directory {
            path: path.to_owned(),
            source,
        };
        make_directory(path).map_err(failed)?;
        let mut lock = open_private(&path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    path: path.to_owned(),
                    holder: holder(&mut lock),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        lock.set_len(0)
            .and_then(|()| write!(lock, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The database's path. Its file is there, so that SQLite makes the files beside it with
    /// the same permissions.
    pub(crate) fn database(&self) -> Result<PathBuf, OpenError> {
        let path = self.path.join(DATABASE);
        match open_private(&path) {
            Ok(_) => Ok(path),
            Err(source) => Err(OpenError::Directory { path, source }),
        }
    }
}

/// Who holds the lock, as far as it has said so.
fn holder(lock: &mut File) -> String {
    let mut process = String::new();
    match lock.take(20).read_to_string(&mut process) {
        Ok(_) if process.bytes().all(|b| b.is_ascii_digit()) && !process.is_empty() => {
            format!("process {process}")
        }
        _ => "another process".to_owned(),
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
