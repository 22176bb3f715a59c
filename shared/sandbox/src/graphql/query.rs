//! The root of the graph.

use super::arguments::Arguments;
use super::object::{FieldError, Object, Resolved};
use super::repository::RepositoryNode;
use super::view::View;
use crate::state::RateLimit;

/// `Query`.
pub(super) struct Query<'v, 's>(pub(super) &'v View<'s>);

impl Object for Query<'_, '_> {
    fn type_name(&self) -> &'static str {
        "Query"
    }

    fn field(&self, name: &str, arguments: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "repository" => {
                let owner = arguments.required_string("owner")?;
                let name = arguments.required_string("name")?;
                let found = self.0.repository_named(owner, name).ok_or_else(|| {
                    FieldError::NotFound(format!(
                        "Could not resolve to a Repository with the name '{owner}/{name}'."
                    ))
                })?;
                Ok(Resolved::object(RepositoryNode::new(self.0, found)))
            }
            "rateLimit" => {
                let limit = self
                    .0
                    .installation()
                    .map(|it| RateLimitNode(&it.graphql_limit));
                Ok(Resolved::optional(limit))
            }
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// `RateLimit`.
struct RateLimitNode<'s>(&'s RateLimit);

impl Object for RateLimitNode<'_> {
    fn type_name(&self) -> &'static str {
        "RateLimit"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        Ok(match name {
            // The least that GitHub charges; the App's queries ask for far under 100 lists.
            "cost" => Resolved::scalar(1),
            "limit" => Resolved::scalar(self.0.limit),
            "used" => Resolved::scalar(self.0.used),
            "remaining" => Resolved::scalar(self.0.remaining()),
            "resetAt" => Resolved::scalar(self.0.resets_at.to_string()),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}
