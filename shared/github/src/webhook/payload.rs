//! The fields of payloads that are read, and nothing else.

use app::event::{Event, MergeGroup, Repository};
use app::webhook::DecodeError;
use oracle::{BranchName, InvalidName, ObjectId, RepositoryName};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

/// Every field that is read; an error names one of these, never a key of the payload's own.
const FIELDS: [&str; 32] = [
    "action",
    "before",
    "changes",
    "check_run",
    "check_run.head_sha",
    "check_run.name",
    "check_run.pull_requests",
    "check_run.pull_requests.base",
    "check_run.pull_requests.base.repo",
    "check_run.pull_requests.base.repo.id",
    "check_run.pull_requests.number",
    "check_suite",
    "check_suite.head_sha",
    "check_suite.pull_requests",
    "check_suite.pull_requests.base",
    "check_suite.pull_requests.base.repo",
    "check_suite.pull_requests.base.repo.id",
    "check_suite.pull_requests.number",
    "installation",
    "installation.id",
    "merge_group",
    "merge_group.base_ref",
    "merge_group.base_sha",
    "merge_group.head_ref",
    "merge_group.head_sha",
    "pull_request",
    "pull_request.head",
    "pull_request.head.sha",
    "pull_request.number",
    "repository",
    "repository.full_name",
    "repository.id",
];

/// Reads a body, naming the field that is wrong.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    // serde would read a struct from an array, too, and let bad UTF-8 pass in what it skips.
    let text = std::str::from_utf8(body).map_err(|_| DecodeError::NotJson)?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(DecodeError::NotJson);
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refusal(&error))?;
    json.end().map_err(|_| DecodeError::NotJson)?;
    Ok(value)
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> DecodeError {
    if error.inner().classify() != Category::Data {
        return DecodeError::NotJson;
    }
    let parent = without_places(&error.path().to_string());
    // serde tells a missing field by its message only; the path is then its parent's.
    let message = error.inner().to_string();
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let path = match missing {
        Some(field) if parent == "." => field.to_owned(),
        Some(field) => format!("{parent}.{field}"),
        None => parent,
    };
    let known = FIELDS.iter().find(|field| **field == path);
    known.map_or(DecodeError::NotJson, |field| DecodeError::Field { field })
}

/// A path without the places in lists: `pull_requests[3].number` is `pull_requests.number`.
fn without_places(path: &str) -> String {
    let segments = path.split('.');
    let names = segments.map(|segment| segment.split('[').next().unwrap_or_default());
    let names: Vec<&str> = names.collect();
    // The root is a single dot.
    if path == "." {
        path.to_owned()
    } else {
        names.join(".")
    }
}

/// Whether a text has the form of GitHub's names of events and actions, so that it may be
/// shown and counted.
pub(super) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// What every payload may have.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    #[serde(default)]
    action: Option<Action>,
    #[serde(default)]
    pub(super) installation: Option<IgnoredAny>,
}

/// Events to come may use the field for something else than a name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Action {
    Name(String),
    Other(IgnoredAny),
}

impl Envelope {
    /// The action, where it has the form of one.
    pub(super) fn action(&self) -> Option<&str> {
        match &self.action {
            Some(Action::Name(name)) if is_name(name) => Some(name),
            Some(Action::Name(_) | Action::Other(_)) | None => None,
        }
    }
}

/// `pull_request`.
#[derive(Debug, Deserialize)]
pub(super) struct PullRequestPayload {
    installation: Installation,
    repository: RepositoryPayload,
    pull_request: PullRequest,
    /// The head before a push (`synchronize`).
    #[serde(default)]
    before: Option<ObjectId>,
    #[serde(default)]
    changes: Option<Changes>,
}

#[derive(Debug, Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct RepositoryPayload {
    id: u64,
    full_name: RepositoryName,
}

