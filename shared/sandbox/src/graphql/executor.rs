//! Walks a query's selection sets over objects and gathers data and errors, as the GraphQL
//! specification has it (October 2021, section 6).

use async_graphql_parser::Positioned;
use async_graphql_parser::types::{Directive, Field, Selection, SelectionSet};
use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::document::{Document, refusal};
use super::object::{FieldError, Object, Resolved};

/// Why there is no value here.
enum Halt {
    /// The whole query is refused, with this error.
    Query(Value),
    /// A non-null field failed; its error is recorded, and the nearest object that may be null
    /// becomes null.
    Object,
}

/// One run of one query.
pub(super) struct Execution<'d> {
    document: &'d Document,
    path: Vec<Value>,
    errors: Vec<Value>,
}

/// The fields that share a response key: their selection sets are merged.
type Merged<'d> = Vec<(&'d str, Vec<&'d Positioned<Field>>)>;

impl<'d> Execution<'d> {
    /// Runs the document's operation on the root object.
    pub(super) fn run(document: &'d Document, root: &dyn Object) -> Value {
        let mut execution = Self {
            document,
            path: Vec::new(),
            errors: Vec::new(),
        };
        let outcome = match document.operation() {
            Ok(operation) => execution.object(root, &[&operation.selection_set.node]),
            Err(error) => Err(Halt::Query(error)),
        };
        let data = match outcome {
            Ok(data) => data,
            Err(Halt::Object) => Value::Null,
            Err(Halt::Query(error)) => return json!({ "errors": [error] }),
        };
        if execution.errors.is_empty() {
            json!({ "data": data })
        } else {
            json!({ "data": data, "errors": execution.errors })
        }
    }

