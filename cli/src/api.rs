//! GitHub, read with the user's own token.

mod account;
mod calls;

use std::sync::Arc;

use anyhow::anyhow;
use app::metrics::Metrics;
use app::{GitHubError, GitHubErrorKind};
use github::{ACTIONS_ON_GITHUB_COM, ApiUrl, GitHub};
use runtime::environment::{self, TOKEN_VARIABLES};
use runtime::wiring;

pub(crate) use account::account_policy;
pub(crate) use calls::Calls;

use crate::exit::Failure;

/// Makes the client, with the token of the environment; calls nobody. `actions_app_id` is known by
/// itself on github.com only.
pub(crate) fn connect(
    api_url: ApiUrl,
    actions_app_id: Option<u64>,
    calls: Arc<dyn Metrics>,
) -> Result<GitHub, Failure> {
    let token = environment::github_token().ok_or_else(|| {
        let [first, second] = TOKEN_VARIABLES;
        Failure::usage(
            anyhow!("no token for GitHub: neither {first} nor {second} is set"),
            "create one that reads the repository, or use `gh auth token`",
        )
    })?;
    let on_github_com = api_url.is_github_com();
    let actions = actions_app_id.or_else(|| on_github_com.then_some(ACTIONS_ON_GITHUB_COM));
    let github = wiring::github_with_token(api_url, token, actions, calls);
    github.map_err(|error| anyhow::Error::new(error).into())
}

/// What GitHub did not let the App do, with what helps.
pub(crate) fn refused_as_app(what: String, error: GitHubError) -> Failure {
    let help = match &error.kind {
        GitHubErrorKind::Unauthorized => Some("`phase-mirror doctor` says what is wrong"),
        GitHubErrorKind::NotFound => Some("`phase-mirror deliveries list` shows what there is"),
        _ => None,
    };
    Failure::Other {
        error: anyhow::Error::new(error).context(what),
        help,
    }
}

/// What GitHub did not let us do, with what helps.
pub(crate) fn refused(what: String, error: GitHubError) -> Failure {
    let help = match &error.kind {
        GitHubErrorKind::Unauthorized => Some("GitHub does not take the token: renew it"),
        GitHubErrorKind::NotFound => {
            Some("check the name, and that the token's owner can see the repository")
        }
        GitHubErrorKind::Forbidden => {
            Some("let the token read contents, actions, checks, pull requests and statuses")
        }
        GitHubErrorKind::RateLimited { .. } => {
            Some("wait until then, or use a token of somebody else who may see the repository")
        }
        GitHubErrorKind::Unavailable => Some("try again in a moment; see https://githubstatus.com"),
        GitHubErrorKind::Unexpected | GitHubErrorKind::Invalid => None,
    };
    let what = match &error.kind {
        GitHubErrorKind::RateLimited { retry_after } => {
            let minutes = retry_after.as_secs().div_ceil(60);
            format!("{what}: GitHub takes no more calls with this token for {minutes} min")
        }
        _ => what,
    };
    Failure::Other {
        error: anyhow::Error::new(error).context(what),
        help,
    }
}
