//! Keeps from GitHub what it would refuse anyway, and what it can't take: after it said to wait, and
//! while it fails, nobody calls; and no installation has more than so many calls under way.
//!
//! What is known of limits is shared with other workers where there is a store between us; that
//! GitHub fails, and how many calls are under way, each process knows by itself.
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

mod breaker;
mod gate;
mod lanes;
mod others;

use std::sync::Arc;
use std::task::{Context, Poll};

use app::ports::{Budget, Budgets, Clock};
use futures_util::future::BoxFuture;
use tower::{Service, ServiceExt};

use super::{Answer, Call, NoAnswer};
use crate::endpoint::{ACCESS_TOKEN, GRAPHQL};
use breaker::Breaker;
use gate::Gate;
use lanes::Lanes;
use others::Others;

#[derive(Clone)]
pub(super) struct Limits<S> {
    inner: S,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    gate: Gate,
    others: Others,
    breaker: Breaker,
    lanes: Lanes,
}

impl<S> Limits<S> {
    pub(super) fn new(inner: S, clock: Arc<dyn Clock>, budgets: Option<Arc<dyn Budgets>>) -> Self {
        let shared = Shared {
            clock,
            gate: Gate::default(),
            others: Others::new(budgets),
            breaker: Breaker::default(),
            lanes: Lanes::default(),
        };
        Self {
            inner,
            shared: Arc::new(shared),
        }
    }
}

impl<S> Service<Call> for Limits<S>
where
    S: Service<Call, Response = Answer, Error = NoAnswer> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Answer;
    type Error = NoAnswer;
    type Future = BoxFuture<'static, Result<Answer, NoAnswer>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let (inner, shared) = (self.inner.clone(), Arc::clone(&self.shared));
        Box::pin(async move {
            let _lane = match call.installation {
                Some(installation) => Some(shared.lanes.enter(installation).await),
                None => None,
            };
            // After the wait for a lane: meanwhile another may have been refused.
            shared.admit(&call).await?;
            let (installation, budget) = (call.installation, budget(&call));
            let answer = inner.oneshot(call).await;
            let now = shared.clock.now();
            shared.breaker.learn(&answer, now);
            if let (Some(installation), Ok(answer)) = (installation, &answer)
                && let Some(pause) = shared.gate.learn(installation, budget, answer, now)
            {
                let Shared { gate, others, .. } = &*shared;
                others.tell(installation, pause, gate, now).await;
            }
            answer
        })
    }
}

/// Which of its installation's budgets a call counts against; `None`: none, as a token is given to
/// the App.
fn budget(call: &Call) -> Option<Budget> {
    if call.endpoint == ACCESS_TOKEN {
        None
    } else if call.endpoint == GRAPHQL {
        Some(Budget::Graphql)
    } else {
        Some(Budget::Core)
    }
}

impl Shared {
    async fn admit(&self, call: &Call) -> Result<(), NoAnswer> {
        if let Some(installation) = call.installation {
            let wait = || self.gate.wait(installation, budget(call), self.clock.now());
            if wait().is_none() {
                let (gate, clock) = (&self.gate, &*self.clock);
                self.others.ask(installation, gate, clock).await;
            }
            if let Some(wait) = wait() {
                tracing::debug!(
                    http.route = call.endpoint.template(),
                    wait_s = wait.as_secs(),
                    "not sent: GitHub has said to wait"
                );
                return Err(NoAnswer::Limited(wait));
            }
        }
        self.breaker.admit(self.clock.now()).map_err(|wait| {
            tracing::debug!(
                http.route = call.endpoint.template(),
                wait_s = wait.as_secs(),
                "not sent: GitHub fails"
            );
            NoAnswer::Failing
        })
    }
}
