//! The pull requests that a branch took last, each with the commits between which it can be judged
//! again.
//!
//! GitHub sorts pull requests by when they were opened or last changed, and not by when they were
//! merged. Nothing is merged after its last change, so pages are turned, latest change first, until
//! whatever is left changed before the last one wanted was merged.

use app::GitHubError;
use jiff::Timestamp;
use oracle::{BranchName, ObjectId, RepositoryName};
use serde::Deserialize;
use serde_json::json;

use crate::GitHub;

/// How many pages of the list are read. Each has 50: of more the commits are not counted within the
/// ten seconds that GitHub gives a query.
const MOST_PAGES: u32 = 40;

const QUERY: &str = "\
query($owner: String!, $name: String!, $base: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: MERGED, baseRefName: $base, first: 50, after: $after, \
orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        title
        url
        author { login }
        updatedAt
        mergedAt
        headRefOid
        baseRefOid
        commits(first: 1) { totalCount }
        mergeCommit { oid parents(first: 2) { nodes { oid } } }
      }
    }
  }
}";

/// The pull requests that a branch took last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The latest first, and no more than were asked for.
    pub merged: Vec<Merged>,
    /// Whether these certainly are the latest: so many changed since that GitHub's list was not
    /// read to where that can be told.
    pub complete: bool,
}

/// A pull request that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Its number.
    pub number: u64,
    /// What it is about, in its author's words.
    pub title: String,
    /// The login of who opened it; `None` where that account is gone.
    pub author: Option<String>,
    /// Its page.
    pub url: String,
    /// When it was merged.
    pub merged_at: Timestamp,
    /// Its last commit.
    pub head: ObjectId,
    /// What it changed.
    pub change: Change,
}

/// Between which commits a merged pull request's change lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// What merging gave and what the branch was just before, as the App saw them by the test merge.
    Merge {
        /// The commit that merging put onto the branch.
        commit: ObjectId,
        /// Its first parent.
        before: ObjectId,
    },
    /// Its head and where that left the branch, which is to be found out. Several commits that became
    /// one ("squash") or as many ("rebase") look the same, and of the latter the last one's parent
    /// has most of the change already.
    Head {
        /// A commit of the branch, from before the last of the change.
        base: ObjectId,
    },
}

/// What GitHub gives at once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    page_info: PageInfo,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    number: u64,
    title: String,
    url: String,
    author: Option<Actor>,
    updated_at: Timestamp,
    merged_at: Timestamp,
    head_ref_oid: ObjectId,
    base_ref_oid: ObjectId,
    commits: Count,
    merge_commit: Option<MergeCommit>,
}

#[derive(Debug, Clone, Deserialize)]
struct Actor {
    login: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct MergeCommit {
    oid: ObjectId,
    parents: Parents,
}

#[derive(Debug, Clone, Deserialize)]
struct Parents {
    nodes: Vec<Parent>,
}

#[derive(Debug, Clone, Deserialize)]
struct Parent {
    oid: ObjectId,
}

impl GitHub {
    /// The last `wanted` pull requests that were merged into a branch.
    ///
    /// # Errors
    /// Above all [`NotFound`](app::GitHubErrorKind::NotFound), where the repository is not there for
    /// us.
    pub async fn merged_last(
        &self,
        name: &RepositoryName,
        base: &BranchName,
        wanted: usize,
    ) -> Result<History, GitHubError> {
        let repository = Self::by_name(name);
        let mut latest = Latest::new(wanted);
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let variables = json!({
                "owner": name.owner(),
                "name": name.name(),
                "base": base,
                "after": after,
            });
            let reply = self.api.query(&repository, QUERY, &variables).await?;
            let page: Page = reply.field("pullRequests")?;
            latest.take(page.nodes);
            after = page.page_info.end_cursor;
            if !page.page_info.has_next_page || after.is_none() || latest.is_certain() {
                return Ok(latest.into_history(true));
            }
        }
        Ok(latest.into_history(false))
    }
}

/// Those merged last among the pull requests seen so far.
struct Latest {
    wanted: usize,
    /// The latest first.
    found: Vec<Node>,
    /// When the last one seen changed: all that come after it changed before.
    reached: Option<Timestamp>,
}

impl Latest {
    fn new(wanted: usize) -> Self {
        Self {
            wanted,
            found: Vec::new(),
            reached: None,
        }
    }

    fn take(&mut self, nodes: Vec<Node>) {
        self.reached = nodes.last().map(|node| node.updated_at).or(self.reached);
        for node in nodes {
            // What changes while pages are turned comes twice.
            if self.found.iter().all(|it| it.number != node.number) {
                self.found.push(node);
            }
        }
        let key = |node: &Node| std::cmp::Reverse((node.merged_at, node.number));
        self.found.sort_by_key(key);
        self.found.truncate(self.wanted);
    }

    /// Whether nothing that was not seen can be among them.
    fn is_certain(&self) -> bool {
        let Some(reached) = self.reached else {
            return false;
        };
        self.found.len() >= self.wanted
            && self
                .found
                .last()
                .is_none_or(|last| reached <= last.merged_at)
    }

    fn into_history(self, complete: bool) -> History {
        History {
            merged: self.found.into_iter().map(Node::into_merged).collect(),
            complete,
        }
    }
}

impl Node {
    fn into_merged(self) -> Merged {
        let change = self.change();
        Merged {
            number: self.number,
            title: self.title,
            author: self.author.map(|author| author.login),
            url: self.url,
            merged_at: self.merged_at,
            head: self.head_ref_oid,
            change,
        }
    }

