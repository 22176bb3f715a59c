//! The contract catches what differs from GitHub's descriptions and lets pass what does not.

use expect_test::{Expect, expect};
use sandbox::contract::{Contract, Watched};
use sandbox::{Call, Exchange, Options, Sandbox};
use serde_json::{Value, json};

use crate::scene::Scene;

/// A request with its answer; the target may have a query.
fn exchange(
    method: &str,
    target: &str,
    request: &Value,
    status: u16,
    response: &Value,
) -> Exchange {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let bytes = |body: &Value| {
        if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into()
        }
    };
    Exchange {
        call: Call {
            at: "2026-11-21T12:00:00Z".parse().unwrap(),
            method: method.to_owned(),
            route: "",
            path: path.to_owned(),
            query: query.to_owned(),
            installation_id: None,
            status: Some(status),
        },
        request_headers: Vec::new(),
        request_body: bytes(request),
        status,
        response_headers: Vec::new(),
        response_body: bytes(response),
    }
}

fn check(exchange: &Exchange, expected: &Expect) {
    let contract = Contract::shared().unwrap();
    let violations = contract.check_exchange(exchange);
    let lines: Vec<String> = violations.iter().map(|it| format!("{it}\n")).collect();
    expected.assert_eq(&lines.concat());
}

fn check_refused_update(update: &Value, expected: &Expect) {
    let target = "/repos/octo-org/hello/check-runs/1";
    check(
        &exchange(
            "PATCH",
            target,
            update,
            404,
            &json!({ "message": "Not Found" }),
        ),
        expected,
    );
}

fn check_query(query: &str, variables: &Value, response: &Value, expected: &Expect) {
    let request = json!({ "query": query, "variables": variables });
    check(
        &exchange("POST", "/graphql", &request, 200, response),
        expected,
    );
}

