//! Unfolds a matrix into legs, as GitHub's `MatrixBuilder` does.

use super::rows::{Matched, Rows, matches, rows, set};
use crate::expression::{Cell, Evaluated, Leg, Scope, evaluate_text, evaluate_value};
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
                Matched::Yes => {
                    excluded = true;
                    break;
                }
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

fn too_many(span: Span) -> MatrixError {
    MatrixError {
        span,
        message: format!("expected a matrix of at most {MAX_MATRIX_LEGS} jobs, found more"),
    }
}
