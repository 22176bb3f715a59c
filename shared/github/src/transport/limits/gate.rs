//! When GitHub has said to wait: nobody calls for that installation before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::endpoint::GRAPHQL;
use crate::error;
use crate::transport::{Answer, Call};

/// The first wait after a secondary limit that names none; it doubles with each that follows.
const FIRST_WAIT: Duration = Duration::from_mins(1);
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// Of how many windows something is remembered at least.
const REMEMBERED: usize = 10_000;

/// What a limit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Window {
    /// REST's hourly budget.
    Core,
    /// GraphQL's.
    Graphql,
    /// Everything of the installation: a secondary limit.
    All,
}

impl Window {
    /// Of which budget a call is.
    pub(super) fn of(call: &Call) -> Self {
        if call.endpoint == GRAPHQL {
            Self::Graphql
        } else {
            Self::Core
        }
    }
}

/// Windows that are closed, or were until just now.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<BTreeMap<(u64, Window), Closed>>);

#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Timestamp,
    /// How many secondary limits came one after the other.
    strikes: u32,
}

impl Gate {
    /// How long nobody may call; `None`: go on.
    pub(super) fn wait(
        &self,
        installation: u64,
        window: Window,
        now: Timestamp,
    ) -> Option<Duration> {
        let closed = self.lock();
        let until = [window, Window::All]
            .iter()
            .filter_map(|window| closed.get(&(installation, *window)))
            .map(|closed| closed.until)
            .max()?;
        Duration::try_from(now.duration_until(until))
            .ok()
            .filter(|wait| !wait.is_zero())
    }

    /// Takes in what an answer says of limits.
    pub(super) fn learn(&self, installation: u64, window: Window, answer: &Answer, now: Timestamp) {
        let mut closed = self.lock();
        match error::limit(answer, now) {
            Some(error::Limit::Spent(wait)) => {
                let until = after(now, wait);
                closed.insert((installation, window), Closed { until, strikes: 0 });
            }
            Some(error::Limit::TooFast(said)) => {
                let key = (installation, Window::All);
                let strikes = closed.get(&key).map_or(0, |before| before.strikes);
                let wait = said.unwrap_or_else(|| growing(strikes));
                let closing = Closed {
                    until: after(now, wait),
                    strikes: strikes.saturating_add(1),
                };
                closed.insert(key, closing);
            }
            // What was under way when the gate closed says nothing of what comes.
            None if answer.status.is_success() => {
                let key = (installation, Window::All);
                if closed.get(&key).is_some_and(|gate| gate.until <= now) {
                    closed.remove(&key);
                }
            }
            None => {}
        }
        if closed.len() > REMEMBERED {
            closed.retain(|_, closed| closed.until > now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(u64, Window), Closed>> {
        // Nothing is left half done by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn growing(strikes: u32) -> Duration {
    FIRST_WAIT
        .saturating_mul(1 << strikes.min(8))
        .min(LONGEST_WAIT)
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    const HELLO: u64 = 7;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    fn answer(status: u16, headers: &[(&'static str, String)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            body: Bytes::from_static(br#"{"message":"You have exceeded a secondary rate limit."}"#),
        }
    }

    fn spent(status: u16, reset: i64) -> Answer {
        let reset = at(reset).as_second().to_string();
        answer(
            status,
            &[
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", reset),
            ],
        )
    }

    fn wait(gate: &Gate, window: Window, second: i64) -> Option<u64> {
        let wait = gate.wait(HELLO, window, at(second));
        wait.map(|wait| wait.as_secs())
    }

    #[test]
    fn a_spent_budget_closes_its_window_until_it_is_renewed() {
        for status in [200, 403, 429] {
            let gate = Gate::default();
            gate.learn(HELLO, Window::Core, &spent(status, 90), at(0));
            // A second more, because both clocks are cut to whole seconds.
            assert_eq!(wait(&gate, Window::Core, 0), Some(91), "{status}");
            assert_eq!(wait(&gate, Window::Graphql, 0), None, "the other budget");
            assert_eq!(gate.wait(8, Window::Core, at(0)), None, "somebody else's");
            assert_eq!(wait(&gate, Window::Core, 91), None);
        }
    }

    #[test]
    fn a_secondary_limit_closes_everything_for_as_long_as_it_says() {
        let gate = Gate::default();
        let says = [("retry-after", "30".to_owned())];
        gate.learn(HELLO, Window::Core, &answer(403, &says), at(0));
        assert_eq!(wait(&gate, Window::Graphql, 0), Some(30));
        assert_eq!(wait(&gate, Window::Core, 30), None);
    }

    #[test]
    fn one_that_says_nothing_is_waited_for_ever_longer_until_a_call_is_taken() {
        let gate = Gate::default();
        let silent = answer(403, &[]);
        let mut second = 0;
        for expected in [60, 120, 240, 480, 900, 900] {
            gate.learn(HELLO, Window::Core, &silent, at(second));
            assert_eq!(wait(&gate, Window::Core, second), Some(expected));
            second += i64::try_from(expected).unwrap();
        }
        gate.learn(HELLO, Window::Core, &answer(200, &[]), at(second));
        gate.learn(HELLO, Window::Core, &silent, at(second));
        assert_eq!(wait(&gate, Window::Core, second), Some(60));
    }

    #[test]
    fn an_answer_that_was_under_way_opens_nothing() {
        let gate = Gate::default();
        gate.learn(HELLO, Window::Core, &answer(403, &[]), at(0));
        gate.learn(HELLO, Window::Core, &answer(200, &[]), at(1));
        assert_eq!(wait(&gate, Window::Core, 1), Some(59));
    }

    #[test]
    fn a_missing_permission_is_no_limit() {
        let gate = Gate::default();
        let mut refused = answer(403, &[("x-ratelimit-remaining", "4999".to_owned())]);
        refused.body = Bytes::from_static(br#"{"message":"Resource not accessible"}"#);
        gate.learn(HELLO, Window::Core, &refused, at(0));
        assert_eq!(wait(&gate, Window::Core, 0), None);
    }
}
