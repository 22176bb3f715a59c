//! Check runs (<https://docs.github.com/en/rest/checks/runs>).

use serde_json::Value;

use super::check_run_input::Input;
use crate::git::ObjectId;
use crate::http::{Refusal, Reply, Request};
use crate::state::{CheckRun, NewCheckRun};

/// A new check run.
pub(super) fn create(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let input: Input = request.json()?;
    input.check()?;
    let (Some(name), Some(sha)) = (&input.name, &input.head_sha) else {
        return Err(Refusal::invalid_request(
            "\"name\", \"head_sha\" weren't supplied.",
        ));
    };
    let known = |id: &ObjectId| request.objects().commit(*id).is_some();
    let head_sha = sha
        .parse()
        .ok()
        .filter(known)
        .ok_or_else(|| Refusal::new(422, format!("No commit found for SHA: {sha}")))?;
    let new = NewCheckRun {
        repository: request.repository,
        app: request.app(),
        name: name.clone(),
        head_sha,
    };
    let id = request.state.add_check_run(new);
    input
        .apply(request.state, id)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(
        request.state.check_run_json(&request.state.check_runs[&id]),
    ))
}

/// Changes one of the App's own check runs.
pub(super) fn update(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let run = asked_for(request)?;
    let (id, app) = (run.id, request.app());
    if run.app != app {
        return Err(Refusal::new(
            403,
            format!(
                "Invalid app_id `{app}` - check run can only be modified by the GitHub App that \
                 created it."
            ),
        ));
    }
    let input: Input = request.json()?;
    input.check()?;
    input
        .apply(request.state, id)
        .ok_or_else(Refusal::not_found)?;
    let run = &request.state.check_runs[&id];
    Ok(Reply::ok(request.state.check_run_json(run)))
}

/// A check run.
pub(super) fn show(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let run = asked_for(request)?;
    Ok(Reply::ok(request.state.check_run_json(run)))
}

/// The annotations of a check run.
pub(super) fn annotations(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let run = asked_for(request)?;
    let annotations = run.annotations.iter();
    let items = annotations
        .map(|it| request.state.annotation_json(run, it))
        .collect();
    Ok(request.page(items))
}

/// The check runs of a commit, newest first: by default the latest of each name in each suite.
pub(super) fn list(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let reference = request.parameter("ref");
    let state = &request.state;
    let sha = state
        .resolve(request.repository, reference)
        .ok_or_else(|| Refusal::new(422, format!("No commit found for SHA: {reference}")))?;
    let runs = if request.asked("filter").as_deref() == Some("all") {
        state.check_runs_of(request.repository, sha)
    } else {
        state.latest_check_runs_of(request.repository, sha)
    };
    let (name, status) = (request.asked("check_name"), request.asked("status"));
    let app = request.asked("app_id");
    let fits = |run: &&CheckRun| {
        let status_text = serde_json::to_value(run.status);
        let name = name.as_ref().is_none_or(|name| *name == run.name);
        let app = app.as_ref().is_none_or(|app| *app == run.app.to_string());
        let status = status
            .as_ref()
            .is_none_or(|status| status_text.as_ref().is_ok_and(|it| it == status));
        name && app && status
    };
    let items: Vec<Value> = runs
        .into_iter()
        .rev()
        .filter(fits)
        .map(|run| state.check_run_json(run))
        .collect();
    Ok(request.counted_page("check_runs", items))
}

fn asked_for<'a>(request: &'a Request<'_>) -> Result<&'a CheckRun, Refusal> {
    let id = request.number("check_run_id")?;
    let found = request.state.check_runs.get(&id);
    found
        .filter(|run| run.repository_id == request.repository)
        .ok_or_else(Refusal::not_found)
}
