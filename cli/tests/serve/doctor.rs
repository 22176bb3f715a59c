//! `phase-mirror doctor`: every lack is named with what helps. README.md and docs/doctor.md show
//! what is printed here.

use std::process::Output;
use std::time::Duration;

use ::sandbox::{Access, App, Clock, NewApp, Options, Sandbox};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::process::{Server, phase_mirror, run};

const SECRET: &str = "It's a Secret to Everybody";

/// An App at a GitHub, as somebody has set it up.
struct Practice {
    github: Sandbox,
    app: App,
    data: tempfile::TempDir,
    /// The webhook's secret on this side.
    secret: &'static str,
}

/// README.md shows what is said of this area, as it is said.
#[track_caller]
fn is_in_the_readme(said: &str, area: &str) {
    let begins = format!("lacking  {area}");
    let lines = said.lines().skip_while(|line| !line.starts_with(&begins));
    let mut lines = lines.enumerate();
    let shown: Vec<&str> = lines
        .by_ref()
        .map_while(|(index, line)| (index == 0 || line.starts_with("    ")).then_some(line))
        .collect();
    assert!(shown.len() > 1, "nothing is said of {area}:\n{said}");
    let readme = include_str!("../../../README.md");
    let shown = shown.join("\n");
    assert!(readme.contains(&shown), "README.md does not show\n{shown}");
}

/// docs/doctor.md shows the whole of it.
#[track_caller]
fn is_in_the_document(said: &str) {
    let document = include_str!("../../../docs/doctor.md");
    let shown = format!("```text\n{said}```\n");
    assert!(
        document.contains(&shown),
        "docs/doctor.md does not show\n{shown}"
    );
}

/// An App that has all that it can use.
fn whole() -> NewApp {
    NewApp::named("Phase Mirror")
        .permission("administration", Access::Read)
        .permission("merge_queues", Access::Read)
        .permission("statuses", Access::Read)
        .subscribed_to("merge_group")
        .subscribed_to("push")
        .subscribed_to("repository")
        .permissions_that_it_needs()
}

trait Needs {
    fn permissions_that_it_needs(self) -> Self;
}

impl Needs for NewApp {
    fn permissions_that_it_needs(self) -> Self {
        self.permission("actions", Access::Read)
            .permission("checks", Access::Write)
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read)
            .subscribed_to("pull_request")
    }
}

impl Practice {
    async fn of(app: NewApp) -> Self {
        Self::at(app, Clock::running()).await
    }

