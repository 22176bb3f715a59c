//! A repository on this machine, and the real binary over it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// 2026-11-25T00:00:00Z: reports are the same to the byte.
const TIME: &str = "1795564800";

pub(crate) const CI: &str = ".github/workflows/ci.yml";

/// A workflow with one job, which runs on pull requests.
pub(crate) fn workflow(job: &str) -> String {
    format!(
        "on: pull_request\njobs:\n  {job}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
    )
}

/// A settings file of a branch that requires checks of Actions.
pub(crate) fn settings(required: &[&str]) -> String {
    let checks: Vec<Value> = required
        .iter()
        .map(|context| serde_json::json!({ "context": context, "integration_id": 15_368 }))
        .collect();
    serde_json::json!({
        "schema_version": 1,
        "repository": "octo-org/hello",
        "default_branch": "main",
        "branch": "main",
        "actions_app_id": 15_368,
        "rules": [{
            "type": "required_status_checks",
            "ruleset_id": 7, "ruleset_source_type": "Repository", "ruleset_source": "octo-org/hello",
            "parameters": { "required_status_checks": checks },
        }],
        "protection": { "name": "main", "protected": true },
        "workflows": { "total_count": 0, "workflows": [] },
        "rollups": { "nodes": [] },
    })
    .to_string()
}

pub(crate) struct Repository(tempfile::TempDir);

impl Repository {
    /// A repository with one commit on `main`: a workflow whose job is `test`, and settings
    /// beside it that require `test`.
    pub(crate) fn new() -> Self {
        let repository = Self::empty();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.write(CI, &workflow("test"));
        repository.write(".gitignore", "/settings.json\n");
        repository.write("settings.json", &settings(&["test"]));
        repository.commit("first");
        repository
    }

    /// A folder that is no repository.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Mona",
                "-c",
                "user.email=mona@github.example",
            ])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2026-11-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-11-01T00:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// `phase-mirror check ARGUMENTS` in the repository.
    pub(crate) fn check(&self, arguments: &[&str]) -> Output {
        self.run(&[&["check"], arguments].concat())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// `phase-mirror ARGUMENTS`, to be run in the repository.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phase-mirror"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("SOURCE_DATE_EPOCH", TIME)
            // A repository above the temporary folder is none of ours.
            .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
            .stdin(Stdio::null());
        command
    }

    /// The report of `phase-mirror check --format json ARGUMENTS`.
    pub(crate) fn report(&self, arguments: &[&str]) -> Value {
        let output = self.check(&[&["--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
