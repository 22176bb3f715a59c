//! Unfolds a matrix into legs, as GitHub's `MatrixBuilder` does.

use crate::expression::{Cell, Evaluated, Leg, Scope, Template, loosely_equal};
use crate::model::{Matrix, MatrixRows, Vector, VectorValues};
use crate::names::MAX_MATRIX_LEGS;
use crate::{Span, Spanned, Value};

/// Products larger than this are not unfolded, whatever `exclude` takes away again.
const MAX_PRODUCT: usize = 1 << 14;

/// The legs of a matrix.
pub(super) struct Legs {
    /// The legs that the file lets one see.
    pub(super) legs: Vec<Leg>,
    /// Why there may be legs that the file does not let one see.
    pub(super) more: Option<String>,
}

/// Why a matrix has no legs at all: GitHub fails the job.
pub(super) struct MatrixError {
    pub(super) span: Span,
    pub(super) message: String,
}

/// Unfolds a matrix. No legs and no more to come means that all were excluded; then GitHub
/// runs the job once, without a matrix.
pub(super) fn unfold(matrix: &Spanned<Matrix>, scope: Scope<'_>) -> Result<Legs, MatrixError> {
    let (vectors, include, exclude) = match &matrix.value {
        Matrix::Expression(text) => match evaluate_text(text, scope) {
            Evaluated::Known(Value::Mapping(pairs)) => {
                return unfold_value(pairs, matrix.span, scope);
            }
            Evaluated::Known(_) => {
                return Err(MatrixError {
                    span: matrix.span,
                    message: "expected `matrix` to be a mapping, found another value".to_owned(),
                });
            }
            Evaluated::Unknown(why) => {
                return Ok(Legs {
                    legs: Vec::new(),
                    more: Some(why),
                });
            }
        },
        Matrix::Vectors {
            vectors,
            include,
            exclude,
        } => (vectors, include, exclude),
    };
    let vectors = vectors
        .iter()
        .map(|vector| dimension(vector, scope))
        .collect::<Result<Vec<_>, _>>()?;
    let exclude = rows(exclude.as_ref(), scope);
    let include = rows(include.as_ref(), scope);
    check_exclude_keys(&exclude, &vectors)?;
    let mut legs = product(&vectors, &exclude, matrix.span)?;
    let more = include.unknown.clone();
    add_rows(&mut legs, &include, &vectors);
    if legs.len() > MAX_MATRIX_LEGS {
        return Err(too_many(matrix.span));
    }
    // An unknown value may stand for several legs.
    let all_known = |leg: &Leg| {
        let is_known = |cell: &Cell| matches!(cell.value, Evaluated::Known(_));
        leg.doubt.is_none() && leg.cells.iter().all(is_known)
    };
    if more.is_none() && legs.iter().all(all_known) {
        let total = legs.len();
        for (index, leg) in legs.iter_mut().enumerate() {
            leg.place = Some((index, total));
        }
    }
    Ok(Legs { legs, more })
}

/// A matrix that an expression yields is as one that is written out.
fn unfold_value(
    pairs: Vec<(String, Value)>,
    span: Span,
    scope: Scope<'_>,
) -> Result<Legs, MatrixError> {
    let mut vectors = Vec::new();
    let mut include = None;
    let mut exclude = None;
    for (name, value) in pairs {
        let Value::Sequence(items) = value else {
            return Err(MatrixError {
                span,
                message: format!(
                    "expected a sequence for `{name}` of `matrix`, found another value"
                ),
            });
        };
        let items: Vec<_> = items
            .into_iter()
            .map(|item| Spanned::new(item, span))
            .collect();
        match name.as_str() {
            "include" => include = Some(Spanned::new(MatrixRows::List(items), span)),
            "exclude" => exclude = Some(Spanned::new(MatrixRows::List(items), span)),
            _ => vectors.push(Vector {
                name: Spanned::new(name, span),
                values: Spanned::new(VectorValues::List(items), span),
            }),
        }
    }
    let matrix = Matrix::Vectors {
        vectors,
        include,
        exclude,
    };
    unfold(&Spanned::new(matrix, span), scope)
}

/// One dimension: its key and its values, or one unknown value in the place of all.
struct Dimension {
    name: String,
    values: Vec<Evaluated>,
}

fn dimension(vector: &Vector, scope: Scope<'_>) -> Result<Dimension, MatrixError> {
    let values: Vec<Evaluated> = match &vector.values.value {
        VectorValues::List(items) => items
            .iter()
            .map(|item| evaluate_value(item, scope))
            .collect(),
        VectorValues::Expression(text) => match evaluate_text(text, scope) {
            Evaluated::Known(Value::Sequence(items)) => {
                items.into_iter().map(Evaluated::Known).collect()
            }
            Evaluated::Known(_) => {
                return Err(MatrixError {
                    span: vector.values.span,
                    message: format!(
                        "expected matrix vector `{}` to be a sequence, found another value",
                        *vector.name
                    ),
                });
            }
            unknown @ Evaluated::Unknown(_) => vec![unknown],
        },
    };
    if values.is_empty() {
        return Err(MatrixError {
            span: vector.values.span,
            message: format!(
                "expected at least one value in matrix vector `{}`, found none",
                *vector.name
            ),
        });
    }
    Ok(Dimension {
        name: vector.name.value.clone(),
        values,
    })
}

/// The rows of `include` or `exclude`.
struct Rows {
    rows: Vec<Row>,
    /// Why there may be more.
    unknown: Option<String>,
}

