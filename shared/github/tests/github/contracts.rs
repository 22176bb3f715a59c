//! The adapter passes the contracts of its ports.

use app::event::Repository;
use app::ports::{PullRequest, TestMerge};
use app::testing::contracts::{self, Commit, PullRequestCase};
use oracle::{BranchName, ObjectId};

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
