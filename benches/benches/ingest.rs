//! How long a webhook takes, from its raw bytes to the queue's door.

use app::ingest::{IngestOutcome, Intake, ingest};
use benches::{Delivery, intake, intake_that_reads_nothing};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use futures_util::FutureExt;

fn main() {
    divan::main();
}

#[divan::bench]
fn pull_request(bencher: Bencher<'_, '_>) {
    deliver(bencher, &intake(), IngestOutcome::Accepted);
}

#[divan::bench]
fn signature_only(bencher: Bencher<'_, '_>) {
    deliver(bencher, &intake_that_reads_nothing(), IngestOutcome::Ping);
}

fn deliver(bencher: Bencher<'_, '_>, intake: &Intake, expected: IngestOutcome) {
    let delivery = Delivery::pull_request();
    let request = delivery.request();
    assert_eq!(ingest(intake, &request).now_or_never(), Some(expected));
    bencher
        .counter(BytesCount::of_slice(request.body))
        .bench(|| ingest(intake, black_box(&request)).now_or_never());
}
