//! The contract suites of the stores, each on empty tables of its own.

use app::testing::contracts::{self, Kept};
use aws::actions::{
    Action, BUDGETS, DELIVERIES, EVALUATIONS, HEADS, INSTALLATIONS, INSTALLATIONS_LISTED, LEASES,
    LEASES_ABANDONED, POLICIES, PURGE,
};

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
        assert_listed(&site.recorder, &site.names, &[LEASES, LEASES_ABANDONED]);
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
async fn what_is_kept_of_an_account_goes() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        site.keep_versions().await;
        contracts::installations(Kept {
            installations: site.stores(),
            purge: site.stores(),
            leases: site.stores(),
            heads: site.stores(),
            evaluations: site.stores(),
            policies: site.stores(),
            budgets: site.stores(),
        })
        .await;
        let ports = [
            INSTALLATIONS,
            INSTALLATIONS_LISTED,
            PURGE,
            LEASES,
            HEADS,
            EVALUATIONS,
            POLICIES,
            BUDGETS,
        ];
        assert_listed(&site.recorder, &site.names, &ports);
        // Not by the stores' own word.
        let partitions = site.partitions().await;
        for gone in ["repo#12", "repo#13", "installation#5"] {
            assert!(!partitions.contains(gone), "an item of {gone} is left");
        }
        for kept in ["repo#1", "repo#123", "installation#55"] {
            assert!(partitions.contains(kept), "the items of {kept} are kept");
        }
        let objects = site.versions().await;
        let is_of = |id: &str| objects.iter().any(|key| key.starts_with(&format!("{id}/")));
        assert!(!is_of("12"), "an object of 12 is left: {objects:?}");
        assert!(is_of("1") && is_of("123"), "the others' are kept");
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
