//! [`PullRequests`]: one GraphQL query for everything about a pull request, and the list of those
//! that are open.

use std::collections::BTreeSet;

use app::GitHubError;
use app::event::{MergeGroup, Repository};
use app::ports::{MERGE_GROUP, MOST_INTO, OpenInto, PullRequest, PullRequests, TestMerge};
use async_trait::async_trait;
use oracle::{BranchName, Fact, ObjectId, Reason, Unavailable};
use serde::Deserialize;
use serde_json::json;

use crate::GitHub;
use crate::api::{MOST_PAGES, Pages};
use crate::endpoint::{GRAPHQL, PULL_REQUESTS, encode};
use crate::error;
use crate::graphql::Reply;

const QUERY: &str = "\
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name }
    pullRequest(number: $number) {
      state
      isCrossRepository
      headRefOid
      baseRefName
      baseRefOid
      baseRef { target { oid } }
      mergeable
      potentialMergeCommit { oid parents(first: 2) { nodes { oid } } }
    }
  }
}";

const GROUP_QUERY: &str = "\
query($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name }
    ref(qualifiedName: $branch) { target { oid } }
  }
}";

#[derive(Debug, Deserialize)]
struct Branch {
    name: BranchName,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    state: String,
    is_cross_repository: bool,
    head_ref_oid: ObjectId,
    base_ref_name: BranchName,
    /// The base when the pull request was last touched.
    base_ref_oid: ObjectId,
    /// The base now; none when the branch was deleted.
    base_ref: Option<Ref>,
    mergeable: String,
    potential_merge_commit: Option<MergeCommit>,
}

#[derive(Debug, Deserialize)]
struct Ref {
    target: Option<Commit>,
}

#[derive(Debug, Deserialize)]
struct MergeCommit {
    oid: ObjectId,
    parents: Parents,
}

#[derive(Debug, Deserialize)]
struct Parents {
    nodes: Vec<Commit>,
}

#[derive(Debug, Deserialize)]
struct Commit {
    oid: ObjectId,
}

/// A pull request as the list has it.
#[derive(Debug, Deserialize)]
struct Listed {
    number: u64,
    head: ListedHead,
}

#[derive(Debug, Deserialize)]
struct ListedHead {
    sha: ObjectId,
}

#[async_trait]
impl PullRequests for GitHub {
    async fn pull_request(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<PullRequest, GitHubError> {
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
            "number": number,
        });
        let reply = self.api.query(repository, QUERY, &variables).await?;
        let node: Node = reply.field("pullRequest")?;
        let default_branch = default_branch(&reply, "a pull request")?;
        Ok(node.into_pull_request(number, default_branch))
    }

    async fn merge_group(
        &self,
        repository: &Repository,
        head: &ObjectId,
        group: &MergeGroup,
    ) -> Result<Option<PullRequest>, GitHubError> {
        let variables = json!({
            "owner": repository.name.owner(),
            "name": repository.name.name(),
            "branch": format!("refs/heads/{}", group.branch),
        });
        let reply = self.api.query(repository, GROUP_QUERY, &variables).await?;
        let tip = reply.field::<Option<Ref>>("ref")?.and_then(|it| it.target);
        let default_branch = default_branch(&reply, "a merge group")?;
        Ok(tip.filter(|tip| tip.oid == *head).map(|_| PullRequest {
            number: MERGE_GROUP,
            open: true,
            head: head.clone(),
            from_fork: false,
            base: group.base.clone(),
            base_tip: group.base_sha.clone(),
            default_branch,
            // The queue has merged it already, with its base.
            test_merge: TestMerge::Clean {
                commit: head.clone(),
                base: group.base_sha.clone(),
            },
        }))
    }

    async fn open_with_head(
        &self,
        repository: &Repository,
        head: &ObjectId,
    ) -> Result<Fact<Vec<u64>>, GitHubError> {
        // `commits/{sha}/pulls` knows none of a fork. The latest come first, so that one which
        // changes while pages are turned is at worst seen twice.
        let query = "state=open&sort=updated&direction=desc&";
        let listed = self
            .api
            .read_all(
                repository,
                PULL_REQUESTS,
                &[],
                query,
                |page: Vec<Listed>| page,
            )
            .await?;
        Ok(match listed {
            Pages::Complete(listed) => {
                let with_it = listed.into_iter().filter(|it| it.head.sha == *head);
                let numbers: BTreeSet<u64> = with_it.map(|it| it.number).collect();
                Fact::Known(numbers.into_iter().collect())
            }
            Pages::TooMany => Fact::Unavailable(Unavailable {
                fact: "the open pull requests".to_owned(),
                reason: Reason::Truncated,
                detail: format!("more than {} are open", 100 * MOST_PAGES),
            }),
        })
    }

    async fn open_into(
        &self,
        repository: &Repository,
        base: &BranchName,
    ) -> Result<OpenInto, GitHubError> {
        let query = into_query(base);
        let listed: Vec<Listed> = self
            .api
            .read(repository, PULL_REQUESTS, &[], &query)
            .await?;
        let more = listed.len() >= MOST_INTO;
        let pull_requests = listed.into_iter().map(|it| (it.number, it.head.sha));
        Ok(OpenInto {
            pull_requests: pull_requests.collect(),
            more,
        })
    }
}

