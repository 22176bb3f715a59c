//! Translates schemas of OpenAPI 3.0 into JSON Schema 2020-12, closed against members that they
//! don't name.
//!
//! The dialects differ in: `nullable` (a type of `null`), siblings of `$ref` (ignored in 3.0; the
//! description has none), and annotations that a validator need not see. `oneOf` becomes
//! `anyOf`: GitHub's alternatives often overlap, as an object whose members are all optional does
//! with each of its siblings, and GitHub's own bodies fit several.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Where schemas are kept in the description.
const COMPONENTS: &str = "#/components/schemas/";

/// What a schema stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// A whole value: members that nothing names are refused.
    Whole,
    /// One of several schemas that apply to a value together.
    Part,
}

/// Makes a schema that stands alone from one that refers to others.
pub(super) fn standalone(schema: &Value, components: &Map<String, Value>) -> Value {
    let mut translation = Translation {
        components,
        pending: BTreeSet::new(),
    };
    let mut root = translation.schema(schema, Position::Whole);
    let mut definitions = BTreeMap::new();
    while let Some(name) = translation.pending.pop_first() {
        if definitions.contains_key(&name) {
            continue;
        }
        let component = components.get(&name).cloned().unwrap_or(Value::Bool(false));
        let translated = translation.schema(&component, Position::Part);
        definitions.insert(name, translated);
    }
    if let Some(root) = root.as_object_mut() {
        root.insert("$defs".to_owned(), json!(definitions));
    }
    root
}

struct Translation<'a> {
    components: &'a Map<String, Value>,
    pending: BTreeSet<String>,
}

impl Translation<'_> {
    fn schema(&mut self, schema: &Value, position: Position) -> Value {
        let Some(members) = schema.as_object() else {
            return schema.clone();
        };
        let mut translated = match component(members) {
            Some(name) => {
                self.pending.insert(name.to_owned());
                Map::from_iter([("$ref".to_owned(), format!("#/$defs/{name}").into())])
            }
            None => self.members(members, position),
        };
        if members.get("nullable") == Some(&Value::Bool(true)) {
            translated = allow_null(translated);
        }
        if position == Position::Whole && self.names_members(schema, &mut Vec::new()) {
            translated.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
        }
        Value::Object(translated)
    }

    fn members(&mut self, members: &Map<String, Value>, position: Position) -> Map<String, Value> {
        let mut translated = Map::new();
        for (keyword, value) in members {
            let (keyword, value) = match keyword.as_str() {
                "properties" => (keyword.as_str(), self.each_member(value)),
                // An explicit `true` in a part would open the whole.
                "additionalProperties"
                    if *value == Value::Bool(true) && position == Position::Part =>
                {
                    continue;
                }
                "items" | "additionalProperties" => {
                    (keyword.as_str(), self.schema(value, Position::Whole))
                }
                "allOf" => ("allOf", self.parts(value)),
                // No schema of the description has both.
                "anyOf" | "oneOf" => ("anyOf", self.parts(value)),
                "type" | "enum" | "required" | "format" | "pattern" | "minLength" | "maxLength"
                | "minimum" | "maximum" | "minItems" | "maxItems" | "uniqueItems"
                | "minProperties" | "maxProperties" | "multipleOf" => {
                    (keyword.as_str(), value.clone())
                }
                _ => continue,
            };
            translated.insert(keyword.to_owned(), value);
        }
        translated
    }

    fn each_member(&mut self, properties: &Value) -> Value {
        let properties = properties.as_object().into_iter().flatten();
        properties
            .map(|(name, schema)| (name.clone(), self.schema(schema, Position::Whole)))
            .collect::<Map<_, _>>()
            .into()
    }

    fn parts(&mut self, schemas: &Value) -> Value {
        let schemas = schemas.as_array().into_iter().flatten();
        schemas
            .map(|schema| self.schema(schema, Position::Part))
            .collect::<Vec<_>>()
            .into()
    }

    /// Whether a schema says which members an object has, so that others can be refused.
    fn names_members(&self, schema: &Value, within: &mut Vec<String>) -> bool {
        let Some(members) = schema.as_object() else {
            return false;
        };
        if let Some(name) = component(members) {
            if within.iter().any(|outer| outer == name) {
                return false;
            }
            within.push(name.to_owned());
            let named = self
                .components
                .get(name)
                .is_some_and(|component| self.names_members(component, within));
            within.pop();
            return named;
        }
        if members
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|named| !named.is_empty())
        {
            return true;
        }
        let parts = |keyword| members.get(keyword).and_then(Value::as_array);
        if parts("allOf").is_some_and(|all| all.iter().any(|part| self.names_members(part, within)))
        {
            return true;
        }
        // An alternative that may be an object and names nothing leaves the whole open.
        [parts("anyOf"), parts("oneOf")]
            .into_iter()
            .flatten()
            .any(|alternatives| {
                let mut objects = alternatives
                    .iter()
                    .filter(|part| self.may_be_object(part))
                    .peekable();
                objects.peek().is_some() && objects.all(|part| self.names_members(part, within))
            })
    }

    fn may_be_object(&self, schema: &Value) -> bool {
        let Some(members) = schema.as_object() else {
            return true;
        };
        match component(members) {
            Some(name) => self
                .components
                .get(name)
                .is_none_or(|component| component.get("type").is_none_or(|kind| kind == "object")),
            None => members.get("type").is_none_or(|kind| kind == "object"),
        }
    }
}

/// The component that a schema refers to.
fn component(members: &Map<String, Value>) -> Option<&str> {
    members
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix(COMPONENTS))
}

fn allow_null(mut schema: Map<String, Value>) -> Map<String, Value> {
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(kind) = schema.get_mut("type")
        && kind.is_string()
    {
        *kind = json!([kind, "null"]);
    }
    let composed = ["$ref", "allOf", "anyOf"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    if composed {
        Map::from_iter([("anyOf".to_owned(), json!([{ "type": "null" }, schema]))])
    } else {
        schema
    }
}
