//! Every answer of the sandbox's REST API is one that GitHub describes.

use sandbox::{ActionsPolicy, SelectedActions};
use serde_json::{Value, json};

use crate::client::Client;
use crate::scene::Scene;

#[tokio::test]
async fn what_is_read_of_a_repository_is_as_described() {
    let scene = Scene::set().await;
    let client = scene.client();
    let head = scene.pull_request.head();
    let owners = "* @octocat\n!docs/ @octocat\ndocs/ octocat\n";
    let owned = scene
        .repository
        .push("owned", "Own", [("docs/CODEOWNERS", owners)]);
    let base = scene.repository.tip("main");
    let commit = client
        .read(&format!("/repos/octo-org/hello/git/commits/{head}"))
        .await;
    let tree = commit["tree"]["sha"].as_str().unwrap();
    let entries = client
        .read(&format!(
            "/repos/octo-org/hello/git/trees/{tree}?recursive=1"
        ))
        .await;
    let blob = entries["tree"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["type"] == "blob")
        .unwrap();
    let blob = blob["sha"].as_str().unwrap();
    for target in [
        "/installation/repositories".to_owned(),
        "/repos/octo-org/hello".to_owned(),
        "/repos/octo-org/hello/branches/main".to_owned(),
        "/repos/octo-org/hello/rules/branches/main".to_owned(),
        format!("/repos/octo-org/hello/git/blobs/{blob}"),
        "/repos/octo-org/hello/pulls?state=all&per_page=1&page=2".to_owned(),
        "/repos/octo-org/hello/pulls/1".to_owned(),
        "/repos/octo-org/hello/pulls/2".to_owned(),
        "/repos/octo-org/hello/pulls/1/files".to_owned(),
        format!("/repos/octo-org/hello/compare/{base}...{head}"),
        format!("/repos/octo-org/hello/commits/{head}/check-runs"),
        format!("/repos/octo-org/hello/commits/{head}/pulls"),
        "/repos/octo-org/hello/actions/workflows".to_owned(),
        "/repos/octo-org/hello/codeowners/errors?ref=owned".to_owned(),
        format!("/repos/octo-org/hello/codeowners/errors?ref={owned}"),
    ] {
        client.read(&target).await;
    }
    scene.watched.assert_clean();
}

#[tokio::test]
async fn what_actions_permits_is_as_described() {
    let scene = Scene::set().await;
    let client = scene.client();
    let permissions = "/repos/octo-org/hello/actions/permissions";
    let selected = SelectedActions {
        github_owned: true,
        verified: false,
        patterns: vec!["octo-org/*".to_owned()],
    };
    for (policy, enabled, allowed) in [
        (ActionsPolicy::All, true, json!("all")),
        (ActionsPolicy::LocalOnly, true, json!("local_only")),
        (ActionsPolicy::Disabled, false, Value::Null),
        (ActionsPolicy::Selected(selected), true, json!("selected")),
    ] {
        scene.repository.set_actions_policy(policy);
        let shown = client.read(permissions).await;
        assert_eq!(shown["enabled"], enabled);
        assert_eq!(shown["allowed_actions"], allowed);
    }
    let selected = client
        .read(&format!("{permissions}/selected-actions"))
        .await;
    assert_eq!(selected["github_owned_allowed"], true);
    assert_eq!(selected["patterns_allowed"], json!(["octo-org/*"]));

    scene.installation.revoke("administration");
    let (status, body) = scene.client().send("GET", permissions, Value::Null).await;
    assert_eq!(status, 403, "{body}");
    scene.watched.assert_clean();
}

#[tokio::test]
async fn what_an_app_reads_and_mints_is_as_described() {
    let scene = Scene::set().await;
    let client = Client::of_app(&scene.sandbox, &scene.app);
    let installation = format!("/app/installations/{}", scene.installation.id());
    scene.app.set_webhook_url("http://127.0.0.1:9/webhook");
    scene.pull_request.close();
    scene.sandbox.settled().await;
    let hook = ["/app/hook/config", "/app/hook/deliveries?per_page=1"];
    for target in [
        "/app",
        "/app/installations",
        &installation,
        hook[0],
        hook[1],
    ] {
        client.read(target).await;
    }
    let latest = scene.sandbox.deliveries().last().unwrap().id;
    let again = format!("/app/hook/deliveries/{latest}/attempts");
    let (status, _) = client.send("POST", &again, Value::Null).await;
    assert_eq!(status, 202);
    let scope = json!({ "repositories": ["hello"], "permissions": { "checks": "write" } });
    let tokens = format!("{installation}/access_tokens");
    let (status, _) = client.send("POST", &tokens, scope).await;
    assert_eq!(status, 201);
    scene.watched.assert_clean();
}

