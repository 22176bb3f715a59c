//! The contracts of the ports towards GitHub.

use std::sync::Arc;

use oracle::{Fact, ObjectId, RepoPath};

use crate::check::{
    ANNOTATIONS_PER_REQUEST, Annotation, AnnotationLevel, CheckUpdate, Conclusion, ExternalId,
};
use crate::error::{GitHubError, GitHubErrorKind};
use crate::event::Repository;
use crate::ports::{
    AccountPolicies, AccountPolicy, CheckRuns, PullRequest, PullRequests, Snapshots,
};

/// What the suites for reading may rely on.
#[derive(Debug, Clone)]
pub struct PullRequestCase {
    /// A repository that we may see.
    pub repository: Repository,
    /// A repository that we may not see, or that is not there.
    pub hidden: Repository,
    /// An open pull request of `repository`, as the port should return it.
    pub open: PullRequest,
    /// A closed one.
    pub closed: PullRequest,
    /// A number that no pull request of `repository` has.
    pub unused_number: u64,
}

/// What the suite for Check Runs may rely on: a commit without runs of ours.
#[derive(Debug, Clone)]
pub struct Commit {
    /// A repository in which we may write checks.
    pub repository: Repository,
    /// One of its commits.
    pub sha: ObjectId,
    /// A repository that we may not see, or that is not there.
    pub hidden: Repository,
}

/// The contract of [`PullRequests`].
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn pull_requests(port: Arc<dyn PullRequests>, case: &PullRequestCase) {
    for expected in [&case.open, &case.closed] {
        let found = port.pull_request(&case.repository, expected.number).await;
        assert_eq!(
            found.expect("read"),
            *expected,
            "a pull request is read as it is now"
        );
    }
    assert!(case.open.open && !case.closed.open, "the case itself");
    let number = case.open.number;
    for (repository, number) in [
        (&case.hidden, number),
        (&case.repository, case.unused_number),
    ] {
        let missing = port.pull_request(repository, number).await;
        assert_not_found(missing, "a pull request that is not there for us");
    }
    let open = [(case.open.number, &case.open.head)];
    for head in [&case.open.head, &case.closed.head] {
        let found = port.open_with_head(&case.repository, head).await;
        let with_it = open.iter().filter(|(_, its)| *its == head);
        let numbers = with_it.map(|(number, _)| *number).collect();
        assert_eq!(
            found.expect("answered"),
            Fact::Known(numbers),
            "exactly the open pull requests have a head"
        );
    }
    let hidden = port.open_with_head(&case.hidden, &case.open.head).await;
    assert_not_found(hidden, "the pull requests of what is not there for us");
}

/// The contract of [`Snapshots`].
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn snapshots(port: Arc<dyn Snapshots>, case: &PullRequestCase) {
    let take = async || {
        let wants = workflows_only as fn(&RepoPath) -> bool;
        port.snapshot(&case.repository, &case.open, wants).await
    };
    let snapshot = take().await.expect("taken");
    let subject = &snapshot.subject;
    assert_eq!(
        (
            &subject.commit,
            &subject.base_branch,
            &subject.default_branch
        ),
        (&case.open.head, &case.open.base, &case.open.default_branch),
        "a snapshot says what is judged"
    );
    assert_eq!(
        snapshot.settings.branch, case.open.base,
        "the settings are those of the base branch"
    );
    assert_eq!(
        take().await.expect("taken"),
        snapshot,
        "nothing changed, so the snapshot is the same"
    );
    let hidden = port
        .snapshot(&case.hidden, &case.open, workflows_only)
        .await;
    assert_not_found(
        hidden,
        "a snapshot of a repository that is not there for us",
    );
}

fn workflows_only(path: &RepoPath) -> bool {
    oracle::registry::wants(path)
}

/// What the suite for policies of accounts may rely on: a repository of each kind of account.
#[derive(Debug, Clone)]
pub struct AccountPolicyCase {
    /// Of an account with a policy.
    pub with_policy: Repository,
    /// That policy.
    pub policy: Vec<u8>,
    /// Of an account whose repository `.github` has no policy.
    pub without_file: Repository,
    /// Of an account on whose `.github` the App is not installed, or that has none.
    pub not_installed: Repository,
}

/// The contract of [`AccountPolicies`].
///
/// # Panics
/// When a behaviour is not as it must be.
pub async fn account_policies(port: Arc<dyn AccountPolicies>, case: &AccountPolicyCase) {
    let with_policy = AccountPolicy::File(case.policy.clone());
    for (repository, expected) in [
        (&case.with_policy, with_policy),
        (&case.without_file, AccountPolicy::NoFile),
        (&case.not_installed, AccountPolicy::NotInstalled),
    ] {
        for _ in 0..2 {
            let found = port.account_policy(repository).await.expect("answered");
            assert_eq!(found, expected, "of {}", repository.name);
        }
    }
}

