//! Properties that hold for every input.

use std::fmt::Write as _;

use proptest::prelude::*;
use workflows::{
    Callee, Condition, JobResult, MAX_NAMES, Span, SupposedRun, Workflow, job_names, parse,
};

/// Pieces that YAML and workflows are made of, so that random text gets somewhere.
const PIECES: &[&str] = &[
    "on",
    "jobs",
    "build",
    "name",
    "strategy",
    "matrix",
    "include",
    "exclude",
    "needs",
    "if",
    "uses",
    "runs-on",
    "steps",
    "run",
    "push",
    "pull_request",
    "paths",
    "./.github/workflows/a.yml",
    "${{ matrix.os }}",
    "${{ fromJSON('[1]') }}",
    "${{",
    "}}",
    "always()",
    ":",
    ": ",
    ":\n  ",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "'",
    "\"",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "# c",
    "\t",
    "\r\n",
    "3.10",
    "0x1F",
    "~",
    "true",
    "é",
    "\u{feff}",
    "---\n",
    "...",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// A workflow with jobs whose parts are random but in the right places.
fn workflow() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "x",
        "''",
        "3.10",
        "null",
        "[a, b]",
        "{a: [1, {b: 2}]}",
        "${{ matrix.a }}",
        "${{ vars.X }}",
        "a ${{ inputs.b || 'c' }} d",
        "always()",
        "false",
        "[]",
        "./.github/workflows/a.yml",
        "{matrix: {a: [1, 2], include: [{a: 1, b: 3}, {c: 4}]}}",
        "{matrix: {a: ['${{ vars.X }}', 2], exclude: [{a: 2}]}}",
        "{matrix: '${{ fromJSON(vars.M) }}'}",
    ]);
    let key = prop::sample::select(vec![
        "name", "strategy", "needs", "if", "uses", "with", "runs-on",
    ]);
    let job = prop::collection::btree_map(key, value, 1..5);
    prop::collection::vec(job, 1..4).prop_map(|jobs| {
        let mut text = String::from("on: [push, workflow_call]\njobs:\n");
        for (index, job) in jobs.iter().enumerate() {
            writeln!(text, "  job{index}:").expect("a string takes all");
            for (key, value) in job {
                writeln!(text, "    {key}: {value}").expect("a string takes all");
            }
        }
        text
    })
}

fn is_inside(span: Span, text: &str) -> bool {
    let lines = u32::try_from(text.split('\n').count()).expect("a short text");
    span.start <= span.end
        && span.start.line >= 1
        && span.start.column >= 1
        && span.end.line <= lines + 1
}

/// Reads, and names whatever there is to name; every place is inside the file.
fn exercise(text: &str) {
    let first = parse(text.as_bytes());
    assert_eq!(first, parse(text.as_bytes()), "parsing is deterministic");
    match first {
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1, "{error}");
            let lines = text.split('\n').count();
            assert!(error.line as usize <= lines + 1, "{error} in {lines} lines");
        }
        Ok(workflow) => inspect(&workflow, text),
    }
}

fn inspect(workflow: &Workflow, text: &str) {
    for problem in &workflow.problems {
        assert!(is_inside(problem.span, text), "{problem:?}");
    }
    for trigger in &workflow.triggers {
        assert!(is_inside(trigger.span, text), "{trigger:?}");
        if let Some(branches) = &trigger.branches {
            branches.matches("main");
        }
        if let Some(paths) = &trigger.paths {
            paths.can_skip();
            paths.runs_for(["src/lib.rs"]);
        }
    }
    for job in &workflow.jobs {
        assert!(is_inside(job.span, text), "{job:?}");
        let names = job_names(
            &|_| Callee::Found(workflow),
            ".github/workflows/b.yml",
            workflow,
            job,
        );
        assert!(names.names.len() <= MAX_NAMES);
        assert!(
            !names.names.is_empty() || !names.errors.is_empty(),
            "{job:?}"
        );
        for reported in &names.names {
            assert!(is_inside(reported.job.span, text), "{reported:?}");
            if let Some(exact) = reported.name.exact() {
                assert_eq!(reported.name.matches(exact), workflows::Match::Yes);
            }
        }
        let needs: Vec<(&str, Option<JobResult>)> = job
            .needs
            .iter()
            .map(|need| (need.as_str(), Some(JobResult::Failure)))
            .collect();
        let condition = Condition::of(job);
        let runs = condition.holds_for_job(&SupposedRun {
            event: "push",
            needs: &needs,
            ancestors: JobResult::Failure,
        });
        assert!(
            condition.calls_status_function() || runs == Some(false),
            "only a status function lets a job run after a failure: {job:?}"
        );
        for error in &names.errors {
            assert!(is_inside(error.span, text), "{error:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_workflow_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(error) = parse(&bytes) {
            prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }

    #[test]
    fn any_text_is_a_workflow_or_an_error(text in any::<String>()) {
        exercise(&text);
    }

    #[test]
    fn yaml_soup_is_a_workflow_or_an_error(text in soup()) {
        exercise(&text);
    }

    #[test]
    fn odd_workflows_have_names_or_errors(text in workflow()) {
        exercise(&text);
    }
}
