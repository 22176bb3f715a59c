//! What snapshots say about repositories of every kind.

use app::ports::TestMerge;
use oracle::{
    BranchRule, DefaultBranch, EnforcementLevel, Fact, Policy, Producer, Reason, RepoPath, Run,
    Snapshot, Tree, Unavailable,
};
use sandbox::{
    CheckConclusion, Content, Enforcement, GITHUB_ACTIONS, Protection, Ruleset, StatusState,
    WorkflowState,
};

use crate::world::{WORKFLOW, World};

const CI: &str = ".github/workflows/ci.yml";

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

fn content<'a>(tree: &'a Tree, file: &str) -> Result<&'a [u8], &'a Unavailable> {
    tree.files[&path(file)].known().map(Vec::as_slice)
}

fn run() -> Run {
    Run {
        id: "1".to_owned(),
        timestamp: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn before(snapshot: &Snapshot) -> &Tree {
    snapshot.before.as_ref().unwrap()
}

/// The snapshot of a pull request that puts this content into a workflow file.
async fn with_file(world: &World, file: &str, content: impl Into<Content>) -> Snapshot {
    world
        .repository
        .push("feature", "Change", [(file, content)]);
    let pull_request = world
        .repository
        .open_pull_request("feature", "main", "Change");
    world.snapshot(&pull_request).await
}

#[tokio::test]
async fn both_sides_have_their_own_trees() {
    let world = World::new().await;
    let new = "on: [push]\njobs: {}\n";
    let snapshot = with_file(&world, CI, new).await;
    assert_eq!(content(&snapshot.after, CI), Ok(new.as_bytes()));
    assert_eq!(content(before(&snapshot), CI), Ok(WORKFLOW.as_bytes()));
    let names: Vec<_> = snapshot.after.entries.known().unwrap().keys().collect();
    assert_eq!(names, [&path(CI), &path("README.md")]);
    assert_eq!(snapshot.after.files.len(), 1, "only what is wanted");
    assert_eq!(snapshot.default_branch, DefaultBranch::IsBase);
}

/// CRLF, a BOM and bytes that are not UTF-8 are the parser's business.
#[tokio::test]
async fn files_come_byte_for_byte() {
    for bytes in [
        b"\xEF\xBB\xBFon: push\r\n".to_vec(),
        b"name: \xFF\xFE\n".to_vec(),
        b"name: \xEF\xBF\xBD\n".to_vec(),
        b"\0binary".to_vec(),
        b"".to_vec(),
        // Longer than GraphQL gives in one piece.
        vec![b'#'; 600_000],
    ] {
        let world = World::new().await;
        let snapshot = with_file(&world, CI, bytes.clone()).await;
        assert_eq!(content(&snapshot.after, CI), Ok(&*bytes));
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_not_fetched() {
    let world = World::new().await;
    let large = vec![b'#'; 10 << 20];
    let snapshot = with_file(&world, CI, large).await;
    let unavailable = content(&snapshot.after, CI).unwrap_err();
    assert_eq!(
        (&*unavailable.fact, unavailable.reason),
        (CI, Reason::TooLarge)
    );
    assert_eq!(content(before(&snapshot), CI), Ok(WORKFLOW.as_bytes()));
}

#[tokio::test]
async fn links_and_submodules_are_not_followed() {
    let world = World::new().await;
    let link = Content::Symlink("../../README.md".to_owned());
    let snapshot = with_file(&world, CI, link).await;
    let unavailable = content(&snapshot.after, CI).unwrap_err();
    assert_eq!(unavailable.reason, Reason::Unreadable);
    assert!(unavailable.detail.contains("symbolic link"));

    let world = World::new().await;
    let module = Content::Submodule(world.repository.tip("main"));
    let snapshot = with_file(&world, CI, module).await;
    let unavailable = content(&snapshot.after, CI).unwrap_err();
    assert!(unavailable.detail.contains("submodule"));
}

/// However large a repository is, its workflows are judged.
#[tokio::test]
async fn workflows_are_found_in_a_truncated_tree() {
    let world = World::new().await;
    world.sandbox.limit_tree_entries(2);
    let snapshot = world.snapshot(&world.open_pull_request()).await;
    let unavailable = snapshot.after.entries.known().unwrap_err();
    assert_eq!(unavailable.reason, Reason::Truncated);
    assert_eq!(content(&snapshot.after, CI), Ok(WORKFLOW.as_bytes()));
    assert_eq!(content(before(&snapshot), CI), Ok(WORKFLOW.as_bytes()));
}

#[tokio::test]
async fn many_files_are_fetched_in_few_queries() {
    let world = World::new().await;
    let name = |number| format!(".github/workflows/{number:03}.yml");
    let files = (0..130).map(|number| (name(number), format!("name: {number}\n")));
    world.repository.push("feature", "Much", files);
    let pull_request = world
        .repository
        .open_pull_request("feature", "main", "Much");
    world.take_calls();
    let snapshot = world.snapshot(&pull_request).await;
    assert_eq!(
        content(&snapshot.after, &name(129)),
        Ok(&b"name: 129\n"[..])
    );
    let calls = world.take_calls();
    let queries = calls.iter().filter(|call| *call == "POST /graphql").count();
    assert_eq!(queries, 1 + 3, "the pull request, and 131 files by 60");
}

/// A repository of hundreds of workflows is read in full; there is an end, though, and what lies
/// behind it is named and never passes.
#[tokio::test]
async fn files_are_read_in_the_order_of_paths_up_to_a_thousand() {
    let world = World::new().await;
    let name = |number| format!(".github/workflows/{number:04}.yml");
    let files =
        (0..1_002).map(|number| (name(number), format!("on: push\njobs: {{}} #{number}\n")));
    world.repository.push("feature", "Much", files);
    let pull_request = world
        .repository
        .open_pull_request("feature", "main", "Much");
    world.take_calls();
    let snapshot = world.snapshot(&pull_request).await;
    let calls = world.take_calls();
    let queries = calls.iter().filter(|call| *call == "POST /graphql").count();
    assert_eq!(queries, 1 + 17, "the pull request, and 1,001 files by 60");

    assert!(content(&snapshot.after, &name(999)).is_ok());
    let left_out = [name(1_000), name(1_001), CI.to_owned()];
    for file in &left_out {
        let why = content(&snapshot.after, file).unwrap_err();
        assert_eq!((&why.fact, why.reason), (file, Reason::TooLarge));
        assert!(why.detail.contains("at most 1000 files"), "{}", why.detail);
    }
    assert!(content(before(&snapshot), CI).is_ok());
    let report = oracle::evaluate(&snapshot, &Policy::default(), &run());
    let unreadable = report.items.iter().filter(|it| it.rule_id == "MD-000");
    let named: Vec<_> = unreadable.map(|it| it.evidence[0].path.as_str()).collect();
    assert_eq!(named, left_out);
}

/// A conflict has no test merge, so head is compared with what it grew from.
#[tokio::test]
async fn a_conflict_is_judged_against_the_merge_base() {
    let world = World::new().await;
    let grown_from = world.repository.tip("main");
    let pull_request = world.open_pull_request();
    world
        .repository
        .push("main", "Change my mind", [("README.md", "Goodbye\n")]);
    let read = world.read(&pull_request).await;
    assert_eq!(read.test_merge, TestMerge::Conflicting);
    let snapshot = world.snapshot(&pull_request).await;
    let base = snapshot.subject.base_commit.unwrap();
    assert_eq!(base.as_str(), grown_from.to_string());
}

#[tokio::test]
async fn a_test_merge_may_be_pending() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    pull_request.hold_test_merge(1);
    assert_eq!(
        world.read(&pull_request).await.test_merge,
        TestMerge::Pending
    );
    let settled = world.read(&pull_request).await.test_merge;
    assert!(matches!(settled, TestMerge::Clean { .. }));
}

#[tokio::test]
async fn a_fork_is_read_through_its_base() {
    let world = World::new().await;
    let fork = world.repository.fork("stranger");
    fork.push("main", "Help", [("README.md", "Helped\n")]);
    let pull_request = world
        .repository
        .open_pull_request_from(&fork, "main", "main", "Help");
    assert!(world.read(&pull_request).await.from_fork);
    let snapshot = world.snapshot(&pull_request).await;
    assert_eq!(content(&snapshot.after, CI), Ok(WORKFLOW.as_bytes()));
}

#[tokio::test]
async fn another_base_brings_the_default_branch_along() {
    let world = World::new().await;
    world
        .repository
        .push("release/1.x", "Begin", [(CI, "on: push\njobs: {}\n")]);
    world
        .repository
        .push("fix", "Fix", [("README.md", "Fixed\n")]);
    let pull_request = world
        .repository
        .open_pull_request("fix", "release/1.x", "Fix");
    let snapshot = world.snapshot(&pull_request).await;
    let DefaultBranch::Other(Fact::Known(default)) = &snapshot.default_branch else {
        panic!("{:?}", snapshot.default_branch);
    };
    assert_eq!(content(default, CI), Ok(WORKFLOW.as_bytes()));
    assert_eq!(
        content(before(&snapshot), CI),
        Ok(&b"on: push\njobs: {}\n"[..])
    );
}

#[tokio::test]
async fn rules_of_all_levels_and_classic_protection_are_read() {
    let world = World::new().await;
    world.repository.add_ruleset(
        Ruleset::named("checks")
            .requires_check_from("build", GITHUB_ACTIONS)
            .merge_queue(),
    );
    let off = Ruleset::named("off").enforced(Enforcement::Evaluate);
    world.repository.add_ruleset(off.requires_check("tried"));
    let ours = Ruleset::named("ours")
        .on(&["~ALL"])
        .requires_pull_request(1);
    world.sandbox.add_organization_ruleset("octo-org", ours);
    let protection = Protection::new().requires_check("lint");
    world.repository.protect("main", protection);

    let settings = world.snapshot(&world.open_pull_request()).await.settings;
    let rules = settings.rules.known().unwrap();
    let [
        BranchRule::RequiredStatusChecks(checks),
        BranchRule::MergeQueue(queue),
        BranchRule::PullRequest(review),
    ] = &**rules
    else {
        panic!("{rules:?}");
    };
    assert_eq!(checks.checks[0].context, "build");
    assert_eq!(checks.checks[0].app_id, Some(GITHUB_ACTIONS.0));
    assert_eq!(queue.check_response_timeout_minutes, 60);
    assert_eq!(review.source.source_type, "Organization");
    assert!(!review.require_code_owner_review);
    let classic = settings.protection.known().unwrap().as_ref().unwrap();
    assert_eq!(classic.enforcement_level, EnforcementLevel::NonAdmins);
    assert_eq!(classic.checks[0].context, "lint");
}

#[tokio::test]
async fn more_than_a_page_of_rules_is_followed() {
    let world = World::new().await;
    let many = (0..150).fold(Ruleset::named("many"), |ruleset, number| {
        ruleset.rule(
            "creation",
            (number == 1_000).then_some(serde_json::Value::Null),
        )
    });
    world.repository.add_ruleset(many);
    let settings = world.snapshot(&world.open_pull_request()).await.settings;
    assert_eq!(settings.rules.known().unwrap().len(), 150);
}

#[tokio::test]
async fn states_of_workflows_are_read() {
    let world = World::new().await;
    world
        .repository
        .set_workflow_state(CI, WorkflowState::DisabledManually);
    let settings = world.snapshot(&world.open_pull_request()).await.settings;
    let workflows = settings.workflows.known().unwrap();
    assert_eq!(workflows[0].path, path(CI));
    assert_eq!(workflows[0].state, "disabled_manually");
    assert_eq!(settings.actions_app_id, Fact::Known(GITHUB_ACTIONS.0));
}

#[tokio::test]
async fn what_merged_pull_requests_reported_is_read() {
    let world = World::new().await;
    let merged = world.open_pull_request();
    let head = merged.head();
    let success = CheckConclusion::Success;
    world
        .repository
        .report_check(head, "build", GITHUB_ACTIONS, success);
    world
        .repository
        .report_status(head, "ci/legacy", StatusState::Success);
    // Over a page of contexts, so that the rest has to be asked for.
    for number in 0..120 {
        let name = format!("test ({number:03})");
        world
            .repository
            .report_check(head, &name, GITHUB_ACTIONS, success);
    }
    merged.merge();
    world
        .repository
        .push("next", "Next", [("NEXT.md", "Next\n")]);
    let next = world.repository.open_pull_request("next", "main", "Next");

    let settings = world.snapshot(&next).await.settings;
    let rollups = settings.rollups.known().unwrap();
    assert_eq!(rollups.len(), 1);
    assert_eq!(rollups[0].pull_request, merged.number());
    assert_eq!(rollups[0].contexts.len(), 122);
    let producer = |name: &str| {
        let mut contexts = rollups[0].contexts.iter();
        contexts.find(|it| it.name == name).map(|it| &it.producer)
    };
    assert_eq!(producer("ci/legacy"), Some(&Producer::Status));
    let actions = Producer::CheckRun {
        app_id: Some(GITHUB_ACTIONS.0),
    };
    assert_eq!(producer("test (119)"), Some(&actions));
}
