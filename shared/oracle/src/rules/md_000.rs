//! MD-000 unreadable-governance: what a change makes unreadable can't be judged, so that it
//! must not pass unnoticed.

use crate::policy::{self, InTree};
use crate::registry::{Findings, Input, Rule, RuleMeta, file_limit, wants};
use crate::rules::text::{clause, code, quoted};
use crate::{Evidence, Fact, Finding, Mode, Reason, RepoPath, Severity, Tree, Unavailable};

/// The rule.
pub(crate) static MD_000: UnreadableGovernance = UnreadableGovernance;

/// The rule's type.
pub(crate) struct UnreadableGovernance;

static META: RuleMeta = RuleMeta {
    id: "MD-000",
    name: "unreadable-governance",
    version: 4,
    default_mode: Mode::Block,
    what: "\
A file that other rules read can't be read any more: a workflow that is not YAML or not a \
workflow, is larger than 1 MiB, is a symbolic link or a submodule, or comes after as many other \
workflows as are read of one tree; the CODEOWNERS file that counts, where it is a link or has 3 MB \
or more; the policy, `.github/phase-mirror.yml`, with an error in it; or the platform cuts the \
list of the repository's files short because there are too many. What was already so at the base, \
under whatever name, is listed as *unavailable* and is nobody's finding. What the platform failed to deliver is \
unavailable too. An empty repository is readable: it has nothing to read.",
    why: "\
What can't be read is not judged. If that passed, breaking a file would be a way past every other \
rule; and GitHub does not run a workflow that it can't read either.",
    fix: "\
Put the file right at the line and column given. Commit a file instead of a link, and keep it \
under 1 MiB (CODEOWNERS under 3 MB).",
    bad_example: "\
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: [
",
    good_example: "\
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
",
    facts: &[
        "the tree",
        "workflow files",
        "the CODEOWNERS file",
        "the policy file",
    ],
    options: &[],
};

impl Rule for UnreadableGovernance {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let mut findings = Findings::default();
        tree(input, &mut findings);
        for path in input.workflows.keys() {
            workflow(input, path, &mut findings);
        }
        codeowners(input, &mut findings);
        policy_file(input, &mut findings);
        findings
    }
}

/// The list of files itself.
fn tree(input: &Input<'_>, findings: &mut Findings) {
    let Fact::Unavailable(why) = &input.tree.entries else {
        return;
    };
    let known_before = input
        .before
        .is_some_and(|before| matches!(before.tree.entries, Fact::Known(_)));
    if !known_before || why.reason != Reason::Truncated {
        findings.unavailable.push(why.clone());
        return;
    }
    findings.findings.push(Finding {
        severity: Severity::High,
        title: "The change makes the tree too large to be read".to_owned(),
        why: format!(
            "GitHub lists the files at the base in full and cuts the list short with this \
             change ({}). Files that rules read may be among those that are missing.",
            why.detail.trim_end_matches('.')
        ),
        fix: "Commit fewer files: keep dependencies and build output out of the repository."
            .to_owned(),
        evidence: Vec::new(),
        identity: vec!["tree".into()],
    });
}

/// One workflow file.
fn workflow(input: &Input<'_>, path: &RepoPath, findings: &mut Findings) {
    let Some(broken) = input.workflows.get(path).and_then(broken) else {
        return;
    };
    let before = input.before.map(|before| {
        let path = before.renames.path_before(path);
        before.workflows.get(path)
    });
    let history = match before {
        None => History::NotCompared,
        Some(None) => History::New,
        Some(Some(before)) if self::broken(before).is_some() => History::Broken,
        Some(Some(_)) => History::Readable,
    };
    broken.judge(input, path, history, findings);
}

/// The CODEOWNERS file that counts. What is wrong with single lines is no matter of this rule.
fn codeowners(input: &Input<'_>, findings: &mut Findings) {
    let files = input.codeowners.known().ok();
    let Some((path, Fact::Unavailable(why))) = files.and_then(|it| it.effective.as_ref()) else {
        return;
    };
    let before = input.before.map(|before| before.codeowners.known());
    let history = match before.map(|files| files.map(|files| &files.effective)) {
        None => History::NotCompared,
        Some(Ok(Some((_, Fact::Known(_))))) => History::Readable,
        Some(Ok(None)) => History::New,
        Some(Ok(Some((_, Fact::Unavailable(_)))) | Err(_)) => History::Broken,
    };
    Broken::at_all(why).judge(input, path, history, findings);
}

/// The policy file. Where it had errors at the base already, they are the report's own
/// (`meta.policy_errors`).
fn policy_file(input: &Input<'_>, findings: &mut Findings) {
    let (Ok(path), PolicyState::Broken(broken)) =
        (RepoPath::new(policy::PATH), PolicyState::of(input.tree))
    else {
        return;
    };
    let history = match input.before.map(|before| PolicyState::of(before.tree)) {
        None => History::NotCompared,
        Some(PolicyState::Absent) => History::New,
        Some(PolicyState::Readable) => History::Readable,
        Some(PolicyState::Broken(_)) => return,
    };
    broken.judge(input, &path, history, findings);
}

/// What the policy file is on one side.
enum PolicyState {
    Absent,
    Readable,
    Broken(Broken),
}

