//! Who is calling: App JWTs and installation access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::refusal::Refusal;
use crate::state::{AccessToken, AppId, State};

/// The longest that a JWT may have to live, in seconds
/// (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>).
const LONGEST_LIFE: i64 = 600;

/// The claims that GitHub reads.
#[derive(Deserialize)]
struct Claims {
    iss: Value,
    iat: Value,
    exp: Value,
}

/// The credential of an `Authorization` header.
pub(crate) fn credential(header: Option<&str>) -> Option<&str> {
    let (scheme, credential) = header?.split_once(' ')?;
    let known = ["bearer", "token"]
        .iter()
        .any(|it| scheme.eq_ignore_ascii_case(it));
    known.then(|| credential.trim())
}

/// The App that signed this JWT.
pub(crate) fn app(state: &State, jwt: Option<&str>) -> Result<AppId, Refusal> {
    let jwt = jwt.ok_or_else(undecodable)?;
    let (message, signature) = jwt.rsplit_once('.').ok_or_else(undecodable)?;
    let (header, claims) = message.split_once('.').ok_or_else(undecodable)?;
    let header: Value = part(header)?;
    if header["alg"] != "RS256" {
        return Err(undecodable());
    }
    let claims: Claims = part(claims)?;
    let app = issuer(state, &claims.iss)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| undecodable())?;
    if !state.apps[&app].signed(message.as_bytes(), &signature) {
        return Err(undecodable());
    }
    check_times(&claims, state.clock.now().as_second())?;
    Ok(app)
}

fn check_times(claims: &Claims, now: i64) -> Result<(), Refusal> {
    let expires = claims
        .exp
        .as_i64()
        .filter(|exp| *exp > now)
        .ok_or_else(|| {
            unauthorized(
                "'Expiration time' claim ('exp') must be a numeric value representing the future \
             time at which the assertion expires",
            )
        })?;
    if expires > now + LONGEST_LIFE {
        return Err(unauthorized(
            "'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    let issued = claims.iat.as_i64();
    if issued.is_none_or(|iat| iat > now) {
        return Err(unauthorized(
            "'Issued at' claim ('iat') must be an Integer representing the time that the \
             assertion was issued",
        ));
    }
    Ok(())
}

fn issuer(state: &State, iss: &Value) -> Result<AppId, Refusal> {
    let text = match iss {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(unauthorized("'Issuer' claim ('iss') must be an Integer")),
    };
    let mut apps = state.apps.values();
    apps.find(|app| app.client_id == text || app.id.to_string() == text)
        .map(|app| app.id)
        .ok_or_else(|| Refusal::new(404, "Integration not found"))
}

/// A token that is good now, whatever it may do.
pub(crate) fn installation(state: &State, text: Option<&str>) -> Result<AccessToken, Refusal> {
    let text = text.ok_or_else(|| Refusal::new(401, "Requires authentication"))?;
    let token = state
        .tokens
        .get(text)
        .ok_or_else(Refusal::bad_credentials)?;
    if token.expires_at <= state.clock.now() {
        return Err(Refusal::bad_credentials());
    }
    let installation = state.installations.get(&token.installation);
    let installation = installation.ok_or_else(Refusal::bad_credentials)?;
    if installation.suspended.is_some() {
        return Err(Refusal::new(403, "This installation has been suspended"));
    }
    Ok(token.clone())
}

fn part<T: for<'de> Deserialize<'de>>(encoded: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| undecodable())?;
    serde_json::from_slice(&bytes).map_err(|_| undecodable())
}

fn undecodable() -> Refusal {
    unauthorized("A JSON web token could not be decoded")
}

fn unauthorized(message: &str) -> Refusal {
    Refusal::new(401, message)
}
