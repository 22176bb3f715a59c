//! Pull requests.

use serde_json::{Value, json};

use super::{extend, maybe_time, time};
use crate::state::{HeadRef, PullRequest, State, TestMerge, node_id};

/// How much of a pull request is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// As in lists: `pull-request-simple`.
    Simple,
    /// As when asked for alone, and in webhook bodies: `pull-request`.
    Full(Option<TestMerge>),
}

impl State {
    /// A pull request; `null` where there is none.
    pub(crate) fn pull_request_json(&self, repository: u64, number: u64, detail: Detail) -> Value {
        let Some(pull_request) = self.pull_request(repository, number) else {
            return Value::Null;
        };
        let test_merge = match detail {
            Detail::Simple => Some(pull_request.settled_test_merge()),
            Detail::Full(test_merge) => test_merge,
        };
        let mut json = self.pull_request_addresses(repository, pull_request);
        extend(&mut json, self.pull_request_story(pull_request, test_merge));
        extend(
            &mut json,
            json!({
                "head": self.side_json(&pull_request.head),
                "base": self.side_json(&pull_request.base),
            }),
        );
        if let Detail::Full(test_merge) = detail {
            extend(
                &mut json,
                self.pull_request_numbers(repository, pull_request),
            );
            extend(&mut json, mergeability(pull_request, test_merge));
        }
        json
    }

    /// `pull-request-minimal`, as in check runs.
    pub(crate) fn minimal_pull_request_json(&self, pull_request: &PullRequest) -> Value {
        let side = |side: &HeadRef| {
            let name = self
                .repositories
                .get(&side.repository)
                .map(|it| it.name.clone());
            json!({
                "ref": side.branch,
                "sha": side.sha.to_string(),
                "repo": {
                    "id": side.repository,
                    "url": self.repository_url(side.repository),
                    "name": name.unwrap_or_default(),
                },
            })
        };
        let url = self.repository_url(pull_request.base.repository);
        json!({
            "id": pull_request.id,
            "number": pull_request.number,
            "url": format!("{url}/pulls/{}", pull_request.number),
            "head": side(&pull_request.head),
            "base": side(&pull_request.base),
        })
    }

    fn pull_request_addresses(&self, repository: u64, pull_request: &PullRequest) -> Value {
        let repository_url = self.repository_url(repository);
        let number = pull_request.number;
        let page = format!("{}/pull/{number}", self.repository_page(repository));
        let url = format!("{repository_url}/pulls/{number}");
        let issue = format!("{repository_url}/issues/{number}");
        let statuses = format!("{repository_url}/statuses/{}", pull_request.head.sha);
        let href = |url: String| json!({"href": url});
        json!({
            "_links": {
                "self": href(url.clone()),
                "html": href(page.clone()),
                "issue": href(issue.clone()),
                "comments": href(format!("{issue}/comments")),
                "review_comments": href(format!("{url}/comments")),
                "review_comment": href(format!("{repository_url}/pulls/comments{{/number}}")),
                "commits": href(format!("{url}/commits")),
                "statuses": href(statuses.clone()),
            },
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "issue_url": issue,
            "comments_url": format!("{issue}/comments"),
            "commits_url": format!("{url}/commits"),
            "review_comments_url": format!("{url}/comments"),
            "review_comment_url": format!("{repository_url}/pulls/comments{{/number}}"),
            "statuses_url": statuses,
            "url": url,
        })
    }

    fn pull_request_story(
        &self,
        pull_request: &PullRequest,
        test_merge: Option<TestMerge>,
    ) -> Value {
        let tried = match test_merge {
            Some(TestMerge::Clean { commit }) => Some(commit),
            Some(TestMerge::Conflicting) | None => None,
        };
        let merge_commit = pull_request.merged.map(|(_, commit)| commit).or(tried);
        json!({
            "id": pull_request.id,
            "node_id": node_id("PR", pull_request.id),
            "number": pull_request.number,
            "state": if pull_request.open { "open" } else { "closed" },
            "locked": false,
            "active_lock_reason": null,
            "title": pull_request.title,
            "user": self.account_json(&pull_request.author),
            "body": null,
            "labels": [],
            "milestone": null,
            "assignee": null,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "created_at": time(pull_request.created_at),
            "updated_at": time(pull_request.updated_at),
            "closed_at": maybe_time(pull_request.closed_at),
            "merged_at": maybe_time(pull_request.merged.map(|(at, _)| at)),
            "merge_commit_sha": merge_commit.map(|it| it.to_string()),
            "author_association": "CONTRIBUTOR",
            "auto_merge": null,
            "draft": pull_request.draft,
        })
    }

    fn pull_request_numbers(&self, repository: u64, pull_request: &PullRequest) -> Value {
        let files = self.pull_request_files(repository, pull_request.number);
        let objects = self.objects(repository);
        let commits = objects.commits_between(pull_request.base.sha, pull_request.head.sha);
        json!({
            "comments": 0,
            "review_comments": 0,
            "commits": commits.len(),
            "changed_files": files.len(),
            "additions": files.iter().map(|it| it.additions).sum::<usize>(),
            "deletions": files.iter().map(|it| it.deletions).sum::<usize>(),
        })
    }

    fn side_json(&self, side: &HeadRef) -> Value {
        let owner = self.repositories.get(&side.repository).map(|it| &it.owner);
        let owner = owner.map_or("ghost", String::as_str);
        json!({
            "label": format!("{owner}:{}", side.branch),
            "ref": side.branch,
            "sha": side.sha.to_string(),
            "user": self.account_json(owner),
            "repo": self.repository_json(side.repository),
        })
    }
}

fn mergeability(pull_request: &PullRequest, test_merge: Option<TestMerge>) -> Value {
    let (mergeable, state) = match test_merge {
        _ if pull_request.merged.is_some() => (None, "unknown"),
        Some(TestMerge::Clean { .. }) => (Some(true), "clean"),
        Some(TestMerge::Conflicting) => (Some(false), "dirty"),
        None => (None, "unknown"),
    };
    json!({
        "merged": pull_request.merged.is_some(),
        "merged_by": null,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "maintainer_can_modify": pull_request.is_from_fork(),
    })
}
