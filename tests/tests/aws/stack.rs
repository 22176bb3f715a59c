//! The App deployed on an emulator of AWS, with a GitHub of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use app::check::CHECK_NAME;
use app::evaluate::MAX_RECEIVES;
use aws::names::{FunctionName, Names, TableName};
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::contract::Watched;
use sandbox::{
    Access, App, CheckRun, CheckStatus, GITHUB_ACTIONS, Installation, NewApp, Options, PullRequest,
    Ruleset, Sandbox,
};
use serde::Deserialize;
use tempfile::TempDir;

use crate::proxy::Proxy;

/// After how many receives a message becomes a dead letter, where a story is about dead letters.
const FEW_RECEIVES: u32 = 3;

/// A workflow whose job reports "ci" on pull requests.
pub(crate) const CI: &str = "\
name: CI
on: pull_request
jobs:
  ci:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

/// The same, without the job that is required.
pub(crate) const NO_CI: &str = "\
name: CI
on: pull_request
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

/// Where workflows are.
pub(crate) const CI_FILE: &str = ".github/workflows/ci.yml";

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(5);

/// What deploy.py tells of the stack.
#[derive(Debug, Deserialize)]
struct Deployed {
    webhook: String,
    queues: BTreeMap<String, String>,
    bucket: String,
    public_actions: Vec<String>,
}

/// Everything of one story.
pub(crate) struct Stack {
    pub(crate) github: Sandbox,
    pub(crate) app: App,
    pub(crate) installation: Installation,
    /// Between the functions and AWS.
    pub(crate) aws: Proxy,
    sqs: aws_sdk_sqs::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    webhook_url: String,
    deployed: Deployed,
    watched: Watched,
    emulator: Emulator,
}

