//! `phase-mirror codeowners match`, the real binary.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};

const FILE: &str = "\
# Everything has an owner
*           @octo-org/maintainers
/docs/      @octocat docs@example.com
*.rs        @octo-org/rust
/docs/adr/
!/secret    @octo-org/security
/apps/      octocat
";

/// Runs the command on [`FILE`] in a folder of its own, with these lines on standard input.
fn run(arguments: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("CODEOWNERS"), FILE).expect("it is written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_phase-mirror"))
        .arg("codeowners")
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn says(output: &Output, code: i32, stdout: &Expect, stderr: &Expect) {
    stdout.assert_eq(&String::from_utf8_lossy(&output.stdout));
    stderr.assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn each_path_has_its_owners_and_the_line_that_decides() {
    let paths = [
        "README.md",
        "docs/a/b.md",
        "docs/x.rs",
        "./docs/adr/1.md",
        "apps/x",
    ];
    let output = run(&[&["match", "CODEOWNERS"], &paths[..]].concat(), "");
    says(
        &output,
        0,
        &expect![[r#"
        README.md: @octo-org/maintainers, by line 2: *
        docs/a/b.md: @octocat docs@example.com, by line 3: /docs/
        docs/x.rs: @octo-org/rust, by line 4: *.rs
        ./docs/adr/1.md: nobody, by line 5: /docs/adr/
        apps/x: @octo-org/maintainers, by line 2: *
    "#]],
        &expect![[r#"
        warning: CODEOWNERS:6:1: invalid pattern `!/secret`: `!` does not negate in CODEOWNERS; GitHub skips this line
        warning: CODEOWNERS:7:13: invalid owner `octocat`: expected @user, @org/team or an e-mail address; GitHub skips this line
    "#]],
    );
}

#[test]
fn paths_come_from_standard_input_and_answers_as_json() {
    let output = run(
        &["match", "CODEOWNERS", "--format", "json"],
        "a.rs\n\ndocs/adr/1.md\n",
    );
    let answers: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        answers,
        serde_json::json!([
            {"path": "a.rs", "owners": ["@octo-org/rust"], "line": 4, "pattern": "*.rs"},
            {"path": "docs/adr/1.md", "owners": [], "line": 5, "pattern": "/docs/adr/"},
        ])
    );
    let none = run(&["match", "CODEOWNERS", "--format", "json"], "");
    assert_eq!(none.stdout, b"[]\n");
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_a_remedy() {
    let output = run(&["match", "nowhere", "a"], "");
    says(
        &output,
        2,
        &expect![[""]],
        &expect![[r#"
            error[PM-E605]: cannot read nowhere
              caused by: No such file or directory (os error 2)
            help: give the path of a CODEOWNERS file
        "#]],
    );
}
