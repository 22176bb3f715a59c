//! An organisation's repository with a past, and somebody who may read it.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use sandbox::contract::Watched;
use sandbox::{
    Access, CheckConclusion, Clock, GITHUB_ACTIONS, Installation, NewApp, Options, Repository,
    Ruleset, Sandbox,
};
use serde_json::Value;

/// 2026-11-25T00:00:00Z, the time that answers carry.
const TIME: &str = "1795564800";

pub(crate) const CI: &str = ".github/workflows/ci.yml";
pub(crate) const POLICY: &str = ".github/phase-mirror.yml";

/// A policy by which one finding of MD-001 is enough.
pub(crate) const STRICT: &str =
    "version: 1\npreset: strict\nrules: {MD-001: {mode: block}, MD-007: {mode: warn}}\n";

/// A workflow with one job, which runs on pull requests.
pub(crate) fn workflow(job: &str) -> String {
    format!(
        "on: pull_request\njobs:\n  {job}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
    )
}

/// What a job's steps say.
fn longer(job: &str) -> String {
    format!("{}      - run: make install\n", workflow(job))
}

pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) hosted: Repository,
    pub(crate) reader: Installation,
    /// Where files are named, and the cache is.
    desk: tempfile::TempDir,
    watched: Watched,
}

impl Scene {
    /// A repository whose branch requires the check `test`, with nothing merged yet.
    pub(crate) async fn new() -> Self {
        let options = Options {
            clock: Clock::stopped_at("2026-11-01T09:00:00Z".parse().unwrap()),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let watched = Watched::new(&sandbox);
        let reads = ["actions", "checks", "contents", "pull_requests", "statuses"];
        let app = reads.iter().fold(NewApp::named("Somebody"), |app, name| {
            app.permission(name, Access::Read)
        });
        let app = sandbox.create_app(app);
        let ci = workflow("test");
        let files = [(CI, ci.as_str()), (POLICY, STRICT)];
        let hosted = sandbox.create_repository("octo-org/hello", files);
        hosted.add_ruleset(Ruleset::named("checks").requires_check_from("test", GITHUB_ACTIONS));
        Self {
            reader: app.install("octo-org"),
            sandbox,
            hosted,
            desk: tempfile::tempdir().unwrap(),
            watched,
        }
    }

    /// The same, and five pull requests were merged, each a day after the one before: #2 and #5
    /// would not be now.
    pub(crate) async fn with_a_past() -> Self {
        let scene = Self::new().await;
        scene.merge("Say hello", [("README.md", "Hello\n")]);
        scene.merge("Rename the job", [(CI, workflow("tests").as_str())]);
        scene.merge("Give it its name back", [(CI, workflow("test").as_str())]);
        scene.merge("Own everything", [("CODEOWNERS", "* @nobody-there\n")]);
        scene.merge("Rename it after all", [(CI, longer("build").as_str())]);
        scene
    }

    /// A pull request with these files, merged a day after the last one; its number. Where it
    /// leaves the workflow alone, Actions has reported the check.
    pub(crate) fn merge<const N: usize>(&self, title: &str, files: [(&str, &str); N]) -> u64 {
        self.sandbox.clock().advance(Duration::from_hours(24));
        let branch = title.to_lowercase().replace(' ', "-");
        self.hosted.create_branch(&branch, "main");
        self.hosted.push(&branch, title, files);
        let pull_request = self.hosted.open_pull_request(&branch, "main", title);
        let renames = files.iter().any(|(path, _)| *path == CI);
        if !renames {
            let success = CheckConclusion::Success;
            self.hosted
                .report_check(pull_request.head(), "test", GITHUB_ACTIONS, success);
        }
        pull_request.merge();
        pull_request.number()
    }

    /// The folder that the command runs in.
    pub(crate) fn path(&self) -> &Path {
        self.desk.path()
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// The journals in the cache.
    pub(crate) fn journals(&self) -> Vec<std::path::PathBuf> {
        let folder = self.path().join("cache/phase-mirror/backtest");
        let Ok(files) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        files.map(|file| file.unwrap().path()).collect()
    }

    /// `phase-mirror backtest --github octo-org/hello ARGUMENTS`.
    pub(crate) async fn backtest(&self, arguments: &[&str]) -> Output {
        self.backtest_of("octo-org/hello", arguments).await
    }

    pub(crate) async fn backtest_of(&self, repository: &str, arguments: &[&str]) -> Output {
        let token = self.reader.access_token();
        self.backtest_as(&token, repository, arguments).await
    }

    pub(crate) async fn backtest_as(
        &self,
        token: &str,
        repository: &str,
        arguments: &[&str],
    ) -> Output {
        let mut command = self.command(repository, arguments);
        command.env("GITHUB_TOKEN", token);
        // The sandbox answers on this test's runtime.
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        self.watched.assert_clean();
        output
    }

    /// The command, without a token.
    pub(crate) fn command(&self, repository: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phase-mirror"));
        command
            .args(["backtest", "--github", repository])
            .args(["--api-url", self.sandbox.base_url()])
            .args(["--actions-app-id", &GITHUB_ACTIONS.0.to_string()])
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("SOURCE_DATE_EPOCH", TIME)
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) async fn answer(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        let output = self.backtest(&arguments).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The endpoints called since the last time, and how often.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        let calls = self.sandbox.calls();
        self.sandbox.forget_calls();
        calls.iter().map(sandbox::Call::endpoint).collect()
    }
}

/// Each pull request with its outcome, the last merged first.
pub(crate) fn outcomes(answer: &Value) -> Vec<(u64, &str)> {
    let all = answer["pull_requests"].as_array().unwrap().iter();
    all.map(|it| {
        let number = it["number"].as_u64().unwrap();
        (number, it["outcome"].as_str().unwrap())
    })
    .collect()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
