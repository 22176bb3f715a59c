//! Content that is large, broken or strange: each kind has a defined end, and the rest of the
//! repository is judged.

use std::fmt::Write as _;

use sandbox::{CheckConclusion, CheckRun, Content};

use crate::mirror::{CI, CI_FILE, Mirror, NO_CI, the_check};

const STRANGE: &str = ".github/workflows/strange.yml";

/// A pull request that adds this content as a workflow beside a removed required job.
async fn judged_with(content: Content) -> CheckRun {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let files = [(CI_FILE, Content::from(NO_CI)), (STRANGE, content)];
    repository.push("feature", "Add something strange", files);
    let pull_request = repository.open_pull_request("feature", "main", "Something strange");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    mirror.end();
    check
}

/// The places that are annotated, with their titles.
fn told(check: &CheckRun) -> Vec<String> {
    let mut told: Vec<String> = check
        .annotations
        .iter()
        .map(|it| {
            let title = it.title.as_deref().unwrap_or_default();
            format!("{}:{} {title}", it.path, it.start_line)
        })
        .collect();
    told.sort();
    told
}

/// The strange file is a finding of its own at this line, and the removed job still another
/// (or, where the strange file may report it, listed as unknown).
#[track_caller]
fn assert_unreadable_at(check: &CheckRun, line: u64) {
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    let at = format!("{STRANGE}:{line} ");
    let told = told(check);
    assert!(told.iter().any(|it| it.starts_with(&at)), "{at}: {told:#?}");
}

#[tokio::test]
async fn ten_megabytes() {
    let mut content = String::from("on: pull_request\njobs:\n");
    while content.len() < 10 * 1024 * 1024 {
        content.push_str("  # Nothing but a comment, over and over again, to fill the file.\n");
    }
    assert_unreadable_at(&judged_with(content.into()).await, 1);
}

#[tokio::test]
async fn an_alias_bomb() {
    let mut content = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let nine = vec![format!("*a{before}"); 9].join(", ");
        writeln!(content, "a{level}: &a{level} [{nine}]").expect("a string takes it");
    }
    let check = judged_with(content.into()).await;
    assert!(
        told(&check).iter().any(|it| it.starts_with(STRANGE)),
        "{:#?}",
        told(&check)
    );
}

#[tokio::test]
async fn nested_a_hundred_and_one_deep() {
    let content = format!("on: {}x{}\n", "[".repeat(101), "]".repeat(101));
    assert_unreadable_at(&judged_with(content.into()).await, 1);
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    let content = b"on: pull_request\njobs:\n  a:\n    name: \xff\xfe\n".to_vec();
    assert_unreadable_at(&judged_with(content.into()).await, 4);
}

#[tokio::test]
async fn a_broken_line_is_told_with_its_place() {
    let content = "on: pull_request\njobs:\n  a: [\n";
    let check = judged_with(content.into()).await;
    assert_unreadable_at(&check, 3);
    let summary = check.output.summary.unwrap_or_default();
    assert!(summary.contains("line 4, column 1"), "{summary}");
    // Nobody can say that the broken file won't report "ci", so that is listed, not claimed.
    assert!(
        summary.contains("what reports the required check `ci`"),
        "{summary}"
    );
}

#[tokio::test]
async fn a_symlink_and_a_submodule_are_never_followed() {
    let check = judged_with(Content::Symlink("../../secret".to_owned())).await;
    assert_unreadable_at(&check, 1);
    let somewhere = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let check = judged_with(Content::Submodule(somewhere)).await;
    assert_unreadable_at(&check, 1);
}

#[tokio::test]
async fn carriage_returns_and_a_byte_order_mark_are_fine() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let content = format!("\u{feff}{}", CI.replace('\n', "\r\n"));
    repository.push("feature", "From another system", [(CI_FILE, content)]);
    let pull_request = repository.open_pull_request("feature", "main", "From another system");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Success));
    mirror.end();
}

#[tokio::test]
async fn of_a_truncated_tree_the_workflows_are_still_judged() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    mirror.github.limit_tree_entries(5);
    let files = (0..10).map(|n| (format!("docs/{n}.md"), Content::from("x")));
    let files = files.chain([(CI_FILE.to_owned(), Content::from(NO_CI))]);
    repository.push("feature", "Much more", files);
    let pull_request = repository.open_pull_request("feature", "main", "Much more");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    assert!(
        told(&check).iter().any(|it| it.starts_with(CI_FILE)),
        "{}",
        check.output.summary.unwrap_or_default(),
    );
    let summary = check.output.summary.unwrap_or_default();
    assert!(summary.contains("too large to be read"), "{summary}");
    mirror.end();
}

#[tokio::test]
async fn everything_deleted() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let files = [(CI_FILE, Content::Deleted), ("README.md", Content::Deleted)];
    repository.push("feature", "Start over", files);
    let pull_request = repository.open_pull_request("feature", "main", "Start over");
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    mirror.end();
}
