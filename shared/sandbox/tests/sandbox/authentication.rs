//! App JWTs, installation access tokens and permissions.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sandbox::{Access, App};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::world::{World, new_app, now};

/// A JWT by somebody else's implementation.
fn jwt(signer: &App, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(signer.private_key().as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).unwrap()
}

fn good_jwt(app: &App) -> String {
    let at = now().as_second();
    jwt(
        app,
        &json!({"iss": app.client_id(), "iat": at - 60, "exp": at + 540}),
    )
}

async fn app_as(world: &World, claims: Value) -> Answer {
    world
        .client_with(&jwt(&world.app, &claims))
        .get("/app")
        .await
}

#[tokio::test]
async fn an_app_is_known_by_client_id_or_id() {
    let world = World::new().await;
    let at = now().as_second();
    for iss in [
        json!(world.app.client_id()),
        json!(world.app.id()),
        json!(world.app.id().to_string()),
    ] {
        let answer = app_as(&world, json!({"iss": iss, "iat": at, "exp": at + 600})).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        assert_eq!(answer.json["slug"], "phase-mirror");
        assert_eq!(answer.json["installations_count"], 1);
    }
}

#[tokio::test]
async fn a_jwt_is_refused_in_githubs_words() {
    let world = World::new().await;
    let at = now().as_second();
    let iss = world.app.client_id();
    let expired = app_as(&world, json!({"iss": iss, "iat": at - 60, "exp": at})).await;
    assert_eq!(
        expired.refusal(),
        "401 'Expiration time' claim ('exp') must be a numeric value representing the future \
         time at which the assertion expires"
    );
    let long = app_as(&world, json!({"iss": iss, "iat": at, "exp": at + 601})).await;
    assert_eq!(
        long.refusal(),
        "401 'Expiration time' claim ('exp') is too far in the future"
    );
    let early = app_as(&world, json!({"iss": iss, "iat": at + 1, "exp": at + 60})).await;
    assert_eq!(
        early.refusal(),
        "401 'Issued at' claim ('iat') must be an Integer representing the time that the \
         assertion was issued"
    );
    let stranger = app_as(&world, json!({"iss": "Iv1.0", "iat": at, "exp": at + 60})).await;
    assert_eq!(stranger.refusal(), "404 Integration not found");

    let other = world.github.create_app(new_app());
    let forged = jwt(&other, &json!({"iss": iss, "iat": at, "exp": at + 60}));
    for wrong in [
        forged.as_str(),
        "not.a.jwt",
        &world.installation.access_token(),
    ] {
        assert_eq!(
            world.client_with(wrong).get("/app").await.refusal(),
            "401 A JSON web token could not be decoded"
        );
    }
}

#[tokio::test]
async fn an_installation_is_seen_by_its_own_app_only() {
    let world = World::new().await;
    let id = world.installation.id();
    let client = world.client_with(&good_jwt(&world.app));
    let list = client.get("/app/installations").await;
    assert_eq!(list.json[0]["id"], id);
    let one = client.get(&format!("/app/installations/{id}")).await;
    assert_eq!(one.json["account"]["login"], "octo-org");

    let other = world.github.create_app(new_app());
    let client = world.client_with(&good_jwt(&other));
    let answer = client.get(&format!("/app/installations/{id}")).await;
    assert_eq!(answer.refusal(), "404 Not Found");
}

async fn token_for(world: &World, scope: Value) -> Answer {
    let id = world.installation.id();
    let client = world.client_with(&good_jwt(&world.app));
    let path = format!("/app/installations/{id}/access_tokens");
    client.post(&path, scope).await
}

#[tokio::test]
async fn a_token_is_long_has_dots_and_lives_an_hour_of_the_sandboxs_clock() {
    let world = World::new().await;
    let answer = token_for(&world, json!({})).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json["expires_at"], "2026-11-21T13:00:00Z");
    let token = answer.json["token"].as_str().unwrap();
    assert!(token.starts_with(&format!("ghs_{}_", world.app.id())));
    assert!(
        (480..600).contains(&token.len()) && token.contains('.'),
        "{token}"
    );

    let client = world.client_with(token);
    world.github.clock().advance(Duration::from_secs(3_599));
    assert_eq!(client.get("/installation/repositories").await.status, 200);
    world.github.clock().advance(Duration::from_secs(1));
    let answer = client.get("/installation/repositories").await;
    assert_eq!(answer.refusal(), "401 Bad credentials");
}

