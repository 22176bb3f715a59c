//! The one connection to the database, and how calls reach it.
//!
//! Every call is one short transaction, run on the runtime's threads for blocking work. One
//! connection is enough: SQLite has one writer anyway, and with `synchronous = FULL` a call
//! waits for the disk, not for the processor.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use app::{StoreError, StoreErrorKind, Table};
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Mutex;

use crate::columns::At;
use crate::data_directory::DataDirectory;
use crate::open::OpenError;
use crate::schema::{self, Found};

/// How long to wait for another reader of the file, such as a backup or the `sqlite3` shell.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The database of a data directory that this process holds.
pub(crate) struct Database {
    // Before `_directory`, so that the file is closed before the directory is let go.
    connection: Arc<Mutex<Connection>>,
    clock: Arc<dyn Clock>,
    path: PathBuf,
    _directory: DataDirectory,
}

/// Why a transaction is rolled back.
pub(crate) enum Failure {
    /// SQLite failed, or what it holds can't be understood.
    Sqlite(rusqlite::Error),
    /// Another epoch was granted since.
    Stale,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Database {
    /// Opens the file, brings its schema up to date and frees what an earlier process held.
    pub(crate) fn open(directory: DataDirectory, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let path = directory.database()?;
        let failed = |step| {
            let path = path.clone();
            move |source| OpenError::Database { path, step, source }
        };
        let mut connection = Connection::open_with_flags(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(failed("open"))?;
        connection
            .busy_timeout(BUSY_TIMEOUT)
            .map_err(failed("open"))?;
        let version = match schema::inspect(&connection).map_err(failed("read"))? {
            Found::Ours { version } => version,
            Found::Foreign => return Err(OpenError::Foreign { path }),
            Found::Newer { version } => {
                return Err(OpenError::NewerSchema {
                    path,
                    found: version,
                    known: schema::VERSION,
                });
            }
        };
        configure(&connection, &path)?;
        schema::migrate(&mut connection, version).map_err(failed("upgrade"))?;
        free_what_was_held(&connection, clock.now()).map_err(failed("write to"))?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            clock,
            path,
            _directory: directory,
        })
    }

    /// Runs `work` in one transaction, with the time at which it began. The commit is on the
    /// disk when this returns. Once begun, it ends even if the caller goes away.
    pub(crate) async fn transact<T, F>(
        &self,
        operation: &'static str,
        table: Table,
        work: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>, Timestamp) -> Result<T, Failure> + Send + 'static,
    {
        // Waiting here, and not on a blocking thread, keeps those threads for work.
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let clock = Arc::clone(&self.clock);
        let outcome = tokio::task::spawn_blocking(move || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction, clock.now())?;
            transaction.commit()?;
            Ok(value)
        })
        .await;
        let (kind, source): (_, Box<dyn std::error::Error + Send + Sync>) = match outcome {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Failure::Stale)) => return Err(stale(operation, table)),
            Ok(Err(Failure::Sqlite(source))) => (
                kind(&source),
                Box::new(Fault {
                    path: self.path.clone(),
                    source,
                }),
            ),
            Err(source) => (StoreErrorKind::Unavailable, Box::new(source)),
        };
        Err(StoreError {
            operation,
            table,
            kind,
            source: Some(source),
        })
    }
}

/// What SQLite said, with the file that it said it of.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", path.display(), remedy(source))]
struct Fault {
    path: PathBuf,
    source: rusqlite::Error,
}

fn remedy(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => " (free disk space; what was refused is tried again)",
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            " (the file must be writable by this user)"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            " (end what else has the file open)"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            " (stop, move the file away, restore a copy)"
        }
        _ => "",
    }
}

fn kind(error: &rusqlite::Error) -> StoreErrorKind {
    use rusqlite::Error;
    let damaged = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    );
    let misunderstood = matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    );
    if damaged || misunderstood {
        StoreErrorKind::Corrupt
    } else {
        StoreErrorKind::Unavailable
    }
}

fn stale(operation: &'static str, table: Table) -> StoreError {
    StoreError {
        operation,
        table,
        kind: StoreErrorKind::Stale,
        source: None,
    }
}

fn configure(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Database {
        path: path.to_owned(),
        step: "configure",
        source,
    };
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError::NoWriteAheadLog {
            path: path.to_owned(),
            mode,
        });
    }
    // FULL, because a webhook is answered 202 once its message is committed. On macOS only
    // `fullfsync` reaches the disk; elsewhere it changes nothing.
    let settings = [
        ("synchronous", "full"),
        ("fullfsync", "on"),
        ("foreign_keys", "on"),
    ];
    settings
        .iter()
        .try_for_each(|(name, value)| connection.pragma_update(None, name, value))
        .map_err(failed)
}

/// Frees leases and messages of an earlier process: it is gone, since we hold the directory.
/// Epochs, receive counts and times of retries stay.
fn free_what_was_held(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection.execute("UPDATE leases SET until = NULL WHERE until IS NOT NULL", [])?;
    connection.execute(
        "UPDATE queue SET held = 0, visible_at = ?1 WHERE held = 1",
        [At(now)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    struct FixedClock;

    impl Clock for FixedClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    const SETTINGS: Table = Table {
        name: "settings",
        key: "name",
    };

    /// Guards the answer 202: with less than `FULL` a commit may be lost with the machine.
    #[tokio::test]
    async fn commits_are_on_the_disk_when_they_return() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let held = DataDirectory::hold(directory.path()).expect("held");
        let database = Database::open(held, Arc::new(FixedClock)).expect("opens");
        let settings = database.transact("test", SETTINGS, |transaction, _| {
            let setting = |name| transaction.pragma_query_value(None, name, |row| row.get(0));
            let mode: String =
                transaction.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            let flags: [i64; 3] = [
                setting("synchronous")?,
                setting("fullfsync")?,
                setting("foreign_keys")?,
            ];
            Ok((mode, flags))
        });
        let (mode, flags) = settings.await.expect("read");
        assert_eq!((mode.as_str(), flags), ("wal", [2, 1, 1]));
    }
}
