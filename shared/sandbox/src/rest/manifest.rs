//! `/app-manifests` (<https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest>).

use serde_json::json;

use crate::http::{Refusal, Reply, Request};
use crate::json::extend;

/// Gives a code's App with its key and secrets, once.
pub(super) fn convert(request: &mut Request<'_>) -> Result<Reply, Refusal> {
    let code = request.parameter("code").to_owned();
    let id = request.state.redeem(&code);
    let id = id.ok_or_else(Refusal::not_found)?;
    let app = &request.state.apps[&id];
    let secrets = json!({
        "client_id": app.client_id,
        "client_secret": format!("{:040x}", app.hook_id),
        "webhook_secret": app.webhook_secret,
        "pem": app.private_key(),
    });
    let mut json = request.state.app_json(id);
    extend(&mut json, secrets);
    Ok(Reply::created(json))
}
