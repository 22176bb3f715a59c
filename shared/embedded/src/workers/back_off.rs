//! How long to wait after a failure: exponential, with jitter, so that what failed together is
//! not tried again together.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(15);

/// The wait after attempt `number` (from 1) failed: between half and all of 2 s, 4 s, 8 s … up
/// to 15 minutes.
pub(super) fn delay(number: u32) -> Duration {
    // The standard library's hasher keys are random, which is random enough to spread retries.
    jittered(number, RandomState::new().hash_one(number))
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
        let delays: std::collections::BTreeSet<_> = (0..16).map(|_| delay(10)).collect();
        assert!(delays.len() > 1, "all 16 delays are {delays:?}");
    }
}
