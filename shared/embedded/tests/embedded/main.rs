//! The stores, the queue and the workers on real files, under a clock that tests own.

mod contracts;
mod opening;
mod queue;
mod stores;
mod workers;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app::event::{DeliveryId, Event, Head, Message, Repository};
use app::ports::Clock;
use embedded::Embedded;
use jiff::{SignedDuration, Timestamp};
use oracle::{ObjectId, RepositoryName};
use tempfile::TempDir;
use tokio::time::Instant;

/// Tokio's clock, which tests pause, and what an operator did to the wall clock.
struct TestClock {
    started: Instant,
    set_by_seconds: AtomicI64,
}

impl TestClock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            set_by_seconds: AtomicI64::new(0),
        })
    }

    fn jump(&self, by: SignedDuration) {
        self.set_by_seconds
            .fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let set_by = SignedDuration::from_secs(self.set_by_seconds.load(Ordering::Relaxed));
        Timestamp::constant(1_767_225_600, 0) + self.started.elapsed() + set_by
    }
}

/// A data directory, the stores in it and their clock.
struct Fixture {
    directory: TempDir,
    clock: Arc<TestClock>,
    embedded: Embedded,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = TestClock::new();
        let embedded = open(directory.path(), &clock);
        Self {
            directory,
            clock,
            embedded,
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// As after a crash: everything in memory is lost, nothing is said goodbye to.
    fn reopen(self) -> Self {
        let Self {
            directory,
            clock,
            embedded,
        } = self;
        drop(embedded);
        let embedded = open(directory.path(), &clock);
        Self {
            directory,
            clock,
            embedded,
        }
    }

    /// The rows of all tables that have one of these values, as `table column value`.
    fn rows_with(&self, values: &[(&str, i64)]) -> Vec<String> {
        let file = self.path().join("phase-mirror.sqlite3");
        let connection = rusqlite::Connection::open(file).expect("opened");
        let mut columns = connection
            .prepare(
                "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c
                 WHERE s.type = 'table'",
            )
            .expect("prepared");
        let columns = columns
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("asked");
        let columns: Vec<(String, String)> = columns.map(|row| row.expect("a column")).collect();
        let mut found = Vec::new();
        for (table, column) in columns {
            for (_, value) in values.iter().filter(|(name, _)| *name == column) {
                let count = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
                let count = connection.query_row(&count, [value], |row| row.get::<_, usize>(0));
                let row = format!("{table} {column} {value}");
                found.extend(std::iter::repeat_n(row, count.expect("counted")));
            }
        }
        found
    }

    /// Runs SQL behind the stores' back.
    fn damage(&self, sql: &str) {
        let file = self.path().join("phase-mirror.sqlite3");
        let connection = rusqlite::Connection::open(file).expect("opened");
        let changed = connection.execute(sql, []).expect("executed");
        assert!(changed > 0, "{sql} changed nothing");
    }
}

fn open(directory: &Path, clock: &Arc<TestClock>) -> Embedded {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Embedded::open(directory, clock).expect("the data directory opens")
}

fn head(number: u32) -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&format!("{number:040x}")).expect("40 hex digits"),
    }
}

fn delivery(number: u32) -> DeliveryId {
    DeliveryId::new(&format!("{number:08x}")).expect("hex digits")
}

fn message(number: u32) -> Message {
    Message {
        delivery: delivery(number),
        trace: None,
        event: Event::PullRequest {
            repository: Repository {
                installation_id: 1,
                id: 2,
                name: RepositoryName::new("octo-org/hello-world").expect("a repository"),
            },
            number: u64::from(number),
            head: head(number).sha,
            before: None,
            base_before: None,
        },
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
