//! A run that was cut short goes on where it was.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sandbox::{Failure, Fault};

use crate::scene::{Scene, stderr, stdout};

const TREE: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";

/// The trees that were given, each with how often.
fn trees(scene: &Scene) -> BTreeMap<String, usize> {
    let mut trees = BTreeMap::new();
    for call in scene.sandbox.calls() {
        if call.endpoint() == TREE && call.status == Some(200) {
            *trees.entry(call.path).or_default() += 1;
        }
    }
    trees
}

/// GitHub takes so many calls, and then none until an hour has passed.
fn exhaust_after(scene: &Scene, calls: usize) {
    let seen = AtomicUsize::new(0);
    let reader = scene.reader.clone();
    scene.sandbox.inject_faults(move |call| {
        let is_tree = call.endpoint() == TREE;
        let before = seen.fetch_add(usize::from(is_tree), Ordering::SeqCst);
        if is_tree && before == calls {
            reader.exhaust_rate_limit();
        }
        None
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_limit_it_goes_on_and_asks_for_nothing_twice() {
    let whole = Scene::with_a_past().await;
    let expected = stdout(&whole.backtest(&[]).await);
    let all: usize = whole.take_calls().len();

    let scene = Scene::with_a_past().await;
    exhaust_after(&scene, 4);
    let output = scene.backtest(&[]).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(stdout(&output), "", "a part is not taken for the whole");
    let said = stderr(&output);
    assert!(
        said.contains(
            "warning: 3 of 5 are judged and kept; the same command goes on from there, from 20"
        ),
        "{said}"
    );
    assert!(
        said.contains("GitHub takes no more calls with this token for"),
        "{said}"
    );
    let first = trees(&scene);
    scene.sandbox.forget_calls();

    scene.sandbox.inject_faults(|_| None);
    scene.sandbox.clock().advance(Duration::from_hours(1));
    let output = scene.backtest(&[]).await;
    assert_eq!(
        (stderr(&output), output.status.code()),
        (String::new(), Some(0))
    );
    assert_eq!(stdout(&output), expected);
    let second = trees(&scene);
    assert!(second.len() < all, "{second:?}");
    // The branch's own tree, and one that the pull requests on both sides of the cut share.
    let twice: Vec<_> = second
        .keys()
        .filter(|path| first.contains_key(*path))
        .collect();
    assert!(twice.len() <= 2, "{twice:?} of {first:?} and {second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_leaves_what_it_has_seen() {
    let whole = Scene::with_a_past().await;
    let expected = stdout(&whole.backtest(&[]).await);

    let scene = Scene::with_a_past().await;
    let seen = AtomicUsize::new(0);
    scene.sandbox.inject_faults(move |call| {
        let is_tree = call.endpoint() == TREE;
        let before = seen.fetch_add(usize::from(is_tree), Ordering::SeqCst);
        // Longer than the test lives.
        (is_tree && before >= 4).then_some(Fault::Delay(Duration::from_mins(10)))
    });
    let mut command = scene.command("octo-org/hello", &[]);
    command.env("GITHUB_TOKEN", scene.reader.access_token());
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let lines = || match &*scene.journals() {
        [journal] => std::fs::read_to_string(journal).unwrap().lines().count(),
        _ => 0,
    };
    while lines() < 3 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    scene.sandbox.inject_faults(|_| None);
    scene.sandbox.forget_calls();
    assert_eq!(stdout(&scene.backtest(&[]).await), expected);
    // The branch as it is, and of the two that were left what comes after the one and before each.
    let asked: usize = trees(&scene).values().sum();
    assert_eq!(asked, 4, "{:?}", trees(&scene));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_run_asks_only_what_holds_today() {
    let scene = Scene::with_a_past().await;
    scene.take_calls();
    let first = scene.backtest(&[]).await;
    let cost = scene.take_calls().len();
    let second = scene.backtest(&[]).await;
    assert_eq!(stdout(&first), stdout(&second));
    let again = scene.take_calls();
    let tree = again.iter().filter(|call| *call == TREE).count();
    assert_eq!(tree, 1, "the branch as it is: {again:?}");
    // One more was merged: it alone is looked at.
    scene.merge("Say it louder", [("README.md", "HELLO\n")]);
    scene.sandbox.forget_calls();
    let third = scene.backtest(&["--last", "6"]).await;
    assert!(stdout(&third).contains("Say it louder"), "{third:?}");
    let more = scene.take_calls().len();
    assert!(more <= again.len() + 2, "{more} after {}", again.len());
    // Unless everything is wanted anew.
    scene.backtest(&["--fresh"]).await;
    assert!(scene.take_calls().len() >= cost);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_fault_it_goes_on_too() {
    let scene = Scene::with_a_past().await;
    let seen = AtomicUsize::new(0);
    scene.sandbox.inject_faults(move |call| {
        let is_tree = call.endpoint() == TREE;
        let before = seen.fetch_add(usize::from(is_tree), Ordering::SeqCst);
        (is_tree && before >= 4).then_some(Fault::BeforeEffect(Failure::Status(502)))
    });
    let output = scene.backtest(&[]).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = stderr(&output);
    assert!(
        said.contains("are judged and kept; the same command goes on from there\n"),
        "{said}"
    );
    scene.sandbox.inject_faults(|_| None);
    assert_eq!(scene.backtest(&[]).await.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_was_spoilt_is_told_and_not_believed() {
    let scene = Scene::with_a_past().await;
    let expected = stdout(&scene.backtest(&[]).await);
    let journals = scene.journals();
    let [journal] = &*journals else {
        panic!("{journals:?}");
    };
    // Somebody makes a verdict milder, and the last line is cut short.
    let text = std::fs::read_to_string(journal).unwrap();
    let mut spoilt = text.replacen("\"outcome\":\"block\"", "\"outcome\":\"pass\"", 1);
    spoilt.truncate(spoilt.len() - 20);
    std::fs::write(journal, spoilt).unwrap();
    let output = scene.backtest(&[]).await;
    assert_eq!(stdout(&output), expected);
    let said = stderr(&output);
    assert!(
        said.starts_with("warning: 2 lines of ")
            && said.ends_with(" can't be used; what was kept there is judged anew\n"),
        "{said}"
    );
    assert_eq!(stderr(&scene.backtest(&[]).await), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_it_does_without() {
    let scene = Scene::with_a_past().await;
    let expected = stdout(&scene.backtest(&[]).await);
    let token = scene.reader.access_token();
    // No folder, and a file in the folder's place.
    for (cache, says) in [
        ("", "neither XDG_CACHE_HOME nor HOME names a folder"),
        ("/dev/null", "/dev/null/phase-mirror/backtest: "),
    ] {
        let mut command = scene.command("octo-org/hello", &[]);
        command
            .env("GITHUB_TOKEN", &token)
            .env("XDG_CACHE_HOME", cache);
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        assert_eq!(stdout(&output), expected);
        let said = stderr(&output);
        assert!(
            said.contains("no verdict is kept for a later run"),
            "{said}"
        );
        assert!(said.contains(says), "{said}");
    }
}
