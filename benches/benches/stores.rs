//! How long one machine's stores take. Every write waits for the disk that the system's folder
//! for temporary files is on (`TMPDIR`).

use std::sync::Arc;
use std::time::Duration;

use app::event::{DeliveryId, Event, Head, Message, Repository};
use app::ports::{Clock, Deliveries, DeliveryOutcome, EventQueue, FinishedDelivery, Leases};
use divan::Bencher;
use embedded::Embedded;
use jiff::Timestamp;
use oracle::{ObjectId, RepositoryName};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const MINUTE: Duration = Duration::from_mins(1);

fn main() {
    divan::main();
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_767_225_600, 0)
    }
}

struct Machine {
    runtime: Runtime,
    embedded: Embedded,
    _directory: TempDir,
}

impl Machine {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let embedded = Embedded::open(directory.path(), Arc::new(FixedClock)).expect("opens");
        let runtime = Runtime::new().expect("a runtime");
        Self {
            runtime,
            embedded,
            _directory: directory,
        }
    }
}

fn head() -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&"a".repeat(40)).expect("40 hex digits"),
    }
}

fn delivery() -> DeliveryId {
    DeliveryId::new("72d3162e-cc78-11e3-81ab-4c9367dc0958").expect("a GUID")
}

fn message() -> Message {
    Message {
        delivery: delivery(),
        trace: None,
        event: Event::PullRequest {
            repository: Repository {
                installation_id: 1,
                id: 2,
                name: RepositoryName::new("octo-org/hello-world").expect("a repository"),
            },
            number: 3,
            head: head().sha,
            before: None,
            base_before: None,
        },
    }
}

/// What a webhook waits for before it answers 202.
#[divan::bench]
fn queue_send(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    let message = message();
    bencher.bench_local(|| {
        let sent = machine.embedded.queue().send(&message);
        machine.runtime.block_on(sent).expect("sent");
    });
}

/// Two writes: taking a message, and settling it.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn queue_receive_and_delete(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    let queue = machine.embedded.queue();
    let message = message();
    bencher
        .with_inputs(|| {
            let sent = queue.send(&message);
            machine.runtime.block_on(sent).expect("sent");
        })
        .bench_local_values(|()| {
            machine.runtime.block_on(async {
                let reception = queue.receive(MINUTE).await.expect("answered");
                let received = reception.received.expect("a message");
                assert!(queue.delete(received.receipt).await.expect("deleted"));
            });
        });
}

/// Two writes.
#[divan::bench]
fn lease_acquire_and_release(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    let head = head();
    let leases = &machine.embedded;
    bencher.bench_local(|| {
        machine.runtime.block_on(async {
            let acquired = leases.acquire(&head, FixedClock.now(), MINUTE).await;
            let app::ports::Acquired::Granted(lease) = acquired.expect("answered") else {
                panic!("nobody else is here")
            };
            leases.release(&lease).await.expect("released");
        });
    });
}

/// A read, as of a delivery that comes again.
#[divan::bench]
fn delivery_finished(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    let end = FinishedDelivery {
        outcome: DeliveryOutcome::Done,
        detail: "The check says success.".to_owned(),
        at: FixedClock.now(),
    };
    let id = delivery();
    let deliveries = &machine.embedded;
    let finished = deliveries.finish(&id, &end);
    machine.runtime.block_on(finished).expect("stored");
    bencher.bench_local(|| {
        let found = machine.runtime.block_on(deliveries.finished(&id));
        assert!(found.expect("read").is_some());
    });
}
