//! Jobs of a workflow that have another id and are otherwise the same.
//!
//! Small jobs look much alike, so that a job that is merely similar is another one: what counts
//! is what the YAML means, without the job's id and `name`, and without `needs`, which holds
//! other jobs' ids.

use std::collections::BTreeMap;

use workflows::{Value, Workflow};
use yaml::{Node, View};

use super::unambiguous;

/// Keys of a job that name it or others.
const NAMING: [&str; 2] = ["name", "needs"];

/// Ids of jobs as they were, by their new ids in lower case.
pub(super) fn renamed(before: &Workflow, after: &Workflow) -> BTreeMap<String, String> {
    let gone = only_in(before, after);
    let new = only_in(after, before);
    if gone.is_empty() || new.is_empty() {
        return BTreeMap::new();
    }
    let pairs = unambiguous(contents(before, &gone), contents(after, &new));
    let pairs = pairs.into_iter();
    pairs
        .map(|(old, new)| (new.to_ascii_lowercase(), old))
        .collect()
}

/// Ids that one has and the other has not.
fn only_in<'a>(one: &'a Workflow, other: &Workflow) -> Vec<&'a str> {
    let ids = one.jobs.iter().map(|job| job.id.as_str());
    ids.filter(|id| other.job(id).is_none()).collect()
}

/// What these jobs say, with their ids.
fn contents(workflow: &Workflow, ids: &[&str]) -> Vec<(String, String)> {
    let text = workflow.source.text();
    // It was read before, and what GitHub refuses in it has been said.
    let Ok(tree) = yaml::load(text, &workflow.source, "a workflow", &mut Vec::new()) else {
        return Vec::new();
    };
    let jobs = value_of(tree.root(), "jobs");
    let Some(View::Mapping(jobs)) = jobs.map(Node::view) else {
        return Vec::new();
    };
    jobs.filter(|(id, _)| ids.contains(&id.text))
        .filter_map(|(id, job)| match job.to_value() {
            Value::Mapping(mut pairs) => {
                pairs.retain(|(key, _)| !NAMING.contains(&key.as_str()));
                let content = canonical(Value::Mapping(pairs));
                Some((format!("{content:?}"), id.text.to_owned()))
            }
            _ => None,
        })
        .collect()
}

fn value_of<'tree>(node: Node<'tree>, key: &str) -> Option<Node<'tree>> {
    match node.view() {
        View::Mapping(mut pairs) => pairs.find(|(name, _)| name.text == key).map(|pair| pair.1),
        _ => None,
    }
}

/// The value with its keys in order: their order in the file means nothing.
fn canonical(value: Value) -> Value {
    match value {
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(canonical).collect()),
        Value::Mapping(pairs) => {
            let pairs = pairs.into_iter();
            let mut pairs: Vec<(String, Value)> =
                pairs.map(|(key, value)| (key, canonical(value))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Mapping(pairs)
        }
        scalar => scalar,
    }
}
