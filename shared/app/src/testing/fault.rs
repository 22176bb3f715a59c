//! Calls that go wrong on purpose.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails and has done nothing.
    BeforeEffect,
    /// The call does what it should, and the caller is told that it failed.
    AfterEffect,
    /// The call does nothing and never returns.
    NeverAnswers,
}

/// Suspends once. A future that is dropped here was killed between two effects.
pub(super) struct Suspend {
    suspended: bool,
}

impl Suspend {
    pub(super) fn once() -> Self {
        Self { suspended: false }
    }
}

impl Future for Suspend {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.suspended, true) {
            Poll::Ready(())
        } else {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
