//! A call whose effect is there and whose answer is lost is repeated by the SDK: the effect is
//! there once, and the caller is told the truth.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use app::event::DeliveryId;
use app::ports::{
    Acquired, Budget, Budgets, Clock, Deliveries, DeliveryOutcome, Evaluations, FinishedDelivery,
    Heads, Leases, Pause,
};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use std::time::Duration;

use crate::endpoint::{Endpoint, of_dynamodb, of_every_service};
use crate::expiry::{evaluation, generation, head};
use crate::site::Site;

/// A connection on which every other answer is lost, beginning with the first.
#[derive(Debug, Clone)]
struct Lossy {
    inner: SharedHttpConnector,
    answers: Arc<AtomicU32>,
}

impl HttpConnector for Lossy {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, answers) = (self.inner.clone(), Arc::clone(&self.answers));
        HttpConnectorFuture::new(async move {
            let answer = inner.call(request).await?;
            if answers.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
                return Err(ConnectorError::io("the connection was reset".into()));
            }
            Ok(answer)
        })
    }
}

fn lossy(config: &SdkConfig) -> (SdkConfig, Arc<AtomicU32>) {
    let inner = config.http_client().expect("a client");
    let answers = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&answers);
    let client = http_client_fn(move |settings: &HttpConnectorSettings, components| {
        SharedHttpConnector::new(Lossy {
            inner: inner.http_connector(settings, components),
            answers: Arc::clone(&counted),
        })
    });
    (config.to_builder().http_client(client).build(), answers)
}

async fn site(endpoint: &Endpoint) -> (Site, Arc<aws::Stores>, Arc<AtomicU32>) {
    println!("{}", endpoint.name);
    let site = Site::with_tables(endpoint).await;
    let (config, answers) = lossy(&site.config);
    let stores = site.stores_by(config);
    (site, stores, answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_granted_to_who_got_it_without_hearing_so() {
    for endpoint in of_dynamodb() {
        let (site, stores, answers) = site(&endpoint).await;
        let (now, ttl) = (site.clock.now(), Duration::from_mins(1));
        let granted = stores.acquire(&head(), now, ttl).await.expect("answered");
        let Acquired::Granted(lease) = granted else {
            panic!("it is ours: {granted:?}");
        };
        assert_eq!((lease.epoch, answers.load(Ordering::Relaxed)), (1, 2));
        let again = stores.acquire(&head(), now, ttl).await.expect("answered");
        assert_eq!(
            again,
            Acquired::Held { until: lease.until },
            "and only ours"
        );
        stores.renew(&lease, now, ttl).await.expect("renewed");
        stores.release(&lease).await.expect("released");
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_about_a_head_are_made_once() {
    for endpoint in of_dynamodb() {
        let (site, stores, _) = site(&endpoint).await;
        let (now, ttl) = (site.clock.now(), Duration::from_mins(1));
        let Ok(Acquired::Granted(lease)) = stores.acquire(&head(), now, ttl).await else {
            panic!("a lease");
        };
        let generation = generation(&*site.clock);
        stores
            .save_generation(&lease, &generation)
            .await
            .expect("saved");
        let found = stores.generation(&head()).await.expect("answered");
        assert_eq!(found, Some(generation));
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_stored_unheard_is_the_first() {
    for endpoint in of_dynamodb() {
        let (site, stores, _) = site(&endpoint).await;
        let id = DeliveryId::new("abc").expect("a GUID");
        let end = FinishedDelivery {
            outcome: DeliveryOutcome::Done,
            detail: String::new(),
            at: site.clock.now(),
        };
        stores.finish(&id, &end).await.expect("stored");
        assert_eq!(stores.finished(&id).await.expect("answered"), Some(end));
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_was_told_unheard_stands() {
    for endpoint in of_dynamodb() {
        let (site, stores, _) = site(&endpoint).await;
        let now = site.clock.now();
        let pause = Pause {
            budget: Budget::All,
            until: now,
            strikes: 1,
        };
        assert_eq!(stores.pause(1, &pause).await.expect("kept"), pause);
        let kept = stores.pauses(1, now).await.expect("answered");
        assert_eq!(kept, [pause]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_that_was_stored_unheard_is_the_first() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        let stores = site.stores_by(lossy(&site.config).0);
        let put = stores.put(&head(), 1, &evaluation("ours")).await;
        assert_eq!(put.expect("stored"), evaluation("ours"));
        let put = stores.put(&head(), 1, &evaluation("later")).await;
        assert_eq!(put.expect("answered"), evaluation("ours"));
        site.remove().await;
    }
}
