//! Finds the route template of a path.

use serde_json::{Map, Value};

/// The routes of the description.
#[derive(Debug)]
pub(super) struct Routes(Vec<Route>);

/// A route template, such as `/repos/{owner}/{repo}/contents/{path}`.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) template: String,
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
    /// A path or the name of a ref: its value may have slashes, which GitHub takes as they are.
    Slashed(String),
}

/// A route with the values that a path gives to its parameters, still percent-encoded.
#[derive(Debug)]
pub(super) struct Matched<'r, 'p> {
    pub(super) route: &'r Route,
    pub(super) values: Vec<(&'r str, &'p str)>,
}

impl Routes {
    pub(super) fn of(paths: &Map<String, Value>) -> Self {
        Self(
            paths
                .keys()
                .map(|template| Route::parse(template))
                .collect(),
        )
    }

    /// The route that the path has; of several, as of `/user/repos` and `/user/{id}`, the one
    /// that says most of it literally.
    pub(super) fn find<'p>(&self, path: &'p str) -> Option<Matched<'_, 'p>> {
        let fitting = self.0.iter().filter_map(|route| {
            let values = route.values(path)?;
            Some(Matched { route, values })
        });
        fitting.max_by_key(|matched| matched.route.literals())
    }
}

impl Route {
    fn parse(template: &str) -> Self {
        let names = template.split('/').skip(1);
        let segments = names.map(|name| {
            let parameter = name
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'));
            match parameter {
                Some(name @ ("path" | "ref" | "branch" | "basehead")) => {
                    Segment::Slashed(name.to_owned())
                }
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(name.to_owned()),
            }
        });
        Self {
            template: template.to_owned(),
            segments: segments.collect(),
        }
    }

    fn literals(&self) -> usize {
        let segments = self.segments.iter();
        segments
            .filter(|segment| matches!(segment, Segment::Literal(_)))
            .count()
    }

    fn values<'p>(&self, path: &'p str) -> Option<Vec<(&str, &'p str)>> {
        let mut values = Vec::new();
        fits(&self.segments, path.strip_prefix('/')?, &mut values).then_some(values)
    }
}

/// Whether the rest of a path fits the rest of a template; gathers the parameters' values.
fn fits<'r, 'p>(
    segments: &'r [Segment],
    rest: &'p str,
    values: &mut Vec<(&'r str, &'p str)>,
) -> bool {
    let Some((segment, later)) = segments.split_first() else {
        return false;
    };
    let ends = rest
        .match_indices('/')
        .map(|(end, _)| end)
        .chain([rest.len()]);
    let (name, ends): (&str, Vec<usize>) = match segment {
        Segment::Literal(literal) => {
            return match rest.split_once('/') {
                Some((value, rest)) => value == literal && fits(later, rest, values),
                None => rest == literal && later.is_empty(),
            };
        }
        Segment::Parameter(name) => (name, ends.take(1).collect()),
        Segment::Slashed(name) => (name, ends.collect()),
    };
    ends.into_iter().filter(|end| *end > 0).any(|end| {
        values.push((name, &rest[..end]));
        let fit = match rest.get(end + 1..) {
            Some(rest) => fits(later, rest, values),
            None => later.is_empty(),
        };
        if !fit {
            values.pop();
        }
        fit
    })
}
