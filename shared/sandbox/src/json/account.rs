//! Users, organizations and bots.

use serde_json::{Value, json};

use crate::state::{AccountKind, State, node_id};

impl State {
    /// `simple-user`. An account that nobody mentioned before is shown as a user.
    pub(crate) fn account_json(&self, login: &str) -> Value {
        let known = self.accounts.get(login);
        let id = known.map_or(0, |it| it.id);
        let kind = known.map_or(AccountKind::User, |it| it.kind);
        let base = &self.base_url;
        // Bots' logins end in `[bot]`, which may not stand in an address as it is.
        let name = login.replace('[', "%5B").replace(']', "%5D");
        let url = format!("{base}/users/{name}");
        json!({
            "login": login,
            "id": id,
            "node_id": node_id(kind.node_prefix(), id),
            "avatar_url": format!("{base}/avatars/u/{id}"),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("{base}/{name}"),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": kind.as_str(),
            "site_admin": false,
        })
    }
}
