//! A GitHub with something of everything, watched.

use jiff::Timestamp;
use sandbox::contract::Watched;
use sandbox::{
    Access, App, CheckConclusion, Clock, GITHUB_ACTIONS, NewApp, Options, Protection, PullRequest,
    Repository, Ruleset, Sandbox, StatusState,
};

use crate::client::Client;

/// A repository with rules, a workflow, an open pull request of its own and one from a fork, on
/// whose heads checks and statuses were reported.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) watched: Watched,
    pub(crate) app: App,
    pub(crate) installation: sandbox::Installation,
    pub(crate) repository: Repository,
    pub(crate) pull_request: PullRequest,
    pub(crate) from_fork: PullRequest,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let options = Options {
            clock: Clock::stopped_at(noon),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let watched = Watched::new(&sandbox);
        let app = sandbox.create_app(
            NewApp::named("Mirror")
                .permission("actions", Access::Read)
                .permission("administration", Access::Read)
                .permission("checks", Access::Write)
                .permission("contents", Access::Read)
                .permission("merge_queues", Access::Read)
                .permission("pull_requests", Access::Read)
                .permission("statuses", Access::Write)
                .subscribed_to("merge_group")
                .subscribed_to("pull_request")
                .subscribed_to("push"),
        );
        let repository = sandbox.create_repository(
            "octo-org/hello",
            [
                ("README.md", "Hello\n"),
                (".github/workflows/ci.yml", "on: pull_request\njobs: {}\n"),
            ],
        );
        let installation = app.install("octo-org");
        repository.add_ruleset(
            Ruleset::named("main")
                .requires_check("build")
                .merge_queue()
                .requires_pull_request(1),
        );
        repository.protect("main", Protection::new().requires_check("lint"));
        repository.push("feature", "Say more", [("README.md", "Hello, world\n")]);
        let pull_request = repository.open_pull_request("feature", "main", "Say more");
        let fork = repository.fork("monalisa");
        fork.push("fix", "Fix it", [("docs/guide.md", "# Guide\n")]);
        let from_fork = repository.open_pull_request_from(&fork, "fix", "main", "Fix it");
        let head = pull_request.head();
        repository.report_check(head, "build", GITHUB_ACTIONS, CheckConclusion::Success);
        repository.report_status(head, "ci/elsewhere", StatusState::Pending);
        Self {
            sandbox,
            watched,
            app,
            installation,
            repository,
            pull_request,
            from_fork,
        }
    }

    /// A client with a token of the installation.
    pub(crate) fn client(&self) -> Client {
        Client::with_token(&self.sandbox, &self.installation.access_token())
    }
}
