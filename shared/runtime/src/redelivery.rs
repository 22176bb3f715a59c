//! Asks GitHub again, from time to time, for what it sent and we have not done: what came while
//! nobody listened, and what was lost after it was taken.

use std::sync::Arc;
use std::time::Duration;

use app::ports::{Clock, Deliveries, HookDeliveries};
use app::redeliver::{Asked, RedeliverError, redeliver};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::telemetry::chain;

/// Soon after the start, when a machine that was down has most to ask for; GitHub first gets the time
/// to deliver what it is at.
const FIRST: Duration = Duration::from_mins(1);

/// How often after that: each look takes a call for every hundred events of three days.
const INTERVAL: Duration = Duration::from_mins(10);

/// What redelivery stands on.
#[derive(Clone)]
pub struct Redelivery {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Which deliveries are finished with.
    pub deliveries: Arc<dyn Deliveries>,
    /// What GitHub has sent.
    pub hook: Arc<dyn HookDeliveries>,
}

/// Asks until `stop`.
pub fn watch(redelivery: Redelivery, stop: CancellationToken) {
    tokio::spawn(async move {
        let mut interval = tokio::time::interval_at(Instant::now() + FIRST, INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut given_up = 0;
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = stop.cancelled() => return,
            }
            let Redelivery {
                clock,
                deliveries,
                hook,
            } = &redelivery;
            let asked = tokio::select! {
                asked = redeliver(&**clock, &**deliveries, &**hook) => asked,
                () = stop.cancelled() => return,
            };
            report(&asked, &mut given_up);
        }
    });
}

/// Says what came of it, where anything did. `given_up` is how many were told already.
fn report(asked: &Result<Asked, RedeliverError>, given_up: &mut usize) {
    match asked {
        Ok(asked) => {
            if asked.asked > 0 {
                let count = asked.asked;
                tracing::info!(
                    deliveries = count,
                    "GitHub is asked to send again what is not done"
                );
            }
            if asked.given_up > *given_up {
                let count = asked.given_up;
                tracing::warn!(
                    deliveries = count,
                    "sent again and again and never done; the log has each one's error"
                );
            }
            *given_up = asked.given_up;
        }
        Err(error) => tracing::warn!(
            error.code = %error.code(),
            reason = chain(error),
            "what is not done could not be asked for; it is tried again in some minutes"
        ),
    }
}

#[cfg(test)]
mod tests {
    use app::event::DeliveryId;
    use app::ports::HookDelivery;
    use app::redeliver::{LONGEST, SETTLED_AFTER};
    use app::testing::World;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn soon_after_the_start_and_again_until_it_is_stopped() {
        let world = World::new();
        world.put_sent(HookDelivery {
            id: 1,
            guid: DeliveryId::new("1").expect("a hex digit"),
            event: "pull_request".to_owned(),
            action: Some("opened".to_owned()),
            at: world.now(),
            status: None,
            is_redelivery: false,
        });
        world.advance(SETTLED_AFTER);
        let stop = CancellationToken::new();
        let redelivery = Redelivery {
            clock: Arc::clone(&world) as _,
            deliveries: Arc::clone(&world) as _,
            hook: Arc::clone(&world) as _,
        };
        watch(redelivery, stop.clone());
        tokio::time::sleep(FIRST + Duration::from_secs(1)).await;
        assert_eq!(world.sent().len(), 2, "asked for once");
        world.advance(LONGEST);
        tokio::time::sleep(INTERVAL).await;
        assert_eq!(world.sent().len(), 3);
        stop.cancel();
        world.advance(LONGEST);
        tokio::time::sleep(2 * INTERVAL).await;
        assert_eq!(world.sent().len(), 3, "nobody asks any more");
    }
}