/// The contract of [`CheckRuns`].
pub async fn check_runs(port: Arc<dyn CheckRuns>, commit: &Commit) {
    what_was_never_created_is_not_found(&*port, commit).await;
    a_created_run_is_found_by_its_external_id(&*port, commit).await;
    annotations_append_until_the_run_is_completed(&*port, commit).await;
    fifty_one_annotations_are_refused_whole(&*port, commit).await;
    what_is_hidden_is_not_found(&*port, commit).await;
}

async fn create(port: &dyn CheckRuns, commit: &Commit, generation: u32) -> u64 {
    let external_id = ExternalId::new(&commit.sha, generation);
    let id = port.create(&commit.repository, &commit.sha, &external_id);
    id.await.expect("created")
}

fn annotations(lines: std::ops::Range<u32>) -> Vec<Annotation> {
    let annotation = |line| Annotation {
        path: RepoPath::new(".github/workflows/ci.yml").expect("a path"),
        start_line: line,
        end_line: line,
        level: AnnotationLevel::Failure,
        title: format!("Line {line}"),
        message: "A message.".to_owned(),
    };
    lines.map(annotation).collect()
}

async fn what_was_never_created_is_not_found(port: &dyn CheckRuns, commit: &Commit) {
    let external_id = ExternalId::new(&commit.sha, 1);
    let found = port.find(&commit.repository, &commit.sha, &external_id);
    assert_eq!(
        found.await.expect("answered"),
        None,
        "what was never created is not found"
    );
}

async fn a_created_run_is_found_by_its_external_id(port: &dyn CheckRuns, commit: &Commit) {
    let first = create(port, commit, 2).await;
    let second = create(port, commit, 3).await;
    assert_ne!(first, second, "every create makes a run of its own");
    for (generation, id) in [(2, first), (3, second)] {
        let external_id = ExternalId::new(&commit.sha, generation);
        let found = port.find(&commit.repository, &commit.sha, &external_id);
        let found = found
            .await
            .expect("answered")
            .expect("a created run is found");
        assert_eq!((found.id, &found.external_id), (id, &external_id));
        assert_eq!(
            (found.annotations_count, found.conclusion),
            (0, None),
            "a created run is in progress and empty"
        );
        let read = port.read(&commit.repository, id).await.expect("read");
        assert_eq!(read, found, "reading and finding agree");
    }
}

async fn annotations_append_until_the_run_is_completed(port: &dyn CheckRuns, commit: &Commit) {
    let id = create(port, commit, 4).await;
    let parts = [
        (annotations(1..51), None, 50),
        (annotations(51..53), Some(Conclusion::Failure), 52),
    ];
    for (annotations, conclusion, count) in &parts {
        let update = CheckUpdate {
            title: "Two new contradictions",
            summary: "A summary.",
            annotations,
            conclusion: *conclusion,
            buttons: &[],
        };
        let updated = port.update(&commit.repository, id, &update).await;
        updated.expect("updated");
        let run = port.read(&commit.repository, id).await.expect("read");
        assert_eq!(
            (run.annotations_count, run.conclusion),
            (*count, *conclusion),
            "annotations append, and only a conclusion completes"
        );
    }
}

async fn fifty_one_annotations_are_refused_whole(port: &dyn CheckRuns, commit: &Commit) {
    let id = create(port, commit, 5).await;
    let too_many = annotations(1..u32::try_from(ANNOTATIONS_PER_REQUEST).expect("small") + 2);
    let update = CheckUpdate {
        title: "Too many",
        summary: "A summary.",
        annotations: &too_many,
        conclusion: Some(Conclusion::Failure),
        buttons: &[],
    };
    let refused = port.update(&commit.repository, id, &update).await;
    assert_eq!(
        refused.map_err(|error| error.kind),
        Err(GitHubErrorKind::Invalid),
        "51 annotations in one request are refused"
    );
    let run = port.read(&commit.repository, id).await.expect("read");
    assert_eq!(
        (run.annotations_count, run.conclusion),
        (0, None),
        "a refused update changes nothing"
    );
}

async fn what_is_hidden_is_not_found(port: &dyn CheckRuns, commit: &Commit) {
    let external_id = ExternalId::new(&commit.sha, 6);
    let created = port.create(&commit.hidden, &commit.sha, &external_id);
    assert_not_found(created.await, "creating where we see nothing");
    let found = port.find(&commit.hidden, &commit.sha, &external_id);
    assert_not_found(found.await, "finding where we see nothing");
}

fn assert_not_found<T: std::fmt::Debug>(result: Result<T, GitHubError>, what: &str) {
    match result {
        Err(error) if error.kind == GitHubErrorKind::NotFound => {}
        other => panic!("{what} must be \"not found\": {other:?}"),
    }
}