/// The emulator's process, and its log.
struct Emulator {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It stops its functions when it is asked to stop, not when it is killed.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// A variable that scripts/test and scripts/e2e-aws set.
fn needed(variable: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| {
        panic!("{variable} is not set: run this test by scripts/test or scripts/e2e-aws")
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository's root")
}

impl Stack {
    /// A fresh AWS on which the template is deployed, and a fresh GitHub with the App installed
    /// on `octo-org`.
    pub(crate) async fn start() -> Self {
        let stack = Self::start_silent(|_| {}, MAX_RECEIVES).await;
        stack.app.set_webhook_url(stack.webhook_url());
        stack
    }

    /// The same, with AWS misbehaving from the start, and with little patience: what is received
    /// three times is a dead letter.
    pub(crate) async fn start_impatient(prepare: impl FnOnce(&Proxy)) -> Self {
        let stack = Self::start_silent(prepare, FEW_RECEIVES).await;
        stack.app.set_webhook_url(stack.webhook_url());
        stack
    }

    /// The same, of which GitHub does not know where to send webhooks.
    pub(crate) async fn start_silent(prepare: impl FnOnce(&Proxy), max_receives: u32) -> Self {
        Self::start_with(Options::default(), prepare, max_receives).await
    }

    /// The same, whose GitHub believes that it is this much earlier, and that time stands still.
    pub(crate) async fn start_silent_before(earlier: Duration) -> Self {
        let now = jiff::Timestamp::now() - earlier;
        let options = Options {
            clock: sandbox::Clock::stopped_at(now),
            ..Options::default()
        };
        Self::start_with(options, |_| {}, MAX_RECEIVES).await
    }

    async fn start_with(options: Options, prepare: impl FnOnce(&Proxy), max_receives: u32) -> Self {
        let github = Sandbox::start(options).await.expect("the sandbox starts");
        let watched = Watched::new(&github);
        let aws = Proxy::start().await;
        let emulator = Emulator::start(&aws).await;
        aws.forward_to(emulator.port, None);
        let url = Proxy::start().await;
        let new = NewApp::named("Phase Mirror")
            .permission("checks", Access::Write)
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read)
            .permission("statuses", Access::Read)
            .permission("actions", Access::Read)
            .subscribed_to("pull_request")
            .subscribed_to("push");
        let app = github.create_app(new);
        prepare(&aws);
        let deployed = emulator.deploy(&github, &app, max_receives);
        let host = deployed.webhook.trim_start_matches("https://");
        url.forward_to(emulator.port, Some(host.trim_end_matches('/')));
        let installation = app.install("octo-org");
        let config = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "test", "test", None, None, "tests",
            )))
            .endpoint_url(format!("http://127.0.0.1:{}", emulator.port))
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Self {
            github,
            app,
            installation,
            aws,
            sqs: aws_sdk_sqs::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            webhook_url: format!("{}/webhook", url.url()),
            deployed,
            watched,
            emulator,
        }
    }

    /// Where the webhook is, as the sandbox and these tests can reach it.
    pub(crate) fn webhook_url(&self) -> &str {
        &self.webhook_url
    }

    /// A repository whose branch `main` requires the check "ci" from Actions.
    pub(crate) fn repository_that_requires_ci(&self, name: &str) -> sandbox::Repository {
        let files = [(CI_FILE, CI), ("README.md", "Hello\n")];
        let repository = self.github.create_repository(name, files);
        repository.add_ruleset(Ruleset::named("main").requires_check_from("ci", GITHUB_ACTIONS));
        repository
    }

    /// Waits until all these pull requests have as many of our check runs as wanted, completed.
    pub(crate) async fn wait_for_checks(&self, pull_requests: &[PullRequest], wanted: usize) {
        self.wait("for check runs", async || {
            let complete = |pull_request: &PullRequest| {
                let runs = checks(pull_request);
                let done = |run: &CheckRun| run.status == CheckStatus::Completed;
                runs.len() >= wanted && runs.iter().all(done)
            };
            pull_requests.iter().all(complete)
        })
        .await;
    }

    /// Waits until no message is in these queues, neither visible nor in a worker's hands.
    pub(crate) async fn wait_until_empty(&self, queues: &[&str]) {
        self.wait("for queues to be empty", async || {
            let mut left = 0;
            for queue in queues {
                left += self.depth(queue).await;
            }
            left == 0
        })
        .await;
    }

    /// Waits until something is true, and fails with the emulator's log when that takes too long.
    pub(crate) async fn wait(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !is_so().await {
            assert!(
                began.elapsed() < PATIENCE,
                "waited {what} in vain\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// How many messages a queue holds, in whosever hands.
    pub(crate) async fn depth(&self, queue: &str) -> u64 {
        let counted = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let attributes = self
            .sqs
            .get_queue_attributes()
            .queue_url(self.queue_url(queue))
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .expect("the queue answers")
            .attributes
            .unwrap_or_default();
        let count = |name| attributes.get(name)?.parse::<u64>().ok();
        counted.iter().filter_map(count).sum()
    }

    /// Sends whatever text to a queue.
    pub(crate) async fn send(&self, queue: &str, body: &str) {
        self.sqs
            .send_message()
            .queue_url(self.queue_url(queue))
            .message_body(body)
            .send()
            .await
            .expect("sent");
    }

    /// What an operator does when the cause is mended: has dead letters tried again.
    pub(crate) async fn redrive(&self, queue: &str) {
        let dead = format!("{queue}-dead");
        let taken = self
            .sqs
            .receive_message()
            .queue_url(self.queue_url(&dead))
            .max_number_of_messages(10)
            .send()
            .await
            .expect("the queue answers");
        for message in taken.messages.unwrap_or_default() {
            self.send(queue, message.body().unwrap_or_default()).await;
            self.sqs
                .delete_message()
                .queue_url(self.queue_url(&dead))
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .send()
                .await
                .expect("deleted");
        }
    }

    fn queue_url(&self, queue: &str) -> &str {
        &self.deployed.queues[queue]
    }

    /// The tables' items and the versions of the bucket's objects, by the partition key or the key.
    pub(crate) async fn stored(&self) -> Vec<String> {
        let mut stored = Vec::new();
        for table in TableName::ALL {
            let mut items = self
                .dynamodb
                .scan()
                .table_name(names().table(table))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = items.next().await {
                let item = item.expect("the table answers");
                stored.push(item["pk"].as_s().expect("a string").clone());
            }
        }
        let objects = self
            .s3
            .list_object_versions()
            .bucket(&self.deployed.bucket)
            .send()
            .await
            .expect("the bucket answers");
        let objects = objects.versions().iter().filter_map(|it| it.key());
        stored.extend(objects.map(str::to_owned));
        stored
    }

    /// Lets a function run once, as its schedule does, and waits for its end.
    pub(crate) fn wake(&self, function: FunctionName) {
        let invoke = format!(
            "import boto3, sys\n\
             client = boto3.client('lambda', endpoint_url='http://127.0.0.1:{}', \
             region_name='eu-central-1', aws_access_key_id='test', aws_secret_access_key='test')\n\
             answer = client.invoke(FunctionName='{}', Qualifier='live')\n\
             sys.exit(answer.get('FunctionError'))",
            self.emulator.port,
            names().function(function),
        );
        let status = Command::new(needed("PHASE_MIRROR_EMULATOR_PYTHON"))
            .args(["-c", &invoke])
            .status()
            .expect("Python runs");
        assert!(status.success(), "the function ends well\n{}", self.log());
    }

    /// What anybody may do to the webhook.
    pub(crate) fn public_actions(&self) -> &[String] {
        &self.deployed.public_actions
    }

    /// What functions and emulator have logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.emulator.folder.path().join("log")).unwrap_or_default()
    }

    /// Kills the processes of a function with SIGKILL; how many there were.
    pub(crate) fn kill(&self, function: &str) -> usize {
        let mut killed = 0;
        for pid in self.emulator.processes_of(function) {
            let status = Command::new("kill").args(["-KILL", &pid]).status();
            killed += usize::from(status.is_ok_and(|status| status.success()));
        }
        killed
    }

    /// Ends a story: everything that was said to GitHub kept to GitHub's descriptions.
    #[track_caller]
    pub(crate) fn end(self) {
        self.watched.assert_clean();
    }
}

impl Emulator {
    async fn start(aws: &Proxy) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(needed("PHASE_MIRROR_EMULATOR_PYTHON"))
            .args(["-m", "ministack"])
            .current_dir(folder.path())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_REGION", "eu-central-1")
            .env("AWS_DEFAULT_REGION", "eu-central-1")
            // Functions inherit it, and so call AWS through the proxy.
            .env("AWS_ENDPOINT_URL", aws.url())
            .env("TMPDIR", folder.path())
            .env("S3_DATA_DIR", folder.path().join("s3"))
            // Listeners on ports of their own, which another emulator may have.
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("the emulator starts");
        let emulator = Self {
            child,
            port,
            folder,
        };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            assert!(began.elapsed() < PATIENCE, "the emulator does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        emulator
    }

    fn deploy(&self, github: &Sandbox, app: &App, max_receives: u32) -> Deployed {
        let told = serde_json::json!({
            "environment": "e2e",
            "api_url": github.base_url(),
            "max_receives": max_receives,
            "visibility_timeout": 20,
            "parameters": {
                "client_id": app.client_id(),
                "private_key": app.private_key(),
                "webhook_secret": app.webhook_secret(),
            },
        });
        let mut deploy = Command::new(needed("PHASE_MIRROR_EMULATOR_PYTHON"))
            .arg(root().join("tests/aws/deploy.py"))
            .arg(format!("http://127.0.0.1:{}", self.port))
            .arg(needed("PHASE_MIRROR_FUNCTIONS"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("deploy.py runs");
        let mut stdin = deploy.stdin.take().expect("a pipe");
        stdin.write_all(told.to_string().as_bytes()).expect("told");
        drop(stdin);
        let output = deploy.wait_with_output().expect("deploy.py ends");
        assert!(output.status.success(), "the template is deployed");
        serde_json::from_slice(&output.stdout).expect("what deploy.py says")
    }

    /// Processes of the emulator whose variables say that they are this function.
    fn processes_of(&self, function: &str) -> Vec<String> {
        let is = format!("AWS_LAMBDA_FUNCTION_NAME=phase-mirror-e2e-{function}");
        let ours = format!("TMPDIR={}", self.folder.path().display());
        let processes = std::fs::read_dir("/proc").expect("processes");
        let pids = processes.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        pids.filter(|pid| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let has = |wanted: &str| {
                let mut variables = environment.split(|byte| *byte == 0);
                variables.any(|variable| variable == wanted.as_bytes())
            };
            has(&is) && has(&ours)
        })
        .collect()
    }
}

fn names() -> Names {
    Names::new("e2e").expect("an environment")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Our check runs on the head of a pull request, oldest first.
pub(crate) fn checks(pull_request: &PullRequest) -> Vec<CheckRun> {
    let mut runs = pull_request.check_runs();
    runs.retain(|run| run.name == CHECK_NAME);
    runs
}

/// Opens a pull request that takes the required check away.
pub(crate) fn rename_the_job(repository: &sandbox::Repository, branch: &str) -> PullRequest {
    // Another text, so another commit: a head has one run, however many pull requests have it.
    let message = format!("Rename the job on {branch}");
    repository.push(branch, &message, [(CI_FILE, NO_CI)]);
    repository.open_pull_request(branch, "main", "Rename the job")
}
