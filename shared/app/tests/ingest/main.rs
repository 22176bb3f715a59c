//! The webhook's use case, from raw requests to what is queued and counted.

mod site;

use std::sync::Arc;

use app::counters::Counters;
use app::event::{DeliveryId, Message};
use app::ingest::{BadRequest, IngestOutcome, WebhookRequest, WebhookSecrets, ingest};
use app::webhook::DecodeError;
use expect_test::expect;

use site::{BODY, SECRET, SIGNATURE, event_of_hello_world, request, sign, site};

#[tokio::test]
async fn githubs_own_example_is_accepted_and_queued() {
    let site = site();
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!((outcome, outcome.status()), (IngestOutcome::Accepted, 202));
    let message = Message {
        delivery: DeliveryId::new("72d3162e-cc78-11e3-81ab-4c9367dc0958").unwrap(),
        trace: request().trace,
        event: event_of_hello_world(),
    };
    assert_eq!(site.world.take_queued(), [message]);
}

#[tokio::test]
async fn a_signature_must_be_there_and_right() {
    let shouted = SIGNATURE.to_ascii_uppercase();
    let first_digit = SIGNATURE.replacen("sha256=7", "sha256=8", 1);
    let last_digit = format!("{}8", &SIGNATURE[..SIGNATURE.len() - 1]);
    let too_long = format!("{SIGNATURE}00");
    let not_hex = SIGNATURE.replacen('7', "+", 1);
    let foreign = sign("another secret", BODY);
    let signatures = [
        None,
        Some(""),
        Some("sha256="),
        Some(&SIGNATURE["sha256=".len()..]),
        Some("sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"),
        Some(&shouted),
        Some(&first_digit),
        Some(&last_digit),
        Some(&too_long),
        Some(&not_hex),
        Some(&foreign),
        Some("sha256=ü"),
    ];
    for signature in signatures {
        let site = site();
        let request = WebhookRequest {
            signature,
            ..request()
        };
        let outcome = ingest(&site.intake, &request).await;
        assert_eq!(outcome, IngestOutcome::Unauthorized, "{signature:?}");
        assert_eq!(outcome.status(), 401);
        assert_eq!(site.world.take_queued(), []);
    }
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_right() {
    let site = site();
    site.world.put_secrets(WebhookSecrets {
        current: "new".into(),
        previous: Some("old".into()),
    });
    for (secret, expected) in [
        ("new", IngestOutcome::Accepted),
        ("old", IngestOutcome::Accepted),
        (SECRET, IngestOutcome::Unauthorized),
    ] {
        let signature = sign(secret, BODY);
        let request = WebhookRequest {
            signature: Some(&signature),
            ..request()
        };
        assert_eq!(ingest(&site.intake, &request).await, expected, "{secret}");
    }
}

#[tokio::test]
async fn a_secret_that_was_just_replaced_costs_no_delivery() {
    let site = site();
    assert_eq!(
        ingest(&site.intake, &request()).await,
        IngestOutcome::Accepted
    );
    site.world.put_secrets(WebhookSecrets {
        current: "new".into(),
        previous: None,
    });
    let signature = sign("new", BODY);
    let signed_anew = WebhookRequest {
        signature: Some(&signature),
        ..request()
    };
    assert_eq!(
        ingest(&site.intake, &signed_anew).await,
        IngestOutcome::Accepted
    );
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!(outcome, IngestOutcome::Unauthorized, "the old one is void");
}

#[tokio::test]
async fn where_no_secret_can_be_read_nobody_is_judged() {
    for call in ["SecretSource::current", "SecretSource::newer"] {
        let site = site();
        let signature = sign("another secret", BODY);
        let request = WebhookRequest {
            signature: Some(&signature),
            ..request()
        };
        site.world.outage_of(call);
        let outcome = ingest(&site.intake, &request).await;
        assert_eq!(
            (outcome, outcome.status()),
            (IngestOutcome::Unavailable, 503),
            "{call}"
        );
        assert_eq!(site.world.take_queued(), []);
    }
}

#[tokio::test]
async fn an_empty_secret_lets_nobody_in() {
    let site = site();
    site.world.put_secrets(WebhookSecrets {
        current: "".into(),
        previous: Some("".into()),
    });
    let signature = sign("", BODY);
    let request = WebhookRequest {
        signature: Some(&signature),
        ..request()
    };
    let outcome = ingest(&site.intake, &request).await;
    assert_eq!(outcome, IngestOutcome::Unauthorized);
}

#[tokio::test]
async fn what_is_no_github_json_is_a_bad_request() {
    let form = "application/x-www-form-urlencoded";
    let (content_type, event, delivery) = (
        BadRequest::ContentType,
        BadRequest::Header("X-GitHub-Event"),
        BadRequest::Header("X-GitHub-Delivery"),
    );
    let no_json = BadRequest::Body(DecodeError::NotJson);
    let cases = [
        (but(|it| it.content_type = None), content_type),
        (but(|it| it.content_type = Some(form)), content_type),
        (but(|it| it.event = None), event),
        (but(|it| it.event = Some("a\nb")), event),
        (but(|it| it.delivery = None), delivery),
        (but(|it| it.delivery = Some("../x")), delivery),
        (but(|it| it.event = Some("broken")), no_json),
    ];
    for (request, reason) in cases {
        let site = site();
        let outcome = ingest(&site.intake, &request).await;
        assert_eq!(outcome, IngestOutcome::BadRequest(reason));
        assert_eq!(outcome.status(), 400);
        assert_eq!(site.world.take_queued(), []);
    }
}

#[tokio::test]
async fn json_with_parameters_is_json() {
    let site = site();
    let request = WebhookRequest {
        content_type: Some("Application/JSON; charset=utf-8"),
        ..request()
    };
    assert_eq!(
        ingest(&site.intake, &request).await,
        IngestOutcome::Accepted
    );
}

#[tokio::test]
async fn the_limit_itself_still_fits() {
    let mut site = site();
    site.intake.max_body_bytes = BODY.len();
    assert_eq!(
        ingest(&site.intake, &request()).await,
        IngestOutcome::Accepted
    );
    site.intake.max_body_bytes = BODY.len() - 1;
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!((outcome, outcome.status()), (IngestOutcome::TooLarge, 413));
}

#[tokio::test]
async fn a_queue_that_is_down_is_not_a_202() {
    let site = site();
    site.world.outage_of("EventQueue::send");
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (IngestOutcome::Unavailable, 503)
    );
}

