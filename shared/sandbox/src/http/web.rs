//! The one page of GitHub's own that a browser meets here: registering an App by a manifest. The
//! sandbox answers as if its user had agreed at once.

use super::answer::{Answer, Asked};
use super::query;
use crate::state::{AccountKind, Manifest, State};

/// Answers a browser; `None` where this is no page.
pub(super) fn page(state: &mut State, asked: &Asked<'_>) -> Option<Answer> {
    let owner = match asked.path.split('/').collect::<Vec<_>>()[..] {
        ["", "settings", "apps", "new"] => "octocat",
        ["", "organizations", owner, "settings", "apps", "new"] => owner,
        _ => return None,
    };
    if asked.method != "POST" {
        return Some(shown(405, "Method Not Allowed"));
    }
    let body = String::from_utf8_lossy(asked.body);
    let value = |pairs: Vec<(String, String)>, wanted: &str| {
        let found = pairs.into_iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value)
    };
    let manifest = value(query::pairs(&body), "manifest").unwrap_or_default();
    let manifest: Manifest = match serde_json::from_str(&manifest) {
        Ok(manifest) => manifest,
        Err(error) => return Some(shown(422, &format!("Error in the manifest: {error}"))),
    };
    if owner != "octocat" {
        state.ensure_account(owner, AccountKind::Organization);
    }
    let redirect = manifest.redirect_url.clone();
    let code = state.accept_manifest(manifest, owner);
    let mut location = format!("{redirect}?code={code}");
    if let Some(given) = value(query::pairs(asked.query), "state") {
        location = format!("{location}&state={given}");
    }
    let mut answer = shown(302, "");
    answer.headers.push(("location".to_owned(), location));
    Some(answer)
}

fn shown(status: u16, text: &str) -> Answer {
    let kind = (
        "content-type".to_owned(),
        "text/plain; charset=utf-8".to_owned(),
    );
    Answer {
        status,
        headers: vec![kind],
        body: text.as_bytes().to_vec(),
    }
}
