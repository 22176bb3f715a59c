//! How many calls of one installation are under way at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// GitHub takes at most 100 at a time, of all processes of the App together
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>).
const AT_A_TIME: usize = 16;

/// Of how many installations the lanes are kept although nobody is in them.
const KEPT: usize = 1_000;

/// By installation.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<BTreeMap<u64, Arc<Semaphore>>>);

impl Lanes {
    /// Waits until a lane is free; it is ours until the permit is dropped.
    pub(super) async fn enter(&self, installation: u64) -> Option<OwnedSemaphorePermit> {
        let lanes = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() > KEPT {
                all.retain(|_, lanes| Arc::strong_count(lanes) > 1);
            }
            let lanes = all.entry(installation);
            Arc::clone(lanes.or_insert_with(|| Arc::new(Semaphore::new(AT_A_TIME))))
        };
        // Nobody closes it.
        lanes.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_for_one_to_come_out_and_others_installations_do_not() {
        let lanes = Lanes::default();
        let mut inside = Vec::new();
        for _ in 0..AT_A_TIME {
            inside.push(lanes.enter(1).await.unwrap());
        }
        let patience = Duration::from_secs(1);
        assert!(
            tokio::time::timeout(patience, lanes.enter(1))
                .await
                .is_err()
        );
        assert!(tokio::time::timeout(patience, lanes.enter(2)).await.is_ok());
        inside.pop();
        assert!(tokio::time::timeout(patience, lanes.enter(1)).await.is_ok());
    }
}
