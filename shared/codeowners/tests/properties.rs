//! Whatever the file: no crash, and the index never changes who decides.

use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes_parse(source in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = codeowners::parse(&source);
        let lines = source.split(|byte| *byte == b'\n').count();
        prop_assert!(file.rules().len() + file.problems().len() <= lines);
    }

    #[test]
    fn the_index_finds_the_last_match(
        patterns in proptest::collection::vec("[/]?([ab*?.]{1,3}|[*][*])(/([ab*.]{1,2}|[*][*])){0,2}[/]?", 1..12),
        path in "[ab.]{1,3}(/[ab.]{1,3}){0,3}",
    ) {
        let source = patterns.join(" @x\n") + " @x\n";
        let file = codeowners::parse(source.as_bytes());
        let slow = file.rules().iter().rev().find(|rule| rule.pattern.matches(&path));
        prop_assert_eq!(file.decide(&path).map(|r| r.line), slow.map(|r| r.line));
    }
}
