//! The sandbox answers GraphQL as GitHub does.

use expect_test::{Expect, expect};
use sandbox::{CheckConclusion, GITHUB_ACTIONS, StatusState};
use serde_json::{Value, json};

use crate::scene::Scene;

/// Holds what the repository of the scene answers to a selection to what is expected and to
/// GitHub's schema.
pub(crate) async fn check(scene: &Scene, selection: &str, expected: &Expect) {
    let query = format!("{{ repository(owner: \"octo-org\", name: \"hello\") {{ {selection} }} }}");
    let answer = scene.client().query(&query, json!({})).await;
    check_answer(&answer, expected);
    scene.watched.assert_clean();
}

/// Holds an answer to what is expected.
pub(crate) fn check_answer(answer: &Value, expected: &Expect) {
    expected.assert_eq(&format!("{}\n", laid_out(answer, "")));
}

/// As JSON without commas, with what is short on one line.
fn laid_out(value: &Value, indentation: &str) -> String {
    let compact = value.to_string();
    if compact.len() <= 90 {
        return compact;
    }
    let inner = format!("{indentation}  ");
    let (open, lines, close): (_, Vec<String>, _) = match value {
        Value::Object(members) => {
            let line = |(name, member)| format!("\"{name}\": {}", laid_out(member, &inner));
            ("{", members.iter().map(line).collect(), "}")
        }
        Value::Array(elements) => {
            let line = |element| laid_out(element, &inner);
            ("[", elements.iter().map(line).collect(), "]")
        }
        _ => return compact,
    };
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("\n{inner}{line}"))
        .collect();
    format!("{open}{}\n{indentation}{close}", lines.concat())
}