impl RepositoryPayload {
    /// The repository, as this installation sees it.
    fn of(self, installation: &Installation) -> Repository {
        Repository {
            installation_id: installation.id,
            id: self.id,
            name: self.full_name,
        }
    }
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    number: u64,
    head: Head,
}

#[derive(Debug, Deserialize)]
struct Head {
    sha: ObjectId,
}

#[derive(Debug, Deserialize)]
struct Changes {
    #[serde(default)]
    base: Option<IgnoredAny>,
}

impl PullRequestPayload {
    /// Whether an `edited` pull request has another base now.
    pub(super) fn changes_base(&self) -> bool {
        self.changes
            .as_ref()
            .is_some_and(|changes| changes.base.is_some())
    }

    pub(super) fn into_event(self) -> Event {
        Event::PullRequest {
            repository: self.repository.of(&self.installation),
            number: self.pull_request.number,
            head: self.pull_request.head.sha,
            before: self.before,
        }
    }
}

/// `merge_group`.
#[derive(Debug, Deserialize)]
pub(super) struct MergeGroupPayload {
    installation: Installation,
    repository: RepositoryPayload,
    merge_group: Group,
}

#[derive(Debug, Deserialize)]
struct Group {
    head_sha: ObjectId,
    head_ref: HeadsRef,
    base_sha: ObjectId,
    base_ref: HeadsRef,
}

/// A branch, written as `refs/heads/NAME` or as its name alone.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct HeadsRef(BranchName);

impl TryFrom<String> for HeadsRef {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        let name = text.strip_prefix("refs/heads/").unwrap_or(&text);
        BranchName::new(name).map(Self)
    }
}

impl MergeGroupPayload {
    pub(super) fn into_event(self) -> Event {
        Event::MergeGroup {
            repository: self.repository.of(&self.installation),
            head: self.merge_group.head_sha,
            group: MergeGroup {
                branch: self.merge_group.head_ref.0,
                base: self.merge_group.base_ref.0,
                base_sha: self.merge_group.base_sha,
            },
        }
    }
}

/// `check_run`.
#[derive(Debug, Deserialize)]
pub(super) struct CheckRunPayload {
    installation: Installation,
    repository: RepositoryPayload,
    check_run: Check,
}

/// `check_suite`.
#[derive(Debug, Deserialize)]
pub(super) struct CheckSuitePayload {
    installation: Installation,
    repository: RepositoryPayload,
    check_suite: Check,
}

/// What runs and suites have in common.
#[derive(Debug, Deserialize)]
struct Check {
    /// A run's only.
    #[serde(default)]
    name: Option<String>,
    head_sha: ObjectId,
    /// Empty for a fork's.
    pull_requests: Vec<CheckedPullRequest>,
}

#[derive(Debug, Deserialize)]
struct CheckedPullRequest {
    number: u64,
    base: Base,
}

#[derive(Debug, Deserialize)]
struct Base {
    repo: BaseRepository,
}

#[derive(Debug, Deserialize)]
struct BaseRepository {
    id: u64,
}

impl CheckRunPayload {
    /// The check's name.
    pub(super) fn name(&self) -> Option<&str> {
        self.check_run.name.as_deref()
    }

    pub(super) fn into_event(self) -> Event {
        let repository = self.repository.of(&self.installation);
        self.check_run.into_event(repository)
    }
}

impl CheckSuitePayload {
    pub(super) fn into_event(self) -> Event {
        let repository = self.repository.of(&self.installation);
        self.check_suite.into_event(repository)
    }
}

impl Check {
    fn into_event(self, repository: Repository) -> Event {
        // A branch may also be the head of pull requests to other repositories of the network,
        // whose numbers mean nothing here.
        let ours = self.pull_requests.into_iter();
        let ours = ours.filter(|it| it.base.repo.id == repository.id);
        let numbers = ours.map(|it| it.number).collect();
        Event::rerequested(repository, self.head_sha, numbers)
    }
}
