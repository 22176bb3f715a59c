//! What GitHub says about CODEOWNERS, as snapshots have it.

use std::time::Duration;

use oracle::{CodeownersError, Reason, RepoPath, Snapshot};
use sandbox::Role;

use crate::world::World;

fn errors(snapshot: &Snapshot) -> [&[CodeownersError]; 2] {
    let before = snapshot.before.as_ref().unwrap();
    [&snapshot.after, before].map(|tree| &**tree.codeowners_errors.known().unwrap())
}

/// A world whose default branch has this CODEOWNERS.
async fn owned(owners: &str) -> World {
    let world = World::new().await;
    world
        .repository
        .push("main", "Own", [("CODEOWNERS", owners)]);
    world
}

#[tokio::test]
async fn each_side_has_the_errors_of_its_own_file() {
    let world = owned("* @octo-org\n").await;
    let files = [("CODEOWNERS", "* @octo-org @octo-org/nobody\n!x\n")];
    world.repository.push("owners", "Own", files);
    let pull_request = world.repository.open_pull_request("owners", "main", "Own");
    let snapshot = world.snapshot(&pull_request).await;
    let [after, before] = errors(&snapshot);
    let kinds: Vec<_> = after.iter().map(|it| (it.line, &*it.kind)).collect();
    assert_eq!(kinds, [(1, "Unknown owner"), (2, "Invalid pattern")]);
    let suggestion = after[0].suggestion.as_ref().unwrap();
    assert!(suggestion.contains("@octo-org/nobody"), "{suggestion}");
    assert_eq!(after[0].path, "CODEOWNERS");
    assert!(before.is_empty());
}

/// Who exists and may push changes without a commit.
#[tokio::test]
async fn an_answer_is_kept_for_ten_minutes() {
    let world = owned("* @octocat\n").await;
    let pull_request = world.open_pull_request();
    let unknown = async || errors(&world.snapshot(&pull_request).await).map(<[_]>::len);
    assert_eq!(unknown().await, [1, 1]);
    world.repository.add_collaborator("@octocat", Role::Write);
    world.advance(Duration::from_mins(9));
    assert_eq!(unknown().await, [1, 1]);
    world.advance(Duration::from_mins(1));
    assert_eq!(unknown().await, [0, 0]);
}

#[tokio::test]
async fn a_file_that_github_ignores_is_not_asked_about() {
    let world = owned(&"#".repeat(3_000_000)).await;
    let snapshot = world.snapshot(&world.open_pull_request()).await;
    assert!(errors(&snapshot).iter().all(|errors| errors.is_empty()));
    let path = RepoPath::new("CODEOWNERS").unwrap();
    let content = snapshot.after.files[&path].known();
    assert_eq!(content.unwrap_err().reason, Reason::TooLarge);
    let calls = world.take_calls();
    assert!(
        !calls.iter().any(|call| call.contains("codeowners")),
        "{calls:?}"
    );
}
