//! Asking GitHub again for what it sent and we have not done.
//!
//! GitHub does not deliver again by itself, and keeps what it sent for three days. What we answered
//! with 202 counts as well: a queue can be lost after that. Whatever comes twice has no second
//! effect ([`evaluate`](crate::evaluate)).
//! <https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries>

use std::collections::BTreeMap;
use std::time::Duration;

use codes::Code;
use jiff::Timestamp;

use crate::error::{GitHubError, GitHubErrorKind, StoreError};
use crate::event::DeliveryId;
use crate::ports::{Clock, Deliveries, HookDeliveries, HookDelivery};
use crate::webhook::{Expectation, expectation};

/// How long a delivery may take until it is done. Every attempt after the first gets twice as long as
/// the one before it, up to [`LONGEST`]: an outage is not to use up what GitHub is asked for.
pub const SETTLED_AFTER: Duration = Duration::from_mins(15);

/// How far GitHub can look back.
pub const LOOKS_BACK: Duration = Duration::from_hours(72);

/// The longest time between two attempts.
pub const LONGEST: Duration = Duration::from_hours(12);

/// How often one delivery is taken in all; what never gets done is a dead letter, and for a person.
/// Attempts that did not get through say nothing of the delivery, and don't count.
const MOST_TAKEN: usize = 5;

/// How many are asked for at a time: what comes at once must be worked on, too.
const MOST_AT_A_TIME: usize = 100;

/// What asking came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Deliveries that GitHub had sent and that were not done.
    pub missing: usize,
    /// Of these, how many GitHub was asked for again.
    pub asked: usize,
    /// Of these, how many were taken so often already that they are not asked for any more.
    pub given_up: usize,
    /// Of these, how many GitHub refused to send again.
    pub refused: usize,
}

