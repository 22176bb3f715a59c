//! Posts a delivery, once, to loopback.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::state::Delivery;

/// How long GitHub waits for an answer
/// (<https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks>).
const TIME_OUT: Duration = Duration::from_secs(10);

/// Why there is no status code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The sandbox speaks plain HTTP with this machine only.
    #[error("the webhook address is not http:// on a loopback address")]
    NotLoopback,
    /// Nobody there, or they hung up.
    #[error("the receiver could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Ten seconds went by.
    #[error("the receiver did not answer in time")]
    TimedOut,
}

/// Posts a delivery; the receiver's status code.
pub(crate) async fn send(delivery: &Delivery) -> Result<u16, SendError> {
    let url = delivery.url.as_deref().ok_or(SendError::NotLoopback)?;
    let uri: Uri = url.parse().map_err(|_| SendError::NotLoopback)?;
    let address = loopback(&uri).ok_or(SendError::NotLoopback)?;
    tokio::time::timeout(TIME_OUT, post(delivery, &uri, address))
        .await
        .map_err(|_| SendError::TimedOut)?
        .map_err(SendError::Unreachable)
}

/// The address behind a loopback URL.
pub(crate) fn loopback(uri: &Uri) -> Option<SocketAddr> {
    if uri.scheme_str() != Some("http") {
        return None;
    }
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let host = if host == "localhost" {
        "127.0.0.1"
    } else {
        host
    };
    let address = SocketAddr::new(host.parse().ok()?, uri.port_u16().unwrap_or(80));
    address.ip().is_loopback().then_some(address)
}

async fn post(
    delivery: &Delivery,
    uri: &Uri,
    address: SocketAddr,
) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let mut request = Request::post(target).header("Host", address.to_string());
    for (name, value) in &delivery.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(delivery.body.clone())))?;
    let exchange = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await?;
        Ok::<_, hyper::Error>(status)
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        status = &mut exchange => Ok(status?),
        closed = &mut connection => { closed?; Ok(exchange.await?) }
    }
}
