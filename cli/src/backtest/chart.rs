//! A bar of three parts, in cells of a terminal.

/// How many pull requests each part stands for, in their order.
pub(super) type Parts = [usize; 3];

/// The widest bar: a line with a rule's name and counts beside it stays one.
const WIDTH: usize = 30;

/// How many cells each part takes, where `most` fill [`WIDTH`]: what is there is seen, and nothing
/// else is.
pub(super) fn cells(parts: Parts, most: usize) -> Parts {
    let total: usize = parts.iter().sum();
    let filled = parts.iter().filter(|part| **part > 0).count();
    if total == 0 {
        return [0; 3];
    }
    let most = most.max(total);
    let length = rounded(WIDTH * total, most).max(filled);
    let mut cells = parts.map(|part| match part {
        0 => 0,
        part => (length * part / total).max(1),
    });
    // The largest takes what rounding leaves, so that the bar has its length.
    let largest = (0..parts.len()).rev().max_by_key(|index| parts[*index]);
    if let Some(largest) = largest {
        let others = cells.iter().sum::<usize>() - cells[largest];
        cells[largest] = length - others;
    }
    cells
}

fn rounded(numerator: usize, denominator: usize) -> usize {
    (numerator + denominator / 2) / denominator
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_bar_fills_the_width() {
        assert_eq!(cells([2, 0, 0], 2), [30, 0, 0]);
        assert_eq!(cells([1, 1, 0], 2), [15, 15, 0]);
        assert_eq!(cells([1, 0, 0], 2), [15, 0, 0]);
        assert_eq!(cells([0, 0, 0], 2), [0, 0, 0]);
        assert_eq!(cells([0, 0, 0], 0), [0, 0, 0]);
    }

    #[test]
    fn one_of_a_thousand_is_seen() {
        assert_eq!(cells([1, 0, 0], 1_000), [1, 0, 0]);
        assert_eq!(cells([998, 1, 1], 1_000), [28, 1, 1]);
        assert_eq!(cells([1, 1, 1], 1_000), [1, 1, 1]);
    }

    proptest! {
        #[test]
        fn a_bar_is_as_long_as_it_must_be(
            parts in prop::array::uniform3(0_usize..2_000), more in 0_usize..2_000,
        ) {
            let total: usize = parts.iter().sum();
            let bar = cells(parts, total + more);
            let length: usize = bar.iter().sum();
            prop_assert!(length <= WIDTH);
            for (part, cells) in parts.iter().zip(bar) {
                prop_assert_eq!(*part > 0, cells > 0, "{:?} of {:?}", bar, parts);
            }
            if more == 0 && total > 0 {
                prop_assert_eq!(length, WIDTH);
            }
        }
    }
}
