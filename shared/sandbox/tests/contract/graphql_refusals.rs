//! What GraphQL refuses, in whole and in part, and what the sandbox does not have.

use expect_test::expect;
use serde_json::json;

use crate::graphql::{check, check_answer};
use crate::scene::Scene;

#[tokio::test]
async fn what_is_not_there_is_null_with_an_error_beside_the_rest() {
    let scene = Scene::set().await;
    check(
        &scene,
        "nameWithOwner pullRequest(number: 99) { number }",
        &expect![[r#"
            {
              "data": {"repository":{"nameWithOwner":"octo-org/hello","pullRequest":null}}
              "errors": [
                {
                  "locations": [{"column":64,"line":1}]
                  "message": "Could not resolve to a PullRequest with the number of 99."
                  "path": ["repository","pullRequest"]
                  "type": "NOT_FOUND"
                }
              ]
            }
        "#]],
    )
    .await;
    let query =
        "{ repository(owner: \"octo-org\", name: \"absent\") { databaseId } rateLimit { cost } }";
    check_answer(
        &scene.client().query(query, json!({})).await,
        &expect![[r#"
            {
              "data": {"rateLimit":{"cost":1},"repository":null}
              "errors": [
                {
                  "locations": [{"column":3,"line":1}]
                  "message": "Could not resolve to a Repository with the name 'octo-org/absent'."
                  "path": ["repository"]
                  "type": "NOT_FOUND"
                }
              ]
            }
        "#]],
    );
}

#[tokio::test]
async fn what_a_token_may_not_read_is_forbidden() {
    let scene = Scene::set().await;
    scene.installation.revoke("checks");
    let rollup = "object(expression: \"feature\") { ... on Commit { statusCheckRollup { \
                  contexts(first: 9) { nodes { __typename } } } } }";
    check(&scene, rollup, &expect![[r#"
        {
          "data": {
            "repository": {
              "object": {"statusCheckRollup":{"contexts":{"nodes":[null,{"__typename":"StatusContext"}]}}}
            }
          }
          "errors": [
            {
              "extensions": {"saml_failure":false}
              "locations": [{"column":139,"line":1}]
              "message": "Resource not accessible by integration"
              "path": ["repository","object","statusCheckRollup","contexts","nodes",0]
              "type": "FORBIDDEN"
            }
          ]
        }
    "#]]).await;
    scene.installation.revoke("pull_requests");
    // The list is non-null in GitHub's schema, so the error takes the repository with it.
    check(
        &scene,
        "pullRequests(first: 1) { totalCount }",
        &expect![[r#"
            {
              "errors": [
                {
                  "locations": [{"column":50,"line":1}]
                  "message": "the sandbox does not have the argument first of Repository.pullRequests"
                }
              ]
            }
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_the_sandbox_does_not_have_is_said_and_never_null() {
    let scene = Scene::set().await;
    for (selection, message) in [
        (
            "stargazerCount",
            "the sandbox does not have Repository.stargazerCount",
        ),
        (
            "pullRequest(number: 1) { commits(last: 1, before: \"x\") { totalCount } }",
            "the sandbox does not have the argument before of PullRequest.commits",
        ),
        (
            "pullRequests { totalCount }",
            "You must provide a `first` or `last` value to properly paginate the `pullRequests` connection.",
        ),
        (
            "pullRequests(first: 101) { totalCount }",
            "Requesting 101 records on the `pullRequests` connection exceeds the `first` limit of 100 records.",
        ),
    ] {
        let query =
            format!("{{ repository(owner: \"octo-org\", name: \"hello\") {{ {selection} }} }}");
        let answer = scene.client().query(&query, json!({})).await;
        assert_eq!(answer["errors"][0]["message"], message);
        assert!(answer.get("data").is_none(), "{answer}");
    }
}

#[tokio::test]
async fn bad_queries_are_errors_with_status_200() {
    let scene = Scene::set().await;
    let client = scene.client();
    let deep = format!("{}{}", "{ a ".repeat(40), "}".repeat(40));
    let bomb = "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a }";
    for (query, message) in [
        ("{ repository(", " --> 1:14"),
        (deep.as_str(), "Query is nested over 32 levels deep"),
        (bomb, "Fragment a contains an infinite loop"),
        (
            "mutation { x }",
            "the sandbox does not have mutations and subscriptions",
        ),
        (
            "query($n: Int!) { rateLimit { cost } }",
            "Variable $n of type Int! was provided invalid value",
        ),
        (
            "{ rateLimit(dryRun: $d) { cost } }",
            "Variable $d is used by the query but not declared",
        ),
        (
            "{ rateLimit }",
            "Field must have selections (Query.rateLimit)",
        ),
    ] {
        let answer = client.query(query, json!({})).await;
        let found = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(found.starts_with(message), "{query}: {answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
    // GitHub would refuse these, so they are no violations of the sandbox's: none is asserted.
    assert!(!scene.watched.violations().is_empty());
}
