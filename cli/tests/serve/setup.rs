//! `phase-mirror setup`: a browser goes from our page to GitHub and back, and then `serve` needs no
//! configuration. The test is the browser, the sandbox is GitHub.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use ::sandbox::{CheckConclusion, Options, Sandbox};

use crate::http::{Answer, exchange, request};
use crate::process::{Server, phase_mirror, run};

const WEBHOOK: &str = "http://127.0.0.1:9/webhook";

/// The command while it waits for the browser; killed when dropped.
struct Setup {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Of its page.
    address: SocketAddr,
}

impl Setup {
    fn start(github: &Sandbox, data: &Path, further: &[&str]) -> Self {
        Self::at(github.base_url(), data, further)
    }

    fn at(api_url: &str, data: &Path, further: &[&str]) -> Self {
        let data = data.to_str().unwrap();
        let own = [
            "setup",
            "--webhook-url",
            WEBHOOK,
            "--no-browser",
            "--data",
            data,
        ];
        let api = ["--api-url", api_url];
        let arguments = [&own[..], &api, further].concat();
        let mut child = phase_mirror(&arguments, &[])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let shown = line
            .trim()
            .strip_prefix("Open in a browser: http://")
            .unwrap();
        let address = shown.trim_end_matches('/').parse().unwrap();
        Self {
            child,
            stdout,
            address,
        }
    }

    /// What the page's form would post, and where to.
    fn form(&self) -> (String, String) {
        let page = request(self.address, "GET", "/");
        assert_eq!(page.status, 200);
        let attribute = |before: &str| {
            let (_, rest) = page.body.split_once(before).unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            value.replace("&quot;", "\"").replace("&amp;", "&")
        };
        (
            attribute("<form action=\""),
            attribute("name=\"manifest\" value=\""),
        )
    }

    /// What Ctrl-C does.
    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: code, standard output, standard error.
    fn ends(mut self) -> (Option<i32>, String, String) {
        let (mut said, mut warned) = (String::new(), String::new());
        self.stdout.read_to_string(&mut said).unwrap();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut warned).unwrap();
        (self.child.wait().unwrap().code(), said, warned)
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What stands before a GitHub, and takes its time.
fn slow() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Lets GitHub answer after all.
fn pass_on(asked: TcpStream, github: &Sandbox) {
    let address = github.base_url().strip_prefix("http://").unwrap();
    let answering = TcpStream::connect(address).unwrap();
    let ways = [
        (asked.try_clone().unwrap(), answering.try_clone().unwrap()),
        (answering, asked),
    ];
    for (mut from, mut to) in ways {
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    }
}

/// The browser is back at our page, and GitHub is asked for what it gives once.
fn come_back(setup: &Setup, github: &Sandbox, url: &str) {
    let (action, manifest) = setup.form();
    let location = post(&action.replace(url, github.base_url()), &manifest);
    std::thread::spawn(move || follow(&location));
}

fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    bytes.collect()
}

/// Posts the form, as a browser does; where GitHub then sends it.
fn post(action: &str, manifest: &str) -> String {
    let rest = action.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let body = format!("manifest={}", encoded(manifest));
    let text = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(host.parse().unwrap(), text.as_bytes());
    assert_eq!(answer.status, 302, "{answer:?}");
    let head = answer.head.lines();
    let mut location = head.filter_map(|line| line.strip_prefix("location: "));
    location.next_back().unwrap().to_owned()
}

fn follow(location: &str) -> Answer {
    let rest = location.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    request(host.parse().unwrap(), "GET", &format!("/{path}"))
}

