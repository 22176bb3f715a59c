//! Names of jobs as such: ids, literals, expressions, lengths, skips.

use expect_test::expect;
use workflows::{Callee, Match, job_names};

use super::{check, split};

/// Row "no `name`, or null/empty": the job id.
#[test]
fn without_name_the_id() {
    check(
        "\
  build:
    runs-on: x
  lint:
    name:
    runs-on: x
  Test-2:
    name: ''
    runs-on: x
  number:
    name: 3.10
    runs-on: x
",
        &expect![[r#"
            build
            lint
            Test-2
            3.1
        "#]],
    );
}

/// Row "name contains any expression": evaluated per leg, no suffix; empty yields the default.
#[test]
fn a_name_with_an_expression_is_the_whole_name() {
    check(
        "\
  constant:
    name: ${{ 'x' }}
    runs-on: x
    strategy: {matrix: {os: [linux, windows]}}
  per-leg:
    name: build on ${{ matrix.os }} (${{ strategy.job-index }}/${{ strategy.job-total }})
    runs-on: x
    strategy: {matrix: {os: [linux, windows]}}
  empty:
    name: ${{ matrix.none }}
    runs-on: x
    strategy: {matrix: {os: [linux]}}
  logic:
    name: ${{ matrix.os == 'LINUX' && format('{0} {1}', 'on', matrix.os) || 'elsewhere' }}
    runs-on: x
    strategy: {matrix: {os: [linux, windows]}}
  no-matrix:
    name: a${{ matrix.os }}b
    runs-on: x
",
        &expect![[r#"
            x
            build on linux (0/2)
            build on windows (1/2)
            empty (linux)
            on linux
            elsewhere
            ab
        "#]],
    );
}

/// Rows "contexts in `name`" and "`fromJSON(needs…)`, `vars`, `inputs`": statically unknown.
#[test]
fn what_only_a_run_decides_is_a_wildcard() {
    check(
        "\
  plan:
    runs-on: x
  event:
    name: on ${{ github.event_name }} ${{ vars.X }}
    runs-on: x
  dynamic:
    needs: plan
    runs-on: x
    strategy:
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
  vector:
    runs-on: x
    strategy:
      matrix:
        os: ${{ fromJSON(vars.OS) }}
        python: [3.9, '${{ inputs.python }}']
  literal-json:
    runs-on: x
    strategy:
      matrix:
        os: ${{ fromJSON('[\"linux\", 2]') }}
  excluded:
    runs-on: x
    strategy:
      matrix:
        os: [linux]
        exclude: ${{ fromJSON(vars.EXCLUDE) }}
  included:
    name: ${{ matrix.os }} ${{ matrix.extra }}
    runs-on: x
    strategy:
      matrix:
        os: [linux]
        include: ${{ fromJSON(vars.INCLUDE) }}
",
        &expect![[r#"
            plan
            on * *  [unknown: `github.event_name` is only known when the workflow runs]
            dynamic (*)  [unless skipped: job `dynamic` is skipped when `plan`, which it needs, fails or is skipped]  [unknown: `fromJSON(needs.plan.outputs.matrix)` is only known when the workflow runs]
            dynamic  [unless skipped: job `dynamic` is skipped when `plan`, which it needs, fails or is skipped]  [unknown: `fromJSON(needs.plan.outputs.matrix)` is only known when the workflow runs]
            dynamic  [only if skipped: job `dynamic` is skipped when `plan`, which it needs, fails or is skipped]
            vector (*3.9)  [unknown: `fromJSON(vars.OS)` is only known when the workflow runs]
            vector (*)  [unknown: `fromJSON(vars.OS)` is only known when the workflow runs]
            literal-json (linux)
            literal-json (2)
            excluded (linux)  [unknown: `fromJSON(vars.EXCLUDE)` is only known when the workflow runs]
            linux *  [unknown: `fromJSON(vars.INCLUDE)` is only known when the workflow runs]
            * *  [unknown: `fromJSON(vars.INCLUDE)` is only known when the workflow runs]
        "#]],
    );
}

/// Row "length": literal and default names are cut, in UTF-16 units, per level.
#[test]
fn long_names_are_cut() {
    let name = "n".repeat(101);
    check(
        &format!(
            "\
  literal:
    name: {name}
    runs-on: x
  fits:
    name: {}
    runs-on: x
  suffix:
    name: {}
    runs-on: x
    strategy: {{matrix: {{os: [abcdefgh]}}}}
  utf16:
    name: {}
    runs-on: x
  expression:
    name: ${{{{ '{name}' }}}}
    runs-on: x
",
            &name[..100],
            &name[..94],
            "𝄞".repeat(51),
        ),
        &expect![[r#"
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn (a...
            𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞�...
            nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn  [unknown: a name longer than 100 characters may be cut]
        "#]],
    );
}

/// "Skipped before expansion", all four rows.
#[test]
fn a_skipped_job_reports_one_unexpanded_name() {
    check(
        "\
//- .github/workflows/a.yml
on: push
jobs:
  plain:
    if: github.ref == 'refs/heads/main'
    runs-on: x
  legs:
    if: github.event_name == 'push'
    runs-on: x
    strategy: {matrix: {os: [linux, windows]}}
  mixed:
    name: native (${{ matrix.os }})
    needs: plain
    runs-on: x
    strategy: {matrix: {os: [linux]}}
  whole:
    name: ${{ matrix.os }}
    needs: [plain]
    runs-on: x
    strategy: {matrix: {os: [linux]}}
  caller:
    needs: plain
    uses: ./.github/workflows/b.yml
  runs-anyway:
    name: ${{ matrix.os }}
    needs: plain
    if: ${{ !cancelled() }}
    runs-on: x
    strategy: {matrix: {os: [linux]}}
  always:
    needs: plain
    if: always()
    uses: ./.github/workflows/b.yml
  never:
    if: false
    runs-on: x
    strategy: {matrix: {os: [linux]}}
//- .github/workflows/b.yml
on: workflow_call
jobs:
  inner:
    if: inputs.x
    runs-on: x
",
        &expect![[r#"
            plain
            legs (linux)  [unless skipped: job `legs` has an `if`]
            legs (windows)  [unless skipped: job `legs` has an `if`]
            legs  [only if skipped: job `legs` has an `if`]
            native (linux)  [unless skipped: job `mixed` is skipped when `plain`, which it needs, fails or is skipped]
            native (${{ matrix.os }})  [only if skipped: job `mixed` is skipped when `plain`, which it needs, fails or is skipped]
            linux  [unless skipped: job `whole` is skipped when `plain`, which it needs, fails or is skipped]
            matrix.os  [only if skipped: job `whole` is skipped when `plain`, which it needs, fails or is skipped]
            caller / inner  [unless skipped: job `caller` is skipped when `plain`, which it needs, fails or is skipped]
            caller  [only if skipped: job `caller` is skipped when `plain`, which it needs, fails or is skipped]
            linux
            always / inner
            never
        "#]],
    );
}

/// Row "YAML anchors": legal, expanded.
#[test]
fn anchors_are_expanded() {
    check(
        "\
  a:
    runs-on: x
    strategy: &strategy
      matrix:
        os: &os [linux, windows]
  b:
    name: B
    runs-on: x
    strategy: *strategy
  c:
    runs-on: x
    strategy: {matrix: {system: *os}}
",
        &expect![[r#"
            a (linux)
            a (windows)
            B (linux)
            B (windows)
            c (linux)
            c (windows)
        "#]],
    );
}

/// A file that GitHub refuses reports nothing.
#[test]
fn an_invalid_file_reports_nothing() {
    check(
        "  a:\n    runs-on: x\n  b: {}\n",
        &expect![[r#"
        Workflow refused at .github/workflows/a.yml:5:3: expected `runs-on` or `uses` in job `b`, found none
        Workflow refused at .github/workflows/a.yml:5:3: expected `runs-on` or `uses` in job `b`, found none
    "#]],
    );
}

/// Matching is three-valued, and regards case (§2, "case-sensitive").
#[test]
fn patterns_match_yes_no_or_maybe() {
    let files = split(
        "\
  exact: {runs-on: x}
  vector:
    runs-on: x
    strategy: {matrix: {a: ['${{ vars.A }}'], b: [1, 2]}}
  outside:
    uses: octo/shared/.github/workflows/ci.yml@v1
",
    );
    let (path, workflow) = files.iter().next().expect("a file");
    let best = |context: &str| {
        workflow
            .jobs
            .iter()
            .flat_map(|job| job_names(&|_| Callee::Missing, path, workflow, job).names)
            .map(|reported| reported.name.matches(context))
            .max()
    };
    for (context, expected) in [
        ("exact", Match::Yes),
        ("Exact", Match::No),
        ("vector (anything, 2)", Match::Maybe),
        ("vector (2)", Match::Maybe),
        ("vector (anything, 3)", Match::No),
        ("vector", Match::No),
        ("outside / build", Match::Maybe),
        ("outside", Match::No),
    ] {
        assert_eq!(best(context), Some(expected), "{context}");
    }
    let cut = format!("vector ({}...", "x".repeat(89));
    assert_eq!(
        best(&cut),
        Some(Match::Maybe),
        "an unknown value may make the name too long"
    );
}