#[tokio::test]
async fn everything_is_counted() {
    let mut site = site();
    let counters = Arc::new(Counters::default());
    site.intake.metrics = Arc::clone(&counters) as _;
    let requests = [
        request(),
        request(),
        but(|it| it.event = Some("ping")),
        but(|it| it.event = Some("brand_new_event")),
        but(|it| it.signature = None),
        but(|it| it.content_type = None),
        but(|it| it.delivery = None),
        but(|it| it.event = Some("broken")),
    ];
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(ingest(&site.intake, &request).await.status());
    }
    assert_eq!(statuses, [202, 202, 200, 202, 401, 400, 400, 400]);
    site.world.outage_of("EventQueue::send");
    ingest(&site.intake, &request()).await;
    site.intake.max_body_bytes = 1;
    ingest(&site.intake, &request()).await;
    let counters = serde_json::to_string_pretty(&counters.snapshot()).unwrap();
    expect![[r#"
        {
          "received": 10,
          "accepted": 2,
          "pings": 1,
          "ignored": 1,
          "rejected": {
            "unauthorized": 1,
            "content_type": 1,
            "header": 1,
            "body": 1,
            "too_large": 1,
            "unavailable": 1
          },
          "finished": {
            "done": 0,
            "superseded": 0,
            "refused": 0,
            "ignored": 0
          },
          "duplicate": 0,
          "postponed": 0,
          "failed": 0,
          "dead": 0
        }"#]]
    .assert_eq(&counters);
}

/// A good request, but for this change.
fn but<'a>(change: impl FnOnce(&mut WebhookRequest<'a>)) -> WebhookRequest<'a> {
    let mut request = request();
    change(&mut request);
    request
}
