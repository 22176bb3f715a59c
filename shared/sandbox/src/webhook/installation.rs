//! What an App hears of its installations, without asking for it
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation>).

use serde_json::{Value, json};

use crate::state::{Installation, State, node_id};

impl State {
    /// An `installation` event; no App has to ask for these.
    pub(crate) fn emit_installation(&mut self, id: u64, action: &str, sender: &str) {
        let Some(installation) = self.installations.get(&id) else {
            return;
        };
        let app = installation.app;
        let body = json!({
            "action": action,
            "installation": self.installation_json(installation),
            "repositories": self.named_repositories(&self.installed_repositories(installation)),
            "requester": null,
            "sender": self.account_json(sender),
        });
        let guid = self.fresh_guid();
        self.deliver(app, Some(id), &guid, "installation", &body);
    }

    /// `installation_repositories`: these have come to it, or left it.
    pub(crate) fn emit_installation_repositories(
        &mut self,
        id: u64,
        action: &str,
        repositories: &[u64],
        sender: &str,
    ) {
        let Some(installation) = self.installations.get(&id) else {
            return;
        };
        let app = installation.app;
        let named = self.named_repositories(repositories);
        let (added, removed) = match action {
            "added" => (named, Vec::new()),
            _ => (Vec::new(), named),
        };
        let body = json!({
            "action": action,
            "installation": self.installation_json(installation),
            "repository_selection": installation.selection.as_str(),
            "repositories_added": added,
            "repositories_removed": removed,
            "requester": null,
            "sender": self.account_json(sender),
        });
        let guid = self.fresh_guid();
        self.deliver(app, Some(id), &guid, "installation_repositories", &body);
    }

    fn installed_repositories(&self, installation: &Installation) -> Vec<u64> {
        let ids = self.repositories.keys().copied();
        ids.filter(|id| self.installed_on(installation, *id))
            .collect()
    }

    fn named_repositories(&self, ids: &[u64]) -> Vec<Value> {
        ids.iter()
            .filter_map(|id| self.repositories.get(id))
            .map(|it| {
                json!({
                    "id": it.id,
                    "node_id": node_id("R", it.id),
                    "name": it.name,
                    "full_name": it.full_name(),
                    "private": it.private,
                })
            })
            .collect()
    }
}
