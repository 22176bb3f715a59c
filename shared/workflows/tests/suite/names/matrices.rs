//! Names of the legs of a matrix.

use std::collections::BTreeMap;

use expect_test::expect;
use workflows::{Callee, Workflow, job_names};

use super::{check, split};

/// Row "literal name or id + matrix", "value order", "value format", "numbers".
#[test]
fn matrix_values_follow_the_name() {
    check(
        "\
  test:
    runs-on: x
    strategy:
      matrix:
        os: [linux, windows]
        python: [3.10, 1.0, 0x10, '3.10', !!str 1.0, 1e3]
",
        &expect![[r#"
            test (linux, 3.1)
            test (linux, 1)
            test (linux, 16)
            test (linux, 3.10)
            test (linux, 1.0)
            test (linux, 1000)
            test (windows, 3.1)
            test (windows, 1)
            test (windows, 16)
            test (windows, 3.10)
            test (windows, 1.0)
            test (windows, 1000)
        "#]],
    );
    check(
        "\
  test:
    name: Tests
    runs-on: x
    strategy:
      matrix:
        config:
          - {os: linux, flags: [a, b], none: null, empty: ''}
          - {nested: {deep: true}}
        on: [true, no, ~]
",
        &expect![[r#"
            Tests (linux, a, b, true)
            Tests (linux, a, b, no)
            Tests (linux, a, b)
            Tests (true, true)
            Tests (true, no)
            Tests (true)
        "#]],
    );
    check(
        "\
  bare:
    runs-on: x
    strategy:
      matrix:
        only: [null, '']
",
        &expect![[r#"
            bare
        "#]],
    );
}

/// Rows "`include` matching a cell", "unmatched `include` row", "include-only".
#[test]
fn include_adds_keys_or_legs() {
    check(
        "\
  matched:
    runs-on: x
    strategy:
      matrix:
        os: [linux, windows]
        include:
          - {os: linux, experimental: true}
          - {publish: yes}
  unmatched:
    runs-on: x
    strategy:
      matrix:
        os: [linux]
        arch: [x64]
        include:
          - {extra: e, arch: arm64, os: linux}
  only:
    runs-on: x
    strategy:
      matrix:
        include:
          - {name: a, tags: [b, c]}
          - {name: d}
  in-name:
    name: ${{ matrix.os }}-${{ matrix.label }}
    runs-on: x
    strategy:
      matrix:
        os: [linux, windows]
        include:
          - {os: linux, label: first}
          - {os: linux, label: second}
",
        &expect![[r#"
            matched (linux)
            matched (windows)
            unmatched (linux, x64)
            unmatched (arm64, linux, e)
            only (a, b, c)
            only (d)
            linux-second
            windows-
        "#]],
    );
}

/// Row "`exclude`": loose equality; excluded cells don't consume includes; unknown key.
#[test]
fn exclude_takes_legs_away() {
    check(
        "\
  loose:
    runs-on: x
    strategy:
      matrix:
        os: [Linux, windows]
        n: [1, 2]
        exclude:
          - {os: LINUX, n: '1'}
          - {os: windows}
  consumes-not:
    runs-on: x
    strategy:
      matrix:
        os: [linux, windows]
        exclude: [{os: windows}]
        include: [{os: windows, x: y}]
  nested:
    runs-on: x
    strategy:
      matrix:
        v: [{a: 1, b: 2}, {a: 1, b: 3}]
        exclude: [{v: {b: 3}}]
  unknown-key:
    runs-on: x
    strategy:
      matrix:
        os: [linux, '${{ vars.OS }}']
        exclude: [{arch: x64}]
",
        &expect![[r#"
            loose (Linux, 2)
            consumes-not (linux)
            consumes-not (windows, y)
            nested (1, 2)
            Job refused at .github/workflows/a.yml:30:19: expected the name of a matrix vector in `exclude`, found `arch`
        "#]],
    );
}

/// Rows "empty vector" and "all cells excluded".
#[test]
fn no_leg_is_an_error_or_one_bare_leg() {
    check(
        r#"
  empty:
    runs-on: x
    strategy: {matrix: {os: "${{ fromJSON('[]') }}"}}
  all-excluded:
    runs-on: x
    strategy: {matrix: {os: [linux], exclude: [{os: linux}]}}
"#,
        &expect![[r#"
            Job refused at .github/workflows/a.yml:5:29: expected at least one value in matrix vector `os`, found none
            all-excluded
        "#]],
    );
}

/// Row "`exclude`", limit: a matrix generates at most 256 jobs.
#[test]
fn a_matrix_has_at_most_256_legs() {
    let numbers = |count: usize| {
        (0..count)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let job = |count| {
        format!(
            "  t:\n    runs-on: x\n    strategy: {{matrix: {{n: [{}]}}}}\n",
            numbers(count)
        )
    };
    let file = |count| split(&job(count));
    let count = |files: BTreeMap<String, Workflow>| {
        let (path, workflow) = files.iter().next().expect("a file");
        let names = job_names(&|_| Callee::Missing, path, workflow, &workflow.jobs[0]);
        (names.names.len(), names.errors.len())
    };
    assert_eq!(count(file(256)), (256, 0));
    assert_eq!(count(file(257)), (0, 1));
}
