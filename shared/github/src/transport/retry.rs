//! Sends again, after a moment, what was not answered and may be repeated.

use std::hash::{BuildHasher, RandomState};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tower::{Service, ServiceExt};

use super::{Answer, Call, NoAnswer};
use crate::endpoint::Repetition;

/// How often a request is sent at most.
const ATTEMPTS: u32 = 4;

/// The longest wait before the second attempt; it doubles for each that follows.
const FIRST_WAIT: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub(super) struct Retry<S> {
    inner: S,
}

impl<S> Retry<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S> Service<Call> for Retry<S>
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

    fn call(&mut self, mut call: Call) -> Self::Future {
        let inner = self.inner.clone();
        Box::pin(async move {
            loop {
                let answer = inner.clone().oneshot(call.clone()).await;
                if call.attempt >= ATTEMPTS || !worth_repeating(&call, &answer) {
                    return answer;
                }
                tokio::time::sleep(wait(call.attempt)).await;
                call.attempt += 1;
            }
        })
    }
}

/// A refusal by rate limit is none: GitHub says how long to wait, and the queue waits.
fn worth_repeating(call: &Call, answer: &Result<Answer, NoAnswer>) -> bool {
    let failed = match answer {
        Ok(answer) => answer.status.is_server_error(),
        Err(error) => matches!(error, NoAnswer::Network(_) | NoAnswer::Timeout),
    };
    failed && call.endpoint.repetition == Repetition::Harmless
}

/// Between half of the longest wait and all of it, so that callers who failed together don't
/// come back together.
fn wait(attempt: u32) -> Duration {
    let longest = FIRST_WAIT * 2_u32.pow(attempt.saturating_sub(1).min(8));
    // Every `RandomState` has keys of its own: randomness enough for a wait.
    let random = RandomState::new().hash_one(attempt);
    let permille = u32::try_from(random % 500).unwrap_or(0) + 500;
    longest * permille / 1_000
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use bytes::Bytes;
    use http::{HeaderMap, StatusCode, Uri};
    use tower::service_fn;

    use super::*;
    use crate::endpoint::{CREATE_CHECK_RUN, Endpoint, GRAPHQL, TREE};

    /// Sends a call to a GitHub that answers with these statuses in turn (0: not at all);
    /// the last status and how many attempts it took.
    async fn send(endpoint: Endpoint, statuses: &[u16]) -> (Option<u16>, u32) {
        let attempts = Arc::new(AtomicU32::new(0));
        let (counted, statuses) = (Arc::clone(&attempts), statuses.to_vec());
        let github = service_fn(move |call: Call| {
            let index = counted.fetch_add(1, Ordering::Relaxed);
            assert_eq!(call.attempt, index + 1);
            let status = statuses[usize::try_from(index).unwrap().min(statuses.len() - 1)];
            async move {
                let status = StatusCode::from_u16(status).map_err(|_| NoAnswer::Timeout)?;
                Ok(Answer {
                    status,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                })
            }
        });
        let call = Call {
            endpoint,
            uri: Uri::from_static("https://api.github.com/"),
            installation: None,
            bearer: Arc::new("token".into()),
            body: None,
            attempt: 1,
        };
        let answer = Retry::new(github).oneshot(call).await;
        let status = answer.ok().map(|answer| answer.status.as_u16());
        (status, attempts.load(Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn reads_are_repeated_until_answered() {
        assert_eq!(send(TREE, &[502, 0, 200]).await, (Some(200), 3));
        assert_eq!(send(GRAPHQL, &[0, 200]).await, (Some(200), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn repeating_ends() {
        assert_eq!(send(TREE, &[503]).await, (Some(503), 4));
        assert_eq!(send(TREE, &[0]).await, (None, 4));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_final() {
        for status in [400, 401, 403, 404, 422, 429] {
            assert_eq!(send(TREE, &[status]).await.1, 1, "{status}");
        }
    }

    /// The check run may have been made although nobody told us.
    #[tokio::test(start_paused = true)]
    async fn effects_are_never_repeated() {
        assert_eq!(send(CREATE_CHECK_RUN, &[502, 201]).await, (Some(502), 1));
        assert_eq!(send(CREATE_CHECK_RUN, &[0, 201]).await, (None, 1));
    }

    #[test]
    fn waits_grow_and_differ() {
        for attempt in 1..4 {
            let longest = FIRST_WAIT * 2_u32.pow(attempt - 1);
            let waits: Vec<_> = (0..20).map(|_| wait(attempt)).collect();
            assert!(waits.iter().all(|it| *it >= longest / 2 && *it <= longest));
            assert!(waits.iter().any(|it| *it != waits[0]));
        }
    }
}
