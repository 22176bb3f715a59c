//! What GitHub finds wrong with CODEOWNERS.

use sandbox::Role;

use crate::world::World;

async fn errors(world: &World, reference: &str) -> Vec<String> {
    let path = world.path(&format!("/codeowners/errors?ref={reference}"));
    let answer = world.client().get(&path).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json);
    let errors = answer.json["errors"].as_array().unwrap().clone();
    let brief = errors.iter().map(|error| {
        format!(
            "{}:{} {}",
            error["line"],
            error["column"],
            error["kind"].as_str().unwrap()
        )
    });
    brief.collect()
}

#[tokio::test]
async fn owners_must_be_able_to_push() {
    let world = World::new().await;
    let file = "* @octocat @octo-org/core # all\n/docs/ docs@acme.io\n";
    let tip = world
        .repository
        .push("owners", "Own", [("CODEOWNERS", file)]);
    let unknown = [
        "1:3 Unknown owner",
        "1:12 Unknown owner",
        "2:8 Unknown owner",
    ];
    assert_eq!(errors(&world, "owners").await, unknown);

    world.repository.add_collaborator("@Octocat", Role::Write);
    world
        .repository
        .add_collaborator("@octo-org/core", Role::Triage);
    world
        .repository
        .add_collaborator("docs@acme.io", Role::Admin);
    let commit = tip.to_string();
    assert_eq!(errors(&world, &commit).await, ["1:12 Unknown owner"]);

    world.repository.remove_collaborator("@octocat");
    let left = ["1:3 Unknown owner", "1:12 Unknown owner"];
    assert_eq!(errors(&world, "owners").await, left);
}

#[tokio::test]
async fn a_bad_line_has_one_error() {
    let world = World::new().await;
    let file = "!x @nobody\n[ab] @nobody\n/docs/ nobody @nobody\n";
    world
        .repository
        .push("owners", "Own", [(".github/CODEOWNERS", file)]);
    let bad = [
        "1:1 Invalid pattern",
        "2:1 Invalid pattern",
        "3:8 Invalid owner",
    ];
    assert_eq!(errors(&world, "owners").await, bad);
}

#[tokio::test]
async fn without_a_file_or_with_one_too_large_nothing_is_found() {
    let world = World::new().await;
    let large = "#".repeat(3_000_000);
    world
        .repository
        .push("large", "Own", [("CODEOWNERS", large)]);
    for reference in ["main", "large", "absent"] {
        let path = world.path(&format!("/codeowners/errors?ref={reference}"));
        assert_eq!(world.client().get(&path).await.status, 404, "{reference}");
    }
}
