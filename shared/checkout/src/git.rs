//! The `git` command, asked so that it neither writes nor runs anything of the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use oracle::ObjectId;

use crate::CheckoutError;

/// A Git repository with a working tree.
#[derive(Debug)]
pub(crate) struct Git {
    root: PathBuf,
}

impl Git {
    /// The repository that a folder is in; `None` where it is in none.
    pub(crate) fn at(folder: &Path) -> Result<Option<Self>, CheckoutError> {
        let output = match output(folder, "rev-parse", &["--show-toplevel"]) {
            // Without git, a folder that shows no sign of a repository can still be judged.
            Err(CheckoutError::Start { .. }) if !is_repository(folder) => return Ok(None),
            other => other?,
        };
        if !output.status.success() {
            // Exit code 128 is any fatal error; only this one means "there is none".
            let message = said(&output);
            if message.contains("not a git repository") && !is_repository(folder) {
                return Ok(None);
            }
            return Err(CheckoutError::Git {
                command: "rev-parse",
                message,
            });
        }
        Ok(Some(Self {
            root: path(line(&output.stdout)),
        }))
    }

    /// The folder at the top.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that a revision names; `None` where it names none.
    pub(crate) fn resolve_if_there(
        &self,
        revision: &str,
    ) -> Result<Option<ObjectId>, CheckoutError> {
        let commit = format!("{revision}^{{commit}}");
        let output = output(
            &self.root,
            "rev-parse",
            &["--verify", "--end-of-options", &commit],
        )?;
        if !output.status.success() {
            return Ok(None);
        }
        // Git takes the tag then, which anybody may have pushed, and says so in passing only.
        if said(&output).contains("is ambiguous") {
            return Err(CheckoutError::Ambiguous {
                revision: revision.to_owned(),
            });
        }
        id("rev-parse", line(&output.stdout)).map(Some)
    }

    /// Where the histories of a revision and of `HEAD` meet.
    pub(crate) fn merge_base(&self, revision: &str) -> Result<ObjectId, CheckoutError> {
        let unknown = || CheckoutError::UnknownRevision {
            revision: revision.to_owned(),
        };
        // `^HEAD` and its like name a range, not a commit.
        if revision.starts_with('^') {
            return Err(unknown());
        }
        let other = self.resolve_if_there(revision)?.ok_or_else(unknown)?;
        let output = output(&self.root, "merge-base", &[other.as_str(), "HEAD"])?;
        if output.status.code() == Some(1) {
            return Err(CheckoutError::NoMergeBase {
                revision: revision.to_owned(),
            });
        }
        id("merge-base", line(&succeeded("merge-base", output)?))
    }

    /// What a symbolic reference points at, without a prefix.
    pub(crate) fn symbolic(&self, reference: &str, prefix: &str) -> Option<String> {
        let output = output(&self.root, "symbolic-ref", &["--quiet", reference]).ok()?;
        let target = std::str::from_utf8(line(&output.stdout)).ok()?;
        target.strip_prefix(prefix).map(str::to_owned)
    }

    /// The address of the remote `origin`.
    pub(crate) fn remote_url(&self) -> Option<String> {
        let output = output(&self.root, "remote", &["get-url", "origin"]).ok()?;
        let url = String::from_utf8(line(&output.stdout).to_vec()).ok()?;
        (output.status.success() && !url.is_empty()).then_some(url)
    }

    /// What a subcommand prints.
    pub(crate) fn read(
        &self,
        command: &'static str,
        arguments: &[&str],
    ) -> Result<Vec<u8>, CheckoutError> {
        succeeded(command, output(&self.root, command, arguments)?)
    }

    /// A subcommand that is spoken with, not yet started.
    pub(crate) fn command(&self, command: &str, arguments: &[&str]) -> Command {
        git(&self.root, command, arguments)
    }
}

fn output(
    folder: &Path,
    command: &'static str,
    arguments: &[&str],
) -> Result<Output, CheckoutError> {
    git(folder, command, arguments)
        .output()
        .map_err(|source| CheckoutError::Start { source })
}

/// Variables that say which repository is meant (`git rev-parse --local-env-vars`): a hook that
/// calls us has some of them set, and we are told by the path.
const LOCAL_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

fn git(folder: &Path, command: &str, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    for variable in LOCAL_VARIABLES {
        git.env_remove(variable);
    }
    git.arg("-C")
        .arg(folder)
        // The only setting that runs a program when files are listed.
        .args(["-c", "core.fsmonitor=false"])
        .arg(command)
        .args(arguments)
        // No index is rewritten on the way, and messages are in the words that we look for.
        .env("GIT_OPTIONAL_LOCKS", "0")
        // A partial clone stays as it is, and nobody is asked for a password.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    git
}

/// Whether a folder or one above it has a `.git`.
fn is_repository(folder: &Path) -> bool {
    let absolute = std::path::absolute(folder);
    let absolute = absolute.as_deref().unwrap_or(folder);
    absolute
        .ancestors()
        .any(|folder| folder.join(".git").exists())
}

fn succeeded(command: &'static str, output: Output) -> Result<Vec<u8>, CheckoutError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(CheckoutError::Git {
        command,
        message: said(&output),
    })
}

/// What Git complained of, on one line.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    match lines.join("; ") {
        none if none.is_empty() => format!("it ended with {}", output.status),
        said => said,
    }
}

/// The first line of an answer.
fn line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

fn id(command: &'static str, text: &[u8]) -> Result<ObjectId, CheckoutError> {
    let id = std::str::from_utf8(text)
        .ok()
        .and_then(|text| ObjectId::new(text).ok());
    id.ok_or_else(|| CheckoutError::answer(command, text))
}

/// A path in the bytes that Git gives it in.
#[cfg(unix)]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// A path in the bytes that Git gives it in, which are UTF-8 here.
#[cfg(not(unix))]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
