//! `repository` (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository>).

use serde_json::{Value, json};

use crate::json::extend;
use crate::state::{AccountKind, State};

impl State {
    /// A `repository` event with what is special to its action.
    pub(crate) fn emit_repository(&mut self, repository: u64, action: &str, extra: Value) {
        let Some(known) = self.repositories.get(&repository) else {
            return;
        };
        let owner = known.owner.clone();
        let mut body = json!({ "action": action });
        extend(&mut body, extra);
        self.emit(repository, "repository", &owner, &body);
    }

    /// Gives a repository to another account.
    pub(crate) fn transfer(&mut self, repository: u64, owner: &str) {
        self.ensure_account(owner, AccountKind::Organization);
        let Some(known) = self.repositories.get(&repository) else {
            return;
        };
        let from = known.owner.clone();
        let former = match self.organization_named_json(&from) {
            Some(organization) => json!({ "organization": organization }),
            None => json!({ "user": self.account_json(&from) }),
        };
        let left: Vec<u64> = self
            .installations
            .values()
            .filter(|it| self.installed_on(it, repository))
            .map(|it| it.id)
            .collect();
        for installation in left {
            let gone = [repository];
            self.emit_installation_repositories(installation, "removed", &gone, &from);
        }
        if let Some(known) = self.repositories.get_mut(&repository) {
            owner.clone_into(&mut known.owner);
        }
        let changes = json!({ "changes": { "owner": { "from": former } } });
        self.emit_repository(repository, "transferred", changes);
    }
}
