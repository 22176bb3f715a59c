//! When GitHub has said to wait: nobody calls for that installation before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::ports::{Budget, Pause};
use jiff::Timestamp;

use crate::error;
use crate::graphql;
use crate::transport::Answer;

/// The first wait after a secondary limit that names none; it doubles with each that follows.
const FIRST_WAIT: Duration = Duration::from_mins(1);
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// No answer closes the gate for longer, whatever it says: a budget is renewed every hour, and what
/// is wrong is known to every worker and outlives a restart.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// Two refusals of one limit differ by less: times are in whole seconds.
const SAME: Duration = Duration::from_secs(1);

/// Of how many windows something is remembered at least.
const REMEMBERED: usize = 10_000;

/// Windows that are closed, or were until just now, by installation and budget.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<BTreeMap<(u64, Budget), Closed>>);

#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Timestamp,
    /// How many secondary limits came one after the other.
    strikes: u32,
}

impl Gate {
    /// How long nobody may call; `None`: go on. A call of no budget (by the App, for the
    /// installation) is kept back by what closes everything.
    pub(super) fn wait(
        &self,
        installation: u64,
        budget: Option<Budget>,
        now: Timestamp,
    ) -> Option<Duration> {
        let closed = self.lock();
        let until = budget
            .into_iter()
            .chain([Budget::All])
            .filter_map(|budget| closed.get(&(installation, budget)))
            .map(|closed| closed.until)
            .max()?;
        Duration::try_from(now.duration_until(until))
            .ok()
            .filter(|wait| !wait.is_zero())
    }

    /// Takes in what an answer to a call of this budget says of limits, and returns what others
    /// don't know of it yet.
    pub(super) fn learn(
        &self,
        installation: u64,
        budget: Option<Budget>,
        answer: &Answer,
        now: Timestamp,
    ) -> Option<Pause> {
        // GraphQL may say so at status 200.
        let by_error = || {
            let is_limited = budget == Some(Budget::Graphql) && graphql::is_limited(answer);
            is_limited.then(|| error::Limit::TooFast(error::retry_after(answer)))
        };
        let Some(limit) = error::limit(answer, now).or_else(by_error) else {
            if budget.is_some() && answer.status.is_success() {
                self.taken(installation, now);
            }
            return None;
        };
        let pause = match limit {
            error::Limit::Spent(wait) => Pause {
                budget: budget?,
                until: after(now, wait),
                strikes: 0,
            },
            error::Limit::TooFast(said) => self.struck(installation, said, now)?,
        };
        let known = self.lock().get(&(installation, pause.budget)).copied();
        self.close(installation, pause, now);
        let is_news = known.is_none_or(|known| after(known.until, SAME) < pause.until);
        is_news.then_some(pause)
    }

    /// Nobody calls before the end of this pause. A longer one that is known stands.
    pub(super) fn close(&self, installation: u64, pause: Pause, now: Timestamp) {
        let mut closed = self.lock();
        let closing = Closed {
            until: pause.until,
            strikes: pause.strikes,
        };
        let gate = closed
            .entry((installation, pause.budget))
            .or_insert(closing);
        if gate.until < closing.until {
            *gate = closing;
        }
        if closed.len() > REMEMBERED {
            closed.retain(|_, gate| gate.until > now);
        }
    }

    /// The pause after a secondary limit.
    fn struck(&self, installation: u64, said: Option<Duration>, now: Timestamp) -> Option<Pause> {
        let before = self.lock().get(&(installation, Budget::All)).copied();
        let strikes = before.map_or(0, |before| before.strikes);
        // What was under way when the gate closed is no further strike.
        let is_closed = before.is_some_and(|before| before.until > now);
        let (wait, strikes) = match said {
            None if is_closed => return None,
            Some(said) if is_closed => (said, strikes),
            said => (
                said.unwrap_or_else(|| growing(strikes)),
                strikes.saturating_add(1),
            ),
        };
        Some(Pause {
            budget: Budget::All,
            until: after(now, wait),
            strikes,
        })
    }

