//! Leaves a GitHub alone that fails call after call, and looks from time to time whether it is back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::transport::{Answer, NoAnswer};

/// How many calls in a row fail before nobody calls any more.
const FAILURES: u32 = 20;

/// How long nobody calls; then one does, to see.
const PAUSE: Duration = Duration::from_secs(10);

/// Closed while calls come through.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    /// Until when nobody calls.
    open_until: Option<Timestamp>,
}

impl Breaker {
    /// Lets a call through, or says how long to wait. Whoever is let through first after a pause is
    /// the one who sees; the others wait another pause, unless he comes back with good news.
    pub(super) fn admit(&self, now: Timestamp) -> Result<(), Duration> {
        let mut state = self.lock();
        let Some(until) = state.open_until else {
            return Ok(());
        };
        match Duration::try_from(now.duration_until(until)) {
            Ok(wait) if !wait.is_zero() => Err(wait),
            _ => {
                state.open_until = Some(paused(now));
                Ok(())
            }
        }
    }

    /// Takes in how a call ended. A refusal is an answer.
    pub(super) fn learn(&self, answer: &Result<Answer, NoAnswer>, now: Timestamp) {
        let failed = match answer {
            Ok(answer) => answer.status.is_server_error(),
            Err(NoAnswer::Network(_) | NoAnswer::Timeout) => true,
            Err(_) => return,
        };
        let mut state = self.lock();
        if !failed {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES && state.open_until.is_none_or(|until| until <= now) {
            if state.failures == FAILURES {
                tracing::warn!("GitHub fails call after call; it is left alone for a while");
            }
            state.open_until = Some(paused(now));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn paused(now: Timestamp) -> Timestamp {
    now.checked_add(PAUSE).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    fn answer(status: u16) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    fn broken() -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert_eq!(breaker.admit(at(0)), Ok(()));
            breaker.learn(&Ok(answer(502)), at(0));
        }
        breaker
    }

    #[test]
    fn after_failures_in_a_row_nobody_calls_until_the_pause_is_over() {
        let breaker = broken();
        assert_eq!(breaker.admit(at(0)), Err(PAUSE));
        assert_eq!(breaker.admit(at(9)), Err(Duration::from_secs(1)));
        assert_eq!(breaker.admit(at(10)), Ok(()), "one sees whether it is back");
        assert_eq!(breaker.admit(at(10)), Err(PAUSE), "the others wait for him");
    }

    #[test]
    fn whoever_comes_back_with_an_answer_opens_the_way_for_all() {
        let breaker = broken();
        assert_eq!(breaker.admit(at(10)), Ok(()));
        breaker.learn(&Ok(answer(404)), at(11));
        assert_eq!(breaker.admit(at(11)), Ok(()));
        assert_eq!(breaker.admit(at(11)), Ok(()));
    }

    #[test]
    fn whoever_comes_back_without_or_not_at_all_is_waited_for_once() {
        let breaker = broken();
        assert_eq!(breaker.admit(at(10)), Ok(()));
        breaker.learn(&Err(NoAnswer::Timeout), at(15));
        assert_eq!(breaker.admit(at(19)), Err(Duration::from_secs(1)));
        assert_eq!(breaker.admit(at(20)), Ok(()));
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_not_count() {
        let breaker = Breaker::default();
        for _ in 0..10 * FAILURES {
            breaker.learn(&Ok(answer(503)), at(0));
            breaker.learn(&Ok(answer(200)), at(0));
        }
        assert_eq!(breaker.admit(at(0)), Ok(()));
    }
}
