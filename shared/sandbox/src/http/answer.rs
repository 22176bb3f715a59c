//! From a request's bytes to an answer's: route, caller, budget, handler, headers.

use jiff::Timestamp;
use sha1::{Digest, Sha1};

use super::auth;
use super::exchange::Call;
use super::refusal::Refusal;
use super::request::{Reply, Request, Viewer};
use super::route::{Audience, Parameters, Route};
use crate::rest::ROUTES;
use crate::state::{AccessToken, RateLimit, Repository, Resource, State};

/// The versions of the REST API that GitHub serves; the first where none is asked for
/// (<https://docs.github.com/en/rest/about-the-rest-api/api-versions>).
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// A request as it came.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    /// Names in lowercase.
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

/// An answer as it goes.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Asked<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn credential(&self) -> Option<&str> {
        auth::credential(self.header("authorization"))
    }

    fn route(&self) -> Option<(&'static Route, Parameters)> {
        ROUTES.iter().find_map(|route| {
            let parameters = route.fits(self.method, self.path)?;
            Some((route, parameters))
        })
    }

    /// What is remembered of it.
    pub(super) fn call(&self, state: &State) -> Call {
        let token = self.credential().and_then(|text| state.tokens.get(text));
        Call {
            at: state.clock.now(),
            method: self.method.to_owned(),
            route: self.route().map_or("", |(route, _)| route.template),
            path: self.path.to_owned(),
            query: self.query.to_owned(),
            installation_id: token.map(|it| it.installation),
            status: None,
        }
    }
}

/// Answers a request.
pub(super) fn answer(state: &mut State, asked: &Asked<'_>) -> Answer {
    let mut headers = vec![
        ("date", date(state.clock.now())),
        ("server", "github.com".to_owned()),
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("x-github-media-type", "github.v3; format=json".to_owned()),
        (
            "x-github-request-id",
            format!("SAND:{:X}", state.fresh_id()),
        ),
    ];
    let version = asked.header("x-github-api-version").unwrap_or(VERSIONS[0]);
    headers.push(("x-github-api-version-selected", version.to_owned()));
    let result = answered(state, asked, version, &mut headers);
    let (status, json) = match result {
        Ok(reply) => {
            headers.extend(reply.headers);
            (reply.status, reply.json)
        }
        Err(refusal) => {
            headers.extend(refusal.headers.clone());
            (refusal.status, refusal.json())
        }
    };
    let mut answer = Answer {
        status,
        headers: Vec::new(),
        body: json.to_string().into_bytes(),
    };
    if asked.method == "GET" && status == 200 {
        let tag = format!("W/\"{}\"", hexadecimal(&Sha1::digest(&answer.body)));
        if asked.header("if-none-match") == Some(&tag) {
            answer.status = 304;
            answer.body.clear();
            refund(state, asked, &mut headers);
        }
        headers.push(("etag", tag));
    }
    let headers = headers.into_iter();
    answer.headers = headers
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    answer
}

