//! Which handler answers which path, and what it asks of the caller.

use super::query;
use super::refusal::Refusal;
use super::request::{Reply, Request};
use crate::state::Access;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Whoever knows what is in the path.
    Anybody,
    /// An App, with its JWT.
    App,
    /// An installation, about itself.
    Installation,
    /// An installation with this permission on the repository of the path.
    Repository(&'static str, Access),
}

/// What answers.
pub(crate) type Handler = fn(&mut Request<'_>) -> Result<Reply, Refusal>;

/// An endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    /// `GET`, `POST` …
    pub(crate) method: &'static str,
    /// As in GitHub's description.
    pub(crate) template: &'static str,
    /// Who may call.
    pub(crate) audience: Audience,
    /// What answers.
    pub(crate) handler: Handler,
}

/// The values of a template's placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// The value of a placeholder; empty where the template has none of this name.
    pub(crate) fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Route {
    /// The values of the placeholders, if the path fits.
    pub(crate) fn fits(&self, method: &str, path: &str) -> Option<Parameters> {
        if self.method != method {
            return None;
        }
        let template: Vec<&'static str> = self.template.split('/').skip(1).collect();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let mut values = Vec::new();
        fits(&template, &segments, &mut values).then_some(Parameters(values))
    }
}

/// Names of refs may have slashes; other placeholders stand for one segment.
fn spans_slashes(placeholder: &str) -> bool {
    matches!(placeholder, "branch" | "ref" | "basehead")
}

fn fits(
    template: &[&'static str],
    segments: &[&str],
    values: &mut Vec<(&'static str, String)>,
) -> bool {
    let Some((first, template_rest)) = template.split_first() else {
        return segments.is_empty();
    };
    let placeholder = first.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let Some(name) = placeholder else {
        return segments.first() == Some(first) && fits(template_rest, &segments[1..], values);
    };
    let longest = if spans_slashes(name) {
        segments.len()
    } else {
        1
    };
    for length in 1..=longest.min(segments.len()) {
        let value = segments[..length].join("/");
        values.push((name, query::decoded(&value)));
        if !value.is_empty() && fits(template_rest, &segments[length..], values) {
            return true;
        }
        values.pop();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(template: &'static str, path: &str) -> Option<Parameters> {
        let route = Route {
            method: "GET",
            template,
            audience: Audience::App,
            handler: |_| Err(Refusal::not_found()),
        };
        route.fits("GET", path)
    }

    #[test]
    fn names_of_refs_may_have_slashes_and_others_may_not() {
        const RUNS: &str = "/repos/{owner}/{repo}/commits/{ref}/check-runs";
        let found = parameters(RUNS, "/repos/o/r/commits/feature/a%20b/check-runs");
        assert_eq!(found.unwrap().value("ref"), "feature/a b");
        assert_eq!(parameters("/repos/{owner}/{repo}", "/repos/o/r/x"), None);
        assert_eq!(parameters("/repos/{owner}/{repo}", "/repos/o/"), None);
        assert_eq!(parameters("/repos/{owner}/{repo}", "/repos/o"), None);
    }
}