struct Row {
    cells: Vec<Cell>,
    span: Span,
}

fn rows(rows: Option<&Spanned<MatrixRows>>, scope: Scope<'_>) -> Rows {
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

fn check_exclude_keys(exclude: &Rows, vectors: &[Dimension]) -> Result<(), MatrixError> {
    for row in &exclude.rows {
        let unknown = row
            .cells
            .iter()
            .find(|cell| !is_vector(&cell.name, vectors));
        if let Some(cell) = unknown {
            return Err(MatrixError {
                span: row.span,
                message: format!(
                    "expected the name of a matrix vector in `exclude`, found `{}`",
                    cell.name
                ),
            });
        }
    }
    Ok(())
}

fn is_vector(name: &str, vectors: &[Dimension]) -> bool {
    vectors
        .iter()
        .any(|vector| vector.name.eq_ignore_ascii_case(name))
}

/// The cross product without what is excluded; the first key varies slowest.
fn product(vectors: &[Dimension], exclude: &Rows, span: Span) -> Result<Vec<Leg>, MatrixError> {
    if vectors.is_empty() {
        return Ok(Vec::new());
    }
    let size = vectors
        .iter()
        .try_fold(1_usize, |size, vector| {
            size.checked_mul(vector.values.len())
        })
        .filter(|size| *size <= MAX_PRODUCT)
        .ok_or_else(|| too_many(span))?;
    let mut legs = Vec::new();
    for index in 0..size {
        let mut block = size;
        let cells: Vec<Cell> = vectors
            .iter()
            .map(|vector| {
                block /= vector.values.len();
                Cell {
                    name: vector.name.clone(),
                    value: vector.values[index / block % vector.values.len()].clone(),
                }
            })
            .collect();
        let mut leg = Leg {
            shown: cells.len(),
            cells,
            doubt: exclude.unknown.clone(),
            ..Leg::default()
        };
        let mut excluded = false;
        for row in &exclude.rows {
            match matches(&row.cells, &leg) {
                Matched::Yes => excluded = true,
                Matched::No => {}
                Matched::Maybe(why) => leg.doubt = Some(why),
            }
        }
        if !excluded {
            legs.push(leg);
            if legs.len() > MAX_MATRIX_LEGS {
                return Err(too_many(span));
            }
        }
    }
    Ok(legs)
}

/// Adds `include`: to the legs that a row matches, and a leg for each row that matches none.
fn add_rows(legs: &mut Vec<Leg>, include: &Rows, vectors: &[Dimension]) {
    let product = legs.len();
    let mut appended = Vec::new();
    for row in &include.rows {
        let (known, extra): (Vec<Cell>, Vec<Cell>) = row
            .cells
            .iter()
            .cloned()
            .partition(|cell| is_vector(&cell.name, vectors));
        let mut matched = false;
        let mut doubt = None;
        for leg in &mut legs[..product] {
            match matches(&known, leg) {
                Matched::Yes => {
                    matched = true;
                    // Only legs that surely exist consume the row.
                    doubt = doubt.or_else(|| leg.doubt.clone());
                    set(leg, &extra);
                }
                Matched::No => {}
                Matched::Maybe(why) => {
                    doubt = Some(why.clone());
                    leg.open.get_or_insert(why);
                }
            }
        }
        if !matched || doubt.is_some() {
            let cells: Vec<Cell> = known.into_iter().chain(extra).collect();
            appended.push(Leg {
                shown: cells.len(),
                cells,
                doubt,
                ..Leg::default()
            });
        }
    }
    if let Some(why) = &include.unknown {
        for leg in legs.iter_mut() {
            leg.open.get_or_insert_with(|| why.clone());
        }
    }
    legs.extend(appended);
}

/// Sets keys that don't show in the name; of two rows the later wins.
fn set(leg: &mut Leg, extra: &[Cell]) {
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

enum Matched {
    Yes,
    No,
    Maybe(String),
}

/// Whether a leg has the values of a filter. A filter without keys matches every leg.
fn matches(filter: &[Cell], leg: &Leg) -> Matched {
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

/// A value of the file, its expressions evaluated.
pub(super) fn evaluate_value(value: &Value, scope: Scope<'_>) -> Evaluated {
    match value {
        Value::String(text) => evaluate_text(text, scope),
        Value::Sequence(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                match evaluate_value(item, scope) {
                    Evaluated::Known(value) => values.push(value),
                    unknown @ Evaluated::Unknown(_) => return unknown,
                }
            }
            Evaluated::Known(Value::Sequence(values))
        }
        Value::Mapping(pairs) => {
            let mut values = Vec::with_capacity(pairs.len());
            for (name, value) in pairs {
                match evaluate_value(value, scope) {
                    Evaluated::Known(value) => values.push((name.clone(), value)),
                    unknown @ Evaluated::Unknown(_) => return unknown,
                }
            }
            Evaluated::Known(Value::Mapping(values))
        }
        scalar => Evaluated::Known(scalar.clone()),
    }
}

fn evaluate_text(text: &str, scope: Scope<'_>) -> Evaluated {
    if !text.contains("${{") {
        return Evaluated::Known(Value::String(text.to_owned()));
    }
    match Template::parse(text) {
        Ok(template) => template.value(scope),
        Err(error) => Evaluated::Unknown(format!("an expression can't be read: {error}")),
    }
}

fn too_many(span: Span) -> MatrixError {
    MatrixError {
        span,
        message: format!("expected a matrix of at most {MAX_MATRIX_LEGS} jobs, found more"),
    }
}
