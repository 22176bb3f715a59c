//! Whatever the file: no failure, and texts within their limits.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

use crate::testing::{Fixture, render};
use crate::{CodeownersError, Fact, RepoPath, Report};

/// A repository whose CODEOWNERS holds these bytes, about which GitHub says this.
fn judge(content: Vec<u8>, errors: Vec<CodeownersError>, settings: &str) -> Report {
    let text = format!("{settings}//- CODEOWNERS\n//- docs/a.md\n//- src/main.rs\n//- main.tf\n");
    let mut fixture = Fixture::parse(&text);
    let path = RepoPath::new("CODEOWNERS").unwrap();
    let tree = &mut fixture.snapshot.after;
    if let Fact::Known(entries) = &mut tree.entries {
        entries.get_mut(&path).unwrap().size = None;
    }
    tree.files.insert(path, Fact::Known(content));
    tree.codeowners_errors = Fact::Known(errors);
    fixture.report()
}

fn assert_sound(report: &Report) -> Result<(), TestCaseError> {
    prop_assert!(report.meta.rule_errors.is_empty(), "{}", render(report));
    for item in &report.items {
        prop_assert!(item.title.chars().count() <= 90, "{}", item.title);
        prop_assert!(item.why.len() < 4_000 && !item.why.is_empty() && !item.fix.is_empty());
        prop_assert!(!item.title.contains('\n') && !item.why.contains('\n'));
    }
    Ok(())
}

fn error() -> impl Strategy<Value = CodeownersError> {
    const KINDS: [&str; 5] = [
        "Unknown owner",
        "Invalid pattern",
        "Invalid owner",
        "No access",
        "",
    ];
    let suggestion = prop::option::of(".{0,60}");
    (0_u32..9, 0_u32..60, select(&KINDS[..]), suggestion).prop_map(
        |(line, column, kind, suggestion)| CodeownersError {
            path: "CODEOWNERS".to_owned(),
            line,
            column,
            kind: kind.to_owned(),
            suggestion,
        },
    )
}

proptest! {
    #[test]
    fn any_bytes(
        content in prop::collection::vec(any::<u8>(), 0..400),
        errors in prop::collection::vec(error(), 0..4),
        required in any::<bool>(),
    ) {
        let settings = if required { "//@ code-owner-review by ruleset\n" } else { "" };
        assert_sound(&judge(content, errors, settings))?;
    }

    #[test]
    fn any_lines(
        lines in prop::collection::vec(
            ("[/*a-z.`|\\\\!\\[ ]{1,12}", "( @[a-z-]{1,8}(/[a-z]{1,8})?| [a-z]@example.com| x){0,3}"),
            0..40),
        errors in prop::collection::vec(error(), 0..6),
    ) {
        let mut text = String::new();
        for (pattern, owners) in lines {
            let _ = writeln!(text, "{pattern}{owners}");
        }
        assert_sound(&judge(text.into_bytes(), errors, "//@ code-owner-review by ruleset\n"))?;
    }
}

#[test]
fn a_very_long_line_and_very_many_lines_are_told_briefly() {
    let long = format!("{} @octocat\n", "a".repeat(1 << 20));
    let many = "not-an-owner x\n".repeat(100_000);
    for content in [long, many] {
        let report = judge(content.into_bytes(), Vec::new(), "");
        assert_sound(&report).unwrap();
        assert!(report.items.len() < 60, "{}", report.items.len());
    }
}

/// Patterns and files whose product is too much to try: said, and not tried.
#[test]
fn wildcards_without_end_are_given_up() {
    let patterns = (0..60_000).fold(String::new(), |mut all, at| {
        let _ = writeln!(all, "*{at}*x*y* @octocat");
        all
    });
    let mut fixture = Fixture::parse(&format!("//- CODEOWNERS\n{patterns}"));
    if let Fact::Known(entries) = &mut fixture.snapshot.after.entries {
        let (_, entry) = entries.pop_first().unwrap();
        for at in 0..2_000 {
            let path = format!("src/some/folder/file-{at}.rs");
            entries.insert(RepoPath::new(&path).unwrap(), entry.clone());
        }
        entries.insert(RepoPath::new("CODEOWNERS").unwrap(), entry);
    }
    let report = fixture.report();
    let unavailable = &report.meta.unavailable;
    assert_eq!(unavailable.len(), 1, "{unavailable:?}");
    assert!(unavailable[0].detail.contains("begin with a wildcard"));
}
