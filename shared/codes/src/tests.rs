//! What makes a code one for ever.

use std::collections::BTreeMap;

use super::*;

/// A code that is removed without being retired leaves a gap, and one that is used again is
/// there twice.
#[test]
fn numbers_are_never_reused() {
    let numbers = ALL.iter().map(|code| code.number);
    let mut numbers: Vec<u16> = numbers.chain(RETIRED.iter().copied()).collect();
    numbers.sort_unstable();
    let firsts = AREAS.iter().map(|(area, _)| (*area, area * 100 + 1));
    let mut next: BTreeMap<u16, u16> = firsts.collect();
    for number in numbers {
        let expected = next.get_mut(&(number / 100)).expect("an area");
        assert_eq!(number, *expected, "codes of an area count up from x01");
        *expected += 1;
    }
}

#[test]
fn every_code_says_what_helps() {
    for code in ALL {
        for text in [code.title, code.cause, code.remedy] {
            assert!(!text.is_empty() && !text.contains('\n'), "{code}: {text:?}");
        }
        assert!(code.cause.ends_with('.'), "{code}: {}", code.cause);
        assert!(code.remedy.ends_with('.'), "{code}: {}", code.remedy);
    }
}