#[tokio::test]
async fn an_app_that_a_manifest_registers_is_as_described() {
    let scene = Scene::set().await;
    let nobody = Client::with_token(&scene.sandbox, "");
    let form = "manifest=%7B%22name%22%3A%22New%20App%22%2C%22url%22%3A%22https%3A%2F%2Fnew.example%22%2C\
                %22hook_attributes%22%3A%7B%22url%22%3A%22http%3A%2F%2F127.0.0.1%3A9%2Fwebhook%22%7D%2C\
                %22redirect_url%22%3A%22http%3A%2F%2F127.0.0.1%3A4000%2Fcreated%22%7D";
    let (status, location) = nobody.post_form("/settings/apps/new?state=s", form).await;
    assert_eq!(status, 302);
    let location = location.unwrap();
    let code = location.strip_prefix("http://127.0.0.1:4000/created?code=");
    let (code, state) = code.and_then(|rest| rest.split_once('&')).unwrap();
    assert_eq!(state, "state=s");
    let conversions = format!("/app-manifests/{code}/conversions");
    let (status, app) = nobody.send("POST", &conversions, Value::Null).await;
    assert_eq!(status, 201, "{app}");
    assert!(app["pem"].as_str().unwrap().contains("RSA PRIVATE KEY"));
    let (status, _) = nobody.send("POST", &conversions, Value::Null).await;
    assert_eq!(status, 404, "a code is good for one exchange");

    let client = Client::of_app(&scene.sandbox, &scene.sandbox.app("new-app"));
    let hook = client.read("/app/hook/config").await;
    assert_eq!(hook["content_type"], "form", "the documented default");
    let change = json!({ "content_type": "json", "insecure_ssl": "0", "secret": "another" });
    let (status, hook) = client.send("PATCH", "/app/hook/config", change).await;
    assert_eq!((status, &hook["content_type"]), (200, &json!("json")));
    let (status, _) = nobody
        .post_form("/settings/apps/new", "manifest=%7B%7D")
        .await;
    assert_eq!(status, 422);
    scene.watched.assert_clean();
}

#[tokio::test]
async fn a_check_runs_life_is_as_described() {
    let scene = Scene::set().await;
    let client = scene.client();
    let head = scene.pull_request.head().to_string();
    let runs = "/repos/octo-org/hello/check-runs";
    let new = json!({
        "name": "Phase Mirror", "head_sha": head, "status": "in_progress", "external_id": "1",
    });
    let (status, run) = client.send("POST", runs, new).await;
    assert_eq!(status, 201, "{run}");
    let target = format!("{runs}/{}", run["id"]);
    let update = json!({
        "status": "completed", "conclusion": "neutral",
        "output": { "title": "One finding", "summary": "It is this.", "annotations": [{
            "path": "README.md", "start_line": 1, "end_line": 1,
            "annotation_level": "warning", "message": "Look here", "title": "Here",
        }]},
    });
    let (status, updated) = client.send("PATCH", &target, update).await;
    assert_eq!(status, 200, "{updated}");
    client.read(&target).await;
    let annotations = client.read(&format!("{target}/annotations")).await;
    assert_eq!(annotations.as_array().map(Vec::len), Some(1));
    scene.watched.assert_clean();
}

#[tokio::test]
async fn a_status_is_as_described() {
    let scene = Scene::set().await;
    let target = format!(
        "/repos/octo-org/hello/statuses/{}",
        scene.pull_request.head()
    );
    let status = json!({ "state": "success", "context": "ci/here" });
    let (code, answer) = scene.client().send("POST", &target, status).await;
    assert_eq!(code, 201, "{answer}");
    scene.watched.assert_clean();
}

#[tokio::test]
async fn refusals_are_as_described() {
    let scene = Scene::set().await;
    let client = scene.client();
    let nobody = Client::with_token(&scene.sandbox, "ghs_wrong");
    let refused = [
        (
            nobody
                .send("GET", "/repos/octo-org/hello", Value::Null)
                .await,
            401,
        ),
        (
            client
                .send("GET", "/repos/octo-org/absent", Value::Null)
                .await,
            404,
        ),
        (
            client
                .send("GET", "/repos/octo-org/hello/pulls/99", Value::Null)
                .await,
            404,
        ),
        (
            client
                .send(
                    "POST",
                    "/repos/octo-org/hello/check-runs",
                    json!({ "name": "x" }),
                )
                .await,
            422,
        ),
    ];
    for ((status, body), expected) in refused {
        assert_eq!(status, expected, "{body}");
    }
    scene.installation.revoke("contents");
    let (status, body) = scene
        .client()
        .send("GET", "/repos/octo-org/hello/branches/main", Value::Null)
        .await;
    assert_eq!(status, 403, "{body}");
    scene.watched.assert_clean();
}

#[tokio::test]
async fn webhooks_are_as_described() {
    let scene = Scene::set().await;
    scene.app.set_webhook_url("http://127.0.0.1:9/webhook");
    scene
        .pull_request
        .push("Say even more", [("README.md", "Hello, worlds\n")]);
    scene.repository.create_branch("release", "main");
    scene.pull_request.change_base("release");
    scene.pull_request.close();
    scene.pull_request.reopen();
    scene.pull_request.enqueue(None).dequeue();
    scene.from_fork.enqueue(None).merge();
    scene.sandbox.settled().await;
    let deliveries = scene.sandbox.deliveries();
    let actions: Vec<_> = deliveries
        .iter()
        .filter_map(|it| it.action.as_deref())
        .collect();
    for action in [
        "opened",
        "synchronize",
        "edited",
        "closed",
        "reopened",
        "checks_requested",
        "destroyed",
    ] {
        assert!(
            actions.contains(&action),
            "{action} is not among {actions:?}"
        );
    }
    assert!(deliveries.iter().any(|it| it.event == "ping"));
    scene.watched.assert_clean();
}