    async fn at(app: NewApp, clock: Clock) -> Self {
        let options = Options {
            clock,
            ..Options::default()
        };
        let github = Sandbox::start(options).await.unwrap();
        let app = github.create_app(app.webhook_secret(SECRET));
        Self {
            app,
            github,
            data: tempfile::tempdir().unwrap(),
            secret: SECRET,
        }
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        vec![
            ("PHASE_MIRROR_GITHUB_API_URL", self.github.base_url()),
            ("PHASE_MIRROR_GITHUB_CLIENT_ID", self.app.client_id()),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", self.app.private_key()),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", self.secret),
        ]
    }

    /// A server that GitHub sends its webhooks to; it has had the first.
    async fn serve(&self) -> Server {
        let server = Server::start(self.data.path(), &self.environment());
        let address = server.address;
        self.app
            .set_webhook_url(&format!("http://{address}/webhook"));
        self.github.settled().await;
        server
    }

    /// Runs the command beside the sandbox, which answers on this test's runtime.
    async fn doctor(&self, arguments: &[&str]) -> Output {
        let data = self.data.path().to_str().unwrap();
        let arguments = [&["doctor", "--data", data], arguments].concat();
        let mut command = phase_mirror(&arguments, &self.environment());
        tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap()
    }

    /// What is printed, without the names that only this run's ports have.
    async fn says(&self, code: i32, expected: Expect) -> String {
        let output = self.doctor(&[]).await;
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let said = String::from_utf8(output.stdout).unwrap();
        let said = self.told(&said);
        expected.assert_eq(&said);
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    /// How deliveries fare: the state, and what was seen.
    async fn deliveries(&self) -> (String, String) {
        let said = self.doctor(&["--format", "json"]).await;
        let findings: Value = serde_json::from_slice(&said.stdout).unwrap();
        let last = findings.as_array().unwrap().last().unwrap();
        assert_eq!(last["area"], "deliveries");
        let text = |key: &str| last[key].as_str().unwrap().to_owned();
        (text("state"), text("what"))
    }

    fn told(&self, said: &str) -> String {
        let mut told = said.replace(self.github.base_url(), "https://github.com");
        if let Some(start) = told.find("http://127.0.0.1:") {
            let end = told[start..]
                .find("/webhook")
                .map_or(start, |at| start + at);
            told.replace_range(start..end, "http://mirror.example");
        }
        told
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_keeps_the_app_from_its_work() {
    let practice = Practice::of(whole()).await;
    practice.app.install("octo-org");
    let _server = practice.serve().await;
    practice.says(0, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    `phase-mirror serve` works on it
        ok       clock          it agrees with GitHub's
        ok       key            GitHub knows us as "Phase Mirror"
        ok       permissions    the App has all that it can use
        ok       events         the App hears of all that it works on
        ok       installations  octo-org
        note     webhook        http://mirror.example/webhook is not https://: others can read what GitHub
                                sends
                                help: put TLS in front, and change the URL on the App's page
                                (https://github.com/apps/phase-mirror)
        ok       deliveries     all of the latest 1 were taken

        Nothing keeps the App from its work.
    "#]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_is_missing() {
    let app = NewApp::named("Phase Mirror")
        .permission("checks", Access::Read)
        .permission("contents", Access::Read)
        .permission("pull_requests", Access::Read)
        .permission("statuses", Access::Read)
        .permission("actions", Access::Read)
        .permission("administration", Access::Read)
        .subscribed_to("push")
        .subscribed_to("repository")
        .subscribed_to("pull_request");
    let practice = Practice::of(app).await;
    practice.app.install("octo-org");
    let _server = practice.serve().await;
    let said = practice.says(1, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    `phase-mirror serve` works on it
        ok       clock          it agrees with GitHub's
        ok       key            GitHub knows us as "Phase Mirror"
        lacking  permissions    the App lacks checks: write: no check can be written
                                help: grant it on the App's page at GitHub
                                (https://github.com/apps/phase-mirror), under Permissions & events;
                                every installation's owner is then asked to accept it
        note     permissions    the App lacks merge_queues: read: a merge queue that requires the check
                                waits for it in vain
                                help: grant it on the App's page at GitHub
                                (https://github.com/apps/phase-mirror), under Permissions & events;
                                every installation's owner is then asked to accept it
        note     events         the App is not subscribed to merge_group
                                help: subscribe to it on the App's page at GitHub
                                (https://github.com/apps/phase-mirror), under Permissions & events
        ok       installations  octo-org
        note     webhook        http://mirror.example/webhook is not https://: others can read what GitHub
                                sends
                                help: put TLS in front, and change the URL on the App's page
                                (https://github.com/apps/phase-mirror)
        ok       deliveries     all of the latest 1 were taken

        1 to put right.
    "#]]).await;
    is_in_the_readme(&said, "permissions");
    is_in_the_document(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_wrong() {
    let mut practice = Practice::of(whole()).await;
    practice.app.install("octo-org");
    practice.secret = "another";
    let _server = practice.serve().await;
    let said = practice.says(1, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    `phase-mirror serve` works on it
        ok       clock          it agrees with GitHub's
        ok       key            GitHub knows us as "Phase Mirror"
        ok       permissions    the App has all that it can use
        ok       events         the App hears of all that it works on
        ok       installations  octo-org
        note     webhook        http://mirror.example/webhook is not https://: others can read what GitHub
                                sends
                                help: put TLS in front, and change the URL on the App's page
                                (https://github.com/apps/phase-mirror)
        lacking  deliveries     1 of the latest 1 were refused for their signature (401): the webhook's
                                secret at GitHub is not the one here
                                help: set the same secret on both sides; GitHub does not show its own, so
                                set it anew

        1 to put right.
    "#]]).await;
    is_in_the_readme(&said, "deliveries");
    is_in_the_document(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_wrong() {
    let clock = Clock::running();
    clock.advance(Duration::from_hours(1));
    let practice = Practice::at(whole(), clock).await;
    practice.app.install("octo-org");
    let said = practice.says(1, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    it can be read and written
        lacking  clock          this machine's clock is 60 min behind GitHub's
                                help: GitHub refuses tokens that are dated so: set the clock, and have it
                                kept right (NTP; `timedatectl set-ntp true`)
        note     key            GitHub refuses what we sign; by this clock no key could be right
                                help: set the clock, and look again

        1 to put right.
    "#]]).await;
    is_in_the_readme(&said, "clock");
    is_in_the_document(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_has_not_accepted_suspended_or_installed_it() {
    let practice = Practice::of(whole()).await;
    practice.says(1, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    it can be read and written
        ok       clock          it agrees with GitHub's
        ok       key            GitHub knows us as "Phase Mirror"
        ok       permissions    the App has all that it can use
        ok       events         the App hears of all that it works on
        lacking  installations  the App is installed nowhere
                                help: install it: https://github.com/apps/phase-mirror/installations/new
        lacking  webhook        the App has no webhook URL
                                help: set it on the App's page at GitHub
                                (https://github.com/apps/phase-mirror): https://HOST/webhook
        note     deliveries     GitHub has sent nothing in the last three days
                                help: open a pull request in a repository where the App is installed

        2 to put right.
    "#]]).await;
    let reluctant = practice.app.install("octo-org");
    reluctant.revoke("checks");
    practice.app.install("hubot").suspend();
    practice.says(1, expect![[r#"
        ok       configuration  it is valid
        ok       data folder    it can be read and written
        ok       clock          it agrees with GitHub's
        ok       key            GitHub knows us as "Phase Mirror"
        ok       permissions    the App has all that it can use
        ok       events         the App hears of all that it works on
        lacking  installations  octo-org has not accepted checks: write: no check can be written
                                help: let its owner accept the new permissions:
                                https://github.com/organizations/octo-org/settings/installations/1000011
        lacking  installations  hubot has suspended the App
                                help: let its owner unsuspend it:
                                https://github.com/organizations/hubot/settings/installations/1000015
        lacking  webhook        the App has no webhook URL
                                help: set it on the App's page at GitHub
                                (https://github.com/apps/phase-mirror): https://HOST/webhook
        note     deliveries     GitHub has sent nothing in the last three days
                                help: open a pull request in a repository where the App is installed

        3 to put right.
    "#]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_where_webhooks_are_sent() {
    let practice = Practice::of(whole()).await;
    practice.app.install("octo-org");
    // The port of a server that is gone.
    drop(practice.serve().await);
    let hello = practice
        .github
        .create_repository("octo-org/hello", [("README.md", "Hello\n")]);
    hello.push("topic", "Say more", [("README.md", "Hello, world\n")]);
    hello.open_pull_request("topic", "main", "Say more");
    practice.github.settled().await;
    let (state, what) = practice.deliveries().await;
    assert_eq!(state, "lacking");
    assert!(what.ends_with("reached nobody"), "{what}");
    assert_eq!(practice.doctor(&[]).await.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_and_was_sent_again_is_mended() {
    let practice = Practice::of(whole()).await;
    practice.app.install("octo-org");
    practice.app.set_webhook_url("http://127.0.0.1:9/webhook");
    practice.github.settled().await;
    let hello = practice
        .github
        .create_repository("octo-org/hello", [("README.md", "Hello\n")]);
    hello.push("topic", "Say more", [("README.md", "Hello, world\n")]);
    hello.open_pull_request("topic", "main", "Say more");
    practice.github.settled().await;
    let missed = practice.github.deliveries().into_iter();
    let missed: Vec<_> = missed.filter(|it| it.attempt.is_some()).collect();
    assert_eq!(missed[0].event, "ping", "it comes first of all");

    // What came before anything listened is missed, but for the ping.
    let _server = practice.serve().await;
    let events = missed.len() - 1;
    let deliveries = practice.deliveries().await;
    let what = format!("{events} of the latest {} reached nobody", events + 1);
    assert_eq!((&*deliveries.0, deliveries.1), ("lacking", what));

    for one in &missed[1..] {
        practice.github.redeliver(one.id);
    }
    practice.github.settled().await;
    let deliveries = practice.deliveries().await;
    let what = format!("all of the latest {} were taken", events + 1);
    assert_eq!((&*deliveries.0, deliveries.1), ("ok", what));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_another_apps() {
    let practice = Practice::of(whole()).await;
    let other = practice.github.create_app(NewApp::named("Other"));
    let data = practice.data.path().to_str().unwrap().to_owned();
    let mut environment = practice.environment();
    environment.push(("PHASE_MIRROR_GITHUB_PRIVATE_KEY", other.private_key()));
    let mut command = phase_mirror(&["doctor", "--data", &data], &environment);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let said = practice.told(&String::from_utf8(output.stdout).unwrap());
    expect![[r#"
        ok       configuration  it is valid
        ok       data folder    it can be read and written
        ok       clock          it agrees with GitHub's
        lacking  key            GitHub does not take it: GET /app: credentials refused: GitHub answered 401
                                Unauthorized: A JSON web token could not be decoded
                                help: compare `client_id` with the App's page at GitHub, and give a private
                                key that is listed there; a clock that is wrong looks the same

        1 to put right.
    "#]].assert_eq(&said);
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_github_that_is_not_reached_is_not_taken_for_a_lack() {
    let practice = Practice::of(whole()).await;
    let mut environment = practice.environment();
    environment.push(("PHASE_MIRROR_GITHUB_API_URL", "http://127.0.0.1:9"));
    let output = run(&["doctor", "--data", "/nowhere/phase-mirror"], &environment);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("GitHub was not reached"), "{said}");
    assert_eq!(output.status.code(), Some(3), "{said}");
}

#[test]
fn a_configuration_that_can_not_be_used_is_told_as_by_serve() {
    let output = run(&["doctor", "--data", "/nowhere"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("PM-E401"), "{said}");
}
