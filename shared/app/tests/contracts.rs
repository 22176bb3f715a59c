//! The fakes pass the contracts that every adapter passes.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::event::Repository;
use app::ingest::LOOK_AGAIN;
use app::ports::{AccountPolicy, PullRequest, TestMerge};
use app::testing::World;
use app::testing::contracts::{self, AccountPolicyCase, Commit, Kept, PullRequestCase};
use oracle::{
    ActionsPermissions, AllowedActions, BranchName, DefaultBranch, Fact, ObjectId, RepositoryName,
    Settings, Snapshot, Subject, Tree,
};

#[tokio::test(flavor = "multi_thread")]
async fn stores() {
    contracts::deliveries(World::new()).await;
    contracts::leases(World::new()).await;
    contracts::evaluations(World::new()).await;
    contracts::policies(World::new()).await;
    contracts::budgets(World::new()).await;
    let world = World::new();
    contracts::heads(Arc::clone(&world) as _, world).await;
    let world = World::new();
    contracts::installations(Kept {
        installations: Arc::clone(&world) as _,
        purge: Arc::clone(&world) as _,
        leases: Arc::clone(&world) as _,
        heads: Arc::clone(&world) as _,
        evaluations: Arc::clone(&world) as _,
        policies: Arc::clone(&world) as _,
        budgets: Arc::clone(&world) as _,
    })
    .await;
    assert_eq!(world.stored_of(12), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn event_queue() {
    let world = World::new();
    let queue = Arc::clone(&world);
    contracts::event_queue(queue, async || world.take_queued()).await;
}

#[tokio::test]
async fn secrets_of_the_webhook() {
    let world = World::new();
    let replace = async |secrets| world.put_secrets(secrets);
    let pass = async || world.advance(LOOK_AGAIN);
    contracts::secret_source(Arc::clone(&world) as _, replace, pass).await;
}

#[tokio::test]
async fn github() {
    let case = case();
    let world = World::new();
    for pull_request in [&case.open, &case.closed] {
        world.put_pull_request(case.repository.id, pull_request.clone());
    }
    world.put_snapshots(snapshot);
    contracts::pull_requests(Arc::clone(&world) as _, &case).await;
    contracts::snapshots(Arc::clone(&world) as _, &case).await;
    let commit = Commit {
        repository: case.repository,
        sha: case.open.head,
        hidden: case.hidden,
    };
    contracts::check_runs(world, &commit).await;
}

#[tokio::test]
async fn policies_of_accounts() {
    let repository = |name| Repository {
        installation_id: 1,
        id: 1,
        name: RepositoryName::new(name).expect("valid"),
    };
    let case = AccountPolicyCase {
        with_policy: repository("octo-org/hello"),
        policy: b"version: 1\n".to_vec(),
        without_file: repository("plain/hello"),
        not_installed: repository("elsewhere/hello"),
    };
    let world = World::new();
    world.put_account_policy("octo-org", AccountPolicy::File(case.policy.clone()));
    world.put_account_policy("plain", AccountPolicy::NoFile);
    contracts::account_policies(world, &case).await;
}

fn case() -> PullRequestCase {
    let repository = |id, name| Repository {
        installation_id: 1,
        id,
        name: RepositoryName::new(name).expect("valid"),
    };
    let main = BranchName::new("main").expect("valid");
    let open = PullRequest {
        number: 1,
        open: true,
        head: ObjectId::new(&"a".repeat(40)).expect("valid"),
        from_fork: false,
        base: main.clone(),
        base_tip: ObjectId::new(&"b".repeat(40)).expect("valid"),
        default_branch: main,
        test_merge: TestMerge::Conflicting,
    };
    PullRequestCase {
        repository: repository(1, "octo-org/hello"),
        hidden: repository(2, "octo-org/hidden"),
        closed: PullRequest {
            number: 2,
            open: false,
            ..open.clone()
        },
        open,
        unused_number: 3,
    }
}

fn snapshot(pull_request: &PullRequest) -> Snapshot {
    Snapshot {
        subject: Subject {
            repository: None,
            commit: pull_request.head.clone(),
            base_commit: Some(pull_request.base_tip.clone()),
            base_branch: pull_request.base.clone(),
            default_branch: pull_request.default_branch.clone(),
        },
        settings: Settings {
            branch: pull_request.base.clone(),
            rules: Fact::Known(Vec::new()),
            protection: Fact::Known(None),
            rollups: Fact::Known(Vec::new()),
            workflows: Fact::Known(Vec::new()),
            actions: Fact::Known(ActionsPermissions::Enabled {
                allowed_actions: AllowedActions::All,
                sha_pinning_required: false,
            }),
            actions_app_id: Fact::Known(15_368),
            owners: Fact::Known(BTreeMap::new()),
        },
        after: Tree::empty(),
        before: Some(Tree::empty()),
        default_branch: DefaultBranch::IsBase,
    }
}
