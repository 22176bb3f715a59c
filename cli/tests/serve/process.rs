//! The real binary as a process, with nothing of this test's environment.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The command with an empty environment.
pub(crate) fn phase_mirror(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phase-mirror"));
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Runs the command to its end.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    phase_mirror(arguments, environment).output().unwrap()
}

/// A `phase-mirror serve` that is running; killed when dropped.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Every log line so far, as written.
    log: Vec<String>,
    pub(crate) address: SocketAddr,
    data: Option<tempfile::TempDir>,
}

impl Server {
    /// Starts it on a free port and waits until it listens.
    pub(crate) fn start(data: &Path, environment: &[(&str, &str)]) -> Self {
        let data = data.to_str().unwrap();
        let arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
        let mut child = phase_mirror(&arguments, environment)
            .env("PHASE_MIRROR_LOG_FORMAT", "json")
            .env("PHASE_MIRROR_LOG_LEVEL", "trace")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Self {
            child,
            lines,
            log: Vec::new(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: None,
        };
        let line = server.wait_for("\"message\":\"listening\"");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        server.address = line["address"].as_str().unwrap().parse().unwrap();
        server
    }

    /// Keeps the data folder for as long as the server.
    pub(crate) fn keep(&mut self, data: tempfile::TempDir) {
        self.data = Some(data);
    }

    /// Waits for a log line with this text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        if let Some(line) = self.log.iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with {text:?} in:\n{}", self.log.join("\n"));
            };
            self.log.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits from now on for lines that are yet to come.
    pub(crate) fn forget_log(&mut self) {
        self.log.extend(self.lines.try_iter());
        self.log.clear();
    }

    /// Every log line to the process's end.
    pub(crate) fn log(&mut self) -> String {
        self.log.extend(self.lines.iter());
        self.log.join("\n")
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the process's end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
