//! The arguments of one field, with variables filled in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::object::FieldError;

/// GitHub's limit on `first` and `last`.
/// <https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api>
const LARGEST_PAGE: u64 = 100;

/// The arguments of a field. It remembers which were read: an argument that no resolver reads
/// is one that the sandbox does not implement.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    values: BTreeMap<String, Value>,
    read: RefCell<BTreeSet<&'static str>>,
}

/// Which end of a connection is wanted, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The first so many, after a cursor (a count of elements to skip).
    First {
        /// How many.
        count: usize,
        /// How many come before them.
        after: usize,
    },
    /// The last so many.
    Last(usize),
}

impl Arguments {
    pub(super) fn new(values: BTreeMap<String, Value>) -> Self {
        Self {
            values,
            read: RefCell::default(),
        }
    }

    /// The arguments that nothing has read, by name.
    pub(super) fn unread(&self) -> Vec<&str> {
        let read = self.read.borrow();
        self.values
            .keys()
            .map(String::as_str)
            .filter(|name| !read.contains(name))
            .collect()
    }

    fn value(&self, name: &'static str) -> Option<&Value> {
        self.read.borrow_mut().insert(name);
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// A string, an id or an enum value; `None` when absent or null.
    pub(super) fn string(&self, name: &'static str) -> Result<Option<&str>, FieldError> {
        self.value(name)
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| wrong_type(name, "String", value))
            })
            .transpose()
    }

    /// A string that GitHub's schema requires.
    pub(super) fn required_string(&self, name: &'static str) -> Result<&str, FieldError> {
        self.string(name)?.ok_or_else(|| missing(name))
    }

    /// A number that is not negative; `None` when absent or null.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<u64>, FieldError> {
        self.value(name)
            .map(|value| value.as_u64().ok_or_else(|| wrong_type(name, "Int", value)))
            .transpose()
    }

    /// A number that GitHub's schema requires.
    pub(super) fn required_number(&self, name: &'static str) -> Result<u64, FieldError> {
        self.number(name)?.ok_or_else(|| missing(name))
    }

    /// A list of strings or enum values; a single one counts as a list of one, as GraphQL's
    /// input coercion has it.
    pub(super) fn strings(&self, name: &'static str) -> Result<Option<Vec<&str>>, FieldError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let elements = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        elements
            .iter()
            .map(|element| {
                element
                    .as_str()
                    .ok_or_else(|| wrong_type(name, "String", element))
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// An input object's members; `None` when absent or null.
    pub(super) fn input(
        &self,
        name: &'static str,
    ) -> Result<Option<&serde_json::Map<String, Value>>, FieldError> {
        self.value(name)
            .map(|value| {
                value
                    .as_object()
                    .ok_or_else(|| wrong_type(name, "input object", value))
            })
            .transpose()
    }

    /// The page of a connection. GitHub refuses a connection without one, and pages over 100.
    pub(super) fn page(&self, connection: &str) -> Result<Page, FieldError> {
        let (first, last) = (self.number("first")?, self.number("last")?);
        let after = match self.string("after")? {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| FieldError::Argument {
                kind: "INVALID_CURSOR_ARGUMENTS",
                message: format!("`{cursor}` does not appear to be a valid cursor."),
            })?,
        };
        let (name, size) = match (first, last) {
            (Some(size), None) => ("first", size),
            (None, Some(size)) => ("last", size),
            (None, None) => {
                return Err(FieldError::Argument {
                    kind: "MISSING_PAGINATION_BOUNDARIES",
                    message: format!(
                        "You must provide a `first` or `last` value to properly paginate the \
                         `{connection}` connection."
                    ),
                });
            }
            (Some(_), Some(_)) => {
                return Err(FieldError::Argument {
                    kind: "INVALID_PAGINATION_BOUNDARIES",
                    message: format!(
                        "Passing both `first` and `last` to paginate the `{connection}` \
                         connection is not supported."
                    ),
                });
            }
        };
        if size > LARGEST_PAGE {
            return Err(FieldError::Argument {
                kind: "EXCESSIVE_PAGINATION",
                message: format!(
                    "Requesting {size} records on the `{connection}` connection exceeds the \
                     `{name}` limit of {LARGEST_PAGE} records."
                ),
            });
        }
        // At most 100, so it fits everywhere.
        let count = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(if name == "first" {
            Page::First { count, after }
        } else {
            Page::Last(count)
        })
    }
}

fn missing(name: &str) -> FieldError {
    FieldError::Argument {
        kind: "missingRequiredArguments",
        message: format!("The required argument `{name}` is missing."),
    }
}

fn wrong_type(name: &str, expected: &str, found: &Value) -> FieldError {
    FieldError::Argument {
        kind: "argumentLiteralsIncompatible",
        message: format!("Argument '{name}' has an invalid value ({found}). Expected {expected}."),
    }
}
