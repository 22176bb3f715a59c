//! What others wrote, or a later version of this program, is an error and never "none".

use std::collections::HashMap;

use app::StoreErrorKind;
use app::event::DeliveryId;
use app::ports::{
    Budget, Budgets, Clock, Deliveries, Evaluations, Heads, Leases, Pause, Policies, PolicyOf,
};
use aws::names::TableName;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::endpoint::{of_every_service, strictest};
use crate::expiry::head;
use crate::site::Site;

async fn put(site: &Site, table: TableName, attributes: &[(&str, AttributeValue)]) {
    let item: HashMap<String, AttributeValue> = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let put = site
        .dynamodb
        .put_item()
        .table_name(site.names.table(table))
        .set_item(Some(item));
    put.send().await.expect("put");
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(digits: &str) -> AttributeValue {
    AttributeValue::N(digits.to_owned())
}

fn assert_corrupt<T: std::fmt::Debug>(result: Result<T, app::StoreError>, expected: &str) {
    let error = result.expect_err("an error");
    let cause = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert_eq!(
        (error.kind, cause.as_str()),
        (StoreErrorKind::Corrupt, expected)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_not_as_we_write_it_is_corrupt() {
    let site = Site::with_tables(&strictest()).await;
    let stores = site.stores();
    let sha = "a".repeat(40);

    let id = DeliveryId::new("abc").expect("a GUID");
    let key = ("pk", s("delivery#abc"));
    put(&site, TableName::Deliveries, std::slice::from_ref(&key)).await;
    assert_corrupt(stores.finished(&id).await, "the attribute `v` is missing");
    put(&site, TableName::Deliveries, &[key.clone(), ("v", n("2"))]).await;
    assert_corrupt(
        stores.finished(&id).await,
        "the attribute `v` is 2; this program knows only 1",
    );
    put(
        &site,
        TableName::Deliveries,
        &[key, ("v", n("1")), ("expires_at", s("soon"))],
    )
    .await;
    assert_corrupt(
        stores.finished(&id).await,
        "the attribute `expires_at` is not a number",
    );

    let lease = [
        ("pk", s("repo#1")),
        ("sk", s(&format!("sha#{sha}"))),
        ("v", n("1")),
        ("until", s("z")),
    ];
    put(&site, TableName::Leases, &lease).await;
    let now = site.clock.now();
    let acquired = stores
        .acquire(&head(), now, std::time::Duration::ZERO)
        .await;
    assert_corrupt(acquired, "the attribute `until` is not a number");

    let policy = [
        ("pk", s("installation#1")),
        ("sk", s("policy#last-valid")),
        ("v", n("1")),
    ];
    put(&site, TableName::Installations, &policy).await;
    assert_corrupt(
        stores
            .last_valid(&PolicyOf::Account { installation_id: 1 })
            .await,
        "the attribute `seen_at` is missing",
    );
    site.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_is_not_as_we_write_it_is_corrupt_and_not_an_open_budget() {
    let site = Site::with_tables(&strictest()).await;
    let (stores, now) = (site.stores(), site.clock.now());
    let key = [("pk", s("installation#1")), ("sk", s("quota#all"))];
    let later = [&key[..], &[("v", n("2"))]].concat();
    put(&site, TableName::Installations, &later).await;
    let known = "the attribute `v` is 2; this program knows only 1";
    assert_corrupt(stores.pauses(1, now).await, known);
    let pause = Pause {
        budget: Budget::All,
        until: now,
        strikes: 1,
    };
    assert_corrupt(stores.pause(1, &pause).await, known);

    let foreign = [
        ("v", n("1")),
        ("expires_at", n("99999999999")),
        ("budget", s("search")),
    ];
    put(
        &site,
        TableName::Installations,
        &[&key[..], &foreign].concat(),
    )
    .await;
    assert_corrupt(
        stores.pauses(1, now).await,
        "the attribute `budget` is none of the words that stand there",
    );
    site.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_head_and_is_not_as_we_write_it_is_corrupt() {
    let site = Site::with_tables(&strictest()).await;
    let stores = site.stores();
    let sha = "a".repeat(40);

    let pull_request = [
        ("pk", s("repo#1")),
        ("sk", s(&format!("sha#{sha}#pr#1"))),
        ("v", n("1")),
        ("expires_at", n("99999999999")),
        ("number", n("-1")),
    ];
    put(&site, TableName::Heads, &pull_request).await;
    assert_corrupt(
        stores.watched(&head()).await,
        "the attribute `number` is not a number of the kind that stands there",
    );

    let generation = [
        ("pk", s("repo#1")),
        ("sk", s(&format!("sha#{sha}#generation"))),
        ("v", n("1")),
        ("expires_at", n("99999999999")),
        ("generation", s("{\"secret\"")),
    ];
    put(&site, TableName::Heads, &generation).await;
    assert_corrupt(
        stores.generation(&head()).await,
        "the attribute `generation` is not the JSON that stands there (line 1, column 9)",
    );

    site.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_not_as_we_write_it_is_corrupt() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_bucket(&endpoint).await;
        let stores = site.stores();
        let key = format!("1/reports/{}/1.json", "a".repeat(40));
        let bodies = [
            (
                "{\"v\":2}",
                "the object has format 2; this program knows only 1",
            ),
            (
                "{",
                "the object is not the JSON that stands there (line 1, column 1)",
            ),
        ];
        for (body, expected) in bodies {
            let put = site.s3().put_object().bucket(&site.bucket).key(&key);
            put.body(body.as_bytes().to_vec().into())
                .send()
                .await
                .expect("put");
            assert_corrupt(stores.load(&head(), 1).await, expected);
        }
        site.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_or_bucket_is_refused_and_not_empty() {
    for endpoint in of_every_service() {
        println!("{}", endpoint.name);
        let site = Site::with_tables(&endpoint).await;
        let stores = site.stores();
        let error = stores
            .load(&head(), 1)
            .await
            .expect_err("there is no bucket");
        assert_eq!(error.kind, StoreErrorKind::Refused, "{error:?}");
        site.remove().await;
        let error = stores
            .generation(&head())
            .await
            .expect_err("there is no table");
        assert_eq!(error.kind, StoreErrorKind::Refused, "{error:?}");
    }
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
#[tokio::test(flavor = "multi_thread")]
async fn an_item_above_400_kilobytes_is_too_large() {
    let site = Site::with_tables(&strictest()).await;
    let policy = app::ports::StoredPolicy {
        content: Some("x".repeat(500_000)),
        at: site.clock.now(),
    };
    let of = PolicyOf::Account { installation_id: 1 };
    let error = site
        .stores()
        .keep(&of, &policy)
        .await
        .expect_err("too large");
    assert_eq!(error.kind, StoreErrorKind::TooLarge, "{error:?}");
    site.remove().await;
}
