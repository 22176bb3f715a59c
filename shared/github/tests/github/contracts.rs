//! The adapter passes the contracts of its ports.

use app::event::Repository;
use app::ports::{PullRequest, PullRequests, TestMerge};
use app::testing::contracts::{self, AccountPolicyCase, Commit, PullRequestCase};
use oracle::{BranchName, Fact, ObjectId};

use crate::world::World;

fn id(id: sandbox::ObjectId) -> ObjectId {
    ObjectId::new(&id.to_string()).unwrap()
}

#[tokio::test]
async fn github() {
    let world = World::new().await;
    let closed = world.open_pull_request();
    closed.close();
    let open = {
        let files = [("NEWS.md", "Nothing yet\n")];
        world.repository.push("news", "Tell news", files);
        world
            .repository
            .open_pull_request("news", "main", "Tell news")
    };
    let hidden = world
        .sandbox
        .create_repository("elsewhere/hidden", [("a", "b")]);
    let main = BranchName::new("main").unwrap();
    let tip = id(world.repository.tip("main"));
    let expected = |pull_request: &sandbox::PullRequest| PullRequest {
        number: pull_request.number(),
        open: pull_request.is_open(),
        head: id(pull_request.head()),
        from_fork: false,
        base: main.clone(),
        base_tip: tip.clone(),
        default_branch: main.clone(),
        test_merge: TestMerge::Clean {
            commit: id(pull_request.test_merge().unwrap()),
            base: tip.clone(),
        },
    };
    let case = PullRequestCase {
        repository: world.named(),
        hidden: Repository {
            id: hidden.id(),
            name: oracle::RepositoryName::new("elsewhere/hidden").unwrap(),
            ..world.named()
        },
        open: expected(&open),
        closed: expected(&closed),
        unused_number: 99,
    };
    contracts::pull_requests(world.github.clone(), &case).await;
    contracts::snapshots(world.github.clone(), &case).await;
    let commit = Commit {
        repository: case.repository,
        sha: case.open.head,
        hidden: case.hidden,
    };
    contracts::check_runs(world.github.clone(), &commit).await;
}

#[tokio::test]
async fn pull_requests_of_a_head_are_found_on_every_page_and_in_forks() {
    let world = World::new().await;
    let first = world.open_pull_request();
    world.repository.create_branch("release", "main");
    let fork = world.repository.fork("octocat");
    fork.force_push("main", first.head());
    let of_fork = world
        .repository
        .open_pull_request_from(&fork, "main", "release", "From afar");
    for number in 0..100 {
        let branch = format!("other-{number}");
        let files = [("OTHER.md", format!("{number}\n"))];
        world.repository.push(&branch, "Another", files);
        world
            .repository
            .open_pull_request(&branch, "main", "Another");
    }
    let (port, head) = (world.github.clone(), id(first.head()));
    world.take_calls();
    let found = port.open_with_head(&world.named(), &head).await.unwrap();
    let numbers = vec![first.number(), of_fork.number()];
    assert_eq!(found, Fact::Known(numbers));
    let pages = world.take_calls();
    let list = "GET /repos/{owner}/{repo}/pulls";
    assert_eq!(pages.iter().filter(|call| *call == list).count(), 2);
}

#[tokio::test]
async fn policies_of_accounts() {
    let world = World::new().await;
    let policy = "version: 1\n# \u{fc}\n";
    let path = ".github/phase-mirror.yml";
    world
        .sandbox
        .create_repository("octo-org/.github", [(path, policy)]);
    world
        .sandbox
        .create_repository("plain/.github", [("README.md", "Hello\n")]);
    // Public and with a policy, but not the installation's.
    world
        .sandbox
        .create_repository("elsewhere/.github", [(path, policy)]);
    let elsewhere = world
        .sandbox
        .create_repository("elsewhere/hello", [("a", "b")]);
    let plain = world.sandbox.create_repository("plain/hello", [("a", "b")]);
    let of = |installation_id, repository: &sandbox::Repository| Repository {
        installation_id,
        id: repository.id(),
        name: oracle::RepositoryName::new(&repository.full_name()).unwrap(),
    };
    let selected = world.app.install_on(&[&elsewhere]);
    let case = AccountPolicyCase {
        with_policy: world.named(),
        policy: policy.as_bytes().to_vec(),
        without_file: of(world.app.install("plain").id(), &plain),
        not_installed: of(selected.id(), &elsewhere),
    };
    contracts::account_policies(world.github.clone(), &case).await;
}
