//! Every example body that GitHub publishes for the events that are worked on is understood, and
//! so is every body in `events/`.

use std::fs;
use std::path::Path;

use app::event::{Event, Wish};
use app::webhook::{Decoded, Expectation, expectation};
use github::webhook::decode;
use sandbox::contract::Contract;
use serde_json::json;

/// The actions of `pull_request` that change what is judged.
const JUDGED: [&str; 5] = [
    "opened",
    "reopened",
    "synchronize",
    "ready_for_review",
    "closed",
];

#[test]
fn every_official_ping_is_understood() {
    let examples = Contract::shared()
        .unwrap()
        .webhook_examples("ping")
        .unwrap();
    assert_eq!(examples.len(), 4);
    for example in examples {
        let decoded = decode("ping", example.to_string().as_bytes());
        assert_eq!(decoded, Ok(Decoded::Ping), "{example}");
    }
}

#[test]
fn every_official_pull_request_is_understood() {
    let examples = Contract::shared()
        .unwrap()
        .webhook_examples("pull_request")
        .unwrap();
    assert_eq!(examples.len(), 29);
    for mut example in examples {
        let action = example["action"].as_str().unwrap().to_owned();
        // The examples are of repositories' own webhooks; an App's bodies name the installation.
        example["installation"] = json!({ "id": 1, "node_id": "I" });
        let decoded = decode("pull_request", example.to_string().as_bytes());
        let understood = match decoded {
            Ok(Decoded::Event(_)) => JUDGED.contains(&action.as_str()),
            Ok(Decoded::Ignored { .. }) => !JUDGED.contains(&action.as_str()),
            Ok(Decoded::Ping) | Err(_) => false,
        };
        assert!(understood, "{action}: {decoded:?}");
    }
}

#[test]
fn every_official_merge_group_is_understood() {
    let examples = Contract::shared()
        .unwrap()
        .webhook_examples("merge_group")
        .unwrap();
    assert_eq!(examples.len(), 2);
    for mut example in examples {
        example["installation"] = json!({ "id": 1, "node_id": "I" });
        let decoded = decode("merge_group", example.to_string().as_bytes());
        let Ok(Decoded::Event(Event::MergeGroup { head, group, .. })) = decoded else {
            panic!("{decoded:?}");
        };
        assert_eq!(example["merge_group"]["head_sha"], head.to_string());
        assert_eq!(group.base.as_str(), "main");
        assert!(
            group
                .branch
                .as_str()
                .starts_with("gh-readonly-queue/main/pr-104-")
        );
    }
}

#[test]
fn every_official_push_is_understood() {
    let examples = Contract::shared()
        .unwrap()
        .webhook_examples("push")
        .unwrap();
    assert_eq!(examples.len(), 7);
    for mut example in examples {
        example["installation"] = json!({ "id": 1, "node_id": "I" });
        let decoded = decode("push", example.to_string().as_bytes());
        let unchanged = matches!(decoded, Ok(Decoded::Ignored { .. }));
        assert!(unchanged, "none of them has a policy: {decoded:?}");
        if !example["ref"].as_str().unwrap().starts_with("refs/heads/") {
            continue;
        }
        example["deleted"] = json!(false);
        example["commits"] = json!([{ "added": [".github/phase-mirror.yml"] }]);
        let decoded = decode("push", example.to_string().as_bytes());
        let Ok(Decoded::Event(Event::PolicyPushed { branch, .. })) = decoded else {
            panic!("{decoded:?}");
        };
        assert_eq!(example["ref"], format!("refs/heads/{branch}"));
    }
}

#[test]
fn every_official_check_is_understood() {
    // The runs are another App's, by their name, and become ours by it.
    for (event, rerequested) in [("check_run", 2), ("check_suite", 2)] {
        let examples = Contract::shared().unwrap().webhook_examples(event).unwrap();
        let mut understood = 0;
        for mut example in examples {
            let action = example["action"].as_str().unwrap().to_owned();
            example["installation"] = json!({ "id": 1, "node_id": "I" });
            if event == "check_run" {
                example["check_run"]["name"] = json!(app::check::CHECK_NAME);
            }
            match decode(event, example.to_string().as_bytes()) {
                Ok(Decoded::Event(_)) => {
                    assert_eq!(action, "rerequested");
                    understood += 1;
                }
                // A button of somebody else's; ours is understood.
                Ok(Decoded::Ignored { .. }) if action == "requested_action" => {
                    example["requested_action"]["identifier"] = json!("show-observed");
                    let decoded = decode(event, example.to_string().as_bytes());
                    let wanted = matches!(
                        decoded,
                        Ok(Decoded::Event(Event::Rerequested {
                            wish: Wish::Observed,
                            ..
                        }))
                    );
                    assert!(wanted, "{decoded:?}");
                }
                Ok(Decoded::Ignored { .. }) => assert_ne!(action, "rerequested"),
                other => panic!("{event} {action}: {other:?}"),
            }
        }
        assert_eq!(understood, rerequested, "{event}");
    }
}

/// What GitHub's list of deliveries shows of each says whether it is to end in a record of ours.
#[test]
fn what_is_expected_of_deliveries_agrees_with_what_their_bodies_say() {
    let contract = Contract::shared().unwrap();
    let mut seen = 0;
    for event in [
        "pull_request",
        "merge_group",
        "check_run",
        "check_suite",
        "push",
        "issues",
    ] {
        for mut example in contract.webhook_examples(event).unwrap() {
            let action = example["action"].as_str().map(str::to_owned);
            example["installation"] = json!({ "id": 1, "node_id": "I" });
            let decoded = decode(event, example.to_string().as_bytes()).unwrap();
            let is_work = matches!(decoded, Decoded::Event(_));
            let fits = match expectation(event, action.as_deref()) {
                Expectation::Work => is_work,
                Expectation::Perhaps => true,
                Expectation::Nothing => !is_work,
            };
            assert!(fits, "{event} {action:?}: {decoded:?}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} examples");
}

#[test]
fn our_own_bodies_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut understood = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(event) = name
            .strip_suffix(".json")
            .and_then(|name| name.split('.').next())
        else {
            continue;
        };
        let decoded = decode(event, &fs::read(&path).unwrap());
        let fits = match event {
            "ping" => matches!(decoded, Ok(Decoded::Ping)),
            _ => matches!(decoded, Ok(Decoded::Event(_))),
        };
        assert!(fits, "{name}: {decoded:?}");
        understood += 1;
    }
    assert_eq!(understood, 12);
}
