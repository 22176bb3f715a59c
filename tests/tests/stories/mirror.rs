//! The App of these stories: everything that `phase-mirror serve` wires, without its listener.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::check::CHECK_NAME;
use app::counters::Counters;
use app::evaluate::{Disposition, LEASE, Ports, WorkError, Worker, evaluate};
use app::event::DeliveryId;
use app::ingest::{
    FixedSecrets, IngestOutcome, Intake, MAX_BODY_BYTES, WebhookRequest, WebhookSecrets, ingest,
};
use app::metrics::Unmeasured;
use app::ports::{Budgets, Clock, Deliveries, FinishedDelivery};
use app::redeliver::{Asked, redeliver};
use embedded::{Embedded, OpenError, Received};
use github::{ApiUrl, GitHub, GitHubConfig, PrivateKey};
use jiff::Timestamp;
use sandbox::contract::Watched;
use sandbox::{
    Access, App, CheckRun, Delivery, GITHUB_ACTIONS, Installation, NewApp, Options, PullRequest,
    Ruleset, Sandbox,
};
use tempfile::TempDir;

/// A workflow whose job reports "ci" on pull requests and in the merge queue.
pub(crate) const CI: &str = "\
name: CI
on:
  pull_request:
  merge_group:
jobs:
  ci:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

/// The same, without the job that is required.
pub(crate) const NO_CI: &str = "\
name: CI
on:
  pull_request:
  merge_group:
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

/// Where workflows are.
pub(crate) const CI_FILE: &str = ".github/workflows/ci.yml";

/// The sandbox's time as the App's.
struct SandboxTime(sandbox::Clock);

impl Clock for SandboxTime {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// What a process holds; dropped when it is killed.
struct Process {
    stores: Embedded,
    worker: Worker,
    intake: Intake,
    hook: Arc<GitHub>,
}

/// A GitHub, an App registered there, and the process that plays it.
pub(crate) struct Mirror {
    pub(crate) github: Sandbox,
    pub(crate) app: App,
    pub(crate) installation: Installation,
    watched: Watched,
    /// Where workers tell each other of limits, if not in the process's own stores.
    budgets: Option<Arc<dyn Budgets>>,
    process: Mutex<Option<Arc<Process>>>,
    received: AtomicUsize,
    data: TempDir,
}

impl Mirror {
    /// A fresh GitHub with the App installed on `octo-org`.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[], None).await
    }

    /// The same, with an App that is subscribed to these events, too.
    pub(crate) async fn start_hearing(hears: &[&str]) -> Self {
        Self::start_with(hears, None).await
    }

    /// The same, whose workers tell each other of limits by this.
    pub(crate) async fn start_sharing(budgets: Arc<dyn Budgets>) -> Self {
        Self::start_with(&[], Some(budgets)).await
    }

    async fn start_with(hears: &[&str], budgets: Option<Arc<dyn Budgets>>) -> Self {
        let options = Options {
            clock: sandbox::Clock::stopped_at("2026-11-21T12:00:00Z".parse().expect("a time")),
            ..Options::default()
        };
        let github = Sandbox::start(options).await.expect("the sandbox starts");
        let watched = Watched::new(&github);
        let new = NewApp::named("Phase Mirror")
            .permission("checks", Access::Write)
            .permission("contents", Access::Read)
            .permission("merge_queues", Access::Read)
            .permission("pull_requests", Access::Read)
            .permission("statuses", Access::Read)
            .permission("actions", Access::Read)
            .subscribed_to("merge_group")
            .subscribed_to("pull_request");
        let new = hears
            .iter()
            .fold(new, |new, event| new.subscribed_to(event));
        let app = github.create_app(new);
        let installation = app.install("octo-org");
        let data = tempfile::tempdir().expect("a folder");
        let mirror = Self {
            github,
            app,
            installation,
            watched,
            budgets,
            process: Mutex::new(None),
            received: AtomicUsize::new(0),
            data,
        };
        mirror
            .try_start(mirror.data.path())
            .expect("the stores open");
        // That it is installed is no part of what is told.
        mirror.catch_up().await;
        mirror
    }

