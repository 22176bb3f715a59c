//! Repositories.

use serde_json::{Map, Value, json};

use super::{extend, time};
use crate::state::{AccountKind, Repository, State, node_id};

/// The addresses below a repository's own: field, and what follows.
const ADDRESSES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl State {
    /// Where a repository's REST resources are.
    pub(crate) fn repository_url(&self, id: u64) -> String {
        let name = self.repositories.get(&id).map(Repository::full_name);
        format!("{}/repos/{}", self.base_url, name.unwrap_or_default())
    }

    /// Where people look at it.
    pub(crate) fn repository_page(&self, id: u64) -> String {
        let name = self.repositories.get(&id).map(Repository::full_name);
        format!("{}/{}", self.base_url, name.unwrap_or_default())
    }

    /// `repository`; `null` where there is none.
    pub(crate) fn repository_json(&self, id: u64) -> Value {
        let Some(repository) = self.repositories.get(&id) else {
            return Value::Null;
        };
        let url = self.repository_url(id);
        let addresses: Map<String, Value> = ADDRESSES
            .iter()
            .map(|(field, rest)| ((*field).to_owned(), Value::String(format!("{url}{rest}"))))
            .collect();
        let mut json = Value::Object(addresses);
        extend(&mut json, self.repository_identity(repository));
        extend(&mut json, self.repository_counters(repository));
        extend(&mut json, features());
        json
    }

    /// `full-repository`.
    pub(crate) fn full_repository_json(&self, id: u64) -> Value {
        let mut json = self.repository_json(id);
        extend(
            &mut json,
            json!({"network_count": 0, "subscribers_count": 0}),
        );
        let Some(repository) = self.repositories.get(&id) else {
            return json;
        };
        if let Some(parent) = repository.parent {
            let source = repository.network;
            extend(
                &mut json,
                json!({
                    "parent": self.repository_json(parent),
                    "source": self.repository_json(source),
                }),
            );
        }
        let owner = self.accounts.get(&repository.owner);
        if owner.is_some_and(|it| it.kind == AccountKind::Organization) {
            let organization = self.account_json(&repository.owner);
            extend(&mut json, json!({"organization": organization}));
        }
        json
    }

    fn repository_identity(&self, repository: &Repository) -> Value {
        let name = repository.full_name();
        let page = self.repository_page(repository.id);
        json!({
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": name,
            "owner": self.account_json(&repository.owner),
            "private": repository.private,
            "visibility": if repository.private { "private" } else { "public" },
            "html_url": page,
            "clone_url": format!("{page}.git"),
            "svn_url": page,
            "git_url": format!("git://127.0.0.1/{name}.git"),
            "ssh_url": format!("git@127.0.0.1:{name}.git"),
            "mirror_url": null,
            "description": null,
            "homepage": null,
            "language": null,
            "license": null,
            "fork": repository.parent.is_some(),
            "default_branch": repository.default_branch,
            "created_at": time(repository.created_at),
            "updated_at": time(repository.pushed_at),
            "pushed_at": time(repository.pushed_at),
        })
    }

    fn repository_counters(&self, repository: &Repository) -> Value {
        let forks = self.repositories.values();
        let forks = forks.filter(|it| it.parent == Some(repository.id)).count();
        let issues = repository.open_pull_requests();
        json!({
            "forks": forks,
            "forks_count": forks,
            "open_issues": issues,
            "open_issues_count": issues,
            "size": 0,
            "stargazers_count": 0,
            "watchers": 0,
            "watchers_count": 0,
            "topics": [],
        })
    }
}

fn features() -> Value {
    json!({
        "allow_forking": true,
        "archived": false,
        "disabled": false,
        "has_discussions": false,
        "has_downloads": true,
        "has_issues": true,
        "has_pages": false,
        "has_projects": true,
        "has_wiki": true,
        "is_template": false,
        "web_commit_signoff_required": false,
    })
}
