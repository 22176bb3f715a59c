//! What is a rename, and what only looks like one.

use super::*;
use crate::parsed::parse;
use crate::testing::Fixture;

fn renames(text: &str) -> Renames {
    let snapshot = Fixture::parse(text).snapshot;
    let before = snapshot.before.unwrap();
    let (old, new) = (parse(&before), parse(&snapshot.after));
    let named = |tree, workflows| Named { tree, workflows };
    Renames::between(named(&before, &old), named(&snapshot.after, &new))
}

/// Each rename as `old -> new`, files first.
fn shown(text: &str) -> Vec<String> {
    let renames = renames(text);
    let paths = renames.paths.iter();
    let paths = paths.map(|(new, old)| format!("{old} -> {new}"));
    let jobs = renames.jobs.iter();
    let jobs = jobs.map(|((path, new), old)| format!("{path}: {old} -> {new}"));
    paths.chain(jobs).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn any_file_whose_object_stands_elsewhere_now() {
    assert_eq!(
        shown("//- before: src/a.c\nint a;\n//- lib/a.c\nint a;\n"),
        ["src/a.c -> lib/a.c"]
    );
}

#[test]
fn a_copy_and_a_swap_are_no_renames() {
    assert_eq!(shown("//- both: a\n1\n//- b\n1\n"), NONE);
    assert_eq!(
        shown("//- before: a\n1\n//- before: b\n2\n//- a\n2\n//- b\n1\n"),
        NONE
    );
}

#[test]
fn of_two_equal_files_neither_is_meant() {
    assert_eq!(shown("//- before: a\n1\n//- b\n1\n//- c\n1\n"), NONE);
    assert_eq!(
        shown("//- before: a\n1\n//- before: b\n1\n//- c\n1\n"),
        NONE
    );
}

#[test]
fn half_of_a_wanted_file_is_enough_and_less_is_not() {
    let file = |path: &str, lines: &[&str]| format!("//- {path}\n{}\n", lines.join("\n"));
    let old = file("before: CODEOWNERS", &["a @a", "b @b", "c @c", "d @d"]);
    let half = file("docs/CODEOWNERS", &["a @a", "  b @b", "", "e @e", "f @f"]);
    let less = file("docs/CODEOWNERS", &["a @a", "e @e", "f @f", "g @g"]);
    assert_eq!(
        shown(&format!("{old}{half}")),
        ["CODEOWNERS -> docs/CODEOWNERS"]
    );
    assert_eq!(shown(&format!("{old}{less}")), NONE);
}

#[test]
fn the_most_similar_file_is_meant() {
    let old = "//- before: .github/workflows/a.yml\na\nb\nc\nd\n";
    let near = "//- .github/workflows/near.yml\na\nb\nc\n";
    let far = "//- .github/workflows/far.yml\na\nb\n";
    let alike = "//- .github/workflows/other.yml\nd\nb\nc\n";
    assert_eq!(
        shown(&format!("{old}{near}{far}")),
        [".github/workflows/a.yml -> .github/workflows/near.yml"]
    );
    assert_eq!(shown(&format!("{old}{near}{far}{alike}")), NONE);
}

#[test]
fn what_is_not_committed_is_found_by_its_content() {
    let zero = ObjectId::new(&"0".repeat(40)).unwrap();
    let mut fixture = Fixture::parse(
        "//- before: CODEOWNERS\n* @a\n//- docs/CODEOWNERS\n* @a\n//- before: x\n1\n//- y\n2\n",
    );
    let before = fixture.snapshot.before.as_mut().unwrap();
    for tree in [before, &mut fixture.snapshot.after] {
        let Fact::Known(entries) = &mut tree.entries else {
            unreachable!("the fixture knows its entries")
        };
        let entries = entries.values_mut();
        entries.for_each(|entry| entry.id = zero.clone());
        tree.files.remove(&RepoPath::new("x").unwrap());
        tree.files.remove(&RepoPath::new("y").unwrap());
    }
    let before = fixture.snapshot.before.as_ref().unwrap();
    let none = Workflows::new();
    let named = |tree| Named {
        tree,
        workflows: &none,
    };
    let renames = Renames::between(named(before), named(&fixture.snapshot.after));
    let docs = RepoPath::new("docs/CODEOWNERS").unwrap();
    assert_eq!(renames.paths.keys().collect::<Vec<_>>(), [&docs]);
}

#[test]
fn a_path_that_may_only_be_out_of_sight_is_not_gone() {
    assert_eq!(
        shown(
            "//@ unavailable tree truncated\n//- before: CODEOWNERS\n* @a\n//- docs/CODEOWNERS\n* @a\n"
        ),
        NONE
    );
}

#[test]
fn beyond_a_hundred_files_only_the_unchanged_are_found() {
    let moved = |count: u32, edit: &str| {
        let one = |n| {
            format!(
                "//- before: .github/workflows/a{n}.yml\nname: {n}\n\
                 //- .github/workflows/b{n}.yml\nname: {n}\n{edit}"
            )
        };
        let text: String = (0..count).map(one).collect();
        renames(&text).paths.len()
    };
    assert_eq!(moved(101, ""), 101);
    assert_eq!(moved(100, "#\n"), 100);
    assert_eq!(moved(101, "#\n"), 0);
}

fn jobs(before: &str, after: &str) -> Vec<String> {
    let path = ".github/workflows/ci.yml";
    shown(&format!(
        "//- before: {path}\non: push\njobs:\n{before}\n//- {path}\non: push\njobs:\n{after}\n"
    ))
}

#[test]
fn a_job_that_does_the_same_under_another_id() {
    assert_eq!(
        jobs(
            "  Build: {name: x, runs-on: ubuntu-latest, needs: a, steps: [{run: make, shell: sh}]}\n  a: {uses: ./a}",
            "  compile:\n    steps:\n      - shell: sh\n        run: \"make\"\n    # here\n    runs-on: ubuntu-latest\n    needs: [b]\n  b: {uses: ./a}",
        ),
        [
            ".github/workflows/ci.yml: a -> b",
            ".github/workflows/ci.yml: Build -> compile"
        ]
    );
}

#[test]
fn jobs_that_do_something_else_or_could_be_either_are_not_renamed() {
    assert_eq!(jobs("  a: {uses: ./a}", "  b: {uses: ./b}"), NONE);
    assert_eq!(
        jobs("  a: {uses: ./a}", "  b: {uses: ./a}\n  c: {uses: ./a}"),
        NONE
    );
    assert_eq!(
        jobs("  a: {uses: ./a}", "  a: {uses: ./a}\n  b: {uses: ./a}"),
        NONE
    );
    assert_eq!(
        jobs("  a: {uses: ./a}", "  A: {uses: ./a}"),
        NONE,
        "ids have no case"
    );
}

#[test]
fn a_job_of_a_file_that_is_renamed_too() {
    assert_eq!(
        shown(
            "//- before: .github/workflows/a.yml\nname: ci\non: push\njobs:\n  a: {uses: ./a}\n\
             //- .github/workflows/b.yml\nname: ci\non: push\njobs:\n  b: {uses: ./a}\n"
        ),
        [
            ".github/workflows/a.yml -> .github/workflows/b.yml",
            ".github/workflows/b.yml: a -> b"
        ]
    );
}