#[test]
fn an_unknown_route_or_method_is_caught() {
    let nothing = Value::Null;
    check(
        &exchange(
            "GET",
            "/repos/octo-org/hello/chek-runs",
            &nothing,
            404,
            &nothing,
        ),
        &expect![[r#"
            GET /repos/octo-org/hello/chek-runs: route: a route of GitHub's REST API
        "#]],
    );
    check(
        &exchange(
            "DELETE",
            "/repos/octo-org/hello/check-runs",
            &nothing,
            404,
            &nothing,
        ),
        &expect![[r#"
            DELETE /repos/octo-org/hello/check-runs: route: a method of /repos/{owner}/{repo}/check-runs
        "#]],
    );
    check(
        &exchange("GET", "/graphql", &nothing, 404, &nothing),
        &expect![[r#"
            POST /graphql: route: the method POST
        "#]],
    );
}

#[test]
fn a_wrong_parameter_is_caught() {
    let target = "/repos/octo-org/hello/pulls/seven?page=2";
    check(
        &exchange("GET", target, &Value::Null, 404, &json!({})),
        &expect![[r#"
            GET /repos/{owner}/{repo}/pulls/{pull_number}: parameters at pull_number: "integer", not `seven`
            GET /repos/{owner}/{repo}/pulls/{pull_number}: parameters at page: a query parameter of this route
        "#]],
    );
    let target = "/repos/octo-org/hello/pulls?state=merged&per_page=many";
    check(
        &exchange("GET", target, &Value::Null, 404, &json!({})),
        &expect![[r#"
            GET /repos/{owner}/{repo}/pulls: parameters at state: one of ["open","closed","all"], not `merged`
            GET /repos/{owner}/{repo}/pulls: parameters at per_page: "integer", not `many`
        "#]],
    );
}

#[test]
fn a_wrong_request_body_is_caught() {
    check_refused_update(&json!({ "conclusion": "success" }), &expect![[r#""#]]);
    check_refused_update(
        &json!({ "conclusion": "succes" }),
        &expect![[r#"
        PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}: request body at /conclusion: the value is not one of "action_required", "cancelled" or 6 other candidates
    "#]],
    );
    let misspelt = json!({ "title": "t", "summary": "s", "anotations": [] });
    check_refused_update(
        &json!({ "output": misspelt }),
        &expect![[r#"
        PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}: request body at /output: Unevaluated properties are not allowed ('anotations' was unexpected)
    "#]],
    );
    check_refused_update(
        &json!({ "output": { "title": "t" } }),
        &expect![[r#"
        PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}: request body at /output: "summary" is a required property
    "#]],
    );
    let many = vec![
        json!({
            "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
        });
        51
    ];
    let output = json!({ "summary": "s", "annotations": many });
    check_refused_update(
        &json!({ "output": output }),
        &expect![[r#"
        PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}: request body at /output/annotations: the value has more than 50 items
    "#]],
    );
    check_refused_update(
        &Value::Null,
        &expect![[r#"
        PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}: request body: a body
    "#]],
    );
}

#[test]
fn a_body_where_none_belongs_is_caught() {
    let found = exchange(
        "GET",
        "/repos/octo-org/hello",
        &json!({ "a": 1 }),
        404,
        &json!({}),
    );
    check(
        &found,
        &expect![[r#"
        GET /repos/{owner}/{repo}: request body: no body
    "#]],
    );
}

#[test]
fn a_wrong_answer_is_caught() {
    let tree = json!({
        "sha": "a", "url": "http://127.0.0.1/x", "truncated": "no", "tree": [{ "path": "a", "size": "1" }],
    });
    let target = "/repos/octo-org/hello/git/trees/main?recursive=1";
    check(
        &exchange("GET", target, &Value::Null, 200, &tree),
        &expect![[r#"
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body at /tree/0: "mode" is a required property
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body at /tree/0: "type" is a required property
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body at /tree/0: "sha" is a required property
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body at /tree/0/size: the value is not of type "integer"
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body at /truncated: the value is not of type "boolean"
        "#]],
    );
    let unnamed = json!({ "sha": "a", "truncated": false, "tree": [], "more": true });
    check(
        &exchange("GET", target, &Value::Null, 200, &unnamed),
        &expect![[r#"
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body: Unevaluated properties are not allowed ('more' was unexpected)
        "#]],
    );
    check(
        &exchange("GET", target, &Value::Null, 418, &json!({})),
        &expect![[r#"
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: status: a documented status, not 418
        "#]],
    );
    check(
        &exchange("GET", target, &Value::Null, 200, &Value::Null),
        &expect![[r#"
            GET /repos/{owner}/{repo}/git/trees/{tree_sha}: response body: JSON (EOF while parsing a value at line 1 column 0)
        "#]],
    );
}

#[test]
fn a_query_that_github_would_refuse_is_caught() {
    check_query(
        "{ repository(owner: \"o\") { nme } }",
        &json!({}),
        &json!({}),
        &expect![[r#"
            POST /graphql: query at 1:3: the required argument `Query.repository(name:)` is not provided
            POST /graphql: query at 1:3: interface, union and object types must have a subselection set
            POST /graphql: query at 1:28: type `Repository` does not have a field `nme`
        "#]],
    );
    check_query(
        "{ rateLimit {",
        &json!({}),
        &json!({}),
        &expect![[r#"
        POST /graphql: query at 1:3: interface, union and object types must have a subselection set
        POST /graphql: query at 1:14: syntax error: expected at least one Selection in Selection Set
        POST /graphql: query at 1:14: syntax error: expected R_CURLY, got EOF
        POST /graphql: query at 1:14: syntax error: expected R_CURLY, got EOF
    "#]],
    );
}

#[test]
fn wrong_variables_are_caught() {
    let query = "query($n: Int!) { repository(owner: \"o\", name: \"r\") { pullRequest(number: $n) { number } } }";
    let answer = json!({ "data": { "repository": null } });
    check_query(query, &json!({ "n": 1 }), &answer, &expect![[r#""#]]);
    check_query(
        query,
        &json!({ "n": "1" }),
        &answer,
        &expect![[r#"
        POST /graphql: variables: could not coerce variable n: "1" to type Int
    "#]],
    );
    check_query(
        query,
        &json!({}),
        &answer,
        &expect![[r#"
        POST /graphql: variables: missing value for non-null variable 'n'
    "#]],
    );
    check_query(
        query,
        &json!({ "n": 1, "number": 1 }),
        &answer,
        &expect![[r#"
            POST /graphql: variables at /number: a variable that the query declares
        "#]],
    );
}

#[test]
fn a_wrong_graphql_answer_is_caught() {
    let query = "{ repository(owner: \"o\", name: \"r\") { a: pullRequest(number: 1) { state number title } \
                 object(oid: \"a\") { ... on Blob { text isTruncated } } } }";
    let answer = |repository: Value| json!({ "data": { "repository": repository } });
    let blob = json!({ "text": null, "isTruncated": false });
    let good = json!({ "a": { "state": "OPEN", "number": 1, "title": "t" }, "object": blob });
    check_query(query, &json!({}), &answer(good), &expect![[r#""#]]);
    let bad = json!({
        "a": { "state": "open", "number": null, "body": "b" },
        "object": { "text": 1, "isTruncated": false },
    });
    check_query(
        query,
        &json!({}),
        &answer(bad),
        &expect![[r#"
        POST /graphql: response body at /data/repository/a/body: nothing: PullRequest was not asked for it
        POST /graphql: response body at /data/repository/a/number: Int!, not null
        POST /graphql: response body at /data/repository/a/state: a value of PullRequestState, not "open"
        POST /graphql: response body at /data/repository/a/title: a value, since it was asked for
        POST /graphql: response body at /data/repository/object/text: String, not 1
    "#]],
    );
    check_query(
        query,
        &json!({}),
        &json!({ "data": null }),
        &expect![[r#"
            POST /graphql: response body at /data: an object
        "#]],
    );
    check_query(
        query,
        &json!({}),
        &json!({ "errors": [{ "type": "NOT_FOUND" }] }),
        &expect![[r#"
            POST /graphql: response body at /errors/0/message: a string
        "#]],
    );
}

#[test]
fn a_wrong_webhook_is_caught() {
    let check = |event: &str, body: &str, expected: &Expect| {
        let violations = Contract::shared()
            .unwrap()
            .check_webhook(event, body.as_bytes());
        let lines: Vec<String> = violations.iter().map(|it| format!("{it}\n")).collect();
        expected.assert_eq(&lines.concat());
    };
    check(
        "ping",
        r#"{"zen":"z","hook_id":"1"}"#,
        &expect![[r#"
        ping: webhook at /hook_id: the value is not of type "integer"
    "#]],
    );
    check(
        "pull_request",
        r#"{"action":"opend"}"#,
        &expect![[r#"
        pull_request.opend: webhook at /action: an event and action that GitHub sends
    "#]],
    );
    check(
        "ping",
        "{",
        &expect![[r#"
        ping: webhook: JSON (EOF while parsing an object at line 1 column 1)
    "#]],
    );
}

#[tokio::test]
#[should_panic(expected = "differences from GitHub's own descriptions")]
async fn a_guard_that_nobody_asked_fails_the_test_when_it_is_dropped() {
    let scene = Scene::set().await;
    scene
        .client()
        .send("GET", "/repos/octo-org/hello/nowhere", Value::Null)
        .await;
}

#[tokio::test]
async fn a_guard_sees_nothing_wrong_where_nothing_happened() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let watched = Watched::new(&sandbox);
    assert_eq!(watched.violations(), []);
}
