//! The life of a delivery as it happens, one line a step.

use std::fmt;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::terminal::{BOLD, DIM, printable, styled};

/// Where steps are told. Clones tell the same life.
#[derive(Clone)]
pub(super) struct Life {
    began: Arc<Mutex<Instant>>,
    /// How many requests GitHub has had from the App.
    calls: Arc<dyn Fn() -> usize + Send + Sync>,
    /// How many of them were told of already.
    told: Arc<AtomicUsize>,
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Life").finish_non_exhaustive()
    }
}

impl Life {
    /// Begins now.
    pub(super) fn begin(calls: impl Fn() -> usize + Send + Sync + 'static) -> Self {
        Self {
            began: Arc::new(Mutex::new(Instant::now())),
            calls: Arc::new(calls),
            told: Arc::default(),
        }
    }

    /// Counts time and calls from now on.
    pub(super) fn begin_again(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.told.store((self.calls)(), Ordering::Relaxed);
    }

    /// Tells one step, with the calls to GitHub that it took.
    pub(super) fn step(&self, name: &str, detail: &str) {
        let calls = (self.calls)();
        let new = calls.saturating_sub(self.told.swap(calls, Ordering::Relaxed));
        let cost = match new {
            0 => String::new(),
            1 => "  1 call to GitHub".to_owned(),
            _ => format!("  {new} calls to GitHub"),
        };
        let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
        let ms = began.elapsed().as_millis();
        // A closed standard output leaves nobody to tell.
        let _ = writeln!(
            anstream::stdout(),
            "{} {} {}{}",
            styled(DIM, &format!("{ms:>6} ms")),
            styled(BOLD, &format!(" {name:<10}")),
            printable(detail),
            styled(DIM, &cost),
        );
    }
}
