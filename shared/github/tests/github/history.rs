//! What a branch took last, and looking at it again.

use std::time::Duration;

use app::ports::Wants;
use github::{Change, GitHub, History, Merged, Past};
use oracle::registry::wants;
use oracle::{BranchName, Fact, RepositoryName, Snapshot};

use crate::world::World;

fn name() -> RepositoryName {
    RepositoryName::new("octo-org/hello").unwrap()
}

/// As with a token of somebody's own: the repository is addressed by its name.
fn reader(world: &World) -> GitHub {
    let token = world.installation.access_token();
    let clock = world.stores.clone();
    let metrics = std::sync::Arc::new(app::metrics::Unmeasured);
    let url = github::ApiUrl::new(world.sandbox.base_url()).unwrap();
    let actions = Some(sandbox::GITHUB_ACTIONS.0);
    GitHub::with_token(url, token.into(), actions, clock, metrics).unwrap()
}

async fn last(world: &World, wanted: usize) -> History {
    let main = BranchName::new("main").unwrap();
    let history = reader(world).merged_last(&name(), &main, wanted).await;
    history.unwrap()
}

fn numbers(history: &History) -> Vec<u64> {
    history.merged.iter().map(|it| it.number).collect()
}

/// Opens a pull request that adds these files one by one.
fn open(world: &World, branch: &str, files: &[&str]) -> sandbox::PullRequest {
    world.repository.create_branch(branch, "main");
    for file in files {
        world.repository.push(branch, file, [(*file, "Text\n")]);
    }
    world.repository.open_pull_request(branch, "main", branch)
}

#[tokio::test]
async fn those_merged_last_come_first_whatever_changed_since() {
    let world = World::new().await;
    for number in 1..=4 {
        world.advance(Duration::from_mins(1));
        open(&world, &format!("change-{number}"), &["a"]);
    }
    // Opened first and merged last; one is open, one was given up.
    for number in [4, 1] {
        world.advance(Duration::from_mins(1));
        world.repository.pull_request(number).merge();
    }
    world.repository.pull_request(2).close();
    world.advance(Duration::from_mins(1));
    world.repository.pull_request(4).retitle("A better title");
    let history = last(&world, 5).await;
    assert_eq!(numbers(&history), [1, 4]);
    assert!(history.complete);
    assert_eq!(history.merged[1].title, "A better title");
    assert_eq!(history.merged[1].author.as_deref(), Some("octocat"));
    let page = format!("{}/octo-org/hello/pull/4", world.sandbox.base_url());
    assert_eq!(history.merged[1].url, page);
    assert_eq!(numbers(&last(&world, 1).await), [1]);
}

#[tokio::test]
async fn pages_are_turned_until_it_is_certain() {
    let world = World::new().await;
    for number in 1..=53 {
        world.advance(Duration::from_mins(1));
        open(&world, &format!("change-{number}"), &[]).merge();
    }
    world.take_calls();
    assert_eq!(numbers(&last(&world, 2).await), [53, 52]);
    assert_eq!(world.take_calls().len(), 1);
    assert_eq!(last(&world, 53).await.merged.len(), 53);
    assert_eq!(world.take_calls().len(), 2);
    // Fifty old ones changed: the newest are on the second page.
    world.advance(Duration::from_mins(1));
    for number in 1..=50 {
        world.repository.pull_request(number).retitle("Old");
    }
    assert_eq!(numbers(&last(&world, 2).await), [53, 52]);
    assert_eq!(world.take_calls().len(), 2);
}

async fn past(world: &World, today: &Snapshot, merged: &Merged) -> Past {
    let look: Wants = wants;
    let past = reader(world)
        .past_snapshot(&name(), today, merged, look)
        .await;
    past.unwrap()
}

async fn today(world: &World) -> Snapshot {
    let snapshot = reader(world).branch_snapshot(&name(), None, wants).await;
    snapshot.unwrap()
}

/// The files of both sides.
fn files(past: &Past) -> [Vec<String>; 2] {
    let Past::Seen(snapshot) = past else {
        panic!("{past:?}");
    };
    let before = snapshot.before.as_ref().unwrap();
    [before, &snapshot.after].map(|tree| match &tree.entries {
        Fact::Known(entries) => entries.keys().map(ToString::to_string).collect(),
        Fact::Unavailable(why) => panic!("{why:?}"),
    })
}

#[tokio::test]
async fn a_change_is_the_same_however_it_was_merged() {
    let world = World::new().await;
    let merged = open(&world, "merged", &["a", "b"]);
    let squashed = open(&world, "squashed", &["c"]);
    let several = open(&world, "several", &["d", "e"]);
    merged.merge();
    squashed.squash();
    several.squash();
    let history = last(&world, 3).await;
    let today = today(&world).await;
    let own = [".github/workflows/ci.yml", "README.md"];
    for (it, before, added, by_head) in [
        (&history.merged[0], &[][..], &["d", "e"][..], true),
        (&history.merged[1], &["a", "b"], &["c"], false),
        (&history.merged[2], &[], &["a", "b"], false),
    ] {
        assert_eq!(matches!(it.change, Change::Head { .. }), by_head, "{it:?}");
        let there = [&own[..], before].concat();
        let then = [&there[..], added].concat();
        assert_eq!(files(&past(&world, &today, it).await), [there, then]);
    }
}

#[tokio::test]
async fn settings_are_those_of_today_and_not_asked_for_again() {
    let world = World::new().await;
    open(&world, "change", &["a"]).merge();
    let today = today(&world).await;
    let history = last(&world, 1).await;
    world.take_calls();
    let Past::Seen(then) = past(&world, &today, &history.merged[0]).await else {
        panic!("{history:?}");
    };
    assert_eq!(then.settings, today.settings);
    assert_eq!(then.subject.commit, history.merged[0].head);
    let calls = world.take_calls();
    let tree = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
    assert_eq!(calls, [tree, tree, "POST /graphql"]);
}

#[tokio::test]
async fn what_would_be_compared_with_itself_is_not_seen() {
    let world = World::new().await;
    open(&world, "change", &["a"]).merge();
    let today = today(&world).await;
    let mut merged = last(&world, 1).await.merged.remove(0);
    let tip = world.repository.tip("main").to_string();
    merged.change = Change::Head {
        base: oracle::ObjectId::new(&tip).unwrap(),
    };
    let past = past(&world, &today, &merged).await;
    let Past::NotSeen(why) = &past else {
        panic!("{past:?}");
    };
    assert!(why.contains("where they left it is not known"), "{why}");
}