    /// A process on this data folder takes over.
    fn try_start(&self, data: &Path) -> Result<(), OpenError> {
        let clock = Arc::new(SandboxTime(self.github.clock().clone()));
        self.take_over(Embedded::open(data, clock)?);
        Ok(())
    }

    fn take_over(&self, stores: Embedded) {
        let budgets = self.budgets.clone();
        let budgets = budgets.unwrap_or_else(|| Arc::new(stores.clone()));
        let process = Process::new(&self.github, &self.app, stores, budgets);
        *self.process.lock().expect("no panic") = Some(Arc::new(process));
    }

    /// Another worker goes on: it has the same stores, as functions do, and a memory of its own.
    pub(crate) fn another_worker(&self) {
        self.take_over(self.process().stores.clone());
    }

    /// A repository whose branch `main` requires the check "ci" from Actions.
    pub(crate) fn repository_that_requires_ci(&self) -> sandbox::Repository {
        let files = [(CI_FILE, CI), ("README.md", "Hello\n")];
        let repository = self.github.create_repository("octo-org/hello", files);
        repository.add_ruleset(Ruleset::named("main").requires_check_from("ci", GITHUB_ACTIONS));
        repository
    }

    /// Receives every webhook that GitHub has made since, and works until nothing is left.
    pub(crate) async fn catch_up(&self) {
        self.receive().await;
        self.work().await;
    }

    /// Receives every webhook that GitHub has made since.
    pub(crate) async fn receive(&self) {
        let deliveries = self.github.deliveries();
        let from = self.received.swap(deliveries.len(), Ordering::SeqCst);
        for delivery in &deliveries[from..] {
            let outcome = self.receive_one(delivery).await;
            let taken = matches!(
                outcome,
                IngestOutcome::Accepted | IngestOutcome::Ping | IngestOutcome::Ignored
            );
            assert!(
                taken,
                "{} {:?}: {outcome:?}",
                delivery.event, delivery.action
            );
        }
    }

    /// Loses every webhook that GitHub has made since.
    pub(crate) fn forget_deliveries(&self) {
        let made = self.github.deliveries().len();
        self.received.store(made, Ordering::SeqCst);
    }

    /// Asks GitHub again for what is not done, as the App does from time to time.
    pub(crate) async fn redeliver(&self) -> Asked {
        let process = self.process();
        let (clock, stores) = (&process.worker.ports.clock, &process.stores);
        let asked = redeliver(&**clock, stores, &*process.hook).await;
        let asked = asked.expect("GitHub and the stores answer");
        self.github.settled().await;
        asked
    }

    /// Receives this delivery, be it for the first time or not.
    pub(crate) async fn receive_one(&self, delivery: &Delivery) -> IngestOutcome {
        let request = WebhookRequest {
            event: delivery.header("X-GitHub-Event"),
            delivery: delivery.header("X-GitHub-Delivery"),
            signature: delivery.header("X-Hub-Signature-256"),
            content_type: delivery.header("Content-Type"),
            trace: None,
            body: &delivery.body,
        };
        ingest(&self.process().intake, &request).await
    }

    /// Works until the queue is empty. Time passes only while a message waits.
    pub(crate) async fn work(&self) {
        let process = self.process();
        for _ in 0..500 {
            let visibility = Duration::from_mins(1);
            let reception = process
                .stores
                .queue()
                .receive(visibility)
                .await
                .expect("the queue answers");
            match (reception.received, reception.next_in) {
                (Some(received), _) => process.handle(received).await,
                (None, Some(wait)) => self.github.clock().advance(wait),
                (None, None) => return,
            }
        }
        panic!("the work does not end");
    }

