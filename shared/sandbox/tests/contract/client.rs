//! The least of an HTTP client: one request, one connection.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sandbox::{App, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// A client of a sandbox with a credential.
pub(crate) struct Client {
    address: String,
    credential: String,
}

impl Client {
    /// With an installation access token.
    pub(crate) fn with_token(sandbox: &Sandbox, token: &str) -> Self {
        let address = sandbox.base_url().trim_start_matches("http://").to_owned();
        Self {
            address,
            credential: token.to_owned(),
        }
    }

    /// As an App, with a JWT.
    pub(crate) fn of_app(sandbox: &Sandbox, app: &App) -> Self {
        let now = sandbox.clock().now().as_second();
        let claims = json!({ "iss": app.client_id(), "iat": now - 60, "exp": now + 540 });
        let key = EncodingKey::from_rsa_pem(app.private_key().as_bytes()).unwrap();
        let jwt = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap();
        Self::with_token(sandbox, &jwt)
    }

    /// Sends a request; `Value::Null` is no body. The status and the body of the answer.
    pub(crate) async fn send(&self, method: &str, target: &str, body: Value) -> (u16, Value) {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let bytes = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = hyper::Request::builder()
            .method(method)
            .uri(target)
            .header("host", &self.address)
            .header("user-agent", "contract-tests")
            .header("authorization", format!("Bearer {}", self.credential))
            .body(Full::new(Bytes::from(bytes)))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Posts a form, as a browser does; the status, and where the browser is sent.
    pub(crate) async fn post_form(&self, target: &str, form: &str) -> (u16, Option<String>) {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = hyper::Request::post(target)
            .header("host", &self.address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form.to_owned())))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let location = answer.headers().get("location");
        let location = location.map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location)
    }

    /// Gets; the body of the answer, which must be a success.
    pub(crate) async fn read(&self, target: &str) -> Value {
        let (status, body) = self.send("GET", target, Value::Null).await;
        assert_eq!(status, 200, "GET {target}: {body}");
        body
    }

    /// Asks the GraphQL API.
    pub(crate) async fn query(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let (status, answer) = self.send("POST", "/graphql", body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}
