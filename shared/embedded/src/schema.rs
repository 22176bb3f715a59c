//! The versions of the database's schema, and the way from one to the next.

use rusqlite::{Connection, TransactionBehavior};

/// What SQLite's `application_id` says of our files: "`PhMi`".
pub(crate) const APPLICATION_ID: i32 = 0x5068_4d69;

/// One script per version; a released one never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
];

/// The version that this program writes.
pub(crate) const VERSION: usize = MIGRATIONS.len();

/// What a database file says of itself.
pub(crate) enum Found {
    /// Nothing yet, or one of our versions that can be brought to [`VERSION`].
    Ours {
        /// 0 for a file without tables.
        version: usize,
    },
    /// A version that only a later program knows.
    Newer {
        /// Its version.
        version: i64,
    },
    /// Another program's database.
    Foreign,
}

/// Reads whose database this is, and its version.
pub(crate) fn inspect(connection: &Connection) -> rusqlite::Result<Found> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    let empty = application == 0 && version == 0 && tables == 0;
    if application != APPLICATION_ID && !empty {
        return Ok(Found::Foreign);
    }
    Ok(match usize::try_from(version) {
        Ok(version) if version <= VERSION => Found::Ours { version },
        _ => Found::Newer { version },
    })
}

/// Runs the scripts from `version` on, each with its version number in one transaction.
pub(crate) fn migrate(connection: &mut Connection, version: usize) -> rusqlite::Result<()> {
    for (before, script) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", before + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
