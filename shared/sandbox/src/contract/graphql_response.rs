//! Checks a GraphQL response against the query that it answers: members, nulls, enum values.

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};
use serde_json::{Map, Value};

/// A JSON pointer, and what was expected there.
type Misfit = (String, String);

/// Where a response differs from what its query asks.
pub(super) fn check(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    response: &Value,
) -> Vec<Misfit> {
    let mut check = ResponseCheck {
        schema,
        document,
        misfits: Vec::new(),
    };
    let errors = response
        .get("errors")
        .map(|errors| errors.as_array().map_or(&[][..], Vec::as_slice));
    if let Some(errors) = errors {
        if errors.is_empty() {
            check.misfit("/errors", "at least one error");
        }
        for (index, error) in errors.iter().enumerate() {
            if !error["message"].is_string() {
                check.misfit(&format!("/errors/{index}/message"), "a string");
            }
        }
    }
    match response.get("data") {
        Some(Value::Object(data)) => {
            check.object(
                "/data",
                data,
                &[&operation.selection_set],
                operation.object_type(),
            );
        }
        None | Some(Value::Null) if errors.is_some() => {}
        _ => check.misfit("/data", "an object"),
    }
    check.misfits
}

struct ResponseCheck<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    misfits: Vec<Misfit>,
}

impl<'a> ResponseCheck<'a> {
    fn misfit(&mut self, pointer: &str, expected: impl Into<String>) {
        self.misfits.push((pointer.to_owned(), expected.into()));
    }

    fn object(
        &mut self,
        pointer: &str,
        data: &Map<String, Value>,
        sets: &[&'a SelectionSet],
        concrete: &Name,
    ) {
        let mut fields = Vec::new();
        for set in sets {
            self.fields(set, concrete, &mut fields);
        }
        for key in data.keys() {
            if !fields
                .iter()
                .any(|field| field.response_key() == key.as_str())
            {
                let expected = format!("nothing: {concrete} was not asked for it");
                self.misfit(&format!("{pointer}/{key}"), expected);
            }
        }
        for (index, field) in fields.iter().enumerate() {
            let key = field.response_key();
            // Fields with one key are one value, asked for in several places.
            if fields
                .iter()
                .take(index)
                .any(|earlier| earlier.response_key() == key)
            {
                continue;
            }
            let same = fields.iter().filter(|other| other.response_key() == key);
            let sets: Vec<_> = same.map(|field| &field.selection_set).collect();
            let place = format!("{pointer}/{key}");
            match data.get(key.as_str()) {
                Some(value) => self.value(&place, value, &field.definition.ty, &sets),
                // `@include` and `@skip` are the query's own doing.
                None if !field.directives.is_empty() => {}
                None => self.misfit(&place, "a value, since it was asked for"),
            }
        }
    }

    /// The fields that a selection set asks of a concrete type.
    fn fields(&self, set: &'a SelectionSet, concrete: &Name, into: &mut Vec<&'a Node<Field>>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => into.push(field),
                Selection::InlineFragment(fragment) => {
                    if fragment
                        .type_condition
                        .as_ref()
                        .is_none_or(|on| self.is_a(concrete, on))
                    {
                        self.fields(&fragment.selection_set, concrete, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.is_a(concrete, fragment.type_condition())
                    {
                        self.fields(&fragment.selection_set, concrete, into);
                    }
                }
            }
        }
    }

    fn is_a(&self, concrete: &Name, on: &Name) -> bool {
        concrete == on || self.schema.is_subtype(on, concrete)
    }

    fn value(&mut self, pointer: &str, value: &Value, declared: &Type, sets: &[&'a SelectionSet]) {
        if value.is_null() {
            if declared.is_non_null() {
                self.misfit(pointer, format!("{declared}, not null"));
            }
            return;
        }
        match declared {
            Type::List(element) | Type::NonNullList(element) => match value.as_array() {
                Some(values) => {
                    for (index, value) in values.iter().enumerate() {
                        self.value(&format!("{pointer}/{index}"), value, element, sets);
                    }
                }
                None => self.misfit(pointer, format!("{declared}")),
            },
            Type::Named(name) | Type::NonNullNamed(name) => self.named(pointer, value, name, sets),
        }
    }

    fn named(&mut self, pointer: &str, value: &Value, name: &Name, sets: &[&'a SelectionSet]) {
        match self.schema.types.get(name) {
            Some(ExtendedType::Enum(of)) => {
                let known = value
                    .as_str()
                    .is_some_and(|value| of.values.contains_key(value));
                if !known {
                    self.misfit(pointer, format!("a value of {name}, not {value}"));
                }
            }
            Some(ExtendedType::Scalar(_)) => {
                let fits = match name.as_str() {
                    "Int" => value
                        .as_i64()
                        .is_some_and(|number| i32::try_from(number).is_ok()),
                    "Float" => value.is_number(),
                    "Boolean" => value.is_boolean(),
                    // GitHub's own scalars, such as DateTime, URI and GitObjectID, are strings.
                    _ => value.is_string(),
                };
                if !fits {
                    self.misfit(pointer, format!("{name}, not {value}"));
                }
            }
            Some(_) => match value.as_object() {
                Some(data) => self.composite(pointer, data, name, sets),
                None => self.misfit(pointer, format!("an object of {name}")),
            },
            None => self.misfit(pointer, format!("the type {name}, which the schema lacks")),
        }
    }

    /// An object of a type that may be abstract. Where `__typename` was not asked for, it may be
    /// any of the types that are possible, and the one that fits best is taken.
    fn composite(
        &mut self,
        pointer: &str,
        data: &Map<String, Value>,
        name: &Name,
        sets: &[&'a SelectionSet],
    ) {
        let typename = data.get("__typename").and_then(Value::as_str);
        let possible: Vec<Name> = if self.schema.get_object(name).is_some() {
            vec![name.clone()]
        } else {
            let objects = self
                .schema
                .types
                .iter()
                .filter(|(_, kind)| kind.is_object());
            objects
                .map(|(object, _)| object)
                .filter(|object| self.is_a(object, name))
                .cloned()
                .collect()
        };
        let mut best: Option<Vec<Misfit>> = None;
        for concrete in possible {
            if typename.is_some_and(|typename| concrete != typename) {
                continue;
            }
            let (schema, document) = (self.schema, self.document);
            let mut attempt = ResponseCheck {
                schema,
                document,
                misfits: Vec::new(),
            };
            attempt.object(pointer, data, sets, &concrete);
            if best
                .as_ref()
                .is_none_or(|best| attempt.misfits.len() < best.len())
            {
                best = Some(attempt.misfits);
            }
        }
        match best {
            Some(misfits) => self.misfits.extend(misfits),
            None => self.misfit(
                pointer,
                format!("a type that is possible for {name}, not {typename:?}"),
            ),
        }
    }
}
