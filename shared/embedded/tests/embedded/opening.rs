//! Opening a data directory, and every way in which it is refused.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use app::ports::{EventQueue, Installations};
use app::testing::contracts;
use embedded::{Embedded, OpenError};
use expect_test::{Expect, expect};

use crate::{Fixture, TestClock, message, open};

fn refused(directory: &Path) -> OpenError {
    Embedded::open(directory, TestClock::new())
        .err()
        .expect("refused")
}

fn check(directory: &Path, error: &OpenError, expected: &Expect) {
    let said = error.to_string();
    expected.assert_eq(&said.replace(&directory.display().to_string(), "DIR"));
}

fn run_sql(directory: &Path, sql: &str) {
    let file = directory.join("phase-mirror.sqlite3");
    let connection = rusqlite::Connection::open(file).expect("opened");
    connection.execute_batch(sql).expect("executed");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("a temporary directory");
    let directory = parent.path().join("a/b");
    let embedded = open(&directory, &TestClock::new());
    embedded.queue().send(&message(1)).await.expect("sent");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let mut files: Vec<_> = fs::read_dir(&directory)
        .expect("listed")
        .map(|entry| entry.expect("listed").path())
        .collect();
    files.sort();
    let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(
        names,
        [
            "phase-mirror.lock",
            "phase-mirror.sqlite3",
            "phase-mirror.sqlite3-shm",
            "phase-mirror.sqlite3-wal"
        ]
    );
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn one_process_at_a_time_and_the_error_names_it() {
    let fixture = Fixture::new();
    let error = refused(fixture.path());
    let said = error.to_string();
    let ours = format!("is in use by process {};", std::process::id());
    assert!(said.contains(&ours), "{said}");
    assert!(matches!(error, OpenError::InUse { .. }));
    drop(fixture.reopen());
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    drop(open(directory.path(), &TestClock::new()));
    run_sql(directory.path(), "PRAGMA user_version = 99");
    check(
        directory.path(),
        &refused(directory.path()),
        &expect![
            "DIR/phase-mirror.sqlite3 has schema 99 and this version of phase-mirror knows up to 4; it was left as it is: run the version that wrote it, or a later one"
        ],
    );
}

#[tokio::test]
async fn a_database_of_the_first_schema_is_brought_up_to_date() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    drop(open(directory.path(), &TestClock::new()));
    run_sql(
        directory.path(),
        "DROP TABLE policies; DROP TABLE pauses; DROP TABLE repositories; PRAGMA user_version = 1",
    );
    let embedded = open(directory.path(), &TestClock::new());
    contracts::policies(Arc::new(embedded.clone())).await;
    contracts::budgets(Arc::new(embedded.clone())).await;
    embedded.record(1, 2).await.expect("recorded");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    run_sql(directory.path(), "CREATE TABLE bookmarks (url TEXT)");
    check(
        directory.path(),
        &refused(directory.path()),
        &expect![
            "DIR/phase-mirror.sqlite3 is another program's database and was left as it is; give another directory with --data"
        ],
    );
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let garbage = vec![b'x'; 8192];
    fs::write(directory.path().join("phase-mirror.sqlite3"), &garbage).expect("written");
    check(
        directory.path(),
        &refused(directory.path()),
        &expect![
            "cannot read the database DIR/phase-mirror.sqlite3; if it is damaged, move it away and restore a copy, or start without one: GitHub can be asked to redeliver the last 3 days"
        ],
    );
    let kept = fs::read(directory.path().join("phase-mirror.sqlite3")).expect("read");
    assert_eq!(kept, garbage, "a damaged file is evidence");
}

#[tokio::test]
async fn a_file_in_the_place_of_the_directory_is_refused() {
    let parent = tempfile::tempdir().expect("a temporary directory");
    let file = parent.path().join("data");
    fs::write(&file, "").expect("written");
    check(
        &file,
        &refused(&file),
        &expect![
            "cannot use the data directory at DIR; it must be writable by this user, or give another with --data"
        ],
    );
}
