//! Names of jobs of reusable workflows.

use std::fmt::Write as _;

use expect_test::expect;
use workflows::{Callee, Match, job_names};

use super::{check, split};

/// Rows "reusable", "matrix on caller", "caller `name:`", "caller that ran".
#[test]
fn callees_are_named_after_their_callers() {
    check(
        "\
//- .github/workflows/a.yml
on: push
jobs:
  call:
    uses: ./.github/workflows/b.yml
  matrixed:
    strategy: {matrix: {v: [20, 22]}}
    uses: ./.github/workflows/b.yml
    with: {label: '${{ matrix.v }}'}
  named:
    name: Named
    uses: $/.github/workflows/b.yml
//- .github/workflows/b.yml
on:
  workflow_call:
    inputs:
      label: {type: string, default: none}
jobs:
  unit:
    runs-on: x
  nested:
    uses: ./.github/workflows/c.yml
  input:
    name: with ${{ inputs.label }}
    runs-on: x
//- .github/workflows/c.yml
on: workflow_call
jobs:
  deep:
    name: Deep
    runs-on: x
    strategy: {matrix: {a: [1]}}
",
        &expect![[r#"
            call / unit
            call / nested / Deep (1)
            call / with none
            matrixed (20) / unit
            matrixed (20) / nested / Deep (1)
            matrixed (20) / with 20
            matrixed (22) / unit
            matrixed (22) / nested / Deep (1)
            matrixed (22) / with 22
            Named / unit
            Named / nested / Deep (1)
            Named / with none
        "#]],
    );
}

/// Row "callee in an unreadable repository", and what is no reference at all.
#[test]
fn callees_elsewhere_are_unknown() {
    check(
        "\
  foreign:
    uses: octo/shared/.github/workflows/ci.yml@v1
  missing:
    uses: ./.github/workflows/none.yml
  nonsense:
    uses: ./ci.yml
  expression:
    uses: ${{ vars.WORKFLOW }}
",
        &expect![[r#"
            foreign / *  [unknown: `octo/shared/.github/workflows/ci.yml@v1` is in another repository or commit, which is not read]
            Workflow refused at .github/workflows/a.yml:6:11: expected a workflow file `.github/workflows/none.yml`, found none
            Workflow refused at .github/workflows/a.yml:8:11: expected `./.github/workflows/FILE.yml` or `OWNER/REPOSITORY/.github/workflows/FILE.yml@REF` for `uses`, found `./ci.yml`
            Workflow refused at .github/workflows/a.yml:10:11: expected `./.github/workflows/FILE.yml` or `OWNER/REPOSITORY/.github/workflows/FILE.yml@REF` for `uses`, found `${{ vars.WORKFLOW }}`
        "#]],
    );
    check(
        "\
//- .github/workflows/a.yml
on: push
jobs:
  not-callable:
    uses: ./.github/workflows/b.yml
  invalid:
    uses: ./.github/workflows/c.yml
//- .github/workflows/b.yml
on: push
jobs:
  b: {runs-on: x}
//- .github/workflows/c.yml
on: workflow_call
jobs:
  c: {}
",
        &expect![[r#"
            Workflow refused at .github/workflows/a.yml:4:11: expected `workflow_call` among the events of `.github/workflows/b.yml`, found none
            Workflow refused at .github/workflows/a.yml:6:11: expected a valid workflow in `.github/workflows/c.yml`: expected `runs-on` or `uses` in job `c`, found none
        "#]],
    );
}

/// Row "depth": 10 levels, the first caller included; and circles.
#[test]
fn callees_nest_ten_levels_deep() {
    let chain = |levels: usize| {
        let mut files = String::new();
        for level in 0..levels {
            let body = if level + 1 == levels {
                "runs-on: x".to_owned()
            } else {
                format!("uses: ./.github/workflows/{:02}.yml", level + 1)
            };
            let path = format!(".github/workflows/{level:02}.yml");
            let job = format!("j{level}:\n    {body}");
            writeln!(files, "//- {path}\non: workflow_call\njobs:\n  {job}").unwrap();
        }
        files
    };
    check(
        &chain(10),
        &expect![[r#"
        j0 / j1 / j2 / j3 / j4 / j5 / j6 / j7 / j8 / j9
    "#]],
    );
    check(
        &chain(11),
        &expect![[r#"
        Workflow refused at .github/workflows/09.yml:4:11: expected at most 10 levels of reusable workflows, found more
    "#]],
    );
    check(
        "\
//- .github/workflows/a.yml
on: workflow_call
jobs:
  again:
    uses: ./.github/workflows/a.yml
",
        &expect![[r#"
            Workflow refused at .github/workflows/a.yml:4:11: expected reusable workflows that don't call each other in a circle, found `.github/workflows/a.yml` among its own callers
        "#]],
    );
}

/// "Permission excess": a callee that asks for more invalidates the whole workflow (§6).
#[test]
fn a_callee_may_not_ask_for_more_than_its_caller_has() {
    check(
        "\
//- .github/workflows/a.yml
on: push
permissions: {contents: read}
jobs:
  lowers:
    permissions: {contents: write, issues: write}
    uses: ./.github/workflows/b.yml
  exceeds:
    uses: ./.github/workflows/b.yml
//- .github/workflows/b.yml
on: workflow_call
jobs:
  b:
    permissions: {contents: write}
    runs-on: x
",
        &expect![[r#"
            lowers / b
            Workflow refused at .github/workflows/a.yml:8:11: expected `.github/workflows/b.yml` to ask for no more permissions than job `exceeds` has, found `contents: write`
        "#]],
    );
}

/// Matrices of callers and callees multiply; what is listed has a limit.
#[test]
fn names_are_listed_up_to_a_limit() {
    let numbers = (0..100)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let files = format!(
        "\
//- .github/workflows/a.yml
on: push
jobs:
  a:
    strategy: {{matrix: {{n: [{numbers}]}}}}
    uses: ./.github/workflows/b.yml
//- .github/workflows/b.yml
on: workflow_call
jobs:
  b:
    strategy: {{matrix: {{n: [{numbers}]}}}}
    runs-on: x
"
    );
    let files = split(&files);
    let (path, workflow) = files.iter().next().expect("a file");
    let callees = |path: &str| files.get(path).map_or(Callee::Missing, Callee::Found);
    let names = job_names(&callees, path, workflow, &workflow.jobs[0]).names;
    assert!(names.len() <= workflows::MAX_NAMES, "{}", names.len());
    let rest = names.last().expect("names");
    assert_eq!(rest.name.matches("anything"), Match::Maybe);
}

/// Row "depth": a workflow calls at most 50 files.
#[test]
fn a_workflow_calls_at_most_50_files() {
    let errors = |count: usize| {
        let mut files = "//- .github/workflows/_.yml\non: push\njobs:\n  top:\n    \
                         uses: ./.github/workflows/all.yml\n"
            .to_owned();
        let mut all = "//- .github/workflows/all.yml\non: workflow_call\njobs:\n".to_owned();
        for number in 1..count {
            let path = format!(".github/workflows/{number}.yml");
            let call = format!("  call{number}:\n    uses: ./{path}\n");
            all.push_str(&call);
            let job = "on: workflow_call\njobs:\n  job:\n    runs-on: x";
            writeln!(files, "//- {path}\n{job}").expect("a string takes all");
        }
        let files = split(&(files + &all));
        let path = ".github/workflows/_.yml";
        let workflow = &files[path];
        let callees = |path: &str| files.get(path).map_or(Callee::Missing, Callee::Found);
        job_names(&callees, path, workflow, &workflow.jobs[0])
            .errors
            .len()
    };
    assert_eq!(errors(50), 0);
    assert_eq!(errors(51), 1);
}
