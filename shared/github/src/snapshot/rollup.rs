//! What recently merged pull requests reported, as GitHub counts it.

use std::collections::BTreeSet;

use app::event::Repository;
use app::{GitHubError, GitHubErrorKind};
use oracle::{BranchName, Fact, Producer, Reason, Rollup, RollupContext, Unavailable};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::GitHub;
use crate::graphql::Reply;

/// The part of the snapshot's query that asks for rollups; `$base` is the branch.
pub(super) const SELECTION: &str = "    \
    pullRequests(states: MERGED, baseRefName: $base, first: 10, \
    orderBy: {field: UPDATED_AT, direction: DESC}) {
      nodes {
        number
        isCrossRepository
        commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) {
          pageInfo { hasNextPage endCursor }
          nodes {
            __typename
            ... on CheckRun { name checkSuite { app { databaseId } } }
            ... on StatusContext { context }
          }
        } } } } }
      }
    }
";

/// More contexts of one pull request that already has a hundred.
const MORE: &str = "\
query($owner: String!, $name: String!, $number: Int!, $after: String!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      number
      isCrossRepository
      commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          __typename
          ... on CheckRun { name checkSuite { app { databaseId } } }
          ... on StatusContext { context }
        }
      } } } } }
    }
  }
}";

/// How many further pages are read in all; a snapshot must not become a crawl.
const MOST_FURTHER_PAGES: usize = 4;

/// Pull requests with what their heads reported, as the query gives them.
pub(crate) type PullRequests = Connection<PullRequestNode>;

/// A list in GraphQL.
#[derive(Debug, Deserialize)]
pub(crate) struct Connection<T> {
    nodes: Vec<T>,
}

/// A pull request of the list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PullRequestNode {
    number: u64,
    is_cross_repository: bool,
    commits: Connection<CommitNode>,
}

#[derive(Debug, Deserialize)]
struct CommitNode {
    commit: Commit,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    status_check_rollup: Option<StatusCheckRollup>,
}

#[derive(Debug, Deserialize)]
struct StatusCheckRollup {
    contexts: Contexts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contexts {
    page_info: PageInfo,
    nodes: Vec<ContextNode>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "__typename", rename_all_fields = "camelCase")]
enum ContextNode {
    CheckRun { name: String, check_suite: Suite },
    StatusContext { context: String },
}

#[derive(Debug, Deserialize)]
struct Suite {
    app: Option<App>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    database_id: Option<u64>,
}

impl GitHub {
    /// Takes the rollups out of the snapshot's reply, and reads on where they go on.
    pub(super) async fn rollups(
        &self,
        repository: &Repository,
        base: &BranchName,
        reply: &Reply,
    ) -> Result<Fact<Vec<Rollup>>, GitHubError> {
        let connection: PullRequests = match reply.field("pullRequests") {
            Ok(connection) => connection,
            Err(error) => return Ok(not_shown(base, &error.kind)),
        };
        let mut further = MOST_FURTHER_PAGES;
        let mut rollups = Vec::with_capacity(connection.nodes.len());
        for node in connection.nodes {
            let (number, from_fork) = (node.number, node.is_cross_repository);
            let mut contexts = BTreeSet::new();
            let mut page = node.into_contexts();
            loop {
                contexts.extend(page.nodes.into_iter().map(ContextNode::into_context));
                let Some(cursor) = page.page_info.next() else {
                    break;
                };
                if further == 0 {
                    return Ok(truncated(base));
                }
                further -= 1;
                page = self.more_contexts(repository, number, &cursor).await?;
            }
            rollups.push(rollup(number, from_fork, contexts));
        }
        Ok(Fact::Known(rollups))
    }

    async fn more_contexts(
        &self,
        repository: &Repository,
        number: u64,
        after: &str,
    ) -> Result<Contexts, GitHubError> {
        let node: PullRequestNode = self.more(repository, number, after).await?;
        Ok(node.into_contexts())
    }

    async fn more<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        number: u64,
        after: &str,
    ) -> Result<T, GitHubError> {
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
            "number": number,
            "after": after,
        });
        let reply = self.api.query(repository, MORE, &variables).await?;
        reply.field("pullRequest")
    }

    /// The pull requests as the query gives them, with every page of their contexts in the
    /// first; `None`: there are more pages than are read.
    pub(crate) async fn raw_pull_requests(
        &self,
        repository: &Repository,
        base: &BranchName,
    ) -> Result<Option<Value>, GitHubError> {
        let query = format!(
            "query($owner: String!, $name: String!, $base: String!) {{\n  \
             repository(owner: $owner, name: $name) {{\n{SELECTION}  }}\n}}"
        );
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
            "base": base,
        });
        let reply = self.api.query(repository, &query, &variables).await?;
        let mut all: Value = reply.field("pullRequests")?;
        let mut further = MOST_FURTHER_PAGES;
        for node in all["nodes"].as_array_mut().into_iter().flatten() {
            let number = node["number"].as_u64().unwrap_or_default();
            let Some(contexts) = node.pointer_mut(CONTEXTS) else {
                continue;
            };
            while contexts["pageInfo"]["hasNextPage"] == json!(true) {
                if further == 0 {
                    return Ok(None);
                }
                further -= 1;
                let cursor = contexts["pageInfo"]["endCursor"].as_str();
                let cursor = cursor.unwrap_or_default().to_owned();
                let more: Value = self.more(repository, number, &cursor).await?;
                let more = more.pointer(CONTEXTS).unwrap_or(&Value::Null);
                contexts["pageInfo"] = more["pageInfo"].clone();
                let nodes = more["nodes"].as_array().into_iter().flatten().cloned();
                if let Some(list) = contexts["nodes"].as_array_mut() {
                    list.extend(nodes);
                }
            }
        }
        Ok(Some(all))
    }
}