    /// Takes the next message and works on it once, whatever comes of it.
    pub(crate) async fn work_once(&self) {
        let process = self.process();
        let visibility = Duration::from_mins(1);
        let reception = process
            .stores
            .queue()
            .receive(visibility)
            .await
            .expect("the queue answers");
        if let Some(received) = reception.received {
            process.handle(received).await;
        }
    }

    /// Takes every message there is and works on all of them at the same time.
    pub(crate) async fn work_on_all_at_once(&self) {
        let process = self.process();
        let mut tasks = Vec::new();
        while let Some(received) = process
            .stores
            .queue()
            .receive(Duration::from_mins(1))
            .await
            .expect("the queue answers")
            .received
        {
            let process = Arc::clone(&process);
            tasks.push(tokio::spawn(async move { process.handle(received).await }));
        }
        drop(process);
        for task in tasks {
            task.await.expect("no worker panics");
        }
        self.work().await;
    }

    /// The process is gone with its disk; another starts on an empty one.
    pub(crate) fn restart_with_an_empty_disk(&self) {
        let killed = self.process.lock().expect("no panic").take();
        drop(killed);
        let data = self.data.path().join("another");
        self.try_start(&data).expect("the stores open");
    }

    /// The process is gone with all it held in memory; another starts on the same data folder.
    pub(crate) async fn restart(&self) {
        let killed = self
            .process
            .lock()
            .expect("no panic")
            .take()
            .expect("a process runs");
        drop(Arc::into_inner(killed).expect("nothing else holds the killed process"));
        // A statement that SQLite was just executing ends first, as the kernel would see to.
        loop {
            match self.try_start(self.data.path()) {
                Ok(()) => return,
                Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("the stores open: {error}"),
            }
        }
    }

    /// How the latest delivery that is worked on ended.
    pub(crate) async fn end_of_latest(&self) -> Option<FinishedDelivery> {
        let deliveries = self.github.deliveries();
        let worked_on = ["pull_request", "merge_group", "check_run", "check_suite"];
        let is_one = |it: &&Delivery| worked_on.contains(&&*it.event);
        let latest = deliveries.iter().rfind(is_one)?;
        let id = DeliveryId::new(&latest.guid).expect("GitHub's GUIDs are ids");
        self.process()
            .stores
            .finished(&id)
            .await
            .expect("the store answers")
    }

    /// How this delivery ended, once it has.
    pub(crate) async fn end_of(&self, delivery: &Delivery) -> Option<FinishedDelivery> {
        let id = DeliveryId::new(&delivery.guid).expect("GitHub's GUIDs are ids");
        let end = self.process().stores.finished(&id).await;
        end.expect("the store answers")
    }

    /// How many rows there are of a repository, by the file's own word.
    pub(crate) fn kept_of(&self, repository: &sandbox::Repository) -> usize {
        self.kept_of_id(repository.id())
    }

    /// The same, of one that may be gone.
    pub(crate) fn kept_of_id(&self, repository_id: u64) -> usize {
        self.rows("repository_id", repository_id) + self.rows("id", repository_id)
    }

    /// How many rows there are of the installation.
    pub(crate) fn kept_of_installation(&self) -> usize {
        let id = self.installation.id();
        self.rows("installation_id", id) + self.rows("id", id)
    }

    fn rows(&self, column: &str, value: u64) -> usize {
        let file = self.data.path().join("phase-mirror.sqlite3");
        let connection = rusqlite::Connection::open(file).expect("opened");
        let mut tables = connection
            .prepare(
                "SELECT s.name FROM sqlite_schema s, pragma_table_info(s.name) c
                 WHERE s.type = 'table' AND c.name = ?1",
            )
            .expect("prepared");
        let tables = tables
            .query_map([column], |row| row.get(0))
            .expect("asked")
            .map(|table| table.expect("a table"));
        let count = |table: String| {
            let count = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
            let rows = connection.query_row(&count, [value], |row| row.get::<_, usize>(0));
            rows.expect("counted")
        };
        tables.map(count).sum()
    }

