//! Spans that wait to be sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::span::Span;

/// The most spans that wait; OpenTelemetry's own default (`OTEL_BSP_MAX_QUEUE_SIZE`).
pub(super) const CAPACITY: usize = 2048;

/// Holds at most [`CAPACITY`] spans; what is more is dropped and counted.
#[derive(Default)]
pub(super) struct Buffer(Mutex<State>);

#[derive(Default)]
struct State {
    spans: VecDeque<Span>,
    dropped: u64,
}

impl Buffer {
    /// Adds a span. The new one is dropped where there is no room: the old ones tell how the
    /// trouble began.
    pub(super) fn push(&self, span: Span) {
        let mut state = self.state();
        if state.spans.len() < CAPACITY {
            state.spans.push_back(span);
        } else {
            state.dropped += 1;
        }
    }

    /// Takes out the oldest, at most so many.
    pub(super) fn take(&self, most: usize) -> Batch<'_> {
        let mut state = self.state();
        let count = most.min(state.spans.len());
        Batch {
            buffer: self,
            spans: state.spans.drain(..count).collect(),
        }
    }

    fn give_back(&self, spans: Vec<Span>) {
        let mut state = self.state();
        for span in spans.into_iter().rev() {
            if state.spans.len() < CAPACITY {
                state.spans.push_front(span);
            } else {
                state.dropped += 1;
            }
        }
    }

    /// Counts spans that nobody will see.
    pub(super) fn drop_spans(&self, count: u64) {
        self.state().dropped += count;
    }

    /// How many were dropped since the start.
    pub(super) fn dropped(&self) -> u64 {
        self.state().dropped
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spans that are on their way. Dropped without [`Batch::settle`], they go back into the buffer.
pub(super) struct Batch<'a> {
    buffer: &'a Buffer,
    spans: Vec<Span>,
}

impl Batch<'_> {
    /// The oldest first.
    pub(super) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Ends their way: all were taken but so many, which are dropped.
    pub(super) fn settle(mut self, dropped: u64) {
        self.spans.clear();
        self.buffer.drop_spans(dropped);
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.buffer.give_back(std::mem::take(&mut self.spans));
    }
}
