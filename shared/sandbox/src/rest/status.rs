//! Commit statuses (<https://docs.github.com/en/rest/commits/statuses>).

use serde::Deserialize;

use crate::http::{Refusal, Reply, Request};
use crate::state::{AccountKind, Status, StatusState};

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 140;

#[derive(Deserialize)]
struct Input {
    state: StatusState,
    context: Option<String>,
    description: Option<String>,
    target_url: Option<String>,
}

/// Posts a status.
pub(super) fn create(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let sha = request.object_id("sha")?;
    let app = request.app();
    let input: Input = request.json()?;
    let description = input.description.as_deref().unwrap_or_default();
    if description.chars().count() > LONGEST_DESCRIPTION {
        let refusal = Refusal::validation_failed("Status", "description", "invalid");
        return Err(refusal);
    }
    if request.objects().commit(sha).is_none() {
        return Err(Refusal::new(422, format!("No commit found for SHA: {sha}")));
    }
    let bot = format!("{}[bot]", request.state.apps[&app].slug);
    request.state.ensure_account(&bot, AccountKind::Bot);
    let status = Status {
        id: request.state.fresh_id(),
        repository: request.repository,
        sha,
        app: Some(app),
        context: input.context.unwrap_or_else(|| "default".to_owned()),
        state: input.state,
        description: input.description,
        target_url: input.target_url,
        created_at: request.state.now(),
    };
    let json = request.state.status_json(&status);
    request.state.statuses.push(status);
    Ok(Reply::created(json))
}
