//! Accepts connections and serves them, within limits, until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// What one process grants its clients.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many connections are served at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// How long a client may take to send its headers, also on a connection kept alive.
    pub header_timeout: Duration,
    /// How long requests may go on after the stop.
    pub grace: Duration,
}

/// How long to wait after a failed `accept`, which is mostly a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The most bytes of a request's headers. GitHub sends less than 2 KB.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Serves until `stop`; then accepts nothing more, lets the requests that run finish within
/// the grace period, and returns.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots) => accepted,
            () = stop.cancelled() => break,
        };
        let Some((stream, peer, slot)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let connection = graceful.watch(connection(stream, peer, router.clone(), limits));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Clients that vanish, send no HTTP or are too slow; nothing an operator can
                // act on, and nothing of theirs is shown.
                tracing::debug!(timeout = error.is_timeout(), "connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    let open = graceful.count();
    if tokio::time::timeout(limits.grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            connections = open,
            "connections were cut off at the end of the grace period"
        );
    }
}

type Slot = tokio::sync::OwnedSemaphorePermit;

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, Slot)> {
    // The semaphore is never closed.
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, slot)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send,
    >,
> {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        // One request a connection: answers are small enough for the socket's own buffer, so
        // that a client that reads none of them, and pipelines more, holds nothing.
        .keep_alive(false)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        served: JoinHandle<()>,
    }

    async fn start(router: Router, limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stop = CancellationToken::new();
        Running {
            address: listener.local_addr().unwrap(),
            stop: stop.clone(),
            served: tokio::spawn(serve(listener, router, limits, stop)),
        }
    }

    fn limits() -> Limits {
        Limits {
            max_connections: 8,
            header_timeout: Duration::from_secs(30),
            grace: Duration::from_secs(30),
        }
    }

    #[tokio::test]
    async fn a_client_that_sends_half_its_headers_is_cut_off() {
        let quick = Limits {
            header_timeout: Duration::from_millis(20),
            ..limits()
        };
        let running = start(Router::new(), quick).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{answer:?}");
    }

    #[tokio::test]
    async fn a_request_that_runs_is_finished_after_the_stop() {
        let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (Arc::clone(&entered), Arc::clone(&go_on));
        let handler = move || async move {
            tell.notify_one();
            wait.notified().await;
            "finished"
        };
        let running = start(Router::new().route("/", get(handler)), limits()).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        entered.notified().await;
        running.stop.cancel();
        go_on.notify_one();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("finished"), "{answer}");
        running.served.await.unwrap();
        assert!(TcpStream::connect(running.address).await.is_err());
    }

    #[tokio::test]
    async fn connections_over_the_limit_wait_for_a_place() {
        let one = Limits {
            max_connections: 1,
            ..limits()
        };
        let running = start(Router::new().route("/", get(|| async { "ok" })), one).await;
        let mut first = TcpStream::connect(running.address).await.unwrap();
        first.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        let mut byte = [0];
        let mut second = TcpStream::connect(running.address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(50), second.read_exact(&mut byte));
        assert!(early.await.is_err(), "the only place is taken");
        drop(first);
        second.read_exact(&mut byte).await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_reads_no_answers_holds_no_place() {
        let one = Limits {
            max_connections: 1,
            ..limits()
        };
        let running = start(Router::new().route("/", get(|| async { "ok" })), one).await;
        let mut deaf = TcpStream::connect(running.address).await.unwrap();
        deaf.write_all(&REQUEST.repeat(100)).await.unwrap();
        let mut other = TcpStream::connect(running.address).await.unwrap();
        other.write_all(REQUEST).await.unwrap();
        let mut answer = String::new();
        other.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("ok"), "{answer}");
    }
}
