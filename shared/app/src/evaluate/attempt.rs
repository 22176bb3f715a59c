//! How often a message is tried, and how long apart: the same wherever the queue is.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

/// A message that was received this often and is still there becomes a dead letter. With the
/// back-off that is 25 to 50 minutes of trying.
pub const MAX_RECEIVES: u32 = 12;

/// How often a worker waits for GitHub to catch up with itself (2 + 4 + 8 + 16 s) before it
/// takes what there is.
const WAITS: u32 = 4;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(15);

/// Which handing-out of a message this is, whatever became of those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1. A postponement, a failure and an interruption all count.
    pub number: u32,
    /// Whether no other follows: what fails now becomes a dead letter.
    pub last: bool,
}

impl Attempt {
    /// The attempt of a message that has been received `receives` times, this time included, and
    /// becomes a dead letter after `most`.
    pub fn of(receives: u32, most: u32) -> Self {
        Self {
            number: receives,
            last: receives >= most,
        }
    }

    /// How long to wait when this attempt failed: exponential, between half and all of 2 s, 4 s,
    /// 8 s … up to 15 minutes, so that what failed together is not tried again together.
    pub fn back_off(self) -> Duration {
        // The standard library's hasher keys are random, which is random enough to spread retries.
        jittered(self.number, RandomState::new().hash_one(self.number))
    }

    /// Whether waiting may still help.
    pub(crate) fn may_wait(self) -> bool {
        self.number <= WAITS && !self.last
    }

    /// A delay that doubles with each attempt: 2, 4, 8 … 64 s.
    pub(crate) fn delay(self) -> Duration {
        Duration::from_secs(1 << self.number.clamp(1, 6))
    }
}

fn jittered(number: u32, random: u64) -> Duration {
    let doublings = number.saturating_sub(1).min(16);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = full / 2;
    let share = u32::try_from(random % 1024).unwrap_or(0);
    half + half * share / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_a_quarter_of_an_hour() {
        let least = |number| jittered(number, 0).as_secs();
        assert_eq!([1, 2, 3, 9].map(least), [1, 2, 4, 256]);
        assert_eq!([10, 11, u32::MAX].map(least), [450, 450, 450]);
    }

    #[test]
    fn jitter_takes_away_up_to_half() {
        assert_eq!(jittered(3, 0), Duration::from_secs(4));
        assert_eq!(jittered(3, 512), Duration::from_secs(6));
        assert!(jittered(3, u64::MAX) <= Duration::from_secs(8));
    }

    #[test]
    fn what_failed_together_is_not_tried_again_together() {
        let delays: std::collections::BTreeSet<_> =
            (0..16).map(|_| Attempt::of(10, 12).back_off()).collect();
        assert!(delays.len() > 1, "all 16 delays are {delays:?}");
    }
}
