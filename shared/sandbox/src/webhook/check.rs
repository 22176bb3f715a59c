//! "Re-run" and the buttons on a check run's page: only the App that made the run hears of it, whatever it is
//! subscribed to, as long as it may write checks
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run>).

use serde_json::json;

use crate::json::extend;
use crate::state::{Access, AppId, State};

impl State {
    /// A check run is wanted again. GitHub changes nothing of the run itself.
    pub(crate) fn rerequest_check_run(&mut self, id: u64, sender: &str) -> Option<()> {
        let run = self.check_runs.get(&id)?;
        let (repository, app) = (run.repository_id, run.app);
        let mut run_json = self.check_run_json(run);
        let suite = self.simple_check_suite_json(run.suite_id)?;
        extend(&mut run_json, json!({ "check_suite": suite }));
        let body = json!({ "action": "rerequested", "check_run": run_json });
        let receivers = self.maker(repository, app);
        self.emit_to(receivers, repository, "check_run", sender, &body);
        Some(())
    }

    /// A button of a check run is pressed. GitHub changes nothing of the run itself.
    pub(crate) fn press(&mut self, id: u64, identifier: &str, sender: &str) -> Option<()> {
        let run = self.check_runs.get(&id)?;
        run.actions.iter().find(|it| it.identifier == identifier)?;
        let (repository, app) = (run.repository_id, run.app);
        let mut run_json = self.check_run_json(run);
        let suite = self.simple_check_suite_json(run.suite_id)?;
        extend(&mut run_json, json!({ "check_suite": suite }));
        let body = json!({
            "action": "requested_action",
            "check_run": run_json,
            "requested_action": { "identifier": identifier },
        });
        let receivers = self.maker(repository, app);
        self.emit_to(receivers, repository, "check_run", sender, &body);
        Some(())
    }

    /// All check runs of a suite are wanted again.
    pub(crate) fn rerequest_check_suite(&mut self, id: u64, sender: &str) -> Option<()> {
        let suite = self.check_suite_json(id)?;
        let ((repository, _, app), _) = self.check_suites.iter().find(|(_, it)| **it == id)?;
        let (repository, app) = (*repository, *app);
        let body = json!({ "action": "rerequested", "check_suite": suite });
        let receivers = self.maker(repository, app);
        self.emit_to(receivers, repository, "check_suite", sender, &body);
        Some(())
    }

    /// The App that made a check, with its installation, as long as it may write checks.
    fn maker(&self, repository: u64, app: AppId) -> Vec<(AppId, u64)> {
        self.installations
            .values()
            .filter(|it| it.app == app && it.suspended.is_none())
            .filter(|it| self.installed_on(it, repository))
            .filter(|it| it.permissions.allows("checks", Access::Write))
            .map(|it| (it.app, it.id))
            .collect()
    }
}
