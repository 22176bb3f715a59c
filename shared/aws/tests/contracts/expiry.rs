//! What is over is not seen, though nothing removed it, and may be written anew.

use std::time::Duration;

use app::event::{DeliveryId, Head};
use app::ports::{
    Acquired, Clock, Deliveries, DeliveryOutcome, Evaluations, FinishedDelivery, Generation,
    HeadPullRequest, Heads, Lease, Leases, StoredEvaluation,
};
use app::{check, retention};
use aws::Stores;
use oracle::{BranchName, ObjectId};

use crate::endpoint::{of_dynamodb, of_every_service};
use crate::site::Site;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

pub(crate) fn head() -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&"a".repeat(40)).expect("40 hex digits"),
    }
}

pub(crate) async fn lease(stores: &Stores, clock: &dyn Clock) -> Lease {
    match stores.acquire(&head(), clock.now(), MINUTE).await {
        Ok(Acquired::Granted(lease)) => lease,
        other => panic!("a lease: {other:?}"),
    }
}

pub(crate) fn evaluation(title: &str) -> StoredEvaluation {
    StoredEvaluation {
        reports: Vec::new(),
        output: check::CheckOutput {
            conclusion: check::Conclusion::Success,
            title: title.to_owned(),
            summary: String::new(),
            annotations: Vec::new(),
        },
    }
}

pub(crate) fn generation(clock: &dyn Clock) -> Generation {
    Generation {
        number: 1,
        pull_requests: Vec::new(),
        began_at: clock.now(),
        merge_group: None,
        check_run_id: None,
        conclusion: None,
        reruns: Vec::new(),
        shows_observed: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_forgotten_after_7_days_and_may_end_again() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let stores = site.stores();
        let id = DeliveryId::new("abc").expect("a GUID");
        let end = |detail: &str| FinishedDelivery {
            outcome: DeliveryOutcome::Done,
            detail: detail.to_owned(),
            at: site.clock.now(),
        };
        let first = end("first");
        stores.finish(&id, &first).await.expect("stored");
        site.clock
            .jump(retention::DELIVERIES.saturating_sub(MINUTE));
        assert_eq!(stores.finished(&id).await.expect("answered"), Some(first));
        site.clock.jump(MINUTE + SECOND);
        assert_eq!(stores.finished(&id).await.expect("answered"), None);
        let second = end("second");
        stores.finish(&id, &second).await.expect("stored");
        assert_eq!(stores.finished(&id).await.expect("answered"), Some(second));
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_forgotten_after_30_days_and_its_generation_after_91() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let stores = site.stores();
        let clock = &*site.clock;
        let lease = lease(&stores, clock).await;
        let watched = HeadPullRequest {
            number: 1,
            base: BranchName::new("main").expect("a branch"),
        };
        let generation = generation(clock);
        stores.watch(&lease, &watched).await.expect("watched");
        stores
            .save_generation(&lease, &generation)
            .await
            .expect("saved");

        clock.jump(retention::HEADS.saturating_sub(MINUTE));
        assert_eq!(stores.watched(&head()).await.expect("answered"), [watched]);
        clock.jump(MINUTE + SECOND);
        assert_eq!(stores.watched(&head()).await.expect("answered"), []);
        let until_then = retention::GENERATIONS.saturating_sub(retention::HEADS);
        clock.jump(until_then.saturating_sub(MINUTE));
        let kept = stores.generation(&head()).await.expect("answered");
        assert_eq!(kept, Some(generation));
        clock.jump(MINUTE);
        assert_eq!(stores.generation(&head()).await.expect("answered"), None);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_is_forgotten_after_90_days_and_another_takes_its_place() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        let stores = site.stores();
        let load = async || stores.load(&head(), 1).await.expect("answered");
        stores
            .put(&head(), 1, &evaluation("first"))
            .await
            .expect("stored");
        site.clock
            .jump(retention::EVALUATIONS.saturating_sub(MINUTE));
        assert_eq!(load().await, Some(evaluation("first")));
        site.clock.jump(MINUTE + SECOND);
        assert_eq!(load().await, None);
        let put = stores.put(&head(), 1, &evaluation("second")).await;
        assert_eq!(put.expect("stored"), evaluation("second"));
        assert_eq!(load().await, Some(evaluation("second")));
        site.remove().await;
    }
}
