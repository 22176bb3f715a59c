//! Connections: GitHub's lists with pages
//! (<https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api>).

use super::arguments::{Arguments, Page};
use super::object::{FieldError, Object, Resolved};

/// An object of a list, or why it may not be seen.
pub(super) type Node<'a> = Result<Box<dyn Object + 'a>, FieldError>;

/// A page of a list.
pub(super) struct Connection<'a> {
    type_name: &'static str,
    total: usize,
    /// How many come before the page.
    skipped: usize,
    nodes: Vec<Node<'a>>,
}

impl<'a> Connection<'a> {
    /// The page that the arguments ask for. `field` is how the query names the connection.
    pub(super) fn of(
        type_name: &'static str,
        field: &str,
        arguments: &Arguments,
        mut all: Vec<Node<'a>>,
    ) -> Result<Resolved<'a>, FieldError> {
        let total = all.len();
        let (skipped, size) = match arguments.page(field)? {
            Page::First { count, after } => (after.min(total), count),
            Page::Last(count) => (total.saturating_sub(count), count),
        };
        let mut nodes = all.split_off(skipped);
        nodes.truncate(size);
        Ok(Resolved::object(Self {
            type_name,
            total,
            skipped,
            nodes,
        }))
    }
}

impl Object for Connection<'_> {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        match name {
            "totalCount" => Ok(Resolved::scalar(self.total)),
            "nodes" => Ok(Resolved::List(
                self.nodes
                    .iter()
                    .map(|node| match node {
                        Ok(object) => Ok(Resolved::object(object.as_ref())),
                        Err(error) => Err(error.clone()),
                    })
                    .collect(),
            )),
            "pageInfo" => Ok(Resolved::object(PageInfo {
                from: self.skipped,
                to: self.skipped + self.nodes.len(),
                total: self.total,
            })),
            _ => Err(FieldError::Unimplemented),
        }
    }
}

/// Where a page is in its list. A cursor is the count of elements up to and with its own.
struct PageInfo {
    from: usize,
    to: usize,
    total: usize,
}

impl Object for PageInfo {
    fn type_name(&self) -> &'static str {
        "PageInfo"
    }

    fn field(&self, name: &str, _: &Arguments) -> Result<Resolved<'_>, FieldError> {
        let is_empty = self.from == self.to;
        Ok(match name {
            "hasNextPage" => Resolved::scalar(self.to < self.total),
            "hasPreviousPage" => Resolved::scalar(self.from > 0),
            "startCursor" | "endCursor" if is_empty => Resolved::NULL,
            "startCursor" => Resolved::scalar((self.from + 1).to_string()),
            "endCursor" => Resolved::scalar(self.to.to_string()),
            _ => return Err(FieldError::Unimplemented),
        })
    }
}
