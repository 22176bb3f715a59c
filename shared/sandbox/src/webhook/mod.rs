//! Webhook events: who gets them, and what they say.

mod check;
mod installation;
mod merge_group;
mod repository;
mod sender;

use serde_json::{Value, json};

use crate::git::ObjectId;
use crate::json::{Detail, extend, time};
use crate::state::{Access, AccountKind, AppId, State, node_id};

pub(crate) use sender::send;

impl State {
    /// A `pull_request` event with what is special to its action.
    pub(crate) fn emit_pull_request(
        &mut self,
        repository: u64,
        number: u64,
        action: &str,
        sender: &str,
        extra: Value,
    ) {
        // What nobody hears is not worth putting into words: that takes a diff.
        if self.receivers(repository, "pull_request").is_empty() {
            return;
        }
        let merge = self
            .pull_request(repository, number)
            .map(crate::state::PullRequest::settled_test_merge);
        let mut body = json!({
            "action": action,
            "number": number,
            "pull_request": self.pull_request_json(repository, number, Detail::Full(merge)),
        });
        extend(&mut body, extra);
        self.emit(repository, "pull_request", sender, &body);
    }

    /// A `push` event.
    pub(crate) fn emit_push(
        &mut self,
        repository: u64,
        branch: &str,
        before: ObjectId,
        after: ObjectId,
        pusher: &str,
    ) {
        if self.receivers(repository, "push").is_empty() {
            return;
        }
        let commits = self.objects(repository).commits_between(before, after);
        let commits: Vec<Value> = commits
            .into_iter()
            .map(|id| self.pushed_commit_json(repository, id))
            .collect();
        let page = self.repository_page(repository);
        let body = json!({
            "ref": format!("refs/heads/{branch}"),
            "before": before.to_string(),
            "after": after.to_string(),
            "base_ref": null,
            "created": before == ObjectId::ZERO,
            "deleted": false,
            "forced": before != ObjectId::ZERO
                && !self.objects(repository).ancestors(after).contains(&before),
            "compare": format!("{page}/compare/{before}...{after}"),
            "commits": commits,
            "head_commit": self.pushed_commit_json(repository, after),
            "pusher": {"name": pusher, "email": format!("{pusher}@users.noreply.github.com")},
        });
        self.emit(repository, "push", pusher, &body);
    }

    /// The `ping` that GitHub sends when a webhook gets an address.
    pub(crate) fn emit_ping(&mut self, id: AppId) {
        let app = &self.apps[&id];
        let at = time(app.created_at);
        let body = json!({
            "zen": "Keep it logically awesome.",
            "hook_id": app.hook_id,
            "hook": {
                "type": "App",
                "id": app.hook_id,
                "name": "web",
                "active": true,
                "app_id": app.id,
                "events": app.events,
                "config": {
                    "content_type": "json",
                    "insecure_ssl": "0",
                    "secret": "********",
                    "url": app.webhook_url,
                },
                "created_at": at,
                "updated_at": at,
            },
        });
        let guid = self.fresh_guid();
        self.deliver(id, None, &guid, "ping", &body);
    }

    /// Gives an event to every App that is installed on the repository and asked for it.
    fn emit(&mut self, repository: u64, event: &str, sender: &str, body: &Value) {
        let receivers = self.receivers(repository, event);
        self.emit_to(receivers, repository, event, sender, body);
    }

    /// Gives an event to these Apps, through these installations of theirs.
    fn emit_to(
        &mut self,
        receivers: Vec<(AppId, u64)>,
        repository: u64,
        event: &str,
        sender: &str,
        body: &Value,
    ) {
        self.ensure_account(sender, AccountKind::User);
        let mut body = body.clone();
        extend(
            &mut body,
            json!({
                "repository": self.repository_json(repository),
                "sender": self.account_json(sender),
            }),
        );
        if let Some(organization) = self.organization_json(repository) {
            extend(&mut body, json!({"organization": organization}));
        }
        let guid = self.fresh_guid();
        for (app, installation) in receivers {
            let installation_json = Self::simple_installation_json(installation);
            extend(&mut body, json!({"installation": installation_json}));
            self.deliver(app, Some(installation), &guid, event, &body);
        }
    }

    /// The Apps that hear of an event, with the installations through which they do.
    fn receivers(&self, repository: u64, event: &str) -> Vec<(AppId, u64)> {
        self.installations
            .values()
            .filter(|it| it.suspended.is_none() && self.installed_on(it, repository))
            .filter(|it| self.apps[&it.app].events.iter().any(|known| known == event))
            .filter(|it| it.permissions.allows(permission(event), Access::Read))
            .map(|it| (it.app, it.id))
            .collect()
    }

    /// `organization-simple-webhooks`, where the owner is one.
    fn organization_json(&self, repository: u64) -> Option<Value> {
        let owner = &self.repositories.get(&repository)?.owner;
        self.organization_named_json(owner)
    }

    /// `organization-simple-webhooks` of an account, where it is one.
    fn organization_named_json(&self, owner: &str) -> Option<Value> {
        let account = self.accounts.get(owner)?;
        if account.kind != AccountKind::Organization {
            return None;
        }
        let url = format!("{}/orgs/{owner}", self.base_url);
        Some(json!({
            "login": owner,
            "id": account.id,
            "node_id": node_id("O", account.id),
            "url": url,
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events"),
            "hooks_url": format!("{url}/hooks"),
            "issues_url": format!("{url}/issues"),
            "members_url": format!("{url}/members{{/member}}"),
            "public_members_url": format!("{url}/public_members{{/member}}"),
            "avatar_url": format!("{}/avatars/u/{}", self.base_url, account.id),
            "description": null,
        }))
    }
}

/// What an installation must have granted for its App to hear of an event
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).
fn permission(event: &str) -> &'static str {
    match event {
        "pull_request" => "pull_requests",
        "push" => "contents",
        "merge_group" => "merge_queues",
        _ => "metadata",
    }
}