    fn object(&mut self, object: &dyn Object, sets: &[&'d SelectionSet]) -> Result<Value, Halt> {
        let mut merged = Merged::new();
        for set in sets {
            self.collect(object, set, &mut merged)?;
        }
        let mut data = Map::new();
        for (key, fields) in merged {
            self.path.push(key.into());
            let value = self.field(object, &fields)?;
            self.path.pop();
            data.insert(key.to_owned(), value);
        }
        Ok(Value::Object(data))
    }

    /// Gathers the fields of a selection set that apply to the object.
    fn collect(
        &self,
        object: &dyn Object,
        set: &'d SelectionSet,
        into: &mut Merged<'d>,
    ) -> Result<(), Halt> {
        let applies = |on: &str| on == object.type_name() || object.abstract_types().contains(&on);
        for selection in &set.items {
            if !self.included(selection.node.directives())? {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|(existing, _)| *existing == key) {
                        Some((_, fields)) => fields.push(field),
                        None => into.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| applies(&condition.node.on.node)) {
                        self.collect(object, &fragment.node.selection_set.node, into)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let fragment = self.document.parsed.fragments.get(name);
                    if let Some(fragment) = fragment
                        && applies(&fragment.node.type_condition.node.on.node)
                    {
                        self.collect(object, &fragment.node.selection_set.node, into)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether `@include` and `@skip` let a selection stand.
    fn included(&self, directives: &[Positioned<Directive>]) -> Result<bool, Halt> {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            let wanted = match name {
                "include" => true,
                "skip" => false,
                _ => {
                    let message = format!("the sandbox does not have the directive @{name}");
                    return Err(Halt::Query(refusal(&message)));
                }
            };
            let condition = directive
                .node
                .arguments
                .iter()
                .find(|(name, _)| name.node == *"if");
            let condition = match condition {
                Some((_, value)) => self.constant(&value.node)?.as_bool(),
                None => None,
            };
            let Some(condition) = condition else {
                let message = format!("Directive '{name}' needs a Boolean argument 'if'");
                return Err(Halt::Query(refusal(&message)));
            };
            if condition != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn field(
        &mut self,
        object: &dyn Object,
        fields: &[&'d Positioned<Field>],
    ) -> Result<Value, Halt> {
        let Some(first) = fields.first() else {
            return Ok(Value::Null);
        };
        let name = first.node.name.node.as_str();
        if name == "__typename" {
            return Ok(object.type_name().into());
        }
        if fields.iter().any(|field| {
            field.node.name.node != *name || field.node.arguments != first.node.arguments
        }) {
            let key = first.node.response_key();
            let message = format!("Field '{}' has a field conflict", key.node);
            return Err(Halt::Query(
                json!({ "message": message, "locations": [first.pos] }),
            ));
        }
        let arguments = self.arguments(&first.node)?;
        let resolved = object.field(name, &arguments);
        let place = format!("{}.{name}", object.type_name());
        if let (Some(unread), false) = (
            arguments.unread().first(),
            matches!(resolved, Err(FieldError::Unimplemented)),
        ) {
            let message = format!("the sandbox does not have the argument {unread} of {place}");
            return Err(Halt::Query(
                json!({ "message": message, "locations": [first.pos] }),
            ));
        }
        match self.complete(resolved, fields, &place) {
            Ok(None) if object.non_null().contains(&name) => {
                self.path.pop();
                Err(Halt::Object)
            }
            outcome => outcome.map(Option::unwrap_or_default),
        }
    }

    /// The value of what was resolved; `None` when it failed and its error is recorded.
    fn complete(
        &mut self,
        resolved: Result<Resolved<'_>, FieldError>,
        fields: &[&'d Positioned<Field>],
        place: &str,
    ) -> Result<Option<Value>, Halt> {
        let sets: Vec<&SelectionSet> = fields
            .iter()
            .map(|field| &field.node.selection_set.node)
            .collect();
        let has_selections = sets.iter().any(|set| !set.items.is_empty());
        match resolved {
            Err(error) => self.failed(&error, fields, place).map(|()| None),
            Ok(Resolved::Scalar(Value::Null)) => Ok(Some(Value::Null)),
            Ok(Resolved::Scalar(value)) => {
                if has_selections {
                    let message = format!("Selections can't be made on scalars ({place})");
                    return Err(Halt::Query(refusal(&message)));
                }
                Ok(Some(value))
            }
            Ok(Resolved::Object(object)) => {
                if !has_selections {
                    let message = format!("Field must have selections ({place})");
                    return Err(Halt::Query(refusal(&message)));
                }
                let depth = self.path.len();
                match self.object(object.as_ref(), &sets) {
                    Err(Halt::Object) => {
                        self.path.truncate(depth);
                        Ok(None)
                    }
                    outcome => outcome.map(Some),
                }
            }
            Ok(Resolved::List(elements)) => {
                let mut values = Vec::with_capacity(elements.len());
                for (index, element) in elements.into_iter().enumerate() {
                    self.path.push(index.into());
                    values.push(self.complete(element, fields, place)?.unwrap_or_default());
                    self.path.pop();
                }
                Ok(Some(Value::Array(values)))
            }
        }
    }

    /// Records an error, or refuses the query where it is no error of a value.
    fn failed(
        &mut self,
        error: &FieldError,
        fields: &[&'d Positioned<Field>],
        place: &str,
    ) -> Result<(), Halt> {
        let message = match error {
            FieldError::Unimplemented => format!("the sandbox does not have {place}"),
            FieldError::Argument { message, .. } | FieldError::NotFound(message) => message.clone(),
            FieldError::Forbidden => "Resource not accessible by integration".to_owned(),
        };
        let locations: Vec<_> = fields.iter().map(|field| field.pos).collect();
        let mut report = json!({
            "type": error.kind(),
            "path": self.path,
            "locations": locations,
            "message": message,
        });
        if let Some(extensions) = error.extensions() {
            report["extensions"] = extensions;
        }
        match error {
            FieldError::Unimplemented | FieldError::Argument { .. } => Err(Halt::Query(report)),
            FieldError::NotFound(_) | FieldError::Forbidden => {
                self.errors.push(report);
                Ok(())
            }
        }
    }

    fn arguments(&self, field: &Field) -> Result<Arguments, Halt> {
        let mut values = std::collections::BTreeMap::new();
        for (name, value) in &field.arguments {
            values.insert(name.node.to_string(), self.constant(&value.node)?);
        }
        Ok(Arguments::new(values))
    }

    /// A value with its variables filled in. A variable that is declared and not given is null.
    fn constant(&self, value: &async_graphql_value::Value) -> Result<Value, Halt> {
        let declared = self.document.operation().map_err(Halt::Query)?;
        let constant = value.clone().into_const_with(|name| {
            let is_declared = declared
                .variable_definitions
                .iter()
                .any(|known| known.node.name.node == name);
            if !is_declared {
                let message = format!("Variable ${name} is used by the query but not declared");
                return Err(Halt::Query(refusal(&message)));
            }
            let value = self
                .document
                .variables
                .get(name.as_str())
                .cloned()
                .unwrap_or_default();
            async_graphql_value::ConstValue::from_json(value)
                .map_err(|error| Halt::Query(refusal(&error.to_string())))
        })?;
        constant
            .into_json()
            .map_err(|error| Halt::Query(refusal(&error.to_string())))
    }
}
