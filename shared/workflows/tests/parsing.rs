//! What files are read, what is refused, and where the error is said to be.

use expect_test::{Expect, expect};
use workflows::{MAX_DEPTH, MAX_FILE_BYTES, ParseErrorKind, Workflow, parse};

/// A workflow that nothing is wrong with, with this at its end.
fn with(end: &str) -> String {
    format!("on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: []\n{end}")
}

fn read(text: &str) -> Workflow {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn refused(source: &[u8], kind: ParseErrorKind, expected: Expect) {
    let error = parse(source).expect_err("a file to refuse");
    assert_eq!(error.kind, kind, "{error}");
    expected.assert_eq(&error.to_string());
}

fn problems(text: &str) -> String {
    let mut lines = String::new();
    for problem in read(text).problems {
        let at = problem.span.start;
        let fatal = if problem.fatal { "fatal" } else { "other" };
        lines += &format!("{}:{} {fatal}: {}\n", at.line, at.column, problem.message);
    }
    lines
}

#[test]
fn spans_are_those_of_the_file() {
    let text = "\
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
    let workflow = read(text);
    let span = |span: workflows::Span| {
        format!(
            "{}:{}-{}:{}",
            span.start.line, span.start.column, span.end.line, span.end.column
        )
    };
    let test = workflow
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
        ("test", span(test.span)),
        ("test.id", span(test.id.span)),
        ("test.name", span(test.name.as_ref().expect("a name").span)),
        ("test.steps[0]", span(test.steps[0].span)),
        (
            "test.steps[0].run",
            span(test.steps[0].run.as_ref().expect("a run").span),
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
