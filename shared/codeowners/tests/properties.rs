//! Whatever the file: no crash, and the index never changes who decides.

use proptest::prelude::*;

const PATTERN: &str = "[/]?([ab*?.]{1,3}|[*][*])(/([ab*.]{1,2}|[*][*])){0,2}[/]?";

proptest! {
    #[test]
    fn any_bytes_parse(source in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = codeowners::parse(&source);
        let lines = source.split(|byte| *byte == b'\n').count();
        prop_assert!(file.rules().len() + file.problems().len() <= lines);
    }

    #[test]
    fn the_index_finds_the_last_match(
        patterns in proptest::collection::vec(PATTERN, 1..12),
        path in "[ab.]{1,3}(/[ab.]{1,3}){0,3}",
    ) {
        let source = patterns.join(" @x\n") + " @x\n";
        let file = codeowners::parse(source.as_bytes());
        let slow = file.rules().iter().rev().find(|rule| rule.pattern.matches(&path));
        prop_assert_eq!(file.decide(&path).map(|r| r.line), slow.map(|r| r.line));
    }
    #[test]
    fn a_survey_finds_what_trying_every_rule_finds(
        patterns in proptest::collection::vec(PATTERN, 1..12),
        mut paths in proptest::collection::vec("[ab.]{1,3}(/[ab.]{1,2}){0,3}", 1..12),
    ) {
        paths.sort();
        let source = patterns.join(" @x\n") + " @x\n";
        let file = codeowners::parse(source.as_bytes());
        let mut seen = Vec::new();
        let survey = file.survey(paths.iter().map(String::as_str), |path, matching| {
            seen.push((path.to_owned(), matching.to_vec()));
        });
        prop_assert_eq!(survey, Ok(()));
        prop_assert_eq!(seen.len(), paths.len());
        for (path, matching) in seen {
            let rules = file.rules().iter().enumerate();
            let expected: Vec<usize> = rules
                .filter(|(_, rule)| rule.pattern.matches(&path))
                .map(|(at, _)| at)
                .collect();
            prop_assert_eq!(matching, expected, "{}", path);
        }
    }

    /// A probe is a path that its own pattern matches; there is always one.
    #[test]
    fn probes_match(pattern in PATTERN) {
        let Ok(pattern) = codeowners::Pattern::parse(&pattern) else { return Ok(()) };
        let probes = pattern.probes();
        prop_assert!(!probes.is_empty());
        prop_assert!(probes.iter().all(|probe| pattern.matches(probe)));
    }
}
