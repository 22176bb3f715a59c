//! Whatever comes in, a policy or errors with places come out, and a lock is never got past.

use proptest::prelude::*;

use super::{branch, valid};
use crate::policy::inline::comments;
use crate::policy::{PATH, parse, resolve};
use crate::testing::Fixture;
use crate::{Fact, RepoPath, Severity, registry};

/// Words of which hostile policies are made.
const PIECES: [&str; 28] = [
    "version: 1\n",
    "preset: ",
    "strict\n",
    "thresholds: ",
    "{high: ",
    "9}",
    "\n",
    "branches:\n",
    "  - ",
    "patterns: ",
    "[main, '**']",
    "rules:\n",
    "  MD-001: ",
    "{mode: ",
    "observe}",
    "severity: ",
    "low",
    "exclude: ",
    "'!a'",
    "suppressions:\n",
    "finding: PM-7F3K2",
    ", reason: x",
    "{",
    "}",
    "locked: [rules]",
    "dry_run: true\n",
    "&a ",
    "*a",
];

proptest! {
    #[test]
    fn any_bytes_are_a_policy_or_errors(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(errors) = parse(PATH, &bytes) {
            prop_assert!(!errors.is_empty());
        }
    }

    #[test]
    fn any_words_are_a_policy_or_errors_with_places(
        words in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30),
    ) {
        let text = words.concat();
        match parse(PATH, text.as_bytes()) {
            Ok(file) => {
                resolve(Some(&file), Some(&file), &branch("main"));
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(!error.to_string().contains('\n'), "{error}");
                    prop_assert!(!error.remedy.is_empty());
                }
            }
        }
    }

    /// Under an organisation that locks everything, no repository is judged more mildly than
    /// without a policy of its own.
    #[test]
    fn locks_hold(
        mode in prop::sample::select(vec!["observe", "warn", "block"]),
        severity in prop::sample::select(vec!["low", "medium", "high", "critical"]),
        high in 0..20_u32,
        exclude in prop::sample::select(vec!["'**'", "'!a'", "a"]),
        dry_run in any::<bool>(),
    ) {
        let organisation = valid("organisation", "\
version: 1
preset: strict
rules: {MD-001: {mode: warn, severity: {at_least: medium}}}
locked: [thresholds, rules, exclude, suppressions, dry_run]
");
        let repository = valid(PATH, &format!("\
version: 1
branches: [{{patterns: '**', thresholds: {{high: {high}, critical: {high}}}}}]
rules: {{MD-001: {{mode: {mode}, severity: {{at_most: {severity}}}, exclude: {exclude}}}}}
exclude: {exclude}
suppressions: [{{rule: MD-001, path: '**', reason: x}}]
dry_run: {dry_run}
"));
        let without = resolve(Some(&organisation), None, &branch("main")).0;
        let with = resolve(Some(&organisation), Some(&repository), &branch("main")).0;
        prop_assert!(with.thresholds.critical <= without.thresholds.critical);
        prop_assert!(with.thresholds.high <= without.thresholds.high);
        let path = RepoPath::new("a").unwrap();
        for rule in registry::RULES {
            let meta = rule.meta();
            prop_assert!(with.mode(meta) >= without.mode(meta));
            prop_assert!(!with.excludes(meta.id, &path));
            for severity in [Severity::Low, Severity::Medium, Severity::High, Severity::Critical] {
                prop_assert!(with.severity(meta.id, severity) >= without.severity(meta.id, severity));
            }
        }
        prop_assert!(with.suppressions.is_empty() && !with.dry_run);
    }

    #[test]
    fn any_comment_is_read_or_refused_with_its_line(
        words in prop::collection::vec(prop::sample::select(vec![
            "# ", "phase-mirror:", " ignore", "[", "MD-001", "]", " reason=\"", "x", "\"",
            " until=", "2026-12-31", ",", "\n", "a: 1 ", "<!-- ", " -->", "\u{2028}", "é",
        ]), 0..40),
    ) {
        let text = words.concat();
        let mut fixture = Fixture::parse("");
        for path in ["a.yml", "a.md"] {
            let path = RepoPath::new(path).unwrap();
            let content = text.clone().into_bytes();
            fixture.snapshot.after.files.insert(path, Fact::Known(content));
        }
        let lines = u32::try_from(text.lines().count()).unwrap();
        for error in comments(&fixture.snapshot.after).1 {
            let line = error.line.unwrap_or_default();
            prop_assert!(1 <= line && line <= lines, "{error}");
        }
    }
}