    /// A call was taken: the next secondary limit is the first again.
    fn taken(&self, installation: u64, now: Timestamp) {
        let mut closed = self.lock();
        // What was under way when the gate closed says nothing of what comes.
        if let Some(gate) = closed.get_mut(&(installation, Budget::All))
            && gate.until <= now
        {
            gate.strikes = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(u64, Budget), Closed>> {
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
    now.checked_add(wait.min(LONGEST_PAUSE))
        .unwrap_or(Timestamp::MAX)
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

    fn wait(gate: &Gate, budget: Budget, second: i64) -> Option<u64> {
        let wait = gate.wait(HELLO, Some(budget), at(second));
        wait.map(|wait| wait.as_secs())
    }

    #[test]
    fn a_spent_budget_closes_its_window_until_it_is_renewed() {
        for status in [200, 403, 429] {
            let gate = Gate::default();
            gate.learn(HELLO, Some(Budget::Core), &spent(status, 90), at(0));
            // A second more, because both clocks are cut to whole seconds.
            assert_eq!(wait(&gate, Budget::Core, 0), Some(91), "{status}");
            assert_eq!(wait(&gate, Budget::Graphql, 0), None, "the other budget");
            assert_eq!(
                gate.wait(8, Some(Budget::Core), at(0)),
                None,
                "somebody else's"
            );
            assert_eq!(wait(&gate, Budget::Core, 91), None);
        }
    }

    #[test]
    fn a_secondary_limit_closes_everything_for_as_long_as_it_says() {
        let gate = Gate::default();
        let says = [("retry-after", "30".to_owned())];
        gate.learn(HELLO, Some(Budget::Core), &answer(403, &says), at(0));
        assert_eq!(wait(&gate, Budget::Graphql, 0), Some(30));
        assert_eq!(wait(&gate, Budget::Core, 30), None);
    }

    #[test]
    fn one_that_says_nothing_is_waited_for_ever_longer_until_a_call_is_taken() {
        let gate = Gate::default();
        let silent = answer(403, &[]);
        let mut second = 0;
        for expected in [60, 120, 240, 480, 900, 900] {
            gate.learn(HELLO, Some(Budget::Core), &silent, at(second));
            assert_eq!(wait(&gate, Budget::Core, second), Some(expected));
            second += i64::try_from(expected).unwrap();
        }
        gate.learn(HELLO, Some(Budget::Core), &answer(200, &[]), at(second));
        gate.learn(HELLO, Some(Budget::Core), &silent, at(second));
        assert_eq!(wait(&gate, Budget::Core, second), Some(60));
    }

    #[test]
    fn an_answer_that_was_under_way_opens_nothing() {
        let gate = Gate::default();
        gate.learn(HELLO, Some(Budget::Core), &answer(403, &[]), at(0));
        gate.learn(HELLO, Some(Budget::Core), &answer(200, &[]), at(1));
        assert_eq!(wait(&gate, Budget::Core, 1), Some(59));
    }

    #[test]
    fn a_missing_permission_is_no_limit() {
        let gate = Gate::default();
        let mut refused = answer(403, &[("x-ratelimit-remaining", "4999".to_owned())]);
        refused.body = Bytes::from_static(br#"{"message":"Resource not accessible"}"#);
        gate.learn(HELLO, Some(Budget::Core), &refused, at(0));
        assert_eq!(wait(&gate, Budget::Core, 0), None);
    }

    fn pause(budget: Budget, second: i64, strikes: u32) -> Pause {
        Pause {
            budget,
            until: at(second),
            strikes,
        }
    }

    #[test]
    fn what_others_do_not_know_yet_is_said_once() {
        let gate = Gate::default();
        let learn =
            |answer: &Answer, second| gate.learn(HELLO, Some(Budget::Graphql), answer, at(second));
        assert_eq!(learn(&answer(200, &[]), 0), None, "nothing to tell");
        let told = learn(&spent(200, 90), 0);
        assert_eq!(told, Some(pause(Budget::Graphql, 91, 0)));
        assert_eq!(learn(&spent(403, 90), 1), None, "the same again");

        let says = |seconds: u32| answer(403, &[("retry-after", seconds.to_string())]);
        let told = learn(&says(30), 1);
        assert_eq!(told, Some(pause(Budget::All, 31, 1)));
        let meanwhile = learn(&says(30), 2);
        assert_eq!(meanwhile, None, "it was under way, and means the same");
        assert_eq!(wait(&gate, Budget::Core, 2), Some(30), "and is obeyed");
        let longer = learn(&says(60), 2);
        assert_eq!(longer, Some(pause(Budget::All, 62, 1)), "no further strike");
    }

    #[test]
    fn calls_that_were_under_way_are_one_strike() {
        let gate = Gate::default();
        for _ in 0..16 {
            gate.learn(HELLO, Some(Budget::Core), &answer(403, &[]), at(0));
        }
        assert_eq!(wait(&gate, Budget::Core, 0), Some(60));
    }

    #[test]
    fn a_pause_that_another_was_told_is_obeyed_and_shortens_none() {
        let gate = Gate::default();
        gate.close(HELLO, pause(Budget::All, 120, 2), at(0));
        gate.close(HELLO, pause(Budget::All, 60, 1), at(0));
        assert_eq!(wait(&gate, Budget::Core, 0), Some(120));
        gate.learn(HELLO, Some(Budget::Core), &answer(403, &[]), at(120));
        assert_eq!(wait(&gate, Budget::Core, 120), Some(240), "the third");
    }

    #[test]
    fn one_that_is_known_to_be_over_counts_no_more_once_a_call_was_taken() {
        let gate = Gate::default();
        let over = pause(Budget::All, 60, 3);
        gate.close(HELLO, over, at(70));
        gate.learn(HELLO, Some(Budget::Core), &answer(200, &[]), at(70));
        gate.close(HELLO, over, at(100));
        gate.learn(HELLO, Some(Budget::Core), &answer(403, &[]), at(100));
        assert_eq!(wait(&gate, Budget::Core, 100), Some(60));
    }

    #[test]
    fn a_call_by_the_app_waits_for_what_closes_everything_and_spends_no_budget() {
        let gate = Gate::default();
        let told = gate.learn(HELLO, None, &spent(200, 90), at(0));
        assert_eq!(told, None);
        gate.learn(HELLO, Some(Budget::Core), &spent(200, 90), at(0));
        assert_eq!(gate.wait(HELLO, None, at(0)), None);
        let says = [("retry-after", "30".to_owned())];
        let told = gate.learn(HELLO, None, &answer(429, &says), at(0));
        assert_eq!(told, Some(pause(Budget::All, 30, 1)));
        assert_eq!(gate.wait(HELLO, None, at(0)), Some(Duration::from_secs(30)));
    }

    #[test]
    fn no_word_closes_the_gate_for_more_than_a_day() {
        let gate = Gate::default();
        let says = [("retry-after", u64::MAX.to_string())];
        gate.learn(HELLO, Some(Budget::Core), &answer(403, &says), at(0));
        assert_eq!(wait(&gate, Budget::Core, 0), Some(24 * 60 * 60));
    }
}