/// Why it could not be asked, or not for all.
#[derive(Debug, thiserror::Error)]
pub enum RedeliverError {
    /// GitHub failed.
    #[error("GitHub did not do what redelivery needs")]
    GitHub(#[source] GitHubError),
    /// A store failed: what is done is not known, and so nothing is asked for.
    #[error("what is done could not be looked up")]
    Store(#[source] StoreError),
}

impl RedeliverError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self {
            Self::GitHub(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// Looks through what GitHub first sent in the last three days, and asks again for what is not done
/// although its latest attempt has had its time ([`SETTLED_AFTER`]); the oldest first, and last of all
/// what may be nothing to us. One that GitHub refuses to send again does not stop the others.
///
/// # Errors
/// The first that something else fails with. What was asked for stays so; the next time goes on.
pub async fn redeliver(
    clock: &dyn Clock,
    deliveries: &dyn Deliveries,
    hook: &dyn HookDeliveries,
) -> Result<Asked, RedeliverError> {
    let now = clock.now();
    let since = now.checked_sub(LOOKS_BACK).unwrap_or(Timestamp::MIN);
    let sent = hook.sent_since(since).await;
    let sent = sent.map_err(RedeliverError::GitHub)?;
    let mut asked = Asked::default();
    for candidate in candidates(&sent, now) {
        let end = deliveries.finished(&candidate.guid).await;
        if end.map_err(RedeliverError::Store)?.is_some() {
            continue;
        }
        asked.missing += 1;
        if candidate.is_given_up() {
            asked.given_up += 1;
        } else if asked.asked < MOST_AT_A_TIME {
            match hook.redeliver(candidate.latest).await {
                Ok(()) => asked.asked += 1,
                Err(error) if is_of_one(&error) => {
                    asked.refused += 1;
                    tracing::warn!(
                        delivery = %candidate.guid,
                        delivery.attempt = candidate.latest,
                        error.code = %error.code(),
                        "GitHub does not send this one again"
                    );
                }
                Err(error) => return Err(RedeliverError::GitHub(error)),
            }
        }
    }
    Ok(asked)
}

/// Whether GitHub refuses one attempt, and may well send the others again.
pub fn is_of_one(error: &GitHubError) -> bool {
    matches!(
        error.kind,
        GitHubErrorKind::NotFound | GitHubErrorKind::Invalid
    )
}

/// How long after the latest of so many attempts the next is asked for.
fn spacing(attempts: usize) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let spacing = SETTLED_AFTER.saturating_mul(2_u32.saturating_pow(doublings));
    spacing.min(LONGEST)
}

/// A delivery that should be done by now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    guid: DeliveryId,
    /// GitHub's id of its latest attempt.
    latest: u64,
    attempts: usize,
    /// How many of them were taken.
    taken: usize,
}

impl Candidate {
    fn is_given_up(&self) -> bool {
        self.taken >= MOST_TAKEN
    }

    /// How long its latest attempt has until it counts as lost.
    fn patience(&self) -> Duration {
        if self.is_given_up() {
            SETTLED_AFTER
        } else {
            spacing(self.attempts)
        }
    }
}

fn candidates(sent: &[HookDelivery], now: Timestamp) -> Vec<Candidate> {
    let mut by_guid: BTreeMap<&DeliveryId, Vec<&HookDelivery>> = BTreeMap::new();
    for one in sent {
        by_guid.entry(&one.guid).or_default().push(one);
    }
    // What may yet turn out to be ignored comes last: of pushes there may be many.
    let mut due: Vec<(bool, Timestamp, Candidate)> = by_guid
        .into_iter()
        .filter_map(|(guid, attempts)| {
            // Once the first attempt is forgotten, so is how many there were: its time is over.
            attempts.iter().find(|one| !one.is_redelivery)?;
            let latest = attempts.iter().max_by_key(|one| (one.at, one.id))?;
            let waited = Duration::try_from(latest.at.duration_until(now)).unwrap_or_default();
            let expected = expectation(&latest.event, latest.action.as_deref());
            let is_ours = match expected {
                Expectation::Work => true,
                // Of one that was taken we can't know whether it was to be ignored.
                Expectation::Perhaps => !latest.is_taken(),
                Expectation::Nothing => false,
            };
            let is_doubtful = expected == Expectation::Perhaps;
            let candidate = Candidate {
                guid: guid.clone(),
                latest: latest.id,
                attempts: attempts.len(),
                taken: attempts.iter().filter(|one| one.is_taken()).count(),
            };
            (is_ours && waited >= candidate.patience()).then_some((
                is_doubtful,
                latest.at,
                candidate,
            ))
        })
        .collect();
    due.sort_by_key(|(is_doubtful, at, candidate)| (*is_doubtful, *at, candidate.latest));
    due.into_iter().map(|(.., candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + 60 * minute).unwrap()
    }

    fn sent(id: u64, guid: u8, event: (&str, &str), minute: i64, status: u16) -> HookDelivery {
        HookDelivery {
            id,
            guid: DeliveryId::new(&format!("{guid:08x}")).unwrap(),
            event: event.0.to_owned(),
            action: Some(event.1.to_owned()),
            at: at(minute),
            status: Some(status),
            is_redelivery: false,
        }
    }

    fn again(one: HookDelivery) -> HookDelivery {
        HookDelivery {
            is_redelivery: true,
            ..one
        }
    }

    const OPENED: (&str, &str) = ("pull_request", "opened");
    const EDITED: (&str, &str) = ("pull_request", "edited");

    fn due(sent: &[HookDelivery], minute: i64) -> Vec<(u64, usize)> {
        let candidates = candidates(sent, at(minute)).into_iter();
        candidates.map(|it| (it.latest, it.attempts)).collect()
    }

    #[test]
    fn what_has_had_its_quarter_of_an_hour_is_due_the_oldest_first() {
        let all = [
            sent(3, 3, OPENED, 9, 202),
            sent(2, 2, OPENED, 1, 500),
            sent(1, 1, OPENED, 0, 202),
        ];
        assert_eq!(due(&all, 14), []);
        assert_eq!(due(&all, 15), [(1, 1)]);
        assert_eq!(due(&all, 24), [(1, 1), (2, 1), (3, 1)]);
    }

    #[test]
    fn the_latest_attempt_counts() {
        let second = again(sent(9, 1, OPENED, 20, 202));
        let all = [second.clone(), sent(1, 1, OPENED, 0, 500)];
        assert_eq!(due(&all, 49), []);
        assert_eq!(due(&all, 50), [(9, 2)]);
        assert_eq!(due(&[second], 50), [], "GitHub has forgotten the first");
    }

    #[test]
    fn every_attempt_gets_twice_the_time_up_to_half_a_day() {
        let minutes = |attempts| spacing(attempts).as_secs() / 60;
        let all = [1, 2, 3, 6, 7, 8, 40].map(minutes);
        assert_eq!(all, [15, 30, 60, 480, 720, 720, 720]);
    }

    #[test]
    fn what_we_do_not_work_on_is_nobodys_loss() {
        let all = [
            sent(1, 1, ("pull_request", "labeled"), 0, 500),
            sent(2, 2, ("issues", "opened"), 0, 500),
            sent(3, 3, EDITED, 0, 202),
        ];
        assert_eq!(due(&all, 60), []);
        let doubtful = sent(4, 4, EDITED, 0, 502);
        assert_eq!(due(std::slice::from_ref(&doubtful), 60), [(4, 1)]);
        let work = sent(5, 5, OPENED, 1, 502);
        assert_eq!(due(&[doubtful, work], 60), [(5, 1), (4, 1)]);
    }
}
