//! The server: from a connection on loopback to a handler and back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::{Answer, Asked, answer, named_path};
use super::exchange::{Call, Exchange};
use super::fault::{Failure, Fault};
use super::web;
use crate::shared::Shared;

/// The largest body that GitHub takes, in bytes.
const LARGEST_BODY: usize = 25 << 20;

/// The connection ends here, by a fault's wish.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed by a fault that a test asked for")]
struct ConnectionClosed;

/// Accepts connections until the task is aborted; they end with it.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(converse(stream, Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| exchange(&shared, request));
    let connection = hyper::server::conn::http1::Builder::new();
    let connection = connection.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Binds to loopback, and to nothing else.
pub(crate) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn exchange(
    shared: &Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, ConnectionClosed> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Ok(plain(413));
    };
    let body = body.to_bytes();
    let headers = strings(&head.headers);
    let named = shared.with(|state| named_path(state, head.uri.path()));
    let asked = Asked {
        method: head.method.as_str(),
        path: named.as_deref().unwrap_or(head.uri.path()),
        query: head.uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
    };
    if let Some(answer) = shared.with(|state| web::page(state, &asked)) {
        return Ok(response(answer));
    }
    let call = shared.with(|state| asked.call(state));
    let index = remember(shared, &call);
    let fault = fault_for(shared, &call);
    match fault {
        Some(Fault::BeforeEffect(failure)) => return fail(shared, index, failure),
        Some(Fault::Delay(time)) => hold(time).await,
        Some(Fault::AfterEffect(_)) | None => {}
    }
    let answer = shared.with(|state| answer(state, &asked));
    tell(shared, &asked, &call, &answer);
    if let Some(Fault::AfterEffect(failure)) = fault {
        return fail(shared, index, failure);
    }
    shared.calls()[index].status = Some(answer.status);
    Ok(response(answer))
}

async fn hold(time: Duration) {
    tokio::time::sleep(time).await;
}

fn remember(shared: &Shared, call: &Call) -> usize {
    let mut calls = shared.calls();
    calls.push(call.clone());
    calls.len() - 1
}

/// A queued fault goes before one that the injector wants. No lock is held while the injector
/// thinks, so that it can look at the sandbox or go on with the story.
fn fault_for(shared: &Shared, call: &Call) -> Option<Fault> {
    let queued = shared.faults().take(call);
    let injector = shared.faults().injector();
    queued.or_else(|| injector.and_then(|injector| injector(call)))
}

fn fail(
    shared: &Shared,
    index: usize,
    failure: Failure,
) -> Result<Response<Full<Bytes>>, ConnectionClosed> {
    match failure {
        Failure::ConnectionClosed => Err(ConnectionClosed),
        Failure::Status(status) => {
            shared.calls()[index].status = Some(status);
            Ok(plain(status))
        }
    }
}

fn tell(shared: &Shared, asked: &Asked<'_>, call: &Call, answer: &Answer) {
    let observers = shared.observers();
    if observers.is_empty() {
        return;
    }
    let request_headers = asked.headers.iter();
    let request_headers = request_headers.filter(|(name, _)| name != "authorization");
    let exchange = Exchange {
        call: Call {
            status: Some(answer.status),
            ..call.clone()
        },
        request_headers: request_headers.cloned().collect(),
        request_body: asked.body.to_vec(),
        status: answer.status,
        response_headers: answer.headers.clone(),
        response_body: answer.body.clone(),
    };
    for observer in observers {
        observer(&exchange);
    }
}

fn strings(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = status(answer.status);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The page that GitHub's front end shows when what is behind it fails.
fn plain(code: u16) -> Response<Full<Bytes>> {
    let body = format!("<html><body><h1>{code}</h1></body></html>");
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status(code);
    let html = HeaderValue::from_static("text/html");
    response.headers_mut().insert("content-type", html);
    response
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
