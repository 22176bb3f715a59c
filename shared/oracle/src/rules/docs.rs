//! The pages of docs/rules, generated from the rules' metadata, and their examples put to the
//! test. Regenerate with `UPDATE_EXPECT=1 cargo test -p oracle rules::docs`.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::Mode;
use crate::registry::{RULES, RuleMeta};
use crate::testing::{Fixture, render};

/// The page of one rule.
fn page(meta: &RuleMeta) -> String {
    let facts: String = meta.facts.iter().fold(String::new(), |mut all, fact| {
        let _ = writeln!(all, "- {fact}");
        all
    });
    format!(
        "<!-- Generated from shared/oracle/src/rules; see README.md. -->\n\
         # {id} {name}\n\n\
         Version {version}, default mode `{mode}`.\n\n\
         ## What it checks\n\n{what}\n\n\
         ## Why it matters\n\n{why}\n\n\
         ## How to fix\n\n{fix}\n\n\
         ## Example\n\n\
         Lines after `//@` are settings of the repository and its branch, `//-` begins a file.\n\n\
         A finding:\n\n```text\n{bad}```\n\n\
         None:\n\n```text\n{good}```\n\n\
         {options}\
         ## Facts it reads\n\n{facts}",
        options = options(meta),
        id = meta.id,
        name = meta.name,
        version = meta.version,
        mode = mode(meta.default_mode),
        what = meta.what,
        why = meta.why,
        fix = meta.fix,
        bad = meta.bad_example,
        good = meta.good_example,
    )
}

/// What the policy may set, where there is anything.
fn options(meta: &RuleMeta) -> String {
    if meta.options.is_empty() {
        return String::new();
    }
    let mut all = format!(
        "## Options\n\nUnder `rules.{}.options` in the policy, each a pattern of paths or a list of \
         them ([policy.md](../policy.md#options)).\n\n",
        meta.id
    );
    for option in meta.options {
        let _ = writeln!(all, "- `{}`: {}", option.name, option.what);
    }
    all + "\n"
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Observe => "observe",
        Mode::Warn => "warn",
        Mode::Block => "block",
    }
}

/// The rows of the README's table.
fn table() -> String {
    let mut table = String::from("| rule | name | mode |\n|---|---|---|\n");
    for rule in RULES {
        let meta = rule.meta();
        let _ = writeln!(
            table,
            "| [{id}]({id}.md) | {name} | `{mode}` |",
            id = meta.id,
            name = meta.name,
            mode = mode(meta.default_mode)
        );
    }
    table
}

#[test]
fn the_pages_are_those_of_the_rules() {
    for rule in RULES {
        let meta = rule.meta();
        let path = format!("../../../../docs/rules/{}.md", meta.id);
        expect_file![path].assert_eq(&page(meta));
    }
}

#[test]
fn the_readme_has_the_table() {
    let readme = include_str!("../../../../docs/rules/README.md");
    assert!(
        readme.contains(&table()),
        "docs/rules/README.md lacks\n{}",
        table()
    );
}

#[test]
fn ids_and_names_are_unique_and_in_order() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.meta().id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for rule in RULES {
        let meta = rule.meta();
        let same = RULES.iter().filter(|other| other.meta().name == meta.name);
        assert_eq!(same.count(), 1, "{}", meta.name);
        assert!(
            meta.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-')
        );
    }
}

#[test]
fn bad_examples_have_findings_and_good_ones_have_none() {
    for rule in RULES {
        let meta = rule.meta();
        let bad = Fixture::parse(meta.bad_example).report();
        assert!(
            bad.items.iter().any(|item| item.rule_id == meta.id),
            "{}: {}",
            meta.id,
            render(&bad)
        );
        let good = Fixture::parse(meta.good_example).report();
        assert!(
            good.items.is_empty() && good.meta.unavailable.is_empty(),
            "{}: {}",
            meta.id,
            render(&good)
        );
    }
}
