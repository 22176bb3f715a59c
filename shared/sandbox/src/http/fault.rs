//! Things that go wrong between a client and GitHub.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::exchange::Call;

/// What the client sees instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// This status code (500, 502, 503 …) with a page that is not JSON.
    Status(u16),
    /// The connection is closed without an answer.
    ConnectionClosed,
}

/// Something that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request has no effect.
    BeforeEffect(Failure),
    /// The request has its effect, but the client doesn't learn of it.
    AfterEffect(Failure),
    /// The request is held up for this long, then served.
    Delay(Duration),
}

type Injector = Arc<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;

/// The faults to come.
#[derive(Default)]
pub(crate) struct Faults {
    queue: VecDeque<(String, Fault)>,
    injector: Option<Injector>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Faults")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl Faults {
    /// The next request to this endpoint meets this fault.
    pub(crate) fn push(&mut self, endpoint: &str, fault: Fault) {
        self.queue.push_back((endpoint.to_owned(), fault));
    }

    /// Every request is put to this function.
    pub(crate) fn inject(&mut self, injector: Injector) {
        self.injector = Some(injector);
    }

    /// Who decides about requests that no queued fault is for.
    pub(crate) fn injector(&self) -> Option<Injector> {
        self.injector.clone()
    }

    /// The queued fault for a request, taken off the queue.
    pub(crate) fn take(&mut self, call: &Call) -> Option<Fault> {
        let endpoint = call.endpoint();
        let index = self.queue.iter().position(|(it, _)| *it == endpoint)?;
        self.queue.remove(index).map(|(_, fault)| fault)
    }
}
