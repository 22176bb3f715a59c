//! A guard for tests: whatever passes between the App and the sandbox is held to the contract.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Contract, Violation};
use crate::Sandbox;
use crate::shared::Shared;

/// Watches a sandbox. Every exchange is checked as it happens, every webhook when asked; where
/// nobody asks, dropping the guard does.
#[must_use = "dropped at once it sees nothing"]
pub struct Watched {
    contract: &'static Contract,
    shared: Arc<Shared>,
    violations: Arc<Mutex<BTreeSet<Violation>>>,
    asked: AtomicBool,
}

impl Watched {
    /// Watches a sandbox from now on.
    ///
    /// # Panics
    /// When GitHub's descriptions are not there; the message says how to get them.
    #[track_caller]
    pub fn new(sandbox: &Sandbox) -> Self {
        let contract = match Contract::shared() {
            Ok(contract) => contract,
            Err(error) => panic!("{error}"),
        };
        let violations = Arc::new(Mutex::new(BTreeSet::new()));
        let found = Arc::clone(&violations);
        sandbox.observe(move |exchange| {
            let new = contract.check_exchange(exchange);
            found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(new);
        });
        let shared = Arc::clone(sandbox.shared());
        Self {
            contract,
            shared,
            violations,
            asked: AtomicBool::new(false),
        }
    }

    /// What differed from GitHub's descriptions so far, each once.
    pub fn violations(&self) -> Vec<Violation> {
        self.asked.store(true, Ordering::Relaxed);
        let mut all = self
            .violations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let deliveries: Vec<_> = self.shared.with(|state| {
            let deliveries = state.deliveries.values();
            deliveries
                .map(|it| (it.event.clone(), it.body.clone()))
                .collect()
        });
        for (event, body) in deliveries {
            all.extend(self.contract.check_webhook(&event, &body));
        }
        all.into_iter().collect()
    }

    /// Fails the test when anything differed.
    ///
    /// # Panics
    /// With every difference.
    #[track_caller]
    pub fn assert_clean(&self) {
        let violations = self.violations();
        let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
        assert!(
            lines.is_empty(),
            "{} differences from GitHub's own descriptions:\n{}",
            lines.len(),
            lines.join("\n")
        );
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !*self.asked.get_mut() && !std::thread::panicking() {
            self.assert_clean();
        }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("violations", &self.violations)
            .finish_non_exhaustive()
    }
}
