//! What GitHub has said to other workers, and to this one before it was restarted.
//!
//! Whoever is told to wait tells the others by a store; whoever begins to call for an installation
//! asks there. A store that fails is no reason not to call: GitHub itself knows its limits, and this
//! process learns of them by a refusal of its own.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, PoisonError};

use app::StoreError;
use app::ports::{Budgets, Clock, Pause};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::gate::Gate;

/// How long nobody asks again about an installation. Longer than most evaluations take, so that one
/// asks once.
const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// Of how many installations it is remembered when they were asked about.
const KEPT: usize = 10_000;

/// When it was asked last; held by who is asking.
type Asked = Arc<Mutex<Option<Timestamp>>>;

/// The others, where there is a store between us.
pub(super) struct Others {
    budgets: Option<Arc<dyn Budgets>>,
    /// By installation.
    asked: std::sync::Mutex<BTreeMap<u64, Asked>>,
}

impl Others {
    pub(super) fn new(budgets: Option<Arc<dyn Budgets>>) -> Self {
        Self {
            budgets,
            asked: std::sync::Mutex::default(),
        }
    }

    /// Lets the gate know what the others do, unless it was asked just now. Callers at the same time
    /// share one question, and all wait for its answer.
    pub(super) async fn ask(&self, installation: u64, gate: &Gate, clock: &dyn Clock) {
        let Some(budgets) = &self.budgets else {
            return;
        };
        let asked = self.asked(installation);
        let mut asked = asked.lock().await;
        let now = clock.now();
        if asked.is_some_and(|at| now.duration_since(at).abs() < FRESH) {
            return;
        }
        match budgets.pauses(installation, now).await {
            Ok(pauses) => {
                for pause in pauses {
                    gate.close(installation, pause, now);
                }
            }
            Err(error) => failed(
                &error,
                "what GitHub has said to other workers of its limits can't be looked at; it is \
                 called all the same",
            ),
        }
        // After a failure, too: a store that takes long to fail does not hold up every call.
        *asked = Some(now);
    }

    /// Tells the others, and takes in a longer pause that one of them has told of.
    pub(super) async fn tell(&self, installation: u64, pause: Pause, gate: &Gate, now: Timestamp) {
        let Some(budgets) = &self.budgets else {
            return;
        };
        match budgets.pause(installation, &pause).await {
            Ok(stands) => gate.close(installation, stands, now),
            Err(error) => failed(
                &error,
                "other workers can't be told that GitHub has said to wait; this one waits",
            ),
        }
    }

    fn asked(&self, installation: u64) -> Asked {
        // Nothing is left half done by a panic.
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > KEPT {
            all.retain(|_, asked| Arc::strong_count(asked) > 1);
        }
        Arc::clone(all.entry(installation).or_default())
    }
}

fn failed(error: &StoreError, what: &str) {
    tracing::warn!(
        error.code = %error.code(),
        error = error as &dyn Error,
        "{what}"
    );
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Others").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use app::ports::Budget;
    use app::testing::World;

    use super::*;

    const HELLO: u64 = 7;

    fn others(world: &Arc<World>) -> Others {
        Others::new(Some(Arc::clone(world) as _))
    }

    fn pause(world: &World, budget: Budget, seconds: i64) -> Pause {
        Pause {
            budget,
            until: world.now() + SignedDuration::from_secs(seconds),
            strikes: 1,
        }
    }

    fn wait(gate: &Gate, world: &World) -> Option<u64> {
        let wait = gate.wait(HELLO, Some(Budget::Core), world.now());
        wait.map(|wait| wait.as_secs())
    }

    #[tokio::test]
    async fn what_one_is_told_the_other_knows() {
        let world = World::new();
        let told = pause(&world, Budget::All, 90);
        others(&world)
            .tell(HELLO, told, &Gate::default(), world.now())
            .await;
        let gate = Gate::default();
        others(&world).ask(HELLO, &gate, &*world).await;
        assert_eq!(wait(&gate, &world), Some(90));
        others(&world).ask(8, &gate, &*world).await;
        assert_eq!(gate.wait(8, None, world.now()), None, "somebody else's");
    }

    #[tokio::test]
    async fn many_callers_ask_once_and_again_only_after_a_while() {
        let world = World::new();
        let (others, gate) = (others(&world), Gate::default());
        let ask = || others.ask(HELLO, &gate, &*world);
        tokio::join!(ask(), ask(), ask());
        world.advance(Duration::from_secs(29));
        ask().await;
        assert_eq!(world.calls(), ["Budgets::pauses"]);
        world.advance(Duration::from_secs(1));
        ask().await;
        assert_eq!(world.calls().len(), 2);
        others.ask(8, &gate, &*world).await;
        assert_eq!(world.calls().len(), 3, "each installation by itself");
    }

    #[tokio::test]
    async fn who_tells_of_a_pause_hears_of_a_longer_one() {
        let world = World::new();
        let (gate, others) = (Gate::default(), others(&world));
        let long = pause(&world, Budget::All, 600);
        others
            .tell(HELLO, long, &Gate::default(), world.now())
            .await;
        let short = pause(&world, Budget::All, 60);
        others.tell(HELLO, short, &gate, world.now()).await;
        assert_eq!(wait(&gate, &world), Some(600));
    }

    #[tokio::test]
    async fn a_store_that_fails_is_not_asked_at_every_call_and_changes_nothing_that_is_known() {
        let world = World::new();
        let (others, gate) = (others(&world), Gate::default());
        gate.close(HELLO, pause(&world, Budget::Core, 90), world.now());
        world.outage_of("Budgets::pauses");
        world.outage_of("Budgets::pause");
        for _ in 0..3 {
            others.ask(HELLO, &gate, &*world).await;
        }
        let told = pause(&world, Budget::All, 30);
        others.tell(HELLO, told, &gate, world.now()).await;
        assert_eq!(world.calls(), ["Budgets::pauses", "Budgets::pause"]);
        assert_eq!(wait(&gate, &world), Some(90));
    }

    /// Lines of a log.
    #[derive(Debug, Clone, Default)]
    struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_store_that_fails_is_named_with_its_code() {
        let log = Log::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || lines.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let world = World::new();
        let (others, gate) = (others(&world), Gate::default());
        world.outage_of("Budgets::pauses");
        world.outage_of("Budgets::pause");
        others.ask(HELLO, &gate, &*world).await;
        let told = pause(&world, Budget::All, 30);
        others.tell(HELLO, told, &gate, world.now()).await;
        let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let code = format!("error.code={}", codes::STORE_UNAVAILABLE);
        let lines: Vec<&str> = logged.lines().collect();
        assert_eq!(lines.len(), 2, "{logged}");
        for (line, what) in lines.iter().zip(["can't be looked at", "can't be told"]) {
            assert!(line.contains("WARN") && line.contains(&code), "{line}");
            assert!(line.contains(what), "{line}");
        }
    }
}