/// Where the contexts of a pull request are in a reply.
const CONTEXTS: &str = "/commits/nodes/0/commit/statusCheckRollup/contexts";

/// The rollups of pull requests all of whose contexts are here.
pub(crate) fn whole(pull_requests: PullRequests, base: &BranchName) -> Fact<Vec<Rollup>> {
    let mut rollups = Vec::with_capacity(pull_requests.nodes.len());
    for node in pull_requests.nodes {
        let (number, from_fork) = (node.number, node.is_cross_repository);
        let contexts = node.into_contexts();
        if contexts.page_info.has_next_page {
            return truncated(base);
        }
        let contexts = contexts.nodes.into_iter().map(ContextNode::into_context);
        rollups.push(rollup(number, from_fork, contexts.collect()));
    }
    Fact::Known(rollups)
}

fn rollup(pull_request: u64, from_fork: bool, contexts: BTreeSet<RollupContext>) -> Rollup {
    Rollup {
        pull_request,
        from_fork,
        contexts: contexts.into_iter().collect(),
    }
}

impl PullRequestNode {
    /// The contexts of the head; none where nothing was reported.
    fn into_contexts(self) -> Contexts {
        let head = self.commits.nodes.into_iter().next_back();
        let rollup = head.and_then(|node| node.commit.status_check_rollup);
        rollup.map(|rollup| rollup.contexts).unwrap_or_default()
    }
}

impl PageInfo {
    fn next(&self) -> Option<String> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}

impl ContextNode {
    fn into_context(self) -> RollupContext {
        match self {
            Self::CheckRun { name, check_suite } => RollupContext {
                name,
                producer: Producer::CheckRun {
                    app_id: check_suite.app.and_then(|app| app.database_id),
                },
            },
            Self::StatusContext { context } => RollupContext {
                name: context,
                producer: Producer::Status,
            },
        }
    }
}

/// What rollups are, in words.
pub(crate) fn fact(base: &BranchName) -> String {
    format!("checks reported on recent pull requests of `{base}`")
}

fn not_shown(base: &BranchName, kind: &GitHubErrorKind) -> Fact<Vec<Rollup>> {
    let (reason, detail) = match kind {
        GitHubErrorKind::Forbidden | GitHubErrorKind::NotFound => (
            Reason::NotPermitted,
            "GitHub does not show them to this installation; it needs the permissions checks: \
             read, pull_requests: read and statuses: read.",
        ),
        _ => (
            Reason::Failed,
            "GitHub failed to collect them; a later evaluation may succeed.",
        ),
    };
    Fact::Unavailable(Unavailable {
        fact: fact(base),
        reason,
        detail: detail.to_owned(),
    })
}

fn truncated(base: &BranchName) -> Fact<Vec<Rollup>> {
    Fact::Unavailable(Unavailable {
        fact: fact(base),
        reason: Reason::Truncated,
        detail: "There are more of them than are read.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_of_both_kinds_are_read() {
        let node: PullRequestNode = serde_json::from_value(json!({
            "number": 4,
            "isCrossRepository": true,
            "commits": { "nodes": [{ "commit": { "statusCheckRollup": { "contexts": {
                "pageInfo": { "hasNextPage": false, "endCursor": "Mg" },
                "nodes": [
                    { "__typename": "CheckRun", "name": "build",
                      "checkSuite": { "app": { "databaseId": 15368 } } },
                    { "__typename": "CheckRun", "name": "hidden", "checkSuite": { "app": null } },
                    { "__typename": "StatusContext", "context": "ci/legacy" },
                ],
            } } } }] },
        }))
        .unwrap();
        let page = node.into_contexts();
        assert_eq!(page.page_info.next(), None);
        let contexts: Vec<_> = page
            .nodes
            .into_iter()
            .map(ContextNode::into_context)
            .collect();
        let run = |name: &str, app_id| RollupContext {
            name: name.to_owned(),
            producer: Producer::CheckRun { app_id },
        };
        let status = RollupContext {
            name: "ci/legacy".to_owned(),
            producer: Producer::Status,
        };
        assert_eq!(
            contexts,
            [run("build", Some(15_368)), run("hidden", None), status]
        );
    }
}