    /// Ends a story: everything that was said kept to GitHub's descriptions.
    #[track_caller]
    pub(crate) fn end(self) {
        self.watched.assert_clean();
    }

    fn process(&self) -> Arc<Process> {
        let process = self.process.lock().expect("no panic");
        Arc::clone(process.as_ref().expect("a process runs"))
    }
}

/// Opens a pull request that takes the required check away.
pub(crate) fn rename_the_job(repository: &sandbox::Repository) -> PullRequest {
    repository.push("feature", "Rename the job", [(CI_FILE, NO_CI)]);
    repository.open_pull_request("feature", "main", "Rename the job")
}

/// Our check runs on the head of a pull request, oldest first.
pub(crate) fn checks(pull_request: &PullRequest) -> Vec<CheckRun> {
    let mut runs = pull_request.check_runs();
    runs.retain(|run| run.name == CHECK_NAME);
    runs
}

/// Our only check run on the head of a pull request.
#[track_caller]
pub(crate) fn the_check(pull_request: &PullRequest) -> CheckRun {
    let mut runs = checks(pull_request);
    assert_eq!(runs.len(), 1, "there is one check run: {runs:#?}");
    runs.remove(0)
}

impl Process {
    fn new(github: &Sandbox, app: &App, stores: Embedded, budgets: Arc<dyn Budgets>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SandboxTime(github.clock().clone()));
        let config = GitHubConfig {
            api_url: ApiUrl::new(github.base_url()).expect("a loopback address"),
            issuer: app.client_id().to_owned(),
            private_key: Arc::new(PrivateKey::from_pem(&app.private_key().into()).expect("a key")),
            actions_app_id: Some(GITHUB_ACTIONS.0),
        };
        let unmeasured = Arc::new(Unmeasured);
        let adapter = GitHub::sharing(&config, Arc::clone(&clock), unmeasured, budgets);
        let adapter = Arc::new(adapter.expect("it is configured"));
        let metrics = Arc::new(Counters::default());
        let worker = Worker {
            ports: Ports {
                clock,
                deliveries: Arc::new(stores.clone()),
                leases: Arc::new(stores.clone()),
                heads: Arc::new(stores.clone()),
                evaluations: Arc::new(stores.clone()),
                policies: Arc::new(stores.clone()),
                account_policies: adapter.clone(),
                collaborators: adapter.clone(),
                installations: Arc::new(stores.clone()),
                access: adapter.clone(),
                purge: Arc::new(stores.clone()),
                pull_requests: adapter.clone(),
                snapshots: adapter.clone(),
                check_runs: adapter.clone(),
            },
            judge: oracle::evaluate,
            lease: LEASE,
            deadline: None,
            metrics: Arc::clone(&metrics) as _,
        };
        let intake = Intake {
            secrets: Arc::new(FixedSecrets::new(WebhookSecrets {
                current: app.webhook_secret().into(),
                previous: None,
            })),
            max_body_bytes: MAX_BODY_BYTES,
            decode: github::webhook::decode,
            queue: Arc::new(stores.queue().clone()),
            metrics,
        };
        Self {
            stores,
            worker,
            intake,
            hook: adapter,
        }
    }

    async fn handle(&self, received: Received) {
        let attempt = received.attempt();
        let queue = self.stores.queue();
        let result = evaluate(&self.worker, &received.message, attempt).await;
        let settled = match result {
            Ok(Disposition::Finished(_)) => queue.delete(received.receipt).await,
            Ok(Disposition::RetryIn(delay, _)) => queue.release(received.receipt, delay).await,
            Err(error) if attempt.last => queue.give_up(received.receipt, chain(&error)).await,
            Err(_) => {
                queue
                    .release(received.receipt, Duration::from_secs(10))
                    .await
            }
        };
        settled.expect("the queue settles");
    }
}

fn chain(error: &WorkError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
