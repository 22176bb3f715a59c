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
        if let Err(violation) = self.check_answered(exchange, &mut violations) {
            violations.push(violation);
        }
        violations
    }

    /// As [`check`](Self::check); the error is a violation that leaves nothing to look at.
    fn check_answered(
        &self,
        exchange: &Exchange,
        violations: &mut Vec<Violation>,
    ) -> Result<(), Violation> {
        if exchange.call.method != "POST" {
            return Err(violation(Part::Route, "", "the method POST"));
        }
        let request = json(Part::RequestBody, &exchange.request_body)?;
        match exchange.status {
            200 => {}
            401 | 403 | 429 | 500.. => return Ok(()),
            status => {
                return Err(violation(
                    Part::Status,
                    "",
                    format!("the status 200, not {status}"),
                ));
            }
        }
        let response = json(Part::ResponseBody, &exchange.response_body)?;
        let query = request
            .get("query")
            .and_then(Value::as_str)
            .ok_or_else(|| violation(Part::RequestBody, "/query", "a query"))?;
        let document = ExecutableDocument::parse_and_validate(&self.schema, query, "query.graphql");
        let document = match document {
            Ok(document) => document,
            Err(errors) => {
                violations.extend(errors.errors.iter().map(|error| {
                    let place = error.line_column_range().map(|range| range.start);
                    let place = place.map(|start| format!("{}:{}", start.line, start.column));
                    violation(
                        Part::Query,
                        place.unwrap_or_default(),
                        error.error.to_string(),
                    )
                }));
                return Ok(());
            }
        };
        let name = request.get("operationName").and_then(Value::as_str);
        let operation = document
            .operations
            .get(name)
            .map_err(|error| violation(Part::Query, "", error.message().to_string()))?;
        self.variables(operation, request.get("variables"), violations);
        let mut found = graphql_response::check(&self.schema, &document, operation, &response);
        found.sort();
        let found = found.into_iter();
        violations.extend(
            found.map(|(pointer, expected)| violation(Part::ResponseBody, pointer, expected)),
        );
        Ok(())
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

fn json(part: Part, body: &[u8]) -> Result<Value, Violation> {
    serde_json::from_slice(body).map_err(|error| violation(part, "", format!("JSON ({error})")))
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
