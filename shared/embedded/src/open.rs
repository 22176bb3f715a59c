//! Opening a data directory, and what can be wrong with one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::ports::Clock;
use codes::Code;

use crate::data_directory::DataDirectory;
use crate::database::Database;
use crate::queue::Queue;
use crate::retention::LastPurge;

/// One machine's stores: the ports `Deliveries`, `Leases`, `Heads` and `Evaluations` over one
/// SQLite database. Clones share it.
#[derive(Clone)]
pub struct Embedded {
    pub(crate) database: Arc<Database>,
    pub(crate) last_purge: Arc<LastPurge>,
    queue: Queue,
}

impl Embedded {
    /// Opens the stores in `directory`, which is made (for its owner only) where it is not
    /// there. Blocks on the disk: call it before serving.
    ///
    /// Leases and messages that an earlier process left held are free again, since no other
    /// process can be at work here. `clock` says what has expired.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let directory = DataDirectory::hold(directory)?;
        let database = Arc::new(Database::open(directory, clock)?);
        let queue = Queue::new(Arc::clone(&database));
        Ok(Self {
            database,
            last_purge: Arc::default(),
            queue,
        })
    }

    /// The queue in the same database.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }
}

/// The data directory can't be used. Says which, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or a file in it can't be made, read or written.
    #[error(
        "cannot use the data directory at {}; it must be writable by this user, \
         or give another with --data", path.display()
    )]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process works on it.
    #[error(
        "the data directory {} is in use by {holder}; one process can use it at a time: \
         stop the other, or give another directory with --data", path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The other, as `process 1234` where it can be told.
        holder: String,
    },
    /// SQLite can't open, read or upgrade the file.
    #[error(
        "cannot {step} the database {}; if it is damaged, move it away and restore a copy, or \
         start without one: GitHub can be asked to redeliver the last 3 days", path.display()
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// What was tried, as a verb.
        step: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file system can't do SQLite's write-ahead log, as network file systems can't.
    #[error(
        "the file system of {} cannot hold a write-ahead log (SQLite offers `{mode}`); \
         put the data directory on a local disk with --data", path.display()
    )]
    NoWriteAheadLog {
        /// The file.
        path: PathBuf,
        /// The journal mode that SQLite stayed with.
        mode: String,
    },
    /// A SQLite database of another program.
    #[error(
        "{} is another program's database and was left as it is; \
         give another directory with --data", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Written by a later version.
    #[error(
        "{} has schema {found} and this version of phase-mirror knows up to {known}; it was left \
         as it is: run the version that wrote it, or a later one", path.display()
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The file's schema version.
        found: i64,
        /// The latest that this program knows.
        known: usize,
    },
}

impl OpenError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::Directory { .. } => codes::DATA_FOLDER,
            Self::InUse { .. } => codes::DATA_IN_USE,
            Self::Database { .. }
            | Self::NoWriteAheadLog { .. }
            | Self::Foreign { .. }
            | Self::NewerSchema { .. } => codes::DATABASE,
        }
    }
}
