//! What the executor knows of the graph: objects that resolve their own fields.

use serde_json::json;

use super::arguments::Arguments;

/// An object of the graph. It resolves its own fields and never those of others.
pub(super) trait Object {
    /// Its type in GitHub's schema.
    fn type_name(&self) -> &'static str;

    /// The interfaces and unions of GitHub's schema that it belongs to.
    fn abstract_types(&self) -> &'static [&'static str] {
        &[]
    }

    /// The fields that GitHub's schema declares non-null among those that can fail: an error in
    /// one makes the whole object null.
    fn non_null(&self) -> &'static [&'static str] {
        &[]
    }

    /// The value of a field. Every argument that it does not read is refused by the executor,
    /// so that none is ignored in silence.
    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError>;
}

/// An object that is resolved more than once, such as a node of a page.
impl<O: Object + ?Sized> Object for &O {
    fn type_name(&self) -> &'static str {
        (**self).type_name()
    }

    fn abstract_types(&self) -> &'static [&'static str] {
        (**self).abstract_types()
    }

    fn non_null(&self) -> &'static [&'static str] {
        (**self).non_null()
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        (**self).field(name, arguments)
    }
}

/// What a field resolves to.
pub(super) enum Resolved<'a> {
    /// A scalar, an enum value, or null.
    Scalar(serde_json::Value),
    /// An object, whose fields are then asked for.
    Object(Box<dyn Object + 'a>),
    /// A list, whose elements can fail one by one.
    List(Vec<Result<Resolved<'a>, FieldError>>),
}

impl<'a> Resolved<'a> {
    /// Null: there is none.
    pub(super) const NULL: Self = Self::Scalar(serde_json::Value::Null);

    /// A scalar.
    pub(super) fn scalar(value: impl Into<serde_json::Value>) -> Self {
        Self::Scalar(value.into())
    }

    /// An object.
    pub(super) fn object(object: impl Object + 'a) -> Self {
        Self::Object(Box::new(object))
    }

    /// An object, or null when there is none.
    pub(super) fn optional(object: Option<impl Object + 'a>) -> Self {
        object.map_or(Self::NULL, Self::object)
    }
}

/// Why a field has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldError {
    /// GitHub may have this field, the sandbox has not. Refuses the whole query: a null would
    /// look like an answer.
    Unimplemented,
    /// The arguments are not such as GitHub accepts. Refuses the whole query.
    Argument {
        /// GitHub's word for the fault, such as `MISSING_PAGINATION_BOUNDARIES`.
        kind: &'static str,
        /// The sentence.
        message: String,
    },
    /// What the arguments name is not there for this viewer: null and an error beside the rest.
    NotFound(String),
    /// The token lacks a permission: null and an error beside the rest.
    Forbidden,
}

impl FieldError {
    /// GitHub's word for the fault.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Unimplemented => "SANDBOX_UNIMPLEMENTED",
            Self::Argument { kind, .. } => kind,
            Self::NotFound(_) => "NOT_FOUND",
            Self::Forbidden => "FORBIDDEN",
        }
    }

    /// The members that GitHub adds to the error of this kind.
    pub(super) fn extensions(&self) -> Option<serde_json::Value> {
        matches!(self, Self::Forbidden).then(|| json!({ "saml_failure": false }))
    }
}
