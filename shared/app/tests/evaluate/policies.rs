//! Which policy judges: that of the base over the account's, the last valid copy of either, or
//! none at all.

use app::check::Conclusion;
use app::evaluate::{Attempt, Disposition, WorkError, evaluate};
use app::ports::{AccountPolicy, DeliveryOutcome, Evaluations, PullRequest, TestMerge};
use oracle::{Entry, EntryKind, Fact, Reason, RepoPath, Report, Snapshot, Tree, Unavailable};

use crate::simulation::Simulation;
use crate::stage::{self, Base};

const ACCOUNT: &str = "AccountPolicies::account_policy";
const LOOSE: &str = "version: 1\nthresholds: {high: 9}\n";
const BROKEN: &str = "version: 1\nthreshold: {high: 9}\n";
const LOCKED: &str = "version: 1\npreset: strict\nlocked: [thresholds]\n";

const FIRST: Attempt = Attempt {
    number: 1,
    last: false,
};

/// The tree of a base with this policy.
fn base(policy: &str) -> Tree {
    let mut tree = Tree::empty();
    let path = RepoPath::new(oracle::policy::PATH).expect("a path");
    let entry = Entry {
        kind: EntryKind::File,
        id: stage::commit(1),
        size: None,
    };
    if let Fact::Known(entries) = &mut tree.entries {
        entries.insert(path.clone(), entry);
    }
    let content = policy.as_bytes().to_vec();
    tree.files.insert(path, Fact::Known(content));
    tree
}

/// Pull requests by number: 1 has a loose policy at its base, 2 a broken one, 3 none, and of 4
/// nobody could look.
fn snapshot(of: &PullRequest) -> Snapshot {
    let mut snapshot = stage::snapshot(of);
    snapshot.before = Some(match of.number {
        1 => base(LOOSE),
        2 => base(BROKEN),
        4 => Tree {
            entries: Fact::Unavailable(Unavailable {
                fact: "the whole tree".to_owned(),
                reason: Reason::Truncated,
                detail: "It is too large.".to_owned(),
            }),
            ..Tree::empty()
        },
        _ => Tree::empty(),
    });
    snapshot
}

fn simulation() -> Simulation {
    let mut simulation = Simulation::new();
    simulation.worker.judge = oracle::evaluate;
    simulation.world.put_snapshots(snapshot);
    simulation
}

async fn work(simulation: &Simulation, number: u8) -> Result<Disposition, WorkError> {
    stage::put(&simulation.world, u64::from(number), number, Base::Calm);
    let message = stage::message(u32::from(number), u64::from(number), number, None);
    evaluate(&simulation.worker, &message, FIRST).await
}

/// The report on the pull request with this number.
async fn report(simulation: &Simulation, number: u8) -> Report {
    let end = work(simulation, number).await.expect("worked on");
    assert_eq!(end, Disposition::Finished(DeliveryOutcome::Done));
    let stored = simulation.world.load(&stage::head(number), 1).await;
    let mut stored = stored.expect("answered").expect("judged");
    stored.reports.remove(0).1
}

/// The hash of a policy that both files make, alone on a stage of their own.
async fn hash(account: Option<&str>, number: u8) -> String {
    let simulation = simulation();
    if let Some(account) = account {
        give(&simulation, account);
    }
    report(&simulation, number).await.meta.policy_hash
}

fn give(simulation: &Simulation, policy: &str) {
    let policy = AccountPolicy::File(policy.as_bytes().to_vec());
    simulation.world.put_account_policy("octo-org", policy);
}

