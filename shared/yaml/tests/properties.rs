//! Whatever comes in, a tree or an error with a place comes out.

use proptest::prelude::*;
use yaml::{Node, Source, Span, View};

/// Every span of a tree.
fn spans(node: Node<'_>, all: &mut Vec<Span>) {
    all.push(node.span());
    match node.view() {
        View::Sequence(items) => items.for_each(|item| spans(item, all)),
        View::Mapping(pairs) => pairs.for_each(|(key, value)| {
            all.push(key.span);
            spans(value, all);
        }),
        View::Null | View::Bool(_) | View::Number(_) | View::String(_) => {}
    }
}

proptest! {
    #[test]
    fn any_text_is_a_tree_or_an_error_with_a_place(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "&x ", "*x", "\"", "'",
                "!!str ", "|\n", "# c", "---\n", "<<", "0x1", "\u{fc}", "\t", "\r\n", "? ",
            ]),
            0..60,
        ),
    ) {
        let bytes = pieces.concat().into_bytes();
        let text = yaml::text(&bytes, "a file", 1 << 20).unwrap();
        let lines = u32::try_from(text.lines().count()).unwrap() + 1;
        match yaml::load(text, &Source::new(text), "a file", &mut Vec::new()) {
            Ok(tree) => {
                let mut all = Vec::new();
                spans(tree.root(), &mut all);
                for span in all {
                    prop_assert!(span.start <= span.end, "{span:?}");
                    prop_assert!(span.start.line >= 1 && span.end.line <= lines, "{span:?}");
                }
            }
            Err(error) => prop_assert!((1..=lines).contains(&error.line), "{error}"),
        }
    }

    #[test]
    fn any_bytes_are_text_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match yaml::text(&bytes, "a file", 100) {
            Ok(text) => prop_assert!(text.len() <= 100),
            Err(error) => prop_assert!(error.line >= 1 && error.column >= 1),
        }
    }
}
