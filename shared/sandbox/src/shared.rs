//! What the server, the stories and the webhook senders share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::http::{Call, Exchange, Faults};
use crate::state::{Attempt, State};
use crate::webhook;

/// Sees every request with its answer.
pub(crate) type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// Everything behind a sandbox.
pub(crate) struct Shared {
    state: Mutex<State>,
    calls: Mutex<Vec<Call>>,
    faults: Mutex<Faults>,
    observers: Mutex<Vec<Observer>>,
    runtime: Handle,
    undelivered: watch::Sender<usize>,
}

impl Shared {
    pub(crate) fn new(state: State, runtime: Handle) -> Self {
        Self {
            state: Mutex::new(state),
            calls: Mutex::default(),
            faults: Mutex::default(),
            observers: Mutex::default(),
            runtime,
            undelivered: watch::Sender::new(0),
        }
    }

    /// Sees or changes the state as a whole, then sends the webhooks that came of it.
    pub(crate) fn with<T>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.state);
        let result = change(&mut state);
        let outbox = std::mem::take(&mut state.outbox);
        drop(state);
        for id in outbox {
            self.undelivered.send_modify(|count| *count += 1);
            self.runtime.spawn(Arc::clone(self).deliver(id));
        }
        result
    }

    /// Waits until every webhook was answered or given up.
    pub(crate) async fn settled(&self) {
        let mut undelivered = self.undelivered.subscribe();
        // The sender lives as long as `self`, so waiting can't fail.
        let _ = undelivered.wait_for(|count| *count == 0).await;
    }

    pub(crate) fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        lock(&self.calls)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn observe(&self, observer: Observer) {
        lock(&self.observers).push(observer);
    }

    pub(crate) fn observers(&self) -> Vec<Observer> {
        lock(&self.observers).clone()
    }

    async fn deliver(self: Arc<Self>, id: u64) {
        let delivery = lock(&self.state).deliveries.get(&id).cloned();
        if let Some(delivery) = delivery {
            let begun = Instant::now();
            let outcome = webhook::send(&delivery).await;
            if let Err(error) = &outcome {
                tracing::debug!(delivery.id = id, %error, "a webhook was not delivered");
            }
            let attempt = Attempt {
                status: outcome.ok(),
                duration: begun.elapsed(),
            };
            if let Some(delivery) = lock(&self.state).deliveries.get_mut(&id) {
                delivery.attempt = Some(attempt);
            }
        }
        self.undelivered.send_modify(|count| *count -= 1);
    }
}

/// A panic in one story must not hide the state from the next line's assertion.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