/// A whole registration; what the terminal said.
fn register(github: &Sandbox, data: &Path, further: &[&str]) -> String {
    let setup = Setup::start(github, data, further);
    let (action, manifest) = setup.form();
    let last = follow(&post(&action, &manifest));
    assert_eq!(last.status, 200, "{}", last.body);
    let (code, said, warned) = setup.ends();
    assert_eq!(code, Some(0), "{said}\n{warned}");
    said
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_returns_is_stored_and_serve_needs_nothing_more() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let said = tokio::task::block_in_place(|| register(&github, &data, &[]));
    let app = github.app("phase-mirror");
    let install = format!("{}/apps/phase-mirror/installations/new", github.base_url());
    assert!(said.contains(&install), "{said}");
    let key_line = app.private_key().lines().nth(1).unwrap();
    assert!(!said.contains(key_line) && !said.contains(app.webhook_secret()));
    #[cfg(unix)]
    {
        assert_eq!(mode(&data), 0o700);
        for file in std::fs::read_dir(&data).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }

    // No variable and no file but what was stored.
    let mut server = Server::start(&data, &[]);
    let repository = github.create_repository("octo-org/hello", [("README.md", "Hello\n")]);
    app.install_on(&[&repository]);
    app.set_webhook_url(&format!("http://{}/webhook", server.address));
    repository.push("topic", "Say more", [("README.md", "Hello, world\n")]);
    let pull_request = repository.open_pull_request("topic", "main", "Say more");
    server.wait_for("\"message\":\"delivery finished\"");
    let runs = pull_request.check_runs();
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Success));
    let arguments = ["doctor", "--data", data.to_str().unwrap()];
    let doctor = tokio::task::block_in_place(|| run(&arguments, &[]));
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(
        doctor.contains("the App has all that it can use"),
        "{doctor}"
    );
    assert!(
        doctor.contains("the App hears of all that it works on"),
        "{doctor}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_we_did_not_send_gets_nowhere() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    tokio::task::block_in_place(|| {
        let setup = Setup::start(&github, data.path(), &["--organization", "octo-org"]);
        let (action, manifest) = setup.form();
        assert!(action.contains("/organizations/octo-org/settings/apps/new?state="));
        let location = post(&action, &manifest);

        // Another page of this browser knows the address, and perhaps a code of its own App.
        let (page, state) = location.split_once("&state=").unwrap();
        assert_eq!(follow(page).status, 403);
        assert_eq!(
            follow(&format!("{page}&state={}", "0".repeat(64))).status,
            403
        );
        assert_eq!(follow(&format!("{page}&state={state}0")).status, 403);
        let rebound = "GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n";
        assert_eq!(exchange(setup.address, rebound.as_bytes()).status, 403);
        assert!(!data.path().join("app.toml").exists());

        // A code that GitHub does not know ends nothing, and the right one still works.
        let (base, _) = page.split_once("?code=").unwrap();
        let unknown = follow(&format!("{base}?code=unknown&state={state}"));
        assert_eq!(unknown.status, 502, "{}", unknown.body);
        assert_eq!(follow(&location).status, 200);
        let (code, said, warned) = setup.ends();
        assert_eq!(code, Some(0), "{said}\n{warned}");
        assert!(warned.contains("GitHub did not give the App"), "{warned}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_before_the_browser_is_back_nothing_is_registered() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    tokio::task::block_in_place(|| {
        let setup = Setup::start(&github, data.path(), &[]);
        // Its page answers, and so it hears signals.
        setup.form();
        setup.interrupt();
        let (code, said, warned) = setup.ends();
        assert_eq!(code, Some(3), "{said}\n{warned}");
        assert!(warned.contains("nothing was registered"), "{warned}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_while_github_is_asked_the_app_is_said_to_be_there() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    tokio::task::block_in_place(|| {
        let (slow, url) = slow();
        let setup = Setup::at(&url, data.path(), &[]);
        come_back(&setup, &github, &url);
        let _asked = slow.accept().unwrap();
        setup.interrupt();
        let (code, said, warned) = setup.ends();
        assert_eq!(code, Some(3), "{said}\n{warned}");
        assert!(!warned.contains("nothing was registered"), "{warned}");
        assert!(warned.contains("GitHub has registered the App"), "{warned}");
        assert!(warned.contains("generate a private key"), "{warned}");
        assert!(!data.path().join("app.toml").exists());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_gives_in_the_last_seconds_is_kept() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    tokio::task::block_in_place(|| {
        let (slow, url) = slow();
        let setup = Setup::at(&url, data.path(), &[]);
        come_back(&setup, &github, &url);
        let (asked, _) = slow.accept().unwrap();
        setup.interrupt();
        pass_on(asked, &github);
        // Whether its webhook is JSON is asked for in vain.
        let (code, said, warned) = setup.ends();
        assert_eq!(code, Some(0), "{said}\n{warned}");
        assert!(said.contains("Registered \"Phase Mirror\""), "{said}");
        assert!(warned.contains("could not be set to JSON"), "{warned}");
        assert!(data.path().join("app.toml").exists());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_stored_or_named_is_not_put_aside_unasked() {
    let github = Sandbox::start(Options::default()).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap().to_owned();
    let stored = || std::fs::read_to_string(data.path().join("app.toml")).unwrap();
    tokio::task::block_in_place(|| {
        register(&github, data.path(), &[]);
        let first = stored();
        let again = ["setup", "--webhook-url", WEBHOOK, "--data", &folder];
        let refused = run(&again, &[]);
        assert_eq!(refused.status.code(), Some(2));
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(why.contains("an App is stored already"), "{why}");
        assert!(why.contains("--replace"), "{why}");
        assert_eq!(stored(), first);

        register(
            &github,
            data.path(),
            &["--replace", "--name", "Second Mirror"],
        );
        assert_ne!(stored(), first);

        // `serve` would ask another GitHub than the one that has the App.
        let elsewhere = [("PHASE_MIRROR_GITHUB_API_URL", "https://ghes.example/api/v3")];
        let api = ["--replace", "--api-url", github.base_url()];
        let refused = run(&[&again[..], &api].concat(), &elsewhere);
        assert_eq!(refused.status.code(), Some(2));
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(why.contains("https://ghes.example/api/v3"), "{why}");

        let environment = [("PHASE_MIRROR_GITHUB_APP_ID", "7")];
        let named = run(&[&again[..], &["--replace"]].concat(), &environment);
        assert_eq!(named.status.code(), Some(2));
        let why = String::from_utf8(named.stderr).unwrap();
        assert!(
            why.contains("PHASE_MIRROR_GITHUB_APP_ID names an App"),
            "{why}"
        );
    });
}
