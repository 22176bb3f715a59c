//! Branches and what binds them (<https://docs.github.com/en/rest/branches/branches>,
//! <https://docs.github.com/en/rest/repos/rules>).

use serde_json::{Value, json};

use crate::http::{Refusal, Reply, Request};
use crate::json::extend;
use crate::state::{ActiveRule, Protection};

/// A branch with its classic protection as far as `contents: read` shows it.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let name = request.parameter("branch");
    let branches = &request.state.repositories[&request.repository].branches;
    let tip = *branches
        .get(name)
        .ok_or_else(|| Refusal::new(404, "Branch not found"))?;
    let url = request.state.repository_url(request.repository);
    let url = format!("{url}/branches/{name}");
    let page = request.state.repository_page(request.repository);
    let protection = request.state.protection(request.repository, name);
    let rules = request.state.active_rules(request.repository, name);
    Ok(Reply::ok(json!({
        "name": name,
        "commit": request.state.commit_json(request.repository, tip),
        "_links": {"self": url, "html": format!("{page}/tree/{name}")},
        "protected": protection.is_some() || !rules.is_empty(),
        "protection": protection_json(protection),
        "protection_url": format!("{url}/protection"),
    })))
}

fn protection_json(protection: Option<&Protection>) -> Value {
    let checks = protection.map_or(&[][..], |it| &it.checks);
    let contexts: Vec<&str> = checks.iter().map(|(context, _)| context.as_str()).collect();
    let bound: Vec<Value> = checks
        .iter()
        .map(|(context, app)| json!({"context": context, "app_id": app}))
        .collect();
    let level = match protection {
        Some(it) if !it.checks.is_empty() && it.admins => "everyone",
        Some(it) if !it.checks.is_empty() => "non_admins",
        _ => "off",
    };
    json!({
        "enabled": protection.is_some(),
        "required_status_checks": {
            "enforcement_level": level,
            "contexts": contexts,
            "checks": bound,
        },
    })
}

/// The rules of active rulesets that bind a branch; it need not exist.
pub(super) fn rules(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let branch = request.parameter("branch");
    let rules = request.state.active_rules(request.repository, branch);
    Ok(request.page(rules.iter().map(rule_json).collect()))
}

fn rule_json(active: &ActiveRule<'_>) -> Value {
    let mut json = json!({
        "type": active.rule.kind,
        "ruleset_source_type": active.source.as_str(),
        "ruleset_source": active.source_name,
        "ruleset_id": active.ruleset.id,
    });
    if let Some(parameters) = &active.rule.parameters {
        extend(&mut json, json!({"parameters": parameters}));
    }
    json
}
