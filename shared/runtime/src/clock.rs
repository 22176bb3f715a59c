//! The time of this machine.

use app::ports::Clock;
use jiff::Timestamp;

/// This machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