fn answered(
    state: &mut State,
    asked: &Asked<'_>,
    version: &str,
    headers: &mut Vec<(&'static str, String)>,
) -> Result<Reply, Refusal> {
    if asked.header("user-agent").is_none_or(str::is_empty) {
        let message = "Request forbidden by administrative rules. Please make sure your request \
                       has a User-Agent header (https://docs.github.com/en/rest/overview/\
                       resources-in-the-rest-api#user-agent-required).";
        return Err(Refusal::new(403, message));
    }
    if !VERSIONS.contains(&version) {
        let message = format!("\"{version}\" is not a supported version.");
        return Err(Refusal::new(400, message));
    }
    let (route, parameters) = asked.route().ok_or_else(Refusal::not_found)?;
    let (viewer, repository) = admit(state, asked, route, &parameters, headers)?;
    (route.handler)(&mut Request {
        state,
        viewer,
        repository,
        parameters,
        path: asked.path,
        query: asked.query,
        body: asked.body,
    })
}

/// Who the caller is and which repository they mean, if they may.
fn admit(
    state: &mut State,
    asked: &Asked<'_>,
    route: &Route,
    parameters: &Parameters,
    headers: &mut Vec<(&'static str, String)>,
) -> Result<(Viewer, u64), Refusal> {
    if route.audience == Audience::Anybody {
        return Ok((Viewer::Anybody, 0));
    }
    if route.audience == Audience::App {
        let app = auth::app(state, asked.credential())?;
        return Ok((Viewer::App(app), 0));
    }
    let token = auth::installation(state, asked.credential())?;
    charge(state, &token, resource(route), headers)?;
    let Audience::Repository(permission, access) = route.audience else {
        return Ok((Viewer::Installation(token), 0));
    };
    let (owner, name) = (parameters.value("owner"), parameters.value("repo"));
    let repository = state.repository_once_named(owner, name);
    let repository = repository
        .filter(|it| state.token_reaches(&token, it.id))
        .ok_or_else(Refusal::not_found)?;
    if !repository.name.eq_ignore_ascii_case(name) {
        return Err(moved(state, asked, repository));
    }
    let repository = repository.id;
    let granted = &state.installations[&token.installation].permissions;
    let both = [granted, &token.permissions];
    let free = permission == "metadata";
    if !free && !both.iter().all(|it| it.allows(permission, access)) {
        return Err(Refusal::not_accessible());
    }
    Ok((Viewer::Installation(token), repository))
}

/// Where a renamed repository is found: by its id, which is the same for ever.
fn moved(state: &State, asked: &Asked<'_>, repository: &Repository) -> Refusal {
    let rest: String = asked
        .path
        .split('/')
        .skip(4)
        .fold(String::new(), |rest, segment| rest + "/" + segment);
    let query = if asked.query.is_empty() {
        String::new()
    } else {
        format!("?{}", asked.query)
    };
    let location = format!(
        "{}/repositories/{}{rest}{query}",
        state.base_url, repository.id
    );
    let (status, message) = match asked.method {
        "GET" => (301, "Moved Permanently"),
        _ => (307, "Temporary Redirect"),
    };
    Refusal::new(status, message).with_header("location", &location)
}

/// The path with the repository's name where its id is given (`/repositories/{id}/…`), which
/// is where GitHub redirects to.
pub(super) fn named_path(state: &State, path: &str) -> Option<String> {
    let rest = path.strip_prefix("/repositories/")?;
    let (id, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let repository = state.repositories.get(&id.parse().ok()?)?;
    Some(format!("/repos/{}{rest}", repository.full_name()))
}

fn resource(route: &Route) -> Resource {
    if route.template == "/graphql" {
        Resource::Graphql
    } else {
        Resource::Core
    }
}

/// Takes the call off the installation's budget.
fn charge(
    state: &mut State,
    token: &AccessToken,
    resource: Resource,
    headers: &mut Vec<(&'static str, String)>,
) -> Result<(), Refusal> {
    let now = state.clock.now();
    let Some(installation) = state.installations.get_mut(&token.installation) else {
        return Err(Refusal::bad_credentials());
    };
    let limit = installation.limit(resource);
    limit.refresh(now);
    let (blocked, says_until_when) = (limit.blocked_until, limit.says_until_when);
    let by_error = limit.refuses_by_error && resource == Resource::Graphql;
    let paid = blocked.is_none() && limit.spend();
    headers.extend(rate_headers(limit, resource));
    if let Some(until) = blocked {
        let seconds = until.as_second() - now.as_second();
        let message = "You have exceeded a secondary rate limit. Please wait a few minutes \
                       before you try again.";
        let refusal = if by_error {
            Refusal::by_graphql(message)
        } else {
            Refusal::new(403, message)
        };
        if !says_until_when {
            return Err(refusal);
        }
        return Err(refusal.with_header("retry-after", &seconds.max(1).to_string()));
    }
    if !paid {
        let id = token.installation;
        let message = format!("API rate limit exceeded for installation ID {id}.");
        return Err(Refusal::new(403, message));
    }
    Ok(())
}

/// What was not changed costs nothing.
fn refund(state: &mut State, asked: &Asked<'_>, headers: &mut Vec<(&'static str, String)>) {
    let token = asked.credential().and_then(|text| state.tokens.get(text));
    let Some(installation) = token.map(|it| it.installation) else {
        return;
    };
    if let Some(installation) = state.installations.get_mut(&installation) {
        let limit = installation.limit(Resource::Core);
        limit.used = limit.used.saturating_sub(1);
        headers.retain(|(name, _)| !name.starts_with("x-ratelimit-"));
        headers.extend(rate_headers(limit, Resource::Core));
    }
}

fn rate_headers(limit: &RateLimit, resource: Resource) -> [(&'static str, String); 5] {
    [
        ("x-ratelimit-limit", limit.limit.to_string()),
        ("x-ratelimit-remaining", limit.remaining().to_string()),
        ("x-ratelimit-reset", limit.resets_at.as_second().to_string()),
        ("x-ratelimit-used", limit.used.to_string()),
        ("x-ratelimit-resource", resource.as_str().to_owned()),
    ]
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
fn date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
