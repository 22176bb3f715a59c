//! `strategy`.

use super::Reader;
use crate::Spanned;
use crate::model::{Matrix, MatrixRows, Strategy, Vector, VectorValues};
use crate::yaml::{Key, Node, Pairs, View};

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
        if let Matrix::Vectors {
            vectors, include, ..
        } = &matrix
        {
            let has_rows = include.as_ref().is_some_and(|rows| match &**rows {
                MatrixRows::Expression(_) => true,
                MatrixRows::List(rows) => !rows.is_empty(),
            });
            if vectors.is_empty() && !has_rows {
                self.fatal(
                    value.span(),
                    "expected at least one vector in `matrix`, found none".to_owned(),
                );
            }
        }
        Some(Spanned::new(matrix, value.span()))
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

fn is_expression(text: &str) -> bool {
    text.contains("${{")
}