    fn change(&self) -> Change {
        let merge = self.merge_commit.as_ref();
        let parents = merge.map_or(&[][..], |merge| &merge.parents.nodes);
        match (merge, parents) {
            (Some(merge), [before, second]) if second.oid == self.head_ref_oid => Change::Merge {
                commit: merge.oid.clone(),
                before: before.oid.clone(),
            },
            (Some(merge), [before]) if self.commits.total_count == 1 => Change::Merge {
                commit: merge.oid.clone(),
                before: before.oid.clone(),
            },
            // GitHub gives rebased commits ids of their own, so that whichever of the two it was, this
            // one's history meets the head's where that left the branch.
            (Some(merge), [first, ..]) if merge.oid != self.head_ref_oid => Change::Head {
                base: first.oid.clone(),
            },
            // Pushed by hand, or gone: what the branch was when the pull request last changed.
            _ => Change::Head {
                base: self.base_ref_oid.clone(),
            },
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

    /// A pull request of one commit that was merged with a merge commit.
    fn node(change: impl FnOnce(&mut Value)) -> Node {
        let mut node = json!({
            "number": 7,
            "title": "Tidy up",
            "url": "https://github.com/octo-org/hello/pull/7",
            "author": { "login": "octocat" },
            "updatedAt": "2026-11-03T00:00:00Z",
            "mergedAt": "2026-11-02T00:00:00Z",
            "headRefOid": id('a'),
            "baseRefOid": id('b'),
            "commits": { "totalCount": 1 },
            "mergeCommit": {
                "oid": id('d'),
                "parents": { "nodes": [{ "oid": id('c') }, { "oid": id('a') }] },
            },
        });
        change(&mut node);
        serde_json::from_value(node).unwrap()
    }

    #[track_caller]
    fn assert_merge(node: &Node) {
        let (commit, before) = (id('d'), id('c'));
        let change = node.change();
        let Change::Merge {
            commit: found,
            before: parent,
        } = &change
        else {
            panic!("{change:?}");
        };
        assert_eq!((found.as_str(), parent.as_str()), (&*commit, &*before));
    }

    #[track_caller]
    fn assert_head(node: &Node, expected: char) {
        let change = node.change();
        let Change::Head { base } = &change else {
            panic!("{change:?}");
        };
        assert_eq!(base.as_str(), id(expected));
    }

    #[test]
    fn a_merge_is_judged_against_its_first_parent() {
        assert_merge(&node(|_| {}));
        let many = node(|node| node["commits"]["totalCount"] = json!(9));
        assert_merge(&many);
        let squashed = node(|node| {
            node["mergeCommit"]["parents"]["nodes"] = json!([{ "oid": id('c') }]);
        });
        assert_merge(&squashed);
    }

    #[test]
    fn where_the_merge_does_not_say_what_was_there_the_head_is_judged() {
        // Squashed or rebased: the parent of a rebased one is the pull request's own.
        let several = |node: &mut Value| {
            node["commits"]["totalCount"] = json!(2);
            node["mergeCommit"]["parents"]["nodes"] = json!([{ "oid": id('c') }]);
        };
        assert_head(&node(several), 'c');
        // Somebody's own merge of more than this head.
        let other = node(|node| {
            node["mergeCommit"]["parents"]["nodes"][1]["oid"] = json!(id('e'));
        });
        assert_head(&other, 'c');
        // The branch was pushed to, and has these very commits.
        let pushed = node(|node| {
            several(node);
            node["mergeCommit"]["oid"] = json!(id('a'));
        });
        assert_head(&pushed, 'b');
        // A root, and a commit that is gone.
        let root = node(|node| node["mergeCommit"]["parents"]["nodes"] = json!([]));
        assert_head(&root, 'b');
        assert_head(&node(|node| node["mergeCommit"] = Value::Null), 'b');
    }

    #[test]
    fn an_author_may_be_gone() {
        let merged = node(|node| node["author"] = Value::Null).into_merged();
        assert_eq!(merged.author, None);
    }

    /// Pull request `number`, merged and last changed on these days.
    fn at(number: u64, merged: u8, changed: u8) -> Node {
        node(|node| {
            node["number"] = json!(number);
            node["mergedAt"] = json!(format!("2026-11-{merged:02}T00:00:00Z"));
            node["updatedAt"] = json!(format!("2026-11-{changed:02}T00:00:00Z"));
        })
    }

    fn numbers(latest: &Latest) -> Vec<u64> {
        latest.found.iter().map(|node| node.number).collect()
    }

    #[test]
    fn an_old_one_with_a_new_comment_takes_no_place() {
        let mut latest = Latest::new(2);
        latest.take(vec![at(1, 1, 20), at(5, 15, 19)]);
        assert_eq!(numbers(&latest), [5, 1]);
        assert!(!latest.is_certain(), "others may be merged after the 1st");
        latest.take(vec![at(4, 12, 12), at(3, 11, 12)]);
        assert_eq!(numbers(&latest), [5, 4]);
        assert!(latest.is_certain(), "what is left changed before the 12th");
    }

    #[test]
    fn fewer_than_wanted_are_never_certain_before_the_end() {
        let mut latest = Latest::new(3);
        assert!(!latest.is_certain());
        latest.take(vec![at(2, 2, 2), at(1, 1, 1)]);
        assert!(!latest.is_certain());
        latest.take(vec![at(1, 1, 1)]);
        assert_eq!(numbers(&latest), [2, 1], "none is counted twice");
    }
}
