//! `strategy`.

use super::Reader;
use crate::model::{Matrix, MatrixRows, Strategy, Vector, VectorValues};
use crate::{Span, Spanned, Value};
use yaml::{Key, Node, Pairs, View};

impl Reader {
    pub(super) fn strategy(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Strategy>> {
        let mut strategy = Strategy { matrix: None };
        match value.view() {
            View::Null => return None,
            View::String(text) if is_expression(text) => {
                // `strategy: ${{ … }}`: the matrix, if there is one, comes out of it.
                let matrix = Matrix::Expression(text.to_owned());
                strategy.matrix = Some(Spanned::new(matrix, value.span()));
            }
            _ => {
                let pairs = self.mapping(key, value)?;
                for (key, value) in pairs {
                    match key.text {
                        "matrix" => strategy.matrix = self.matrix(key, value),
                        "fail-fast" | "max-parallel" => {}
                        _ => self.unknown_key(key, "`strategy`"),
                    }
                }
            }
        }
        Some(Spanned::new(strategy, value.span()))
    }

    fn matrix(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<Matrix>> {
        let matrix = match value.view() {
            View::String(text) if is_expression(text) => Matrix::Expression(text.to_owned()),
            View::Mapping(pairs) => self.vectors(pairs),
            _ => {
                self.wrong_type(key, value, "a mapping or an expression");
                return None;
            }
        };
        self.check_matrix(&matrix, value.span());
        Some(Spanned::new(matrix, value.span()))
    }

    /// What GitHub refuses a file for before it evaluates any expression.
    fn check_matrix(&mut self, matrix: &Matrix, span: Span) {
        let Matrix::Vectors {
            vectors,
            include,
            exclude,
        } = matrix
        else {
            return;
        };
        let has_rows = include.as_ref().is_some_and(|rows| match &**rows {
            MatrixRows::Expression(_) => true,
            MatrixRows::List(rows) => !rows.is_empty(),
        });
        if vectors.is_empty() && !has_rows {
            let message = "expected at least one vector in `matrix`, found none";
            self.fatal(span, message.to_owned());
        }
        for vector in vectors {
            if matches!(&*vector.values, VectorValues::List(list) if list.is_empty()) {
                let name = &*vector.name;
                let message =
                    format!("expected at least one value in matrix vector `{name}`, found none");
                self.fatal(vector.values.span, message);
            }
        }
        let rows = exclude.as_ref().map(|rows| &rows.value);
        if let (Some(MatrixRows::List(rows)), true) = (rows, is_literal(matrix)) {
            for row in rows {
                self.check_exclude_row(row, vectors);
            }
        }
    }

    fn check_exclude_row(&mut self, row: &Spanned<Value>, vectors: &[Vector]) {
        let Value::Mapping(pairs) = &row.value else {
            return;
        };
        for (name, _) in pairs {
            if !vectors
                .iter()
                .any(|vector| vector.name.eq_ignore_ascii_case(name))
            {
                let message =
                    format!("expected the name of a matrix vector in `exclude`, found `{name}`");
                self.fatal(row.span, message);
            }
        }
    }

    fn vectors(&mut self, pairs: Pairs<'_>) -> Matrix {
        let mut vectors = Vec::new();
        let mut include = None;
        let mut exclude = None;
        for (key, value) in pairs {
            match key.text {
                "include" => include = self.rows(key, value),
                "exclude" => exclude = self.rows(key, value),
                _ => {
                    let Some(values) = self.vector_values(key, value) else {
                        continue;
                    };
                    vectors.push(Vector {
                        name: Spanned::new(key.text.to_owned(), key.span),
                        values: Spanned::new(values, value.span()),
                    });
                }
            }
        }
        Matrix::Vectors {
            vectors,
            include,
            exclude,
        }
    }

    fn vector_values(&mut self, key: Key<'_>, value: Node<'_>) -> Option<VectorValues> {
        match value.view() {
            View::String(text) if is_expression(text) => {
                Some(VectorValues::Expression(text.to_owned()))
            }
            View::Sequence(items) => Some(VectorValues::List(
                items
                    .map(|item| Spanned::new(item.to_value(), item.span()))
                    .collect(),
            )),
            _ => {
                self.wrong_type(key, value, "a sequence or an expression");
                None
            }
        }
    }

    fn rows(&mut self, key: Key<'_>, value: Node<'_>) -> Option<Spanned<MatrixRows>> {
        let rows = match value.view() {
            View::String(text) if is_expression(text) => MatrixRows::Expression(text.to_owned()),
            View::Sequence(items) => {
                let mut rows = Vec::new();
                for item in items {
                    let is_row = match item.view() {
                        View::Mapping(_) => true,
                        View::String(text) => is_expression(text),
                        _ => false,
                    };
                    if is_row {
                        rows.push(Spanned::new(item.to_value(), item.span()));
                    } else {
                        self.wrong_type(key, item, "mappings");
                    }
                }
                MatrixRows::List(rows)
            }
            _ => {
                self.wrong_type(key, value, "a sequence of mappings or an expression");
                return None;
            }
        };
        Some(Spanned::new(rows, value.span()))
    }
}

/// Whether no expression is in a matrix, so that GitHub unfolds it when it reads the file.
fn is_literal(matrix: &Matrix) -> bool {
    let Matrix::Vectors {
        vectors,
        include,
        exclude,
    } = matrix
    else {
        return false;
    };
    let are_literal = |rows: &MatrixRows| match rows {
        MatrixRows::Expression(_) => false,
        MatrixRows::List(rows) => !rows.iter().any(|row| holds_expression(row)),
    };
    let vectors_are = vectors.iter().all(|vector| match &vector.values.value {
        VectorValues::Expression(_) => false,
        VectorValues::List(values) => !values.iter().any(|value| holds_expression(value)),
    });
    let mut rows = include.iter().chain(exclude);
    vectors_are && rows.all(|rows| are_literal(rows))
}

fn holds_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => is_expression(text),
        Value::Sequence(items) => items.iter().any(holds_expression),
        Value::Mapping(pairs) => pairs
            .iter()
            .any(|(name, value)| is_expression(name) || holds_expression(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_expression(text: &str) -> bool {
    text.contains("${{")
}
