//! GitHub's OpenAPI document, with a validator per body that is made when first needed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, JsonType, ValidationError, Validator};
use serde_json::{Map, Value};

use super::routes::Routes;
use super::{corrections, schema};

/// The document.
pub(super) struct OpenApi {
    document: Value,
    pub(super) routes: Routes,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl OpenApi {
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        // `parse` and not `from_str`: this way serde_json's own, optimised code is run even where
        // this crate is built without optimisation, which halves the time of every test process.
        let mut document: Value = text.parse()?;
        corrections::apply(&mut document);
        let routes = Routes::of(document["paths"].as_object().unwrap_or(&Map::new()));
        Ok(Self {
            document,
            routes,
            validators: Mutex::default(),
        })
    }

    /// The operation of a route template and method.
    pub(super) fn operation(&self, template: &str, method: &str) -> Option<&Value> {
        self.document["paths"]
            .get(template)?
            .get(method.to_ascii_lowercase())
    }

    /// The operation that describes a webhook's event and action.
    pub(super) fn webhook(&self, event: &str, action: Option<&str>) -> Option<&Value> {
        let name = match action {
            Some(action) => format!("{event}-{action}"),
            None => event.to_owned(),
        };
        self.document["x-webhooks"]
            .get(name.replace('_', "-"))?
            .get("post")
    }

    /// Follows a reference, if it is one.
    pub(super) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value.get("$ref").and_then(Value::as_str);
        reference
            .and_then(|reference| self.document.pointer(reference.strip_prefix('#')?))
            .unwrap_or(value)
    }

    /// Where a value differs from a schema and what was expected there. `key` names the schema
    /// among the validators that are kept.
    pub(super) fn misfits(
        &self,
        key: &str,
        schema: &Value,
        value: &Value,
    ) -> Vec<(String, String)> {
        match self.validator(key, schema) {
            Ok(validator) => {
                let mut misfits = Vec::new();
                for error in validator.iter_errors(value) {
                    explain(&error, &mut misfits);
                }
                Misfit::without_consequences(misfits)
            }
            Err(error) => vec![(String::new(), format!("a schema that compiles: {error}"))],
        }
    }

    fn validator(&self, key: &str, schema: &Value) -> Result<Arc<Validator>, String> {
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(key) {
            return Ok(Arc::clone(validator));
        }
        let no_components = Map::new();
        let components = self.document["components"]["schemas"].as_object();
        let standalone = schema::standalone(schema, components.unwrap_or(&no_components));
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .build(&standalone)
            .map_err(|error| error.to_string())?;
        let validator = Arc::new(validator);
        validators.insert(key.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

impl fmt::Debug for OpenApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenApi").finish_non_exhaustive()
    }
}

/// Where a value differs from its schema.
#[derive(PartialEq)]
struct Misfit {
    pointer: String,
    expected: String,
    /// Whether it is a member that no schema names.
    is_unnamed: bool,
}

impl Misfit {
    /// A part that fails names no members, and so all of them seem to be unnamed: only the
    /// failure itself is worth telling.
    fn without_consequences(misfits: Vec<Self>) -> Vec<(String, String)> {
        let failed: Vec<String> = misfits
            .iter()
            .filter(|misfit| !misfit.is_unnamed)
            .map(|misfit| misfit.pointer.clone())
            .collect();
        misfits
            .into_iter()
            .filter(|misfit| {
                !misfit.is_unnamed || !failed.iter().any(|at| at.starts_with(&misfit.pointer))
            })
            .map(|misfit| (misfit.pointer, misfit.expected))
            .collect()
    }
}

/// Says where and what; of alternatives, the one that fits best.
fn explain(error: &ValidationError<'_>, into: &mut Vec<Misfit>) {
    if let ValidationErrorKind::AnyOf { context } = error.kind() {
        // The deepest first error is in the alternative that the value was meant to be.
        let meant = context
            .iter()
            .filter(|errors| !errors.iter().any(|error| wants_null(error)));
        let best = meant.max_by_key(|errors| {
            let depth = errors
                .iter()
                .map(|error| error.instance_path().as_str().len())
                .min();
            (depth, std::cmp::Reverse(errors.len()))
        });
        if let Some(best) = best {
            for error in best {
                explain(error, into);
            }
            return;
        }
    }
    let misfit = Misfit {
        pointer: error.instance_path().to_string(),
        expected: error.masked_with("the value").to_string(),
        is_unnamed: matches!(
            error.kind(),
            ValidationErrorKind::UnevaluatedProperties { .. }
        ),
    };
    if !into.contains(&misfit) {
        into.push(misfit);
    }
}

/// Whether the alternative is that there be nothing.
fn wants_null(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        ValidationErrorKind::Type {
            kind: TypeKind::Single(JsonType::Null)
        }
    )
}