#[tokio::test]
async fn a_token_reaches_what_it_was_asked_for_and_no_more() {
    let world = World::new().await;
    let other = world
        .github
        .create_repository("octo-org/other", [("a", "a")]);
    let scope = json!({"repository_ids": [other.id()], "permissions": {"contents": "read"}});
    let answer = token_for(&world, scope).await;
    assert_eq!(answer.json["repository_selection"], "selected");
    assert_eq!(
        answer.json["permissions"],
        json!({"contents": "read", "metadata": "read"})
    );

    let client = world.client_with(answer.json["token"].as_str().unwrap());
    let listed = client.get("/installation/repositories").await;
    assert_eq!(listed.json["total_count"], 1);
    assert_eq!(client.get("/repos/octo-org/other").await.status, 200);
    let unseen = client.get(&world.path("")).await;
    assert_eq!(unseen.refusal(), "404 Not Found");
    let unasked = client.get("/repos/octo-org/other/actions/workflows").await;
    assert_eq!(
        unasked.refusal(),
        "403 Resource not accessible by integration"
    );
}

#[tokio::test]
async fn a_token_for_more_than_was_granted_is_refused() {
    let world = World::new().await;
    let more = token_for(&world, json!({"permissions": {"contents": "write"}})).await;
    assert_eq!(
        more.refusal(),
        "422 The permissions requested are not granted to this installation."
    );
    let elsewhere = world.github.create_repository("else/where", [("a", "a")]);
    for scope in [
        json!({"repository_ids": [elsewhere.id()]}),
        json!({"repositories": ["nowhere"]}),
    ] {
        assert_eq!(
            token_for(&world, scope).await.refusal(),
            "422 There is at least one repository that does not exist or is not accessible to \
             the parent installation."
        );
    }
}

#[tokio::test]
async fn a_permission_that_is_revoked_is_gone_from_tokens_that_are_out() {
    let world = World::new().await;
    let client = world.client();
    let path = world.path("/pulls");
    assert_eq!(client.get(&path).await.status, 200);
    world.installation.revoke("pull_requests");
    assert_eq!(
        client.get(&path).await.refusal(),
        "403 Resource not accessible by integration"
    );
    world.installation.grant("pull_requests", Access::Read);
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test]
async fn reading_is_not_writing() {
    let world = World::new().await;
    world.installation.grant("checks", Access::Read);
    let head = world.repository.tip("main");
    let run = json!({"name": "mirror", "head_sha": head.to_string()});
    let answer = world.client().post(&world.path("/check-runs"), run).await;
    assert_eq!(
        answer.refusal(),
        "403 Resource not accessible by integration"
    );
    assert!(world.repository.check_runs(head).is_empty());
}

#[tokio::test]
async fn a_suspended_installation_is_told_so_and_a_removed_ones_tokens_are_dead() {
    let world = World::new().await;
    let client = world.client();
    world.installation.suspend();
    let refused = "403 This installation has been suspended";
    assert_eq!(client.get(&world.path("")).await.refusal(), refused);
    assert_eq!(token_for(&world, json!({})).await.refusal(), refused);
    world.installation.unsuspend();
    assert_eq!(client.get(&world.path("")).await.status, 200);
    world.installation.uninstall();
    assert_eq!(
        client.get(&world.path("")).await.refusal(),
        "401 Bad credentials"
    );
    assert_eq!(
        token_for(&world, json!({})).await.refusal(),
        "404 Not Found"
    );
}

#[tokio::test]
async fn nobody_is_let_in_without_a_credential_or_a_user_agent() {
    let world = World::new().await;
    let path = world.path("");
    let nobody = world.client().without("authorization");
    assert_eq!(
        nobody.get(&path).await.refusal(),
        "401 Requires authentication"
    );
    let jwt = world.client_with(&good_jwt(&world.app));
    assert_eq!(jwt.get(&path).await.refusal(), "401 Bad credentials");
    let shy = world.client().without("user-agent");
    assert_eq!(shy.get(&path).await.status, 403);
}
