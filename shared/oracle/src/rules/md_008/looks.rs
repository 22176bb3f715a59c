//! What a job looks at of the jobs that it needs.

use std::collections::BTreeSet;

use workflows::{Env, Job, Spanned, Step, Value, Workflow};

/// What a job looks at of its `needs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Looks {
    /// The whole: `toJSON(needs)`, `needs.*.result`.
    AtAll,
    /// Only at these jobs, in lower case; maybe none.
    At(BTreeSet<String>),
}

/// What a job looks at: in conditions, variables, inputs and scripts, of whatever kind and for
/// whatever purpose.
pub(super) fn looks(job: &Job) -> Looks {
    let mut names = BTreeSet::new();
    let conditions = std::iter::once(&job.condition).chain(job.steps.iter().map(|s| &s.condition));
    let conditions = conditions.flatten().map(|text| text.as_str());
    let texts = texts(job);
    let expressions = texts.iter().flat_map(|text| expressions(text));
    for expression in conditions.chain(expressions) {
        if mentions(expression, &mut names) {
            return Looks::AtAll;
        }
    }
    Looks::At(names)
}

impl Looks {
    /// Whether the job looks at this one.
    pub(super) fn is_at(&self, id: &str) -> bool {
        match self {
            Self::AtAll => true,
            Self::At(names) => names.contains(&id.to_ascii_lowercase()),
        }
    }

    /// Whether it looks at any.
    pub(super) fn any(&self) -> bool {
        match self {
            Self::AtAll => true,
            Self::At(names) => !names.is_empty(),
        }
    }
}

/// Whether the job may ask GitHub how the run went, without `needs`: it has a token, or speaks
/// of the API.
pub(super) fn may_ask_github(workflow: &Workflow, job: &Job) -> bool {
    const SIGNS: [&str; 6] = ["token", "secrets.", "api", "run_id", "gh ", "curl"];
    let of_workflow = workflow.env.iter().flat_map(|env| env.texts());
    let of_job = texts(job);
    let mut all = of_workflow.chain(of_job);
    all.any(|text| {
        let text = text.to_ascii_lowercase();
        SIGNS.iter().any(|sign| text.contains(sign))
    })
}

/// Every text of a job that may hold expressions, but conditions.
fn texts(job: &Job) -> Vec<&str> {
    let mut texts = Vec::new();
    texts.extend(variables(job.env.as_ref()));
    texts.extend(inputs(&job.with));
    for step in &job.steps {
        texts.extend(variables(step.env.as_ref()));
        texts.extend(inputs(&step.with));
        texts.extend(scripts(step));
    }
    texts
}

fn variables(env: Option<&Spanned<Env>>) -> impl Iterator<Item = &str> {
    env.into_iter().flat_map(|env| env.texts())
}

fn inputs(with: &[(Spanned<String>, Spanned<Value>)]) -> impl Iterator<Item = &str> {
    with.iter().filter_map(|(_, value)| match &value.value {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    })
}

fn scripts(step: &Step) -> impl Iterator<Item = &str> {
    [&step.run, &step.shell]
        .into_iter()
        .flatten()
        .map(|text| text.as_str())
}

/// What stands between `${{` and `}}`.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    text.split("${{")
        .skip(1)
        .map(|rest| rest.split_once("}}").map_or(rest, |(inner, _)| inner))
}

/// Adds the jobs that an expression looks at; whether it looks at all of them.
fn mentions(expression: &str, names: &mut BTreeSet<String>) -> bool {
    const NEEDS: &str = "needs";
    let lower = expression.to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    for (at, _) in lower.match_indices(NEEDS) {
        let before = lower[..at].chars().next_back();
        if before.is_some_and(|c| is_name(c) || c == '.') {
            continue;
        }
        let rest = lower[at + NEEDS.len()..].trim_start();
        if rest.starts_with(is_name) {
            continue;
        }
        let property = rest
            .strip_prefix('.')
            .map(str::trim_start)
            .or_else(|| rest.strip_prefix('[')?.trim_start().strip_prefix('\''));
        let name = property.map(|rest| {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            &rest[..end]
        });
        match name {
            Some(name) if !name.is_empty() => names.insert(name.to_owned()),
            // `needs.*`, `needs[matrix.x]`, or the whole.
            _ => return true,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_named_in_every_way_that_expressions_have() {
        let of = |text: &str| {
            let mut names = BTreeSet::new();
            let all = mentions(text, &mut names);
            (all, names.into_iter().collect::<Vec<_>>().join(" "))
        };
        let at = |names: &str| (false, names.to_owned());
        assert_eq!(of("needs.Build.result == 'success'"), at("build"));
        assert_eq!(
            of("needs['a-b'].result || needs . c.outputs.x"),
            at("a-b c")
        );
        assert_eq!(of("github.needs.a || my_needs.b || needsx.c"), at(""));
        for all in [
            "contains(needs.*.result, 'failure')",
            "toJSON(needs)",
            "needs[matrix.job].result",
            "NEEDS.*.result",
        ] {
            assert!(of(all).0, "{all}");
        }
    }
}
