//! Workflow files and snapshots.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oracle::testing::Fixture;
use oracle::{Entry, EntryKind, Fact, ObjectId, RepoPath};

/// A workflow of 0.8 KB, the mean size of those in public repositories.
pub const SMALL_WORKFLOW: &str = "\
name: CI
on:
  push:
    branches: [main]
  pull_request:
    branches: [main]
    paths-ignore: ['docs/**']
permissions:
  contents: read
concurrency:
  group: ci-${{ github.ref }}
  cancel-in-progress: true
jobs:
  test:
    name: Test (${{ matrix.os }}, ${{ matrix.rust }})
    runs-on: ${{ matrix.os }}
    timeout-minutes: 20
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, macos-latest]
        rust: [stable, beta]
        include:
          - os: windows-latest
            rust: stable
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - name: Toolchain
        run: rustup toolchain install ${{ matrix.rust }}
      - name: Test
        run: |
          cargo fmt --check
          cargo test --locked
        env:
          RUSTFLAGS: -D warnings
";

/// How many jobs [`large_workflow`] has.
pub const LARGE_WORKFLOW_JOBS: usize = 16;

/// A workflow of 8 KB: jobs that need each other, matrices, conditions, multi-line scripts.
pub fn large_workflow() -> String {
    let mut text = String::from("name: Release\non: [push, pull_request, merge_group]\njobs:\n");
    for job in 0..LARGE_WORKFLOW_JOBS {
        let needs = match job {
            0 => String::new(),
            _ => format!("    needs: [job-{}]\n", job - 1),
        };
        let _ = write!(
            text,
            "  job-{job}:
    name: Stage {job} on ${{{{ matrix.target }}}}
{needs}    if: github.event_name != 'push' || startsWith(github.ref, 'refs/tags/')
    runs-on: ${{{{ matrix.runner }}}}
    permissions: {{contents: read, id-token: write}}
    strategy:
      matrix:
        target: [x86_64, aarch64]
        runner: [ubuntu-latest]
    steps:
      - uses: actions/checkout@v4
      - id: build
        run: |
          make stage-{job} TARGET=${{{{ matrix.target }}}}
          echo \"path=out/{job}\" >> \"$GITHUB_OUTPUT\"
"
        );
    }
    text
}

/// [`large_workflow`] with three secrets in every job, put together here so that scanners of
/// secrets find none in this file.
pub fn text_with_secrets() -> String {
    let noise = "q7Rk2Zx9Lw4Vb8Nc3Tm6Yp1Hs5Jd0Gfq7Rk2";
    let secret = format!("permissions: # ghp_{noise} password=hunter2 jane@example.com\n     ");
    large_workflow().replace("permissions:", &secret)
}

/// The golden case: protection requires two checks, a queue is on, one job reports one of them
/// for pull requests only.
pub fn golden() -> Fixture {
    Fixture::parse(
        "\
//@ require \"Mirror Dissonance Oracle\" from 15368 by classic
//@ require \"oracle-check\" from 15368 by ruleset
//@ queue
//@ before
//- .github/workflows/oracle.yml
name: Oracle
on:
  pull_request:
    branches: [main]
jobs:
  oracle:
    name: Mirror Dissonance Oracle
    runs-on: ubuntu-latest
    steps:
      - run: make oracle
",
    )
}

/// The golden case in a repository of `entries` files, in both trees, of which `workflows` are
/// workflows of 0.8 KB.
pub fn repository(entries: usize, workflows: usize) -> Fixture {
    let mut fixture = golden();
    let snapshot = &mut fixture.snapshot;
    for tree in std::iter::once(&mut snapshot.after).chain(&mut snapshot.before) {
        let Fact::Known(known) = &mut tree.entries else {
            continue;
        };
        for number in 1..workflows {
            let path = path(&format!(".github/workflows/ci-{number}.yml"));
            let content = SMALL_WORKFLOW.replace("name: Test", &format!("name: Test {number}"));
            known.insert(path.clone(), entry(content.len()));
            tree.files.insert(path, Fact::Known(content.into_bytes()));
        }
        fill(known, entries);
    }
    fixture
}

/// A CODEOWNERS file of this many rules: a default, folders of the packages that
/// [`repository`] has, and a pattern with a wildcard for every fifty of them.
pub fn codeowners(rules: usize) -> String {
    let mut text = String::from("* @octo-org/all\n");
    for rule in 1..rules {
        let package = rule % 250;
        let _ = match rule {
            _ if rule % 50 == 0 => writeln!(text, "*.kind_{rule} @octo-org/team-{package}"),
            _ if rule < 250 => writeln!(text, "/src/package_{rule}/ @octo-org/team-{package}"),
            _ => writeln!(
                text,
                "/src/package_{package}/module_{rule}/ @octo-org/team-{rule}"
            ),
        };
    }
    text
}

/// [`repository`] with a CODEOWNERS file in both trees.
pub fn owned_repository(entries: usize, rules: usize) -> Fixture {
    let mut fixture = repository(entries, 2);
    let content = codeowners(rules);
    let snapshot = &mut fixture.snapshot;
    for tree in std::iter::once(&mut snapshot.after).chain(&mut snapshot.before) {
        let path = path(".github/CODEOWNERS");
        if let Fact::Known(known) = &mut tree.entries {
            known.insert(path.clone(), entry(content.len()));
        }
        tree.files
            .insert(path, Fact::Known(content.clone().into_bytes()));
    }
    fixture
}

/// Source files, 20 to a folder, until there are `entries`.
fn fill(known: &mut BTreeMap<RepoPath, Entry>, entries: usize) {
    for number in known.len()..entries {
        let folder = number / 20;
        let path = format!(
            "src/package_{}/module_{folder}/file_{number}.rs",
            folder / 20
        );
        known.insert(self::path(&path), entry(number));
    }
}

fn entry(bytes: usize) -> Entry {
    Entry {
        kind: EntryKind::File,
        id: ObjectId::new(&format!("{bytes:040x}")).expect("40 hex digits are an object id"),
        size: Some(bytes as u64),
    }
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("the benchmarks' paths are paths")
}