/// The open pull requests of a branch, the latest changed first, in one page.
fn into_query(base: &BranchName) -> String {
    let base = encode(base.as_str());
    format!("state=open&base={base}&sort=updated&direction=desc&per_page={MOST_INTO}")
}

/// The repository's default branch, which every repository has that has a commit.
fn default_branch(reply: &Reply, of: &str) -> Result<BranchName, GitHubError> {
    let branch: Option<Branch> = reply.field("defaultBranchRef")?;
    let branch = branch.map(|branch| branch.name);
    branch.ok_or_else(|| error::unexpected(GRAPHQL, format!("{of} without a default branch")))
}

impl Node {
    fn into_pull_request(self, number: u64, default_branch: BranchName) -> PullRequest {
        let test_merge = self.test_merge();
        let tip = self.base_ref.and_then(|base| base.target);
        PullRequest {
            number,
            open: self.state == "OPEN",
            head: self.head_ref_oid,
            from_fork: self.is_cross_repository,
            base: self.base_ref_name,
            base_tip: tip.map_or(self.base_ref_oid, |commit| commit.oid),
            default_branch,
            test_merge,
        }
    }

    fn test_merge(&self) -> TestMerge {
        match (&*self.mergeable, &self.potential_merge_commit) {
            ("CONFLICTING", _) => TestMerge::Conflicting,
            ("MERGEABLE", Some(merge)) => match &*merge.parents.nodes {
                // GitHub may still show the merge of an earlier head.
                [base, head] if head.oid == self.head_ref_oid => TestMerge::Clean {
                    commit: merge.oid.clone(),
                    base: base.oid.clone(),
                },
                _ => TestMerge::Pending,
            },
            _ => TestMerge::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn id(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn read(change: impl FnOnce(&mut Value)) -> PullRequest {
        let mut node = json!({
            "state": "OPEN",
            "isCrossRepository": false,
            "headRefOid": id('a'),
            "baseRefName": "release",
            "baseRefOid": id('b'),
            "baseRef": { "target": { "oid": id('c') } },
            "mergeable": "MERGEABLE",
            "potentialMergeCommit": {
                "oid": id('d'),
                "parents": { "nodes": [{ "oid": id('c') }, { "oid": id('a') }] },
            },
        });
        change(&mut node);
        let node: Node = serde_json::from_value(node).unwrap();
        node.into_pull_request(7, BranchName::new("main").unwrap())
    }

    #[test]
    fn a_test_merge_counts_only_for_this_head() {
        let clean = read(|_| {});
        assert_eq!(clean.base_tip.as_str(), id('c'));
        let TestMerge::Clean { commit, base } = clean.test_merge else {
            panic!("{clean:?}");
        };
        assert_eq!((commit.as_str(), base.as_str()), (&*id('d'), &*id('c')));

        let stale = read(|node| {
            node["potentialMergeCommit"]["parents"]["nodes"][1]["oid"] = json!(id('e'));
        });
        assert_eq!(stale.test_merge, TestMerge::Pending);
        let unknown = read(|node| node["mergeable"] = json!("UNKNOWN"));
        assert_eq!(unknown.test_merge, TestMerge::Pending);
        let none = read(|node| node["potentialMergeCommit"] = Value::Null);
        assert_eq!(none.test_merge, TestMerge::Pending);
        let conflicting = read(|node| node["mergeable"] = json!("CONFLICTING"));
        assert_eq!(conflicting.test_merge, TestMerge::Conflicting);
    }

    #[test]
    fn a_deleted_base_branch_leaves_its_last_commit() {
        let pull_request = read(|node| node["baseRef"] = Value::Null);
        assert_eq!(pull_request.base_tip.as_str(), id('b'));
        let merged = read(|node| node["state"] = json!("MERGED"));
        assert!(!merged.open);
    }
}
