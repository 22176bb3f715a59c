//! A GitHub with the App installed, and a server that is configured for it.

use std::net::SocketAddr;

use ::sandbox::{Access, App, Installation, NewApp, Options, PullRequest, Repository, Sandbox};

use crate::process::Server;

/// GitHub's side.
pub(crate) struct GitHub {
    pub(crate) sandbox: Sandbox,
    pub(crate) app: App,
    pub(crate) installation: Installation,
    pub(crate) repository: Repository,
}

impl GitHub {
    /// A repository that the App may see, without contradictions.
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let app = sandbox.create_app(
            NewApp::named("Phase Mirror")
                .permission("checks", Access::Write)
                .permission("contents", Access::Read)
                .permission("pull_requests", Access::Read)
                .permission("statuses", Access::Read)
                .permission("actions", Access::Read)
                .subscribed_to("pull_request"),
        );
        let repository = sandbox.create_repository("octo-org/hello", [("README.md", "Hello\n")]);
        let installation = app.install_on(&[&repository]);
        Self {
            sandbox,
            app,
            installation,
            repository,
        }
    }

    /// Variables that configure a server for this GitHub.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        vec![
            ("PHASE_MIRROR_GITHUB_API_URL", self.sandbox.base_url()),
            ("PHASE_MIRROR_GITHUB_CLIENT_ID", self.app.client_id()),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", self.app.private_key()),
            (
                "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET",
                self.app.webhook_secret(),
            ),
        ]
    }

    /// Starts a server on this data folder.
    pub(crate) fn serve(&self, data: &tempfile::TempDir) -> Server {
        Server::start(data.path(), &self.environment())
    }

    /// Starts a server with further variables, on a folder of its own.
    pub(crate) fn serve_with(&self, further: &[(&str, &str)]) -> Server {
        let data = tempfile::tempdir().unwrap();
        let environment = [&self.environment(), further].concat();
        let mut server = Server::start(data.path(), &environment);
        server.keep(data);
        server
    }

    /// Lets GitHub send its webhooks to the server.
    pub(crate) fn send_webhooks_to(&self, address: SocketAddr) {
        self.app
            .set_webhook_url(&format!("http://{address}/webhook"));
    }

    /// Opens a pull request that changes a file.
    pub(crate) fn open_pull_request(&self) -> PullRequest {
        self.repository
            .push("topic", "Say more", [("README.md", "Hello, world\n")]);
        self.repository
            .open_pull_request("topic", "main", "Say more")
    }

    /// The body of the webhook that announces the latest pull request.
    pub(crate) fn pull_request_body(&self) -> Vec<u8> {
        let deliveries = self.sandbox.deliveries();
        let latest = deliveries
            .into_iter()
            .rfind(|delivery| delivery.event == "pull_request")
            .expect("a pull request was opened");
        latest.body
    }
}