#[tokio::test]
async fn a_repository_and_its_branches() {
    let scene = Scene::set().await;
    let selection = "nameWithOwner isPrivate defaultBranchRef { name prefix } \
                     known: ref(qualifiedName: \"refs/heads/feature\") { name target { __typename } } \
                     unknown: ref(qualifiedName: \"nowhere\") { name }";
    check(
        &scene,
        selection,
        &expect![[r#"
        {
          "data": {
            "repository": {
              "defaultBranchRef": {"name":"main","prefix":"refs/heads/"}
              "isPrivate": false
              "known": {"name":"feature","target":{"__typename":"Commit"}}
              "nameWithOwner": "octo-org/hello"
              "unknown": null
            }
          }
        }
    "#]],
    )
    .await;
}

#[tokio::test]
async fn objects_by_id_and_by_expression() {
    let scene = Scene::set().await;
    let tip = scene.repository.tip("main");
    let selection = format!(
        "... on Repository {{ file: object(expression: \"main:README.md\") {{ __typename oid \
         ... on Blob {{ byteSize isBinary isTruncated text }} }} }} \
         commit: object(oid: \"{tip}\") {{ __typename ... on Commit {{ oid parents(first: 2) {{ totalCount }} \
         tree {{ oid }} }} ... on Blob {{ text }} }} \
         folder: object(expression: \"HEAD:.github\") {{ __typename }} \
         nothing: object(expression: \"main:absent\") {{ oid }}"
    );
    check(
        &scene,
        &selection,
        &expect![[r#"
        {
          "data": {
            "repository": {
              "commit": {
                "__typename": "Commit"
                "oid": "da111cfc94f21a6d83a9f239907750ad9913aa47"
                "parents": {"totalCount":0}
                "tree": {"oid":"870669e9128e9f9127cb67e41daaff19af9de4bc"}
              }
              "file": {
                "__typename": "Blob"
                "byteSize": 6
                "isBinary": false
                "isTruncated": false
                "oid": "e965047ad7c57865823c7d992b1d046ea66edf78"
                "text": "Hello\n"
              }
              "folder": {"__typename":"Tree"}
              "nothing": null
            }
          }
        }
    "#]],
    )
    .await;
}

#[tokio::test]
async fn binary_and_long_blobs_are_told_apart() {
    let scene = Scene::set().await;
    let long = "é".repeat(300_000);
    scene.repository.push(
        "main",
        "Add",
        [
            ("binary", b"\x89PNG\0".to_vec()),
            ("latin1", b"caf\xe9".to_vec()),
            ("long", long.into_bytes()),
        ],
    );
    let query = "query { repository(owner: \"octo-org\", name: \"hello\") { \
        binary: object(expression: \"main:binary\") { ...file } \
        latin1: object(expression: \"main:latin1\") { ...file } \
        long: object(expression: \"main:long\") { ...file } } } \
        fragment file on Blob { byteSize isBinary isTruncated text }";
    let mut answer = scene.client().query(query, json!({})).await;
    let text = answer["data"]["repository"]["long"]["text"].take();
    assert_eq!(text.as_str().map(str::len), Some(512 * 1024));
    check_answer(
        &answer,
        &expect![[r#"
        {
          "data": {
            "repository": {
              "binary": {"byteSize":5,"isBinary":true,"isTruncated":false,"text":null}
              "latin1": {"byteSize":4,"isBinary":false,"isTruncated":false,"text":"caf�"}
              "long": {"byteSize":600000,"isBinary":false,"isTruncated":true,"text":null}
            }
          }
        }
    "#]],
    );
}

#[tokio::test]
async fn a_pull_request_from_a_fork() {
    let scene = Scene::set().await;
    let selection = "pullRequest(number: 2) { number state title isDraft isCrossRepository \
        headRefName headRepository { nameWithOwner } baseRefName baseRef { name } mergeable \
        potentialMergeCommit { parents(first: 2) { totalCount nodes { message } } } }";
    check(&scene, selection, &expect![[r#"
        {
          "data": {
            "repository": {
              "pullRequest": {
                "baseRef": {"name":"main"}
                "baseRefName": "main"
                "headRefName": "fix"
                "headRepository": {"nameWithOwner":"monalisa/hello"}
                "isCrossRepository": true
                "isDraft": false
                "mergeable": "MERGEABLE"
                "number": 2
                "potentialMergeCommit": {"parents":{"nodes":[{"message":"Initial commit"},{"message":"Fix it"}],"totalCount":2}}
                "state": "OPEN"
                "title": "Fix it"
              }
            }
          }
        }
    "#]]).await;
}

#[tokio::test]
async fn a_test_merge_that_is_not_made_yet_is_unknown_to_one_reader() {
    let scene = Scene::set().await;
    scene.pull_request.hold_test_merge(1);
    let selection = "pullRequest(number: 1) { mergeable potentialMergeCommit { __typename } }";
    check(
        &scene,
        selection,
        &expect![[r#"
        {
          "data": {"repository":{"pullRequest":{"mergeable":"UNKNOWN","potentialMergeCommit":null}}}
        }
    "#]],
    )
    .await;
    check(&scene, selection, &expect![[r#"
        {
          "data": {
            "repository": {"pullRequest":{"mergeable":"MERGEABLE","potentialMergeCommit":{"__typename":"Commit"}}}
          }
        }
    "#]]).await;
}

#[tokio::test]
async fn pull_requests_that_were_merged() {
    let scene = Scene::set().await;
    scene.pull_request.merge();
    scene.from_fork.squash();
    let selection = "pullRequests(states: MERGED, first: 10) { nodes { number state merged mergedAt \
        author { __typename login } commits(first: 1) { totalCount } \
        mergeCommit { parents(first: 2) { nodes { message } } } } }";
    check(&scene, selection, &expect![[r#"
        {
          "data": {
            "repository": {
              "pullRequests": {
                "nodes": [
                  {
                    "author": {"__typename":"User","login":"octocat"}
                    "commits": {"totalCount":1}
                    "mergeCommit": {"parents":{"nodes":[{"message":"Initial commit"},{"message":"Say more"}]}}
                    "merged": true
                    "mergedAt": "2026-11-21T12:00:00Z"
                    "number": 1
                    "state": "MERGED"
                  }
                  {
                    "author": {"__typename":"User","login":"octocat"}
                    "commits": {"totalCount":1}
                    "mergeCommit": {
                      "parents": {
                        "nodes": [
                          {
                            "message": "Merge b4a9bf3b91ba27e86acefa3aac84994b1ae5313f into da111cfc94f21a6d83a9f239907750ad9913aa47"
                          }
                        ]
                      }
                    }
                    "merged": true
                    "mergedAt": "2026-11-21T12:00:00Z"
                    "number": 2
                    "state": "MERGED"
                  }
                ]
              }
            }
          }
        }
    "#]]).await;
}

#[tokio::test]
async fn rollups_of_the_latest_pull_requests() {
    let scene = Scene::set().await;
    let (repository, head) = (&scene.repository, scene.from_fork.head());
    repository.report_check(head, "build", GITHUB_ACTIONS, CheckConclusion::TimedOut);
    repository.report_status(head, "ci/elsewhere", StatusState::Success);
    let selection = "pullRequests(last: 2, baseRefName: \"main\", states: [OPEN], \
        orderBy: { field: CREATED_AT, direction: DESC }) { nodes { number commits(last: 1) { nodes { \
        commit { statusCheckRollup { state contexts(first: 1) { totalCount } } } } } } }";
    check(&scene, selection, &expect![[r#"
        {
          "data": {
            "repository": {
              "pullRequests": {
                "nodes": [
                  {
                    "commits": {
                      "nodes": [{"commit":{"statusCheckRollup":{"contexts":{"totalCount":2},"state":"FAILURE"}}}]
                    }
                    "number": 2
                  }
                  {
                    "commits": {
                      "nodes": [{"commit":{"statusCheckRollup":{"contexts":{"totalCount":2},"state":"PENDING"}}}]
                    }
                    "number": 1
                  }
                ]
              }
            }
          }
        }
    "#]]).await;
}

#[tokio::test]
async fn what_was_reported_about_a_commit() {
    let scene = Scene::set().await;
    let selection = "head: object(expression: \"feature\") { ... on Commit { statusCheckRollup { \
        state contexts(first: 100) { pageInfo { hasNextPage } nodes { __typename \
        ... on CheckRun { name status conclusion checkSuite { app { databaseId slug } } } \
        ... on StatusContext { context state } } } } } } \
        base: object(expression: \"main\") { ... on Commit { statusCheckRollup { state } } }";
    check(
        &scene,
        selection,
        &expect![[r#"
        {
          "data": {
            "repository": {
              "base": {"statusCheckRollup":null}
              "head": {
                "statusCheckRollup": {
                  "contexts": {
                    "nodes": [
                      {
                        "__typename": "CheckRun"
                        "checkSuite": {"app":{"databaseId":15368,"slug":"github-actions"}}
                        "conclusion": "SUCCESS"
                        "name": "build"
                        "status": "COMPLETED"
                      }
                      {"__typename":"StatusContext","context":"ci/elsewhere","state":"PENDING"}
                    ]
                    "pageInfo": {"hasNextPage":false}
                  }
                  "state": "PENDING"
                }
              }
            }
          }
        }
    "#]],
    )
    .await;
}

#[tokio::test]
async fn pages_follow_each_other() {
    let scene = Scene::set().await;
    let query = "query($after: String) { repository(owner: \"octo-org\", name: \"hello\") { \
        pullRequests(first: 1, after: $after) { nodes { number } \
        pageInfo { hasNextPage hasPreviousPage endCursor } } } }";
    let client = scene.client();
    let first = client.query(query, json!({})).await;
    let cursor = &first["data"]["repository"]["pullRequests"]["pageInfo"]["endCursor"];
    let second = client.query(query, json!({ "after": cursor })).await;
    check_answer(
        &second,
        &expect![[r#"
        {
          "data": {
            "repository": {
              "pullRequests": {
                "nodes": [{"number":2}]
                "pageInfo": {"endCursor":"2","hasNextPage":false,"hasPreviousPage":true}
              }
            }
          }
        }
    "#]],
    );
    scene.watched.assert_clean();
}

#[tokio::test]
async fn include_and_skip_choose_selections() {
    let scene = Scene::set().await;
    let query =
        "query($yes: Boolean!) { rateLimit { cost @include(if: $yes) limit @skip(if: $yes) } }";
    let answer = scene.client().query(query, json!({ "yes": true })).await;
    assert_eq!(answer, json!({ "data": { "rateLimit": { "cost": 1 } } }));
}
