//! The fields of payloads that are read, and nothing else.

use app::check::Button;
use app::event::{Concern, Event, Login, MergeGroup, Repository, Wish};
use app::webhook::DecodeError;
use oracle::{BranchName, InvalidName, ObjectId, RepositoryName};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

/// Every field that is read; an error names one of these, never a key of the payload's own.
const FIELDS: [&str; 48] = [
    "action",
    "before",
    "changes",
    "changes.base",
    "changes.base.ref",
    "changes.base.ref.from",
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
    "commits",
    "commits.added",
    "commits.modified",
    "commits.removed",
    "deleted",
    "forced",
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
    "ref",
    "repositories_removed",
    "repositories_removed.id",
    "repository",
    "repository.full_name",
    "repository.id",
    "requested_action",
    "requested_action.identifier",
    "sender",
    "sender.login",
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
    base: Option<BaseChange>,
}

#[derive(Debug, Deserialize)]
struct BaseChange {
    #[serde(default, rename = "ref")]
    name: Option<NameChange>,
}

#[derive(Debug, Deserialize)]
struct NameChange {
    from: BranchName,
}

impl PullRequestPayload {
    /// Whether an `edited` pull request has another base now.
    pub(super) fn changes_base(&self) -> bool {
        self.changes
            .as_ref()
            .is_some_and(|changes| changes.base.is_some())
    }

    pub(super) fn into_event(self) -> Event {
        let base = self.changes.and_then(|changes| changes.base);
        Event::PullRequest {
            repository: self.repository.of(&self.installation),
            number: self.pull_request.number,
            head: self.pull_request.head.sha,
            before: self.before,
            base_before: base.and_then(|base| base.name).map(|name| name.from),
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

const HEADS: &str = "refs/heads/";

/// A branch, written as `refs/heads/NAME` or as its name alone.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct HeadsRef(BranchName);

impl TryFrom<String> for HeadsRef {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        let name = text.strip_prefix(HEADS).unwrap_or(&text);
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

/// `push`.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Deserialize)]
pub(super) struct PushPayload {
    installation: Installation,
    repository: RepositoryPayload,
    #[serde(rename = "ref")]
    reference: String,
    before: ObjectId,
    deleted: bool,
    forced: bool,
    commits: Vec<PushedCommit>,
}

/// GitHub names at most so many commits of a push; behind that anything may have changed.
const MOST_COMMITS: usize = 2_048;

/// Branches that a merge queue makes and takes away.
const QUEUES: &str = "gh-readonly-queue/";

#[derive(Debug, Deserialize)]
struct PushedCommit {
    #[serde(default)]
    added: Vec<String>,
    #[serde(default)]
    modified: Vec<String>,
    #[serde(default)]
    removed: Vec<String>,
}

impl PushPayload {
    /// Whether the push moved a branch to commits whose policy may be another.
    pub(super) fn may_change_policy(&self) -> bool {
        let branch = self.reference.strip_prefix(HEADS);
        let of_branch = branch.is_some_and(|branch| !branch.starts_with(QUEUES));
        // What a forced push takes away, its commits don't show.
        of_branch
            && !self.deleted
            && (self.forced
                || self.commits.len() >= MOST_COMMITS
                || self.commits.iter().any(PushedCommit::touches_policy))
    }

    pub(super) fn into_event(self) -> Result<Event, DecodeError> {
        let branch = HeadsRef::try_from(self.reference);
        let branch = branch.map_err(|_| DecodeError::Field { field: "ref" })?;
        Ok(Event::PolicyPushed {
            repository: self.repository.of(&self.installation),
            branch: branch.0,
            before: Some(self.before),
        })
    }
}

impl PushedCommit {
    fn touches_policy(&self) -> bool {
        let mut changed = [&self.added, &self.modified, &self.removed].into_iter();
        changed.any(|paths| paths.iter().any(|path| path == oracle::policy::PATH))
    }
}

/// `repository`.
#[derive(Debug, Deserialize)]
pub(super) struct RepositoryEventPayload {
    installation: Installation,
    repository: RepositoryPayload,
}

impl RepositoryEventPayload {
    pub(super) fn into_event(self) -> Event {
        Event::Repository {
            repository: self.repository.of(&self.installation),
        }
    }
}

/// `installation`.
#[derive(Debug, Deserialize)]
pub(super) struct InstallationPayload {
    installation: Installation,
}

impl InstallationPayload {
    pub(super) fn into_event(self, concern: Concern) -> Event {
        Event::Installation {
            installation_id: self.installation.id,
            concern,
        }
    }
}

/// `installation_repositories`, action `removed`.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation_repositories>
#[derive(Debug, Deserialize)]
pub(super) struct RepositoriesPayload {
    installation: Installation,
    /// Empty where all of the account's were the installation's, and some are from now on.
    repositories_removed: Vec<RemovedRepository>,
}

#[derive(Debug, Deserialize)]
struct RemovedRepository {
    id: u64,
}

impl RepositoriesPayload {
    pub(super) fn into_event(self) -> Event {
        let left = self.repositories_removed.iter().map(|it| it.id);
        Event::Installation {
            installation_id: self.installation.id,
            concern: Concern::left(left.collect()),
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

/// `check_run`, action `requested_action`: a button was pressed.
#[derive(Debug, Deserialize)]
pub(super) struct ButtonPayload {
    requested_action: RequestedAction,
    sender: Sender,
}

#[derive(Debug, Deserialize)]
struct RequestedAction {
    identifier: String,
}

#[derive(Debug, Deserialize)]
struct Sender {
    login: Login,
}

impl ButtonPayload {
    /// What whoever pressed it wants; `None`: it is no button of ours.
    pub(super) fn wish(self) -> Option<Wish> {
        Some(match Button::of(&self.requested_action.identifier)? {
            Button::Recheck => Wish::Again,
            Button::RecheckBranch => Wish::Branch {
                by: self.sender.login,
            },
            Button::ShowObserved => Wish::Observed,
        })
    }
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

    pub(super) fn into_event(self, wish: Wish) -> Event {
        let repository = self.repository.of(&self.installation);
        self.check_run.into_event(repository, wish)
    }
}

impl CheckSuitePayload {
    pub(super) fn into_event(self) -> Event {
        let repository = self.repository.of(&self.installation);
        self.check_suite.into_event(repository, Wish::Again)
    }
}

impl Check {
    fn into_event(self, repository: Repository, wish: Wish) -> Event {
        // A branch may also be the head of pull requests to other repositories of the network,
        // whose numbers mean nothing here.
        let ours = self.pull_requests.into_iter();
        let ours = ours.filter(|it| it.base.repo.id == repository.id);
        let numbers = ours.map(|it| it.number).collect();
        Event::rerequested(repository, self.head_sha, numbers, wish)
    }
}