fn messages(report: &Report) -> Vec<String> {
    let meta = &report.meta;
    let all = meta.policy_errors.iter().chain(&meta.policy_notes);
    all.map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_bases_policy_is_put_over_the_accounts() {
    let (none, own) = (hash(None, 3).await, hash(None, 1).await);
    let (account, both) = (hash(Some(LOCKED), 3).await, hash(Some(LOCKED), 1).await);
    assert_ne!(none, own);
    assert_ne!(none, account);
    // The loose threshold is refused, so that the account's policy stands whole.
    assert_eq!(both, account);
}

#[tokio::test]
async fn what_the_account_locks_stands_and_is_said() {
    let simulation = simulation();
    give(&simulation, LOCKED);
    let report = report(&simulation, 1).await;
    expect_test::expect![".github/phase-mirror.yml:2:20: thresholds.high: `9`, for `calm`, is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; `0` stands. Remove it or tighten it, or ask the organisation to unlock the key."].assert_eq(&messages(&report).join("\n"));
    assert_eq!(
        simulation.world.runs()[0].conclusion,
        Some(Conclusion::Neutral)
    );
}

#[tokio::test]
async fn a_broken_policy_is_shown_and_the_last_valid_one_used() {
    let simulation = simulation();
    let valid = report(&simulation, 1).await;
    let broken = report(&simulation, 2).await;
    assert_eq!(broken.meta.policy_hash, valid.meta.policy_hash);
    expect_test::expect![[r#"
        .github/phase-mirror.yml:2:1: threshold: expected a known key, found `threshold`. Did you mean `thresholds`?
        .github/phase-mirror.yml: the last valid policy is used, first seen at 2026-01-01T00:00:00Z. The policy is looked for anew with every pull request."#]].assert_eq(&messages(&broken).join("\n"));
}

#[tokio::test]
async fn a_broken_policy_that_was_never_valid_leaves_the_default() {
    let simulation = simulation();
    let broken = report(&simulation, 2).await;
    assert_eq!(broken.meta.policy_hash, hash(None, 3).await);
    expect_test::expect![[r#"
        .github/phase-mirror.yml:2:1: threshold: expected a known key, found `threshold`. Did you mean `thresholds`?
        .github/phase-mirror.yml: no earlier valid policy is known; the default is used. The policy is looked for anew with every pull request."#]].assert_eq(&messages(&broken).join("\n"));
}

#[tokio::test]
async fn a_policy_that_was_taken_away_is_not_the_last_valid_one() {
    let simulation = simulation();
    report(&simulation, 1).await;
    report(&simulation, 3).await;
    let broken = report(&simulation, 2).await;
    assert_eq!(broken.meta.policy_hash, hash(None, 3).await);
}

#[tokio::test]
async fn an_old_base_judges_by_its_policy_but_does_not_become_the_last_valid_one() {
    let simulation = simulation();
    stage::put(&simulation.world, 1, 1, Base::Calm);
    stage::change(&simulation.world, 1, |pull_request| {
        pull_request.test_merge = TestMerge::Conflicting;
    });
    let message = stage::message(1, 1, 1, None);
    evaluate(&simulation.worker, &message, FIRST)
        .await
        .expect("worked on");
    let broken = report(&simulation, 2).await;
    assert_eq!(broken.meta.policy_hash, hash(None, 3).await);
}

#[tokio::test]
async fn an_account_that_can_not_be_read_is_judged_by_the_last_valid_copy() {
    let simulation = simulation();
    give(&simulation, LOCKED);
    let before = report(&simulation, 3).await;
    simulation.world.outage_of(ACCOUNT);
    let after = report(&simulation, 5).await;
    assert_eq!(after.meta.policy_hash, before.meta.policy_hash);
    expect_test::expect![[r#"
        octo-org/.github/.github/phase-mirror.yml: the policy could not be read: GitHub is not available. Let the App read it again; to end the policy, remove the file where the App can see that.
        octo-org/.github/.github/phase-mirror.yml: the last valid policy is used, first seen at 2026-01-01T00:00:00Z. The policy is looked for anew with every pull request."#]].assert_eq(&messages(&after).join("\n"));
}

#[tokio::test]
async fn an_account_that_was_never_read_holds_everything_up_until_it_is_action_required() {
    let simulation = simulation();
    simulation.world.outage_of(ACCOUNT);
    assert!(matches!(
        work(&simulation, 3).await,
        Err(WorkError::GitHub(_))
    ));
    assert_eq!(simulation.world.runs()[0].conclusion, None);
    let message = stage::message(3, 3, 3, None);
    let last = Attempt {
        number: 9,
        last: true,
    };
    assert!(evaluate(&simulation.worker, &message, last).await.is_err());
    let conclusion = simulation.world.runs()[0].conclusion;
    assert_eq!(conclusion, Some(Conclusion::ActionRequired));
}

#[tokio::test]
async fn taking_the_accounts_repository_from_our_sight_does_not_end_its_policy() {
    let simulation = simulation();
    give(&simulation, LOCKED);
    let before = report(&simulation, 3).await;
    let gone = AccountPolicy::NotInstalled;
    simulation.world.put_account_policy("octo-org", gone);
    let hidden = report(&simulation, 5).await;
    assert_eq!(hidden.meta.policy_hash, before.meta.policy_hash);
    assert_eq!(hidden.meta.policy_errors.len(), 1);
    let deleted = AccountPolicy::NoFile;
    simulation.world.put_account_policy("octo-org", deleted);
    let ended = report(&simulation, 6).await;
    assert_eq!(ended.meta.policy_hash, hash(None, 3).await);
    assert_eq!(messages(&ended), [""; 0]);
}

#[tokio::test]
async fn a_base_where_nobody_could_look_needs_a_copy() {
    let simulation = simulation();
    let end = work(&simulation, 4).await.expect("worked on");
    assert_eq!(end, Disposition::Finished(DeliveryOutcome::Refused));
    let conclusion = simulation.world.runs()[0].conclusion;
    assert_eq!(conclusion, Some(Conclusion::ActionRequired));

    let simulation = self::simulation();
    let seen = report(&simulation, 1).await;
    let unseen = report(&simulation, 4).await;
    assert_eq!(unseen.meta.policy_hash, seen.meta.policy_hash);
    assert_eq!(unseen.meta.policy_errors.len(), 1);
}
