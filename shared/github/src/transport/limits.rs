//! Keeps from GitHub what it would refuse anyway, and what it can't take: after it said to wait, and
//! while it fails, nobody calls; and no installation has more than so many calls under way.
//!
//! What is known of limits is in memory: every process learns of one by one refusal of its own.
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

mod breaker;
mod gate;
mod lanes;

use std::sync::Arc;
use std::task::{Context, Poll};

use app::ports::Clock;
use futures_util::future::BoxFuture;
use tower::{Service, ServiceExt};

use super::{Answer, Call, NoAnswer};
use breaker::Breaker;
use gate::{Gate, Window};
use lanes::Lanes;

#[derive(Clone)]
pub(super) struct Limits<S> {
    inner: S,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    gate: Gate,
    breaker: Breaker,
    lanes: Lanes,
}

impl<S> Limits<S> {
    pub(super) fn new(inner: S, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared {
            clock,
            gate: Gate::default(),
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
            shared.admit(&call)?;
            let (installation, window) = (call.installation, Window::of(&call));
            let answer = inner.oneshot(call).await;
            let now = shared.clock.now();
            shared.breaker.learn(&answer, now);
            if let (Some(installation), Ok(answer)) = (installation, &answer) {
                shared.gate.learn(installation, window, answer, now);
            }
            answer
        })
    }
}

impl Shared {
    fn admit(&self, call: &Call) -> Result<(), NoAnswer> {
        let now = self.clock.now();
        let window = Window::of(call);
        if let Some(installation) = call.installation
            && let Some(wait) = self.gate.wait(installation, window, now)
        {
            tracing::debug!(
                http.route = call.endpoint.template(),
                wait_s = wait.as_secs(),
                "not sent: GitHub has said to wait"
            );
            return Err(NoAnswer::Limited(wait));
        }
        self.breaker.admit(now).map_err(|wait| {
            tracing::debug!(
                http.route = call.endpoint.template(),
                wait_s = wait.as_secs(),
                "not sent: GitHub fails"
            );
            NoAnswer::Failing
        })
    }
}
