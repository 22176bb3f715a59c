//! Check names: every row of what is known about GitHub's naming is a test here.

mod callees;
mod guards;
mod matrices;
mod single;

use std::collections::BTreeMap;

use expect_test::Expect;
use workflows::{Callee, Reported, Workflow, job_names, parse};

/// The names of all jobs of the first file, one a line, with when they are reported, and the
/// errors. Files are divided by lines `//- path`; without one, what is given are the jobs.
fn check(files: &str, expected: &Expect) {
    let files: BTreeMap<String, Workflow> = split(files);
    let (path, workflow) = files.iter().next().expect("a file");
    let mut lines = Vec::new();
    for job in &workflow.jobs {
        let callees = |path: &str| match files.get(path) {
            Some(workflow) => Callee::Found(workflow),
            None => Callee::Missing,
        };
        let names = job_names(&callees, path, workflow, job);
        for reported in names.names {
            let when = match &reported.when {
                Reported::Always => String::new(),
                Reported::UnlessSkipped { why } => format!("  [unless skipped: {why}]"),
                Reported::OnlyIfSkipped { why } => format!("  [only if skipped: {why}]"),
            };
            let why = reported.name.why_unknown();
            let why = why
                .map(|why| format!("  [unknown: {why}]"))
                .unwrap_or_default();
            lines.push(format!("{}{when}{why}", reported.name));
        }
        for error in names.errors {
            let at = error.span.start;
            lines.push(format!(
                "{:?} refused at {}:{}:{}: {}",
                error.refused, error.path, at.line, at.column, error.message
            ));
        }
    }
    lines.push(String::new());
    expected.assert_eq(&lines.join("\n"));
}

fn split(files: &str) -> BTreeMap<String, Workflow> {
    let files = if files.starts_with("//- ") {
        files.to_owned()
    } else {
        format!(
            "//- .github/workflows/a.yml\non: [push, workflow_call]\njobs:\n  {}",
            files.trim_start()
        )
    };
    files
        .split("//- ")
        .skip(1)
        .map(|file| {
            let (path, text) = file.split_once('\n').expect("a path and a text");
            let workflow = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}"));
            (path.to_owned(), workflow)
        })
        .collect()
}
