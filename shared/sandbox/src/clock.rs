//! The sandbox's time. Tests fix it and move it on by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// A clock that can be stopped and moved. Copies show the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<Face>>);

#[derive(Debug)]
struct Face {
    /// Where the clock stands, if it stands.
    stopped_at: Option<Timestamp>,
    /// How far a running clock is ahead of this machine's.
    ahead: Duration,
}

impl Clock {
    /// This machine's time.
    pub fn running() -> Self {
        Self(Arc::new(Mutex::new(Face {
            stopped_at: None,
            ahead: Duration::ZERO,
        })))
    }

    /// A clock that stands still until it is advanced.
    pub fn stopped_at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Face {
            stopped_at: Some(now),
            ahead: Duration::ZERO,
        })))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let face = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        face.stopped_at
            .unwrap_or_else(|| Timestamp::now() + face.ahead)
    }

    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        let mut face = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut face.stopped_at {
            Some(now) => *now += by,
            None => face.ahead += by,
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::running()
    }
}
