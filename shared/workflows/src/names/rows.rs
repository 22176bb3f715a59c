//! Rows of `include` and `exclude`, and which legs of a matrix they match.

use crate::expression::{
    Cell, Evaluated, Leg, Scope, evaluate_text, evaluate_value, loosely_equal,
};
use crate::model::MatrixRows;
use crate::{Span, Spanned, Value};

/// The rows of `include` or `exclude`.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Why there may be more.
    pub(super) unknown: Option<String>,
}

pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    pub(super) span: Span,
}

/// Reads rows, their expressions evaluated.
pub(super) fn rows(rows: Option<&Spanned<MatrixRows>>, scope: Scope<'_>) -> Rows {
    let mut result = Rows {
        rows: Vec::new(),
        unknown: None,
    };
    let Some(rows) = rows else { return result };
    let list: Vec<(Evaluated, Span)> = match &rows.value {
        MatrixRows::List(list) => list
            .iter()
            .map(|row| match &row.value {
                // Its cells are evaluated one by one below.
                Value::Mapping(_) => (Evaluated::Known(row.value.clone()), row.span),
                other => (evaluate_value(other, scope), row.span),
            })
            .collect(),
        MatrixRows::Expression(text) => match evaluate_text(text, scope) {
            Evaluated::Known(Value::Sequence(list)) => list
                .into_iter()
                .map(|row| (Evaluated::Known(row), rows.span))
                .collect(),
            Evaluated::Known(_) => Vec::new(),
            Evaluated::Unknown(why) => {
                result.unknown = Some(why);
                Vec::new()
            }
        },
    };
    for (row, span) in list {
        match row {
            Evaluated::Known(Value::Mapping(pairs)) => {
                let cells = pairs
                    .into_iter()
                    .map(|(name, value)| Cell {
                        name,
                        value: evaluate_value(&value, scope),
                    })
                    .collect();
                result.rows.push(Row { cells, span });
            }
            Evaluated::Known(_) => {}
            Evaluated::Unknown(why) => result.unknown = Some(why),
        }
    }
    result
}

/// Sets keys that don't show in the name; of two rows the later wins.
pub(super) fn set(leg: &mut Leg, extra: &[Cell]) {
    for cell in extra {
        let present = leg
            .cells
            .iter_mut()
            .find(|other| other.name.eq_ignore_ascii_case(&cell.name));
        match present {
            Some(present) => present.value = cell.value.clone(),
            None => leg.cells.push(cell.clone()),
        }
    }
}

/// What a filter says of a leg.
pub(super) enum Matched {
    Yes,
    No,
    Maybe(String),
}

/// Whether a leg has the values of a filter. A filter without keys matches every leg.
pub(super) fn matches(filter: &[Cell], leg: &Leg) -> Matched {
    let mut doubt = None;
    for cell in filter {
        let other = leg.cells[..leg.shown]
            .iter()
            .find(|other| other.name.eq_ignore_ascii_case(&cell.name));
        match (&cell.value, other.map(|other| &other.value)) {
            (Evaluated::Known(expected), Some(Evaluated::Known(found))) => {
                if !has_leaves(expected, found) {
                    return Matched::No;
                }
            }
            (Evaluated::Unknown(why), _) | (_, Some(Evaluated::Unknown(why))) => {
                doubt = Some(why.clone());
            }
            (_, None) => return Matched::No,
        }
    }
    doubt.map_or(Matched::Yes, Matched::Maybe)
}

/// Whether every scalar of `expected` is found at the same place, compared loosely.
fn has_leaves(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Mapping(pairs), found) => pairs.iter().all(|(name, expected)| {
            let inner = match found {
                Value::Mapping(others) => others
                    .iter()
                    .find(|(other, _)| other.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value),
                _ => None,
            };
            has_leaves(expected, inner.unwrap_or(&Value::Null))
        }),
        (Value::Sequence(items), found) => items.iter().enumerate().all(|(index, expected)| {
            let inner = match found {
                Value::Sequence(others) => others.get(index),
                _ => None,
            };
            has_leaves(expected, inner.unwrap_or(&Value::Null))
        }),
        (expected, found) => loosely_equal(expected, found),
    }
}