impl PolicyState {
    fn of(tree: &Tree) -> Self {
        let errors = match policy::in_tree(tree) {
            InTree::Absent => return Self::Absent,
            InTree::Valid(..) => return Self::Readable,
            // A list of files that is cut short is a matter of its own.
            InTree::NotSeen(why) if why.reason == Reason::Truncated => return Self::Absent,
            InTree::NotSeen(why) => return Self::Broken(Broken::at_all(&why)),
            InTree::Invalid(errors) => errors,
        };
        let first = errors.first();
        let message = first.map(|error| match &error.key {
            Some(key) => format!("{}: {}", code(key, 60), error.message),
            None => error.message.clone(),
        });
        let more = match errors.len() {
            0 | 1 => String::new(),
            2 => ", and 1 more error".to_owned(),
            n => format!(", and {} more errors", n - 1),
        };
        Self::Broken(Broken {
            own: Blame::Content,
            reason: Reason::Unreadable,
            line: first.and_then(|error| error.line).unwrap_or(1),
            column: first.and_then(|error| error.column),
            detail: message.unwrap_or_default() + &more,
        })
    }
}

/// How a file was at the base.
#[derive(Clone, Copy, PartialEq, Eq)]
enum History {
    /// There is no base.
    NotCompared,
    /// It was not there.
    New,
    /// It could be read.
    Readable,
    /// It could not, or nobody could look.
    Broken,
}

type Parsed = Fact<Result<workflows::Workflow, workflows::ParseError>>;

/// Who made a file unreadable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// What is committed.
    Content,
    /// Whoever was to deliver it.
    Platform,
}

/// Why a file can't be read.
struct Broken {
    own: Blame,
    reason: Reason,
    line: u32,
    column: Option<u32>,
    detail: String,
}

fn broken(fact: &Parsed) -> Option<Broken> {
    match fact {
        Fact::Known(Ok(_)) => None,
        Fact::Known(Err(error)) => Some(Broken {
            own: Blame::Content,
            reason: Reason::Unreadable,
            line: error.line,
            column: Some(error.column),
            detail: error.message.clone(),
        }),
        Fact::Unavailable(why) => Some(Broken::at_all(why)),
    }
}

impl Broken {
    /// The whole file can't be had.
    fn at_all(why: &Unavailable) -> Self {
        Self {
            own: match why.reason {
                Reason::TooLarge | Reason::Unreadable => Blame::Content,
                _ => Blame::Platform,
            },
            reason: why.reason,
            line: 1,
            column: None,
            detail: why.detail.clone(),
        }
    }

    fn judge(self, input: &Input<'_>, path: &RepoPath, history: History, findings: &mut Findings) {
        if history == History::Broken || self.own == Blame::Platform {
            findings.unavailable.push(self.into_unavailable(path));
        } else {
            let finding = self.into_finding(input, path, history);
            findings.findings.push(finding);
        }
    }

    fn place(&self) -> String {
        match self.column {
            Some(column) => format!("line {}, column {column}: ", self.line),
            None => String::new(),
        }
    }

    fn into_unavailable(self, path: &RepoPath) -> Unavailable {
        Unavailable {
            fact: path.to_string(),
            reason: self.reason,
            detail: format!("{}{}", self.place(), self.detail),
        }
    }

    fn into_finding(self, input: &Input<'_>, path: &RepoPath, history: History) -> Finding {
        let evidence = input
            .evidence(path, self.line, self.line)
            .unwrap_or_else(|| Evidence::of(path, b"", 1, 1));
        let history = match history {
            History::New => "is new with this change and can't be read",
            History::Readable => "could be read at the base and can't be read now",
            History::NotCompared | History::Broken => "can't be read",
        };
        let place = self.place();
        let shown = quoted(path.as_str());
        Finding {
            severity: Severity::High,
            title: format!("{} can't be read", code(path.as_str(), 70)),
            why: format!(
                "{shown} {history}: {place}{}. What it says is not judged by any other rule.",
                clause(&self.detail)
            ),
            fix: match self.column {
                Some(column) => format!("Correct {shown} at line {}, column {column}.", self.line),
                None if self.reason == Reason::TooLarge && is_small(input, path) => {
                    format!("Have fewer or smaller workflow files, so that {shown} is read too.")
                }
                None if wants(path) => {
                    format!("Commit {shown} as an ordinary file of {}.", allowed(path))
                }
                None => format!("Commit {shown} as an ordinary directory."),
            },
            evidence: vec![evidence],
            identity: vec![path.clone().into()],
        }
    }
}

/// Whether a file is within the limit itself, so that it can only be too much with others.
fn is_small(input: &Input<'_>, path: &RepoPath) -> bool {
    let entry = input.tree.entries.known().ok();
    let entry = entry.and_then(|entries| entries.get(path));
    entry
        .and_then(|entry| entry.size)
        .is_some_and(|size| size <= file_limit(path))
}

/// How large a file may be, in words.
fn allowed(path: &RepoPath) -> &'static str {
    if path.as_str() == policy::PATH {
        "at most 256 KiB"
    } else if file_limit(path) == workflows::MAX_FILE_BYTES as u64 {
        "at most 1 MiB"
    } else {
        "less than 3 MB"
    }
}

#[cfg(test)]
#[path = "md_000_tests.rs"]
mod tests;
