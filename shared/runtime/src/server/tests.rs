//! Answers where something is wrong on our side; the rest is tested with the real binary.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::counters::Counters;
use app::ingest::{FixedSecrets, Intake, WebhookSecrets};
use app::ports::{Clock, EventQueue};
use app::testing::World;
use app::webhook::Decoded;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use embedded::Embedded;
use secrecy::SecretString;
use std::net::SocketAddr;
use tower::ServiceExt;

use super::*;

/// Routes over a fake world. The folder is the stores', and is kept as long as the answer's.
fn routes(world: &Arc<World>, folder: &tempfile::TempDir) -> Router {
    let clock: Arc<dyn Clock> = Arc::clone(world) as _;
    let stores = Embedded::open(folder.path(), clock).unwrap();
    let queue: Arc<dyn EventQueue> = Arc::clone(world) as _;
    let counters = Arc::new(Counters::default());
    let intake = Intake {
        secrets: Arc::new(FixedSecrets::new(WebhookSecrets {
            current: SecretString::from("secret"),
            previous: None,
        })),
        max_body_bytes: 1024,
        decode: |_, _| Ok(Decoded::Ping),
        queue,
        metrics: Arc::clone(&counters) as _,
    };
    router(Services {
        intake: Arc::new(intake),
        stores,
        counters,
        body_timeout: Duration::from_secs(5),
        began: Instant::now(),
    })
}

async fn get(router: Router, path: &str, peer: [u8; 4]) -> (u16, String) {
    ask(router, path, peer, "127.0.0.1:8080").await
}

async fn ask(router: Router, path: &str, peer: [u8; 4], host: &str) -> (u16, String) {
    let request = Request::get(path).header("host", host);
    let mut request = request.body(Body::empty()).unwrap();
    let peer = SocketAddr::from((peer, 50_000));
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

#[tokio::test]
async fn health_is_503_while_the_stores_fail_and_tells_nothing_of_why() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let routes = routes(&world, &folder);
    assert_eq!(get(routes.clone(), "/health", LOOPBACK).await.0, 200);
    let file = folder.path().join("phase-mirror.sqlite3");
    let database = rusqlite::Connection::open(file).unwrap();
    let rename = |sql| database.execute_batch(sql).unwrap();
    rename("ALTER TABLE deliveries RENAME TO elsewhere");
    for path in ["/health", "/status"] {
        let (status, body) = get(routes.clone(), path, LOOPBACK).await;
        assert_eq!(
            (status, body.as_str()),
            (503, r#"{"status":"unavailable"}"#)
        );
    }
    rename("ALTER TABLE elsewhere RENAME TO deliveries");
    assert_eq!(get(routes, "/health", LOOPBACK).await.0, 200);
}

#[tokio::test]
async fn status_is_for_this_machine_only() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let routes = routes(&world, &folder);
    assert_eq!(get(routes.clone(), "/status", LOOPBACK).await.0, 200);
    assert_eq!(get(routes.clone(), "/status", [192, 0, 2, 1]).await.0, 404);
    assert_eq!(get(routes.clone(), "/health", [192, 0, 2, 1]).await.0, 200);
    // A page of another site, in a browser of this machine.
    for (path, status) in [("/status", 404), ("/health", 200)] {
        let answer = ask(routes.clone(), path, LOOPBACK, "rebound.example:8080").await;
        assert_eq!(answer.0, status, "{path}");
    }
}
