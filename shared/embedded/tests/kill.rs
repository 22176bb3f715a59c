//! What `Ok` was said to survives `kill -9`.
//!
//! This test runs itself as the process that is killed, so it has no test harness: with the
//! argument `victim DIR` it is the victim.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app::event::{DeliveryId, Event, Head, Message, Repository};
use app::ports::{Acquired, Clock, EventQueue, Leases};
use embedded::{Embedded, OpenError};
use jiff::Timestamp;
use oracle::{ObjectId, RepositoryName};

const MESSAGES: u32 = 20;
const MINUTE: Duration = Duration::from_mins(1);

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_767_225_600, 0)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    match arguments.as_slice() {
        [_, role, directory] if role == "victim" => runtime.block_on(victim(directory.as_ref())),
        _ => {
            runtime.block_on(survives_a_kill());
            println!("test survives_a_kill ... ok");
        }
    }
}

async fn survives_a_kill() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .arg("victim")
        .arg(directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the victim starts");
    let said = BufReader::new(victim.stdout.take().expect("its output"));
    let ready = said.lines().next().expect("a line").expect("text");
    assert_eq!(ready, "ready");

    let in_use = Embedded::open(directory.path(), Arc::new(FixedClock)).err();
    let expected = format!("process {}", victim.id());
    assert!(
        matches!(&in_use, Some(OpenError::InUse { holder, .. }) if *holder == expected),
        "{in_use:?}"
    );

    victim.kill().expect("killed");
    victim.wait().expect("dead");

    let embedded = Embedded::open(directory.path(), Arc::new(FixedClock)).expect("opens");
    let mut found = Vec::new();
    while let Some(received) = embedded
        .queue()
        .receive(MINUTE)
        .await
        .expect("answered")
        .received
    {
        found.push((received.message, received.receives));
    }
    found.sort_by(|(a, _), (b, _)| a.delivery.cmp(&b.delivery));
    let expected: Vec<_> = (0..MESSAGES)
        .map(|number| (message(number), if number == 0 { 2 } else { 1 }))
        .collect();
    assert_eq!(found, expected, "every message is there, the held one too");

    let lease = embedded.acquire(&head(), FixedClock.now(), MINUTE).await;
    assert!(
        matches!(&lease, Ok(Acquired::Granted(lease)) if lease.epoch == 2),
        "the dead process's lease is free and its epoch is known: {lease:?}"
    );
}

/// Sends, holds a message and a lease, says so, and waits for its end.
async fn victim(directory: &Path) {
    let embedded = Embedded::open(directory, Arc::new(FixedClock)).expect("opens");
    for number in 0..MESSAGES {
        let sent = embedded.queue().send(&message(number)).await;
        sent.expect("sent");
    }
    let held = embedded.queue().receive(MINUTE).await.expect("answered");
    assert!(held.received.is_some());
    let lease = embedded.acquire(&head(), FixedClock.now(), MINUTE).await;
    assert!(matches!(lease, Ok(Acquired::Granted(_))));
    println!("ready");
    std::future::pending::<()>().await;
}

fn head() -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&"a".repeat(40)).expect("40 hex digits"),
    }
}

fn message(number: u32) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{number:08x}")).expect("hex digits"),
        trace: None,
        event: Event::PullRequest {
            repository: Repository {
                installation_id: 1,
                id: 2,
                name: RepositoryName::new("octo-org/hello-world").expect("a repository"),
            },
            number: u64::from(number),
            head: head().sha,
            before: None,
            base_before: None,
        },
    }
}
