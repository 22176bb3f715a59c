//! Checks exchanges of the REST API, and webhooks.

use serde_json::{Value, json};

use super::openapi::OpenApi;
use super::parameters::misfit;
use super::routes::Matched;
use super::violation::{Part, Violation};
use crate::Exchange;
use crate::http::query::{decoded, pairs};

/// What in an exchange differs from the description.
pub(super) fn check(openapi: &OpenApi, exchange: &Exchange) -> Vec<Violation> {
    let unknown = |expected: &str| {
        let route = format!("{} {}", exchange.call.method, exchange.call.path);
        let expected = expected.to_owned();
        vec![Violation {
            route,
            part: Part::Route,
            pointer: String::new(),
            expected,
        }]
    };
    let Some(matched) = openapi.routes.find(&exchange.call.path) else {
        return unknown("a route of GitHub's REST API");
    };
    let template = &matched.route.template;
    let Some(operation) = openapi.operation(template, &exchange.call.method) else {
        return unknown(&format!("a method of {template}"));
    };
    let mut checked = Checked {
        openapi,
        operation,
        route: format!("{} {template}", exchange.call.method),
        violations: Vec::new(),
    };
    // What was refused as malformed may be so: that it is refused is what a test shows.
    if !matches!(exchange.status, 400 | 422) {
        checked.parameters(&matched, &exchange.call.query);
        checked.request_body(&exchange.request_body);
    }
    checked.response(exchange);
    checked.violations
}

/// What in a webhook's body differs from the description of its event and action.
pub(super) fn check_webhook(openapi: &OpenApi, event: &str, body: &[u8]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut violate = |route: &str, pointer: String, expected: String| {
        let route = route.to_owned();
        violations.push(Violation {
            route,
            part: Part::Webhook,
            pointer,
            expected,
        });
    };
    let body: Value = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => {
            violate(event, String::new(), format!("JSON ({error})"));
            return violations;
        }
    };
    let action = body.get("action").and_then(Value::as_str);
    let name = action.map_or_else(|| event.to_owned(), |action| format!("{event}.{action}"));
    let Some(operation) = openapi.webhook(event, action) else {
        violate(
            &name,
            "/action".to_owned(),
            "an event and action that GitHub sends".to_owned(),
        );
        return violations;
    };
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    for (pointer, expected) in openapi.misfits(&name, schema, &body) {
        violate(&name, pointer, expected);
    }
    violations
}

struct Checked<'a> {
    openapi: &'a OpenApi,
    operation: &'a Value,
    route: String,
    violations: Vec<Violation>,
}

impl Checked<'_> {
    fn violate(&mut self, part: Part, pointer: impl Into<String>, expected: impl Into<String>) {
        let route = self.route.clone();
        let (pointer, expected) = (pointer.into(), expected.into());
        self.violations.push(Violation {
            route,
            part,
            pointer,
            expected,
        });
    }

    fn parameters(&mut self, matched: &Matched<'_, '_>, query: &str) {
        let openapi = self.openapi;
        let described: Vec<(&str, &str, &Value)> = self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| openapi.resolved(parameter))
            .filter_map(|parameter| {
                let place = parameter["in"].as_str()?;
                Some((place, parameter["name"].as_str()?, parameter))
            })
            .collect();
        let schema_of = |wanted_place: &str, wanted_name: &str| {
            described
                .iter()
                .find(|(place, name, _)| *place == wanted_place && *name == wanted_name)
                .map(|(_, _, parameter)| openapi.resolved(&parameter["schema"]))
        };
        for (name, value) in &matched.values {
            if let Some(expected) =
                schema_of("path", name).and_then(|schema| misfit(&decoded(value), schema))
            {
                self.violate(Part::Parameters, *name, expected);
            }
        }
        let given = pairs(query);
        for (name, value) in &given {
            let expected = match schema_of("query", name) {
                None => Some("a query parameter of this route".to_owned()),
                Some(schema) => misfit(value, schema),
            };
            if let Some(expected) = expected {
                self.violate(Part::Parameters, name, expected);
            }
        }
        for (place, name, parameter) in &described {
            let required = parameter.get("required") == Some(&Value::Bool(true));
            if *place == "query" && required && !given.iter().any(|(given, _)| given == name) {
                self.violate(Part::Parameters, *name, "this required query parameter");
            }
        }
    }

    fn request_body(&mut self, body: &[u8]) {
        let openapi = self.openapi;
        let described = self
            .operation
            .get("requestBody")
            .map(|body| openapi.resolved(body));
        let Some(described) = described else {
            if !matches!(body.trim_ascii(), b"" | b"{}" | b"null") {
                self.violate(Part::RequestBody, "", "no body");
            }
            return;
        };
        if body.trim_ascii().is_empty() {
            if described.get("required") == Some(&Value::Bool(true)) {
                self.violate(Part::RequestBody, "", "a body");
            }
            return;
        }
        self.json(
            Part::RequestBody,
            "request",
            &described["content"]["application/json"],
            body,
        );
    }

    fn response(&mut self, exchange: &Exchange) {
        let openapi = self.openapi;
        let body = &exchange.response_body;
        let content_type = exchange
            .response_headers
            .iter()
            .find(|(name, _)| name == "content-type");
        let is_json = content_type.is_none_or(|(_, kind)| kind.contains("json"));
        let status = exchange.status;
        let described = self.operation["responses"].get(status.to_string());
        match described.map(|response| openapi.resolved(response)) {
            Some(response) => match response.get("content") {
                None if body.is_empty() => {}
                None => self.violate(Part::ResponseBody, "", format!("no body with {status}")),
                Some(content) if is_json => {
                    let media = &content["application/json"];
                    self.json(Part::ResponseBody, &status.to_string(), media, body);
                }
                Some(_) => {}
            },
            // GitHub does not list for every operation what all of them may answer.
            None if matches!(status, 301 | 307 | 401 | 403 | 404 | 422 | 429) => {
                let errors = match status {
                    422 => json!({ "anyOf": [
                        { "$ref": "#/components/schemas/validation-error" },
                        { "$ref": "#/components/schemas/validation-error-simple" },
                    ]}),
                    _ => json!({ "$ref": "#/components/schemas/basic-error" }),
                };
                let media = json!({ "schema": errors });
                self.json(Part::ResponseBody, &status.to_string(), &media, body);
            }
            // What was not changed since, and what went wrong, is not described either.
            None if status >= 500 || (status == 304 && body.is_empty()) => {}
            None => self.violate(
                Part::Status,
                "",
                format!("a documented status, not {status}"),
            ),
        }
    }

    /// Checks a JSON body against the schema of its media type.
    fn json(&mut self, part: Part, place: &str, media: &Value, body: &[u8]) {
        let body: Value = match serde_json::from_slice(body) {
            Ok(body) => body,
            Err(error) => return self.violate(part, "", format!("JSON ({error})")),
        };
        let Some(schema) = media.get("schema") else {
            return;
        };
        let key = format!("{} {place}", self.route);
        for (pointer, expected) in self.openapi.misfits(&key, schema, &body) {
            self.violate(part, pointer, expected);
        }
    }
}
