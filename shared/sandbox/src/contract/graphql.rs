//! Checks exchanges of the GraphQL API against GitHub's schema.

use std::fmt;

use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use super::graphql_response;
use super::violation::{Part, Violation};
use crate::Exchange;

/// How violations name the one route of this API.
const ROUTE: &str = "POST /graphql";

/// GitHub's GraphQL schema.
pub(super) struct GraphQl {
    schema: Valid<Schema>,
}

impl GraphQl {
    /// Parses the schema. GitHub's own is taken to be valid: validating its 1.2 MB costs more
    /// than all queries of a test together.
    pub(super) fn parse(text: &str) -> Self {
        let schema = match Schema::parse(text, "schema.graphql") {
            Ok(schema) => schema,
            // What could be read of it is kept; a query that uses the rest is then a violation.
            Err(errors) => errors.partial,
        };
        Self {
            schema: Valid::assume_valid(schema),
        }
    }

    /// What in an exchange differs from the schema.
    pub(super) fn check(&self, exchange: &Exchange) -> Vec<Violation> {
        let mut violations = Vec::new();
        if exchange.call.method != "POST" {
            violations.push(violation(Part::Route, "", "the method POST"));
            return violations;
        }
        let request: Value = match serde_json::from_slice(&exchange.request_body) {
            Ok(request) => request,
            Err(error) => {
                violations.push(violation(Part::RequestBody, "", format!("JSON ({error})")));
                return violations;
            }
        };
        if exchange.status != 200 {
            if !matches!(exchange.status, 401 | 403 | 429 | 500..) {
                let expected = format!("the status 200, not {}", exchange.status);
                violations.push(violation(Part::Status, "", expected));
            }
            return violations;
        }
        let response: Value = match serde_json::from_slice(&exchange.response_body) {
            Ok(response) => response,
            Err(error) => {
                violations.push(violation(Part::ResponseBody, "", format!("JSON ({error})")));
                return violations;
            }
        };
        let Some(query) = request.get("query").and_then(Value::as_str) else {
            violations.push(violation(Part::RequestBody, "/query", "a query"));
            return violations;
        };
        let document =
            match ExecutableDocument::parse_and_validate(&self.schema, query, "query.graphql") {
                Ok(document) => document,
                Err(errors) => {
                    violations.extend(errors.errors.iter().map(|error| {
                        let place = error.line_column_range();
                        let place = place
                            .map(|range| format!("{}:{}", range.start.line, range.start.column));
                        violation(
                            Part::Query,
                            place.unwrap_or_default(),
                            error.error.to_string(),
                        )
                    }));
                    return violations;
                }
            };
        let name = request.get("operationName").and_then(Value::as_str);
        match document.operations.get(name) {
            Ok(operation) => {
                self.variables(operation, request.get("variables"), &mut violations);
                let mut found =
                    graphql_response::check(&self.schema, &document, operation, &response);
                found.sort();
                violations.extend(
                    found.into_iter().map(|(pointer, expected)| {
                        violation(Part::ResponseBody, pointer, expected)
                    }),
                );
            }
            Err(error) => {
                violations.push(violation(Part::Query, "", error.message().to_string()));
            }
        }
        violations
    }

    fn variables(
        &self,
        operation: &Operation,
        given: Option<&Value>,
        violations: &mut Vec<Violation>,
    ) {
        let empty = serde_json::Map::new();
        let given = match given {
            None | Some(Value::Null) => &empty,
            Some(Value::Object(given)) => given,
            Some(_) => {
                violations.push(violation(Part::Variables, "", "an object"));
                return;
            }
        };
        for name in given.keys() {
            if !operation
                .variables
                .iter()
                .any(|declared| declared.name == name.as_str())
            {
                let pointer = format!("/{name}");
                violations.push(violation(
                    Part::Variables,
                    pointer,
                    "a variable that the query declares",
                ));
            }
        }
        let values: Result<JsonMap, _> = serde_json::from_value(Value::Object(given.clone()));
        let outcome = values
            .map_err(|error| error.to_string())
            .and_then(|values| {
                coerce_variable_values(&self.schema, operation, &values)
                    .map_err(|error| error.message().to_string())
            });
        if let Err(expected) = outcome {
            violations.push(violation(Part::Variables, "", expected));
        }
    }
}

impl fmt::Debug for GraphQl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphQl").finish_non_exhaustive()
    }
}

fn violation(part: Part, pointer: impl Into<String>, expected: impl Into<String>) -> Violation {
    let (pointer, expected) = (pointer.into(), expected.into());
    Violation {
        route: ROUTE.to_owned(),
        part,
        pointer,
        expected,
    }
}
