//! `serve --sandbox`, the README's first command.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;

use crate::http::{exchange, request};
use crate::process::{phase_mirror, run};

#[test]
fn once_shows_a_delivery_s_life_and_its_check_and_ends_well() {
    let output = run(&["serve", "--sandbox", "--once"], &[]);
    let shown = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{shown}\n{said}");
    let mut rest = shown.as_str();
    for step in [
        "opened",
        "queued",
        "lease",
        "created",
        "facts",
        "evaluated",
        "published",
        "done",
    ] {
        let name = format!(" ms  {step} ");
        let at = rest
            .find(&name)
            .unwrap_or_else(|| panic!("no {step:?} in order:\n{shown}"));
        rest = &rest[at..];
    }
    assert!(
        rest.contains("--> .github/workflows/oracle.yml:"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "no colours without a terminal");
    assert_eq!(said, "");
}

/// Each sandbox is another GitHub; what a folder holds is of those before.
#[test]
fn once_works_again_in_a_folder_that_was_used() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    for time in ["first", "second", "third"] {
        let output = run(&["serve", "--sandbox", "--once", "--data", folder], &[]);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{time} time:\n{shown}");
    }
}

/// A page of another site can have its name lead here; a browser says that name.
#[test]
fn the_page_answers_to_this_machine_s_names_only() {
    let mut sandbox = phase_mirror(&["serve", "--sandbox"], &[])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let shown = BufReader::new(sandbox.stdout.take().unwrap()).lines();
    let told = shown.map_while(Result::ok).find_map(|line| {
        let address = line.strip_prefix("The same as GitHub would show it: http://")?;
        address.strip_suffix('/')?.parse::<SocketAddr>().ok()
    });
    let answers = told.map(|page| {
        let rebound = |method| {
            let host = format!("rebound.example:{}", page.port());
            let path = if method == "POST" { "/fix" } else { "/" };
            let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
            exchange(page, format!("{head}Connection: close\r\n\r\n").as_bytes()).status
        };
        let ours = request(page, "GET", "/").status;
        [ours, rebound("GET"), rebound("POST")]
    });
    // Before anything can fail, or the process would go on.
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    assert_eq!(answers, Some([200, 403, 403]));
}

/// The sandbox must not take an operator's configuration, nor speak to a real GitHub with it.
#[test]
fn the_sandbox_reads_no_configuration() {
    let environment = [
        ("PHASE_MIRROR_GITHUB_API_URL", "https://github.invalid"),
        ("PHASE_MIRROR_WORKERS", "nonsense"),
    ];
    let output = run(&["serve", "--sandbox", "--once"], &environment);
    assert_eq!(output.status.code(), Some(0));
}
