//! Payloads read as they should be, whole, cut, odd and hostile.

use app::check::CHECK_NAME;
use app::event::{Concern, Event, Login, Repository, Wish};
use app::webhook::{DecodeError, Decoded};
use oracle::{ObjectId, RepositoryName};
use serde_json::{Value, json};

use super::decode;

const HEAD: &str = "ec26c3e57ca3a959ca5aad62de7213c562f8c821";

fn pull_request(action: &str) -> Value {
    json!({
        "action": action,
        "number": 2,
        "pull_request": { "number": 2, "head": { "sha": HEAD, "repo": null } },
        "repository": { "id": 186_853_002, "full_name": "Codertocat/Hello-World" },
        "installation": { "id": 5, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uNQ==" },
    })
}

fn read(event: &str, payload: &Value) -> Decoded {
    decode(event, payload.to_string().as_bytes()).unwrap()
}

fn event() -> Decoded {
    Decoded::Event(Event::PullRequest {
        repository: Repository {
            installation_id: 5,
            id: 186_853_002,
            name: RepositoryName::new("Codertocat/Hello-World").unwrap(),
        },
        number: 2,
        head: ObjectId::new(HEAD).unwrap(),
        before: None,
        base_before: None,
    })
}

fn ignored(event: &str, action: Option<&str>) -> Decoded {
    Decoded::Ignored {
        event: event.to_owned(),
        action: action.map(str::to_owned),
    }
}

#[test]
fn actions_that_can_change_the_check_are_events() {
    for action in [
        "opened",
        "reopened",
        "synchronize",
        "ready_for_review",
        "closed",
    ] {
        assert_eq!(
            read("pull_request", &pull_request(action)),
            event(),
            "{action}"
        );
    }
}

#[test]
fn an_edit_counts_only_when_it_moves_the_base() {
    let mut payload = pull_request("edited");
    payload["changes"] = json!({ "title": { "from": "Old" } });
    assert_eq!(
        read("pull_request", &payload),
        ignored("pull_request", Some("edited"))
    );
    payload["changes"] = json!({ "base": { "ref": { "from": "main" }, "sha": { "from": HEAD } } });
    let Decoded::Event(Event::PullRequest { base_before, .. }) = read("pull_request", &payload)
    else {
        panic!("no event");
    };
    assert_eq!(base_before.unwrap().as_str(), "main");
}

#[test]
fn a_merge_group_is_an_event_when_it_comes_and_when_it_goes() {
    let payload = |action: &str, head_ref: &str| {
        json!({
            "action": action,
            "installation": { "id": 5 },
            "repository": { "id": 2, "full_name": "octo-org/hello" },
            "merge_group": {
                "head_sha": HEAD,
                "head_ref": head_ref,
                "base_sha": "b".repeat(40),
                "base_ref": "refs/heads/release/1.x",
            },
        })
    };
    let branch = "gh-readonly-queue/release/1.x/pr-7-abc";
    for action in ["checks_requested", "destroyed"] {
        let decoded = read(
            "merge_group",
            &payload(action, &format!("refs/heads/{branch}")),
        );
        let Decoded::Event(Event::MergeGroup { head, group, .. }) = decoded else {
            panic!("{decoded:?}");
        };
        assert_eq!((head.as_str(), group.base.as_str()), (HEAD, "release/1.x"));
        assert_eq!(group.branch.as_str(), branch);
    }
    let wrong = payload("checks_requested", "refs/heads/../main").to_string();
    let field = "merge_group.head_ref";
    assert_eq!(
        decode("merge_group", wrong.as_bytes()),
        Err(DecodeError::Field { field })
    );
    let other = read("merge_group", &payload("renamed", "refs/heads/x"));
    assert_eq!(other, ignored("merge_group", Some("renamed")));
}

#[test]
fn a_button_says_what_is_wanted_and_by_whom() {
    let pressed = |identifier: &str, name: &str| {
        json!({
            "action": "requested_action",
            "requested_action": { "identifier": identifier },
            "check_run": { "name": name, "head_sha": HEAD, "pull_requests": [] },
            "sender": { "login": "octocat" },
            "installation": { "id": 5 },
            "repository": { "id": 2, "full_name": "octo-org/hello" },
        })
    };
    let wish = |identifier: &str| match read("check_run", &pressed(identifier, CHECK_NAME)) {
        Decoded::Event(Event::Rerequested { wish, .. }) => wish,
        other => panic!("{identifier}: {other:?}"),
    };
    assert_eq!(wish("recheck"), Wish::Again);
    assert_eq!(wish("show-observed"), Wish::Observed);
    let by = Login::new("octocat").unwrap();
    assert_eq!(wish("recheck-branch"), Wish::Branch { by });
    let nothing = ignored("check_run", Some("requested_action"));
    assert_eq!(
        read("check_run", &pressed("fix_errors_1", CHECK_NAME)),
        nothing
    );
    assert_eq!(read("check_run", &pressed("recheck", "Other")), nothing);
    let mut odd = pressed("recheck-branch", CHECK_NAME);
    odd["sender"]["login"] = json!("../admin");
    let field = "sender.login";
    assert_eq!(
        decode("check_run", odd.to_string().as_bytes()),
        Err(DecodeError::Field { field })
    );
}

fn push(reference: &str, commits: &Value) -> Value {
    json!({
        "ref": reference,
        "before": HEAD,
        "deleted": false,
        "forced": false,
        "commits": commits,
        "installation": { "id": 5 },
        "repository": { "id": 2, "full_name": "octo-org/hello" },
    })
}

#[test]
fn a_push_counts_when_it_may_have_changed_the_policy_of_a_branch() {
    let policy = ".github/phase-mirror.yml";
    let main = "refs/heads/main";
    for list in ["added", "modified", "removed"] {
        let commits = json!([{ list: ["README.md"] }, { list: ["a", policy] }]);
        let decoded = read("push", &push(main, &commits));
        let Decoded::Event(Event::PolicyPushed {
            repository,
            branch,
            before,
        }) = decoded
        else {
            panic!("{list}: {decoded:?}");
        };
        assert_eq!((repository.id, branch.as_str()), (2, "main"));
        assert_eq!(before, ObjectId::new(HEAD).ok());
    }
    let changed = json!([{ "modified": [policy] }]);
    let other = json!([{ "modified": ["docs/phase-mirror.yml"] }]);
    for (reference, commits) in [
        (main, &other),
        (main, &json!([])),
        ("refs/tags/v1", &changed),
        ("refs/heads/gh-readonly-queue/main/pr-1-abc", &changed),
    ] {
        assert_eq!(
            read("push", &push(reference, commits)),
            ignored("push", None),
            "{reference} {commits}"
        );
    }
    let mut forced = push(main, &other);
    forced["forced"] = json!(true);
    let is_event = |payload: &Value| matches!(read("push", payload), Decoded::Event(_));
    assert!(is_event(&forced), "what is taken away is not shown");
    let many: Vec<Value> = vec![json!({}); 2_048];
    assert!(is_event(&push(main, &many.into())), "there may be more");
    let mut deleted = push(main, &changed);
    deleted["deleted"] = json!(true);
    assert!(!is_event(&deleted));
}

#[test]
fn a_push_names_what_is_wrong_with_it() {
    let changed = json!([{ "modified": [".github/phase-mirror.yml"] }]);
    let wrong = push("refs/heads/../main", &changed).to_string();
    let error = Err(DecodeError::Field { field: "ref" });
    assert_eq!(decode("push", wrong.as_bytes()), error);
    let wrong = push("refs/heads/main", &json!([{ "added": [1] }])).to_string();
    let error = Err(DecodeError::Field {
        field: "commits.added",
    });
    assert_eq!(decode("push", wrong.as_bytes()), error);
}

#[test]
fn what_becomes_of_an_installation_is_an_event_whatever_is_subscribed_to() {
    let installation = |event: &str, action: &str, removed: &[u64]| {
        let removed: Vec<Value> = removed.iter().map(|id| json!({ "id": id })).collect();
        let payload = json!({
            "action": action,
            "installation": { "id": 5 },
            "repositories_removed": removed,
        });
        match read(event, &payload) {
            Decoded::Event(Event::Installation {
                installation_id: 5,
                concern,
            }) => concern,
            other => panic!("{event} {action}: {other:?}"),
        }
    };
    assert_eq!(
        installation("installation", "deleted", &[]),
        Concern::Removed
    );
    for action in [
        "created",
        "suspend",
        "unsuspend",
        "new_permissions_accepted",
    ] {
        assert_eq!(installation("installation", action, &[]), Concern::Access);
    }
    let event = "installation_repositories";
    assert_eq!(installation(event, "added", &[]), Concern::Access);
    let left = Concern::Left(vec![2, 7]);
    assert_eq!(installation(event, "removed", &[7, 2]), left);
    // From all to some: GitHub does not say which have gone.
    assert_eq!(
        installation(event, "removed", &[]),
        Concern::Left(Vec::new())
    );
    let odd = json!({
        "action": "removed",
        "installation": { "id": 5 },
        "repositories_removed": [{ "id": "hunter2" }],
    });
    let field = "repositories_removed.id";
    assert_eq!(
        decode(event, odd.to_string().as_bytes()),
        Err(DecodeError::Field { field })
    );
}

#[test]
fn a_repository_that_moves_or_goes_is_an_event() {
    let repository = |action: &str| {
        let payload = json!({
            "action": action,
            "installation": { "id": 5 },
            "repository": { "id": 2, "full_name": "octo-org/hello" },
        });
        read("repository", &payload)
    };
    for action in ["renamed", "transferred", "deleted"] {
        let Decoded::Event(Event::Repository { repository }) = repository(action) else {
            panic!("{action} is no event");
        };
        assert_eq!((repository.installation_id, repository.id), (5, 2));
    }
    assert_eq!(
        repository("privatized"),
        ignored("repository", Some("privatized"))
    );
}

#[test]
fn everything_else_is_ignored_by_name() {
    assert_eq!(
        read("pull_request", &pull_request("labeled")),
        ignored("pull_request", Some("labeled"))
    );
    assert_eq!(read("push", &json!({})), ignored("push", None));
    assert_eq!(
        read(
            "some_new_event",
            &json!({ "action": { "of": "another kind" } })
        ),
        ignored("some_new_event", None)
    );
    assert_eq!(
        read("ping", &json!({ "zen": "Design for failure." })),
        Decoded::Ping
    );
}

#[test]
fn names_that_are_no_names_are_not_passed_on() {
    assert_eq!(
        read("Robert'); DROP", &json!({ "action": "<script>" })),
        ignored("unknown", None)
    );
}

#[test]
fn a_repository_webhook_has_no_installation_to_work_with() {
    let mut payload = pull_request("opened");
    payload.as_object_mut().unwrap().remove("installation");
    assert_eq!(
        read("pull_request", &payload),
        ignored("pull_request", Some("opened"))
    );
}

#[test]
fn a_push_says_which_head_it_replaced() {
    let mut payload = pull_request("synchronize");
    payload["before"] = json!("6113728f27ae82c7b1a177c8d03f9e96e0adf246");
    let Decoded::Event(Event::PullRequest { before, .. }) = read("pull_request", &payload) else {
        panic!("no event");
    };
    assert_eq!(
        before.unwrap().as_str(),
        "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    );
}

fn check(pull_requests: &Value) -> Value {
    json!({
        "action": "rerequested",
        "check_run": {
            "name": "Phase Mirror",
            "head_sha": HEAD,
            "pull_requests": pull_requests,
        },
        "check_suite": { "head_sha": HEAD, "pull_requests": pull_requests },
        "repository": { "id": 186_853_002, "full_name": "Codertocat/Hello-World" },
        "installation": { "id": 5 },
    })
}

fn named(number: u64, repository: u64) -> Value {
    json!({ "number": number, "base": { "ref": "main", "repo": { "id": repository } } })
}

#[test]
fn a_check_or_a_suite_that_is_wanted_again_is_an_event() {
    for event in ["check_run", "check_suite"] {
        // The branch is the head of a pull request to the repository it was forked from, too.
        let payload = check(&json!([
            named(7, 186_853_002),
            named(9, 1),
            named(2, 186_853_002)
        ]));
        let Decoded::Event(Event::Rerequested {
            repository,
            head,
            pull_requests,
            wish: Wish::Again,
        }) = read(event, &payload)
        else {
            panic!("{event} is no event");
        };
        assert_eq!(
            (repository.installation_id, repository.id),
            (5, 186_853_002)
        );
        assert_eq!(head.as_str(), HEAD);
        assert_eq!(pull_requests, [2, 7]);
        let Decoded::Event(of_fork) = read(event, &check(&json!([]))) else {
            panic!("{event} of a fork is no event");
        };
        assert_eq!(of_fork.kind(), app::event::EventKind::CheckRun);
    }
}

#[test]
fn of_checks_only_wishes_for_ours_are_worked_on() {
    for action in ["created", "completed", "requested"] {
        for event in ["check_run", "check_suite"] {
            let mut payload = check(&json!([]));
            payload["action"] = json!(action);
            assert_eq!(read(event, &payload), ignored(event, Some(action)));
        }
    }
    let mut payload = check(&json!([]));
    payload["check_run"]["name"] = json!("lint");
    let other = ignored("check_run", Some("rerequested"));
    assert_eq!(read("check_run", &payload), other, "the App's other check");
    let mut payload = check(&json!([]));
    payload.as_object_mut().unwrap().remove("installation");
    assert_eq!(read("check_run", &payload), other, "no App's webhook");
}

#[test]
fn errors_in_lists_name_the_field() {
    let refusal = |event, pull_request: Value| {
        let payload = check(&json!([named(1, 1), pull_request]));
        decode(event, payload.to_string().as_bytes()).unwrap_err()
    };
    let field = |field| DecodeError::Field { field };
    let mut wrong = named(2, 1);
    wrong["number"] = json!("hunter2");
    assert_eq!(
        refusal("check_run", wrong),
        field("check_run.pull_requests.number")
    );
    assert_eq!(
        refusal("check_suite", json!({ "number": 2 })),
        field("check_suite.pull_requests.base")
    );
    let mut payload = check(&json!([]));
    payload["check_suite"]["head_sha"] = json!("main");
    assert_eq!(
        decode("check_suite", payload.to_string().as_bytes()),
        Err(field("check_suite.head_sha"))
    );
}

#[test]
fn errors_name_the_field_and_never_quote_the_payload() {
    let refusal = |change: fn(&mut Value)| {
        let mut payload = pull_request("opened");
        change(&mut payload);
        decode("pull_request", payload.to_string().as_bytes()).unwrap_err()
    };
    let field = |field| DecodeError::Field { field };
    assert_eq!(
        refusal(|it| it["pull_request"]["head"]["sha"] = json!("hunter2")),
        field("pull_request.head.sha")
    );
    assert_eq!(
        refusal(|it| it["repository"]["full_name"] = json!("../../etc")),
        field("repository.full_name")
    );
    assert_eq!(
        refusal(|it| it["repository"] = json!({ "full_name": "a/b" })),
        field("repository.id")
    );
    assert_eq!(
        refusal(|it| it["pull_request"] = json!(null)),
        field("pull_request")
    );
    assert_eq!(
        refusal(|it| {
            it.as_object_mut().unwrap().remove("repository");
        }),
        field("repository")
    );
}

#[test]
fn bodies_that_are_not_json_are_refused() {
    for body in [
        &b""[..],
        b"{\"action\":",
        b"payload=%7B%7D",
        b"{} {}",
        b"[]",
        b"{\"ref\":\"\xff\"}",
    ] {
        assert_eq!(decode("push", body), Err(DecodeError::NotJson));
    }
}

/// Neither a field that is read nor one that is skipped may end the stack.
#[test]
fn depth_is_bounded() {
    let deep = |field| {
        let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
        decode("push", format!("{{\"{field}\":{open}{close}}}").as_bytes())
    };
    assert_eq!(deep("action"), Err(DecodeError::NotJson));
    assert_eq!(deep("skipped"), Ok(ignored("push", None)));
}

/// The examples are of different years: the oldest lack what is required today.
#[test]
fn every_official_example_is_understood() {
    let contract = sandbox::contract::Contract::shared().unwrap();
    let mut events = 0;
    for name in [
        "pull_request",
        "check_run",
        "check_suite",
        "push",
        "ping",
        "installation",
        "installation_repositories",
        "repository",
    ] {
        let examples = contract.webhook_examples(name).unwrap();
        assert!(!examples.is_empty(), "no examples of {name}");
        for example in examples {
            match decode(name, example.to_string().as_bytes()).unwrap() {
                Decoded::Event(_) => events += 1,
                Decoded::Ping => assert_eq!(name, "ping"),
                Decoded::Ignored { event, .. } => assert_eq!(event, name),
            }
        }
    }
    // Of installations 7 and of their repositories 3; repositories renamed 1, transferred 1; pull requests
    // opened 3, reopened 2, closed 2, synchronize 1, ready_for_review 1, suites rerequested 2; the
    // runs that are rerequested are another App's, and the others have no installation.
    assert_eq!(events, 23);
}
