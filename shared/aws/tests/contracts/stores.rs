//! The contract suites of the stores, each on empty tables of its own.

use app::testing::contracts;
use aws::actions::{Action, BUDGETS, DELIVERIES, EVALUATIONS, HEADS, LEASES, POLICIES};

use crate::actions::assert_listed;
use crate::endpoint::{of_dynamodb, of_every_service};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn deliveries() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        contracts::deliveries(site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[DELIVERIES]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leases() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        contracts::leases(site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[LEASES]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        contracts::heads(site.stores(), site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[HEADS, LEASES]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policies() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        contracts::policies(site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[POLICIES]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets() {
    for endpoint in of_dynamodb() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        contracts::budgets(site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[BUDGETS]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        contracts::evaluations(site.stores()).await;
        assert_listed(&site.recorder, &site.names, &[EVALUATIONS]);
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_opened_by_what_the_ports_may_do_anyway() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        site.stores().warm().await.expect("warm");
        let read = |port: &[Action], name: &str| -> Vec<Action> {
            port.iter()
                .copied()
                .filter(|action| action.name == name)
                .collect()
        };
        let item = read(DELIVERIES, "dynamodb:GetItem");
        let object = read(EVALUATIONS, "s3:GetObject");
        assert_listed(&site.recorder, &site.names, &[&item, &object]);
        site.remove().await;
    }
}
