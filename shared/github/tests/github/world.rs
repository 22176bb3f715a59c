//! A GitHub with an App, an installation and a repository, and our adapter towards it.

use std::sync::Arc;

use app::evaluate::{self, Attempt, Disposition, Ports, WorkError, Worker};
use app::event::{DeliveryId, Message, Repository};
use app::metrics::Unmeasured;
use app::ports::{Clock, PullRequest, PullRequests, Snapshots};
use app::testing::{self, Measured};
use app::webhook::Decoded;
use github::{ApiUrl, GitHub, GitHubConfig, PrivateKey};
use oracle::{RepositoryName, Snapshot};
use sandbox::contract::Watched;
use sandbox::{Access, App, GITHUB_ACTIONS, Installation, NewApp, Options, Sandbox};

pub(crate) const WORKFLOW: &str = "\
on: [pull_request]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) app: App,
    pub(crate) installation: Installation,
    pub(crate) repository: sandbox::Repository,
    pub(crate) stores: Arc<testing::World>,
    pub(crate) github: Arc<GitHub>,
    pub(crate) measured: Arc<Measured>,
    _watched: Watched,
}

impl World {
    /// `octo-org/hello` with one workflow on `main`.
    pub(crate) async fn new() -> Self {
        let stores = testing::World::new();
        let options = Options {
            clock: sandbox::Clock::stopped_at(stores.now()),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let watched = Watched::new(&sandbox);
        let app = sandbox.create_app(
            NewApp::named("Phase Mirror")
                .permission("actions", Access::Read)
                .permission("checks", Access::Write)
                .permission("contents", Access::Read)
                .permission("merge_queues", Access::Read)
                .permission("pull_requests", Access::Read)
                .permission("statuses", Access::Read)
                .subscribed_to("merge_group")
                .subscribed_to("push")
                .subscribed_to("pull_request"),
        );
        let files = [
            ("README.md", "Hello\n"),
            (".github/workflows/ci.yml", WORKFLOW),
        ];
        let repository = sandbox.create_repository("octo-org/hello", files);
        let installation = app.install("octo-org");
        let measured = Arc::new(Measured::default());
        let github = Arc::new(connect(&sandbox, &app, &stores, &measured));
        Self {
            sandbox,
            app,
            installation,
            repository,
            stores,
            github,
            measured,
            _watched: watched,
        }
    }

    /// The process ends and another begins: nothing that was kept in memory is left.
    pub(crate) fn restart(&mut self) {
        let (app, measured) = (&self.app, &self.measured);
        self.github = Arc::new(connect(&self.sandbox, app, &self.stores, measured));
    }

    /// Moves the time on, here and at GitHub.
    pub(crate) fn advance(&self, by: std::time::Duration) {
        self.stores.advance(by);
        self.sandbox.clock().advance(by);
    }

    /// The repository as an event names it.
    pub(crate) fn named(&self) -> Repository {
        Repository {
            installation_id: self.installation.id(),
            id: self.repository.id(),
            name: RepositoryName::new(&self.repository.full_name()).unwrap(),
        }
    }

    /// A pull request that adds a line to the README.
    pub(crate) fn open_pull_request(&self) -> sandbox::PullRequest {
        let files = [("README.md", "Hello, world\n")];
        self.repository.push("feature", "Say more", files);
        self.repository
            .open_pull_request("feature", "main", "Say more")
    }

    pub(crate) async fn read(&self, pull_request: &sandbox::PullRequest) -> PullRequest {
        let number = pull_request.number();
        let read = self.github.pull_request(&self.named(), number).await;
        read.unwrap()
    }

    /// The snapshot of a pull request as it is now.
    pub(crate) async fn snapshot(&self, pull_request: &sandbox::PullRequest) -> Snapshot {
        let read = self.read(pull_request).await;
        let wants = oracle::registry::wants;
        let snapshot = self.github.snapshot(&self.named(), &read, wants).await;
        snapshot.unwrap()
    }

    /// The latest webhook about the repository as a message to a worker.
    pub(crate) fn message(&self) -> Message {
        let deliveries = self.sandbox.deliveries().into_iter();
        let mut of_repository = deliveries.filter(|it| !it.event.starts_with("installation"));
        let delivery = of_repository.next_back().expect("a delivery");
        let decoded = github::webhook::decode(&delivery.event, &delivery.body).unwrap();
        let Decoded::Event(event) = decoded else {
            panic!("{decoded:?}");
        };
        Message {
            delivery: DeliveryId::new(&delivery.guid).unwrap(),
            trace: None,
            event,
        }
    }

    /// Works on a message as the App does.
    pub(crate) async fn work(&self, message: &Message) -> Result<Disposition, WorkError> {
        let worker = Worker {
            ports: Ports {
                clock: self.stores.clone(),
                deliveries: self.stores.clone(),
                leases: self.stores.clone(),
                heads: self.stores.clone(),
                evaluations: self.stores.clone(),
                pull_requests: self.github.clone(),
                snapshots: self.github.clone(),
                check_runs: self.github.clone(),
                policies: self.stores.clone(),
                account_policies: self.github.clone(),
                collaborators: self.github.clone(),
                installations: self.stores.clone(),
                access: self.github.clone(),
                purge: self.stores.clone(),
            },
            judge: oracle::evaluate,
            lease: evaluate::LEASE,
            deadline: None,
            metrics: Arc::new(Unmeasured),
        };
        let attempt = Attempt {
            number: 1,
            last: false,
        };
        evaluate::evaluate(&worker, message, attempt).await
    }

    /// The endpoints called since the last time, in order.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        let calls = self.sandbox.calls();
        self.sandbox.forget_calls();
        calls.iter().map(sandbox::Call::endpoint).collect()
    }
}

fn connect(
    sandbox: &Sandbox,
    app: &App,
    stores: &Arc<testing::World>,
    measured: &Arc<Measured>,
) -> GitHub {
    let config = GitHubConfig {
        api_url: ApiUrl::new(sandbox.base_url()).unwrap(),
        issuer: app.client_id().to_owned(),
        private_key: Arc::new(PrivateKey::from_pem(&app.private_key().into()).unwrap()),
        actions_app_id: Some(GITHUB_ACTIONS.0),
    };
    let clock = Arc::clone(stores) as Arc<dyn Clock>;
    GitHub::measured(&config, clock, Arc::clone(measured) as _).unwrap()
}
