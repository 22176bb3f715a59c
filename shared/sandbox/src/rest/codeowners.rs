//! What is wrong with CODEOWNERS
//! (<https://docs.github.com/en/rest/repos/repos#list-codeowners-errors>).

use serde_json::{Value, json};

use crate::http::{Refusal, Reply, Request};
use crate::state::CodeownersError;

/// The errors of the file as a branch or a commit has it.
pub(super) fn errors(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let repository = &request.state.repositories[&request.repository];
    let reference = request
        .asked("ref")
        .unwrap_or_else(|| repository.default_branch.clone());
    let commit = request.state.resolve(request.repository, &reference);
    let commit = commit.ok_or_else(Refusal::not_found)?;
    let found = request.state.codeowners_errors(request.repository, commit);
    let (path, errors) = found.ok_or_else(Refusal::not_found)?;
    let errors: Vec<Value> = errors.iter().map(|error| json(path, error)).collect();
    Ok(Reply::ok(json!({ "errors": errors })))
}

fn json(path: &str, error: &CodeownersError) -> Value {
    let CodeownersError {
        line,
        column,
        source,
        kind,
        suggestion,
    } = error;
    let hint = suggestion
        .as_deref()
        .map_or_else(String::new, |it| format!(": {it}"));
    let marker = " ".repeat(column - 1);
    json!({
        "line": line,
        "column": column,
        "source": source,
        "kind": kind,
        "suggestion": suggestion,
        "message": format!("{kind} on line {line}{hint}\n\n  {source}  {marker}^"),
        "path": path,
    })
}
