//! Pagination by `page` and `per_page`, with a `Link` header
//! (<https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>).

use super::query;

const DEFAULT_SIZE: usize = 30;
const LARGEST_SIZE: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    number: usize,
    size: usize,
}

impl Page {
    /// As a query string asks; nonsense is as good as nothing.
    pub(crate) fn asked(query: &str) -> Self {
        let number = |wanted: &str| {
            let pairs = query::pairs(query);
            let found = pairs.iter().find(|(name, _)| name == wanted);
            let value: Option<usize> = found.and_then(|(_, value)| value.parse().ok());
            value.filter(|value| *value > 0)
        };
        Self {
            number: number("page").unwrap_or(1),
            size: number("per_page").unwrap_or(DEFAULT_SIZE).min(LARGEST_SIZE),
        }
    }

    /// The items of this page.
    pub(crate) fn of<T>(self, items: Vec<T>) -> Vec<T> {
        let skipped = (self.number - 1).saturating_mul(self.size);
        items.into_iter().skip(skipped).take(self.size).collect()
    }

    /// The `Link` header for a list of this length; `None` where all of it is on one page.
    pub(crate) fn link(self, url: &str, query: &str, total: usize) -> Option<String> {
        let last = total.div_ceil(self.size).max(1);
        if last == 1 {
            return None;
        }
        let others: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
            .collect();
        let link = |number: usize, relation: &str| {
            let mut query = others.join("&");
            if !query.is_empty() {
                query.push('&');
            }
            format!("<{url}?{query}page={number}>; rel=\"{relation}\"")
        };
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(link(self.number - 1, "prev"));
        }
        if self.number < last {
            links.push(link(self.number + 1, "next"));
            links.push(link(last, "last"));
        }
        if self.number > 1 {
            links.push(link(1, "first"));
        }
        Some(links.join(", "))
    }
}
