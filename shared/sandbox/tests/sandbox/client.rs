//! A plain HTTP client: what is tested is the sandbox, not the App's own client.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Speaks to a sandbox with one credential.
#[derive(Clone)]
pub(crate) struct Client {
    address: String,
    headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub(crate) fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    /// Status and message in one line, for assertions about refusals.
    pub(crate) fn refusal(&self) -> String {
        assert_eq!(self.json["status"], self.status.to_string());
        assert!(self.json["documentation_url"].is_string());
        format!("{} {}", self.status, self.message())
    }
}

impl Client {
    pub(crate) fn new(base_url: &str, credential: &str) -> Self {
        Self {
            address: base_url.strip_prefix("http://").unwrap().to_owned(),
            headers: Vec::new(),
        }
        .with("user-agent", "tests")
        .with("authorization", &format!("Bearer {credential}"))
    }

    /// With a header, instead of the one of the same name.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body.to_string()).await.unwrap()
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, body.to_string()).await.unwrap()
    }

    /// An error: the connection was closed without an answer.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<Answer, hyper::Error> {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let (head, body) = sender.send_request(request).await?.into_parts();
        let bytes = body.collect().await?.to_bytes();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        })
    }
}
