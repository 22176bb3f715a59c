//! A query before it runs: parsed, within limits, its operation chosen and its variables typed.

use std::collections::BTreeMap;

use async_graphql_parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
    Selection, SelectionSet, Type, VariableDefinition,
};
use async_graphql_parser::{Pos, parse_query};
use serde_json::{Value, json};

/// Longer queries are refused. The App's longest, 100 files by alias, is under 20 KB.
const LONGEST_QUERY: usize = 256 * 1024;
/// Deeper nesting of braces is refused before the recursive parser sees it.
const DEEPEST_NESTING: usize = 32;
/// More selections, fragments expanded, are refused: fragments that name each other twice
/// grow exponentially.
const MOST_SELECTIONS: usize = 20_000;

/// Variables by name.
pub(super) type Variables = BTreeMap<String, Value>;

/// A query that may run.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) parsed: ExecutableDocument,
    operation_name: Option<String>,
    pub(super) variables: Variables,
}

impl Document {
    /// Reads a request body: `query`, `variables`, `operationName`. The error is a GraphQL error
    /// object.
    pub(super) fn from_request(request: &Value) -> Result<Self, Value> {
        let query = request.get("query").and_then(Value::as_str).ok_or_else(
            || json!({ "message": "A query attribute must be specified and must be a string." }),
        )?;
        refuse_large(query)?;
        let parsed = parse_query(query).map_err(|error| {
            let locations: Vec<Pos> = error.positions().collect();
            json!({ "message": error.to_string(), "locations": locations })
        })?;
        let name = request.get("operationName").and_then(Value::as_str);
        let mut document = Self {
            parsed,
            operation_name: name.map(str::to_owned),
            variables: Variables::new(),
        };
        let operation = document.operation()?;
        if operation.ty != OperationType::Query {
            return Err(refusal(
                "the sandbox does not have mutations and subscriptions",
            ));
        }
        Selections::default().count(&document.parsed, &operation.selection_set.node)?;
        document.variables = typed_variables(operation, request.get("variables"))?;
        Ok(document)
    }

    /// The operation to run.
    pub(super) fn operation(&self) -> Result<&OperationDefinition, Value> {
        match (&self.parsed.operations, &self.operation_name) {
            (DocumentOperations::Single(operation), None) => Ok(&operation.node),
            (DocumentOperations::Multiple(operations), Some(name)) => operations
                .get(name.as_str())
                .map(|operation| &operation.node)
                .ok_or_else(|| refusal(&format!("No operation named \"{name}\""))),
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations
                .values()
                .next()
                .map(|operation| &operation.node)
                .ok_or_else(|| refusal("No operation")),
            (DocumentOperations::Multiple(_), None) => {
                Err(refusal("An operation name is required"))
            }
            (DocumentOperations::Single(_), Some(name)) => {
                Err(refusal(&format!("No operation named \"{name}\"")))
            }
        }
    }
}

/// An error without a place.
pub(super) fn refusal(message: &str) -> Value {
    json!({ "message": message })
}

fn refuse_large(query: &str) -> Result<(), Value> {
    if query.len() > LONGEST_QUERY {
        return Err(refusal(&format!("Query has over {LONGEST_QUERY} bytes")));
    }
    let mut depth = 0_usize;
    for byte in query.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_NESTING {
            return Err(refusal(&format!(
                "Query is nested over {DEEPEST_NESTING} levels deep"
            )));
        }
    }
    Ok(())
}

/// Counts selections with fragments expanded, and finds fragments that contain themselves.
#[derive(Default)]
struct Selections<'d> {
    seen: usize,
    within: Vec<&'d str>,
}

impl<'d> Selections<'d> {
    fn count(
        &mut self,
        document: &'d ExecutableDocument,
        set: &'d SelectionSet,
    ) -> Result<(), Value> {
        for selection in &set.items {
            self.seen += 1;
            if self.seen > MOST_SELECTIONS {
                return Err(refusal(&format!(
                    "Query has over {MOST_SELECTIONS} selections"
                )));
            }
            match &selection.node {
                Selection::Field(field) => self.count(document, &field.node.selection_set.node)?,
                Selection::InlineFragment(fragment) => {
                    self.count(document, &fragment.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let fragment = document.fragments.get(name).ok_or_else(|| {
                        refusal(&format!("Fragment {name} was used, but not defined"))
                    })?;
                    if self.within.contains(&name) {
                        return Err(refusal(&format!(
                            "Fragment {name} contains an infinite loop"
                        )));
                    }
                    self.within.push(name);
                    self.count(document, &fragment.node.selection_set.node)?;
                    self.within.pop();
                }
            }
        }
        Ok(())
    }
}

/// The declared variables with what the request gives for them. Others that it gives are
/// ignored, as at GitHub.
fn typed_variables(
    operation: &OperationDefinition,
    given: Option<&Value>,
) -> Result<Variables, Value> {
    let mut variables = Variables::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        let value = given.and_then(|given| given.get(name)).cloned();
        let value = value.or_else(|| default_of(definition));
        let declared = &definition.var_type.node;
        match value {
            Some(value) if fits(declared, &value) => {
                variables.insert(name.to_owned(), value);
            }
            None if declared.nullable => {}
            _ => {
                return Err(json!({
                    "message": format!("Variable ${name} of type {declared} was provided invalid value"),
                    "locations": [definition.name.pos],
                    "extensions": { "problems": [{ "path": [], "explanation": "Expected value to match the type" }] },
                }));
            }
        }
    }
    Ok(variables)
}

fn default_of(definition: &VariableDefinition) -> Option<Value> {
    definition
        .default_value
        .as_ref()
        .and_then(|value| value.node.clone().into_json().ok())
}

/// Whether a JSON value can be of a declared type. Names that are not built in are GitHub's
/// enums, custom scalars and input objects: strings and objects.
fn fits(declared: &Type, value: &Value) -> bool {
    if value.is_null() {
        return declared.nullable;
    }
    match &declared.base {
        BaseType::List(element) => match value.as_array() {
            Some(elements) => elements.iter().all(|value| fits(element, value)),
            None => fits(element, value),
        },
        BaseType::Named(name) => match name.as_str() {
            "Int" => value
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok()),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "String" => value.is_string(),
            "ID" => value.is_string() || value.is_i64(),
            _ => value.is_string() || value.is_object(),
        },
    }
}
