//! A reverse proxy on loopback that can answer in place of what it stands before.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// A call of AWS, as far as a fault may depend on it.
pub(crate) struct Call<'a> {
    /// `dynamodb`, `ssm`, `sqs`, `s3`: the service that the request was signed for.
    pub(crate) service: &'a str,
    /// The operation, for services that name it in a header.
    pub(crate) operation: &'a str,
    /// The body.
    pub(crate) body: &'a str,
}

/// An answer in place of AWS's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// "You are too fast", as DynamoDB says it.
    Throttled,
    /// 500, as every service says it.
    Internal,
}

type Injector = dyn Fn(&Call<'_>) -> Option<Fault> + Send + Sync;

/// A running proxy; it stops when the runtime does.
#[derive(Clone)]
pub(crate) struct Proxy {
    address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    client: Client<HttpConnector, Body>,
    target: Mutex<Option<Target>>,
    injector: Mutex<Option<Box<Injector>>>,
}

#[derive(Clone)]
struct Target {
    authority: Authority,
    host: Option<HeaderValue>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner {
            client: Client::builder(TokioExecutor::new()).build_http(),
            target: Mutex::new(None),
            injector: Mutex::new(None),
        });
        let router = Router::new()
            .fallback(forward)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Forwards to this port from now on, in the name of `host` where one is given.
    pub(crate) fn forward_to(&self, port: u16, host: Option<&str>) {
        let target = Target {
            authority: format!("127.0.0.1:{port}").parse().expect("a host"),
            host: host.map(|host| host.parse().expect("a host")),
        };
        *self.inner.target.lock().expect("no panic") = Some(target);
    }

    /// Answers calls for which `injector` has a fault, from now on.
    pub(crate) fn inject(
        &self,
        injector: impl Fn(&Call<'_>) -> Option<Fault> + Send + Sync + 'static,
    ) {
        *self.inner.injector.lock().expect("no panic") = Some(Box::new(injector));
    }

    /// Forwards everything again.
    pub(crate) fn heal(&self) {
        *self.inner.injector.lock().expect("no panic") = None;
    }
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.expect("a body");
    if let Some(fault) = inner.fault(&parts.headers, &body) {
        return fault.answer();
    }
    let target = inner.target.lock().expect("no panic").clone();
    let Some(target) = target else {
        return plain(StatusCode::BAD_GATEWAY, "nothing to forward to");
    };
    if let Some(host) = target.host {
        parts.headers.insert(HOST, host);
    }
    let mut uri = parts.uri.into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(target.authority);
    parts.uri = Uri::from_parts(uri).expect("an address");
    let request = Request::from_parts(parts, Body::from(body));
    match inner.client.request(request).await {
        Ok(answer) => answer.map(Body::new),
        Err(error) => plain(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

impl Inner {
    fn fault(&self, headers: &header::HeaderMap, body: &Bytes) -> Option<Fault> {
        let injector = self.injector.lock().expect("no panic");
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // `AWS4-HMAC-SHA256 Credential=KEY/20261126/REGION/SERVICE/aws4_request, …`
        let scope = text("authorization").and_then(|text| text.split('/').nth(3));
        let target = text("x-amz-target").and_then(|text| text.split('.').next_back());
        injector.as_ref()?(&Call {
            service: scope.unwrap_or_default(),
            operation: target.unwrap_or_default(),
            body: std::str::from_utf8(body).unwrap_or_default(),
        })
    }
}

impl Fault {
    fn answer(self) -> Response<Body> {
        let (status, kind) = match self {
            Self::Throttled => (
                StatusCode::BAD_REQUEST,
                "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            ),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        };
        let body = format!(r#"{{"__type":"{kind}","message":"told to"}}"#);
        let mut answer = plain(status, &body);
        let json = HeaderValue::from_static("application/x-amz-json-1.0");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        answer
    }
}

fn plain(status: StatusCode, body: &str) -> Response<Body> {
    let mut answer = Response::new(Body::from(body.to_owned()));
    *answer.status_mut() = status;
    answer
}
