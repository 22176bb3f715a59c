//! What files are read, what is refused, and where the error is said to be.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use workflows::{ParseErrorKind, Workflow, parse};

/// A workflow that nothing is wrong with, with this at its end.
pub(crate) fn with(end: &str) -> String {
    format!("on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: []\n{end}")
}

pub(crate) fn read(text: &str) -> Workflow {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn refused(source: &[u8], kind: ParseErrorKind, expected: &Expect) {
    let error = parse(source).expect_err("a file to refuse");
    assert_eq!(error.kind, kind, "{error}");
    expected.assert_eq(&error.to_string());
}

fn problems(text: &str) -> String {
    let lines = read(text).problems.into_iter().map(|problem| {
        let at = problem.span.start;
        let fatal = if problem.fatal { "fatal" } else { "other" };
        format!("{}:{} {fatal}: {}\n", at.line, at.column, problem.message)
    });
    lines.collect()
}

/// A file with comments and blank lines between its parts.
const SPACED: &str = "\
name: CI
on:
  pull_request:
    branches: [main]   # the base

jobs:
  test:
    name: Test
    runs-on: ubuntu-latest
    steps:
      - run: |
          make
          make test

  # a comment between jobs
  lint:
    runs-on: ubuntu-latest
    steps: []
";

#[test]
fn spans_are_those_of_the_file() {
    let workflow = read(SPACED);
    let span = |span: workflows::Span| {
        format!(
            "{}:{}-{}:{}",
            span.start.line, span.start.column, span.end.line, span.end.column
        )
    };
    let job = workflow
        .job("TEST")
        .expect("ids are compared without regard to case");
    let trigger = workflow.trigger("pull_request").expect("the trigger");
    let spans = [
        ("on", span(workflow.on.expect("on"))),
        ("pull_request", span(trigger.span)),
        (
            "branches",
            span(trigger.branches.as_ref().expect("branches").span),
        ),
        ("test", span(job.span)),
        ("test.id", span(job.id.span)),
        ("test.name", span(job.name.as_ref().expect("a name").span)),
        ("test.steps[0]", span(job.steps[0].span)),
        (
            "test.steps[0].run",
            span(job.steps[0].run.as_ref().expect("a run").span),
        ),
        ("lint", span(workflow.jobs[1].span)),
    ];
    let spans: Vec<String> = spans
        .iter()
        .map(|(what, span)| format!("{what} {span}"))
        .collect();
    expect![[r#"
        on 2:1-4:34
        pull_request 3:3-4:34
        branches 4:5-4:34
        test 7:3-13:20
        test.id 7:3-7:7
        test.name 8:11-8:15
        test.steps[0] 11:9-13:20
        test.steps[0].run 12:11-13:20
        lint 16:3-18:14"#]]
    .assert_eq(&spans.join("\n"));
    assert_eq!(workflow.source.line(8), Some("    name: Test"));
}

#[test]
fn block_scalars_end_with_their_last_line() {
    let text = with("    name: >\n      folded\n      text\n\n\n");
    let name = read(&text).jobs[0].name.clone().expect("a name");
    assert_eq!(*name, "folded text\n");
    assert_eq!((name.span.start_line(), name.span.end_line()), (7, 8));
}

#[test]
fn byte_order_mark_and_crlf_are_fine() {
    let text = with("").replace('\n', "\r\n");
    let workflow = read(&format!("\u{feff}{text}"));
    assert_eq!(workflow.problems, []);
    let span = workflow.on.expect("on");
    assert_eq!((span.start.line, span.start.column), (1, 1));
    assert_eq!(workflow.source.line(3), Some("  build:"));
    assert_eq!(workflow.source.line(0), None);
    assert_eq!(workflow.source.line(100), None);
    assert_eq!(workflow.source.lines(1, 2), Some("on: push\r\njobs:\r\n"));
}

#[test]
fn columns_count_characters() {
    let text = with("    name: [é, 漢字, !x y]\n");
    let error = problems(&text);
    expect![[r#"
        6:11 fatal: expected a string for `name`, found a sequence
        6:19 fatal: expected no YAML tag here, found `!x`, which GitHub refuses
    "#]]
    .assert_eq(&error);
}

#[test]
fn not_utf8_is_refused_at_the_first_bad_byte() {
    let mut source = with("").into_bytes();
    source.extend("  é: ".as_bytes());
    source.push(0xFF);
    refused(
        &source,
        ParseErrorKind::NotUtf8,
        &expect!["line 6, column 6: expected UTF-8, found the byte 0xFF"],
    );
    let cut_short = &"on: é".as_bytes()[..5];
    refused(
        cut_short,
        ParseErrorKind::NotUtf8,
        &expect!["line 1, column 5: expected UTF-8, found the byte 0xC3"],
    );
}

#[test]
fn what_is_not_yaml_is_refused_where_it_stops_being_so() {
    let syntax = ParseErrorKind::Syntax;
    refused(
        b"on: push\njobs: [a",
        syntax,
        &expect![
            "line 3, column 1: expected YAML, found an error: while parsing a flow sequence, expected ',' or ']'"
        ],
    );
    refused(
        b"on: push\n\tjobs:\n",
        syntax,
        &expect![
            "line 1, column 5: expected YAML, found an error: while scanning a plain scalar, found a tab"
        ],
    );
    refused(
        b"on: push\njobs: a: b\n",
        syntax,
        &expect![
            "line 2, column 8: expected YAML, found an error: mapping values are not allowed in this context"
        ],
    );
    refused(
        b"on: \"push\n",
        syntax,
        &expect![
            "line 1, column 5: expected YAML, found an error: while scanning a quoted scalar, found unexpected end of stream"
        ],
    );
    refused(
        b"on: *missing\n",
        syntax,
        &expect![
            "line 1, column 5: expected YAML, found an error: while parsing node, found unknown anchor"
        ],
    );
    refused(
        b"on: &a [*a]\n",
        syntax,
        &expect![
            "line 1, column 9: expected an alias of a finished node, found one inside its own anchor"
        ],
    );
    refused(
        b"on: push\0\n",
        syntax,
        &expect!["line 1, column 9: expected text, found a NUL character"],
    );
    refused(
        b"? [a, b]\n: c\n",
        syntax,
        &expect!["line 1, column 3: expected a scalar as key, found a collection"],
    );
}

#[test]
fn nothing_and_several_documents_are_refused() {
    refused(
        b"",
        ParseErrorKind::Empty,
        &expect!["line 1, column 1: expected a workflow, found nothing but blanks and comments"],
    );
    refused(
        b"# nothing\n\n",
        ParseErrorKind::Empty,
        &expect!["line 3, column 1: expected a workflow, found nothing but blanks and comments"],
    );
    refused(
        b"- on: push\n",
        ParseErrorKind::NotAMapping,
        &expect!["line 1, column 1: expected a mapping with `on` and `jobs`, found a sequence"],
    );
    refused(
        b"---\n",
        ParseErrorKind::NotAMapping,
        &expect!["line 2, column 1: expected a mapping with `on` and `jobs`, found nothing"],
    );
    let two = format!("---\n{}---\non: push\n", with(""));
    refused(
        two.as_bytes(),
        ParseErrorKind::SeveralDocuments,
        &expect!["line 7, column 1: expected the end of the file, found a second YAML document"],
    );
    let one = format!("---\n{}...\n", with(""));
    assert_eq!(read(&one).problems, []);
}

#[test]
fn a_key_twice_is_refused() {
    let kind = ParseErrorKind::DuplicateKey;
    refused(
        b"on: push\njobs: {}\nOn: push\n",
        kind,
        &expect![
            "line 3, column 1: expected a new key, found `On` a second time in the same mapping"
        ],
    );
    let mut long = String::from("on: push\nenv:\n");
    for number in 0..100 {
        writeln!(long, "  KEY_{number}: x").unwrap();
    }
    long += "  key_50: x\n";
    refused(
        long.as_bytes(),
        kind,
        &expect![
            "line 103, column 3: expected a new key, found `key_50` a second time in the same mapping"
        ],
    );
}

/// A file with one of each problem.
const PROBLEMS: &str = "\
on:
  pull_request:
    branches: [main]
    branches-ignore: [dev]
    colour: red
  push: 3
permissions:
  contents: admin
  teapots: read
jobs:
  1st:
    runs-on: x
  both:
    uses: ./.github/workflows/a.yml
    runs-on: x
  needs-none:
    needs: [both, nobody]
    runs-on: x
  circle:
    needs: circle
    runs-on: x
  name:
    name: ${{ env.X }}
    continue-on-error: maybe
    runs-on: x
    steps:
      - run: a
        uses: b
      - just text
      - name: nothing
  open:
    name: ${{ matrix.os
    runs-on: x
    strategy: {matrix: {}}
  empty-vector:
    if: success( && true
    runs-on: x
    strategy: {matrix: {os: [], exclude: [{arch: x64}]}}
  good:
    name: Good
    runs-on: [self-hosted, '${{ matrix.os }}']
    env: &env {A: 1}
  merged:
    env: {<<: *env}
    tagged: !secret x
    runs-on: x
";

#[test]
fn problems_keep_the_rest_of_the_file() {
    expect![[r#"
        4:5 fatal: expected either `branches` or `branches-ignore`, found both
        5:5 other: expected a key of `pull_request`, found `colour`
        6:9 fatal: expected a mapping of filters for `push`, found a number
        8:13 fatal: expected `read`, `write` or `none` for `contents`, found a string
        9:3 other: expected a key of `permissions`, found `teapots`
        11:3 fatal: expected a job id of letters, digits, `-` and `_` that starts with a letter or one `_` and has fewer than 100 characters, found `1st`
        15:5 fatal: expected either `uses` or the keys of an ordinary job, found `uses` and `runs-on`
        17:19 fatal: expected the id of a job in `needs` of job `needs-none`, found `nobody`
        20:12 fatal: expected `needs` without a cycle, found one that job `circle` waits for
        23:11 fatal: expected one of the contexts `github`, `inputs`, `matrix`, `needs`, `strategy`, `vars`, found `env` in `name`
        24:24 fatal: expected a boolean or an expression for `continue-on-error`, found a string
        27:9 fatal: expected either `run` or `uses` in a step, found both
        29:9 fatal: expected a mapping for `steps`, found a string
        30:9 fatal: expected either `run` or `uses` in a step, found neither
        32:11 fatal: expected `}}` after `${{`, found the end of the text in `name`
        34:24 fatal: expected at least one vector in `matrix`, found none
        36:9 fatal: expected a value, found `&&` in `if`
        38:29 fatal: expected at least one value in matrix vector `os`, found none
        38:43 fatal: expected the name of a matrix vector in `exclude`, found `arch`
        44:11 fatal: expected a key, found the merge key `<<`, which GitHub does not support
        45:5 other: expected a key of a job, found `tagged`
        45:13 fatal: expected no YAML tag here, found `!secret`, which GitHub refuses
    "#]].assert_eq(&problems(PROBLEMS));
    let workflow = read(PROBLEMS);
    assert_eq!(workflow.jobs.len(), 9);
    assert!(workflow.refusal().is_some());
    assert_eq!(
        workflow
            .job("good")
            .and_then(|job| job.name.as_ref())
            .map(|name| name.as_str()),
        Some("Good")
    );
}

#[test]
fn a_file_without_on_or_jobs_is_refused_by_github() {
    expect![[r#"
        1:1 fatal: expected the key `on`, found none
        1:1 fatal: expected the key `jobs`, found none
    "#]]
    .assert_eq(&problems("name: CI\n"));
    expect![[r#"
        2:1 fatal: expected at least one job, found none
    "#]]
    .assert_eq(&problems("on: push\njobs: {}\n"));
}

#[test]
fn default_types_of_pull_requests() {
    let workflow = read(&with("").replace(
        "on: push",
        "on: {pull_request: , merge_group: {types: checks_requested}}",
    ));
    let pull_request = workflow.trigger("pull_request").expect("pull_request");
    assert!(pull_request.takes_type("synchronize"));
    assert!(!pull_request.takes_type("labeled"));
    let group = workflow.trigger("merge_group").expect("merge_group");
    assert!(group.takes_type("checks_requested"));
    assert!(!group.takes_type("destroyed"));
}

/// The table of contexts and functions that GitHub documents, and what its parser was seen to
/// refuse (actions/runner#1985, "Unrecognized function: 'hashFiles'").
#[test]
fn an_if_that_github_refuses_in_its_place() {
    let jobs = [
        "if: matrix.os == 'x'",
        "if: \"!contains(github.ref, 'x') || (matrix.v == 18)\"",
        "if: strategy.job-total == 1",
        "if: secrets.TOKEN != ''",
        "if: env.CI",
        "if: ${{ runner.os == 'Linux' }}",
        "if: hashFiles('**/Dockerfile') != ''",
        "if: contain(github.ref, 'x')",
        "if: contains(github.ref)",
        "if: always(1)",
        "name: ${{ env.NAME }}",
        "name: a ${{ always() }}",
    ];
    let mut text = "on: push\njobs:\n".to_owned();
    for (number, job) in jobs.iter().enumerate() {
        writeln!(text, "  j{number}:\n    {job}\n    runs-on: x").unwrap();
    }
    expect![[r#"
        4:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `matrix` in `if`
        7:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `matrix` in `if`
        10:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `strategy` in `if`
        13:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `secrets` in `if`
        16:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `env` in `if`
        19:9 fatal: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `runner` in `if`
        22:9 fatal: expected a function that there is in this place, found `hashfiles` in `if`
        25:9 fatal: expected a function that there is in this place, found `contain` in `if`
        28:9 fatal: expected as many arguments as the function takes, found 1 for `contains` in `if`
        31:9 fatal: expected as many arguments as the function takes, found 1 for `always` in `if`
        34:11 fatal: expected one of the contexts `github`, `inputs`, `matrix`, `needs`, `strategy`, `vars`, found `env` in `name`
        37:11 fatal: expected a function that there is in this place, found `always` in `name`
    "#]]
    .assert_eq(&problems(&text));
}

#[test]
fn an_if_that_github_takes_in_its_place() {
    let jobs = [
        "if: github.event_name == 'push' && vars.ON && inputs.x && needs.a.result",
        "if: ${{ !cancelled() && (success('a', 'b') || failure()) && always() }}",
        "if: contains(fromJSON('[1]'), 1) && startsWith(toJSON('a'), join('a'))",
        "if: endsWith(format('{0}', 1), 'x') && case(true, 1, 2)",
        "if: Contains('a', 'b')",
        "name: ${{ matrix.v }} ${{ strategy.job-index }} ${{ needs.a.outputs.x }}",
    ];
    let mut text = "on: push\njobs:\n".to_owned();
    for (number, job) in jobs.iter().enumerate() {
        writeln!(text, "  j{number}:\n    {job}\n    runs-on: x").unwrap();
    }
    assert_eq!(problems(&text), "");
}
