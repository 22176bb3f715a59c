//! What the facts mean, and what helps. Pure.

use std::collections::BTreeMap;

use app::event::DeliveryId;
use app::ports::HookDelivery;
use app::{GitHubError, GitHubErrorKind};
use github::{EVENTS, Granted, Hook, Installed, PERMISSIONS, Permission, Registration};
use jiff::{SignedDuration, Timestamp};
use runtime::wiring::DataFolder;

use super::{AsApp, Facts};

/// GitHub refuses our tokens where this machine's clock is further ahead, and in the end where it is
/// further behind; both are a sign that nobody sets it.
const TOLERATED: SignedDuration = SignedDuration::from_secs(30);

/// Deliveries that are older say nothing of how things are.
const RECENT: SignedDuration = SignedDuration::from_hours(72);

const CLOCK: &str = "clock";

/// How bad it is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// As it must be.
    Fine,
    /// It works, and something is lost.
    Note,
    /// Something does not work.
    Lacking,
    /// It could not be looked at.
    Unseen,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// What it is about, in a word or two.
    pub(super) area: &'static str,
    /// How it is.
    pub(super) state: State,
    /// What was seen.
    pub(super) what: String,
    /// What helps.
    pub(super) help: Option<String>,
}

impl Finding {
    fn fine(area: &'static str, what: impl Into<String>) -> Self {
        Self {
            area,
            state: State::Fine,
            what: what.into(),
            help: None,
        }
    }

    fn bad(
        area: &'static str,
        state: State,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            area,
            state,
            what: what.into(),
            help: Some(help.into()),
        }
    }

    fn lacking(area: &'static str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::bad(area, State::Lacking, what, help)
    }

    fn note(area: &'static str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::bad(area, State::Note, what, help)
    }
}

/// Everything that was looked at, in the order in which to put it right.
pub(super) fn of(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![Finding::fine("configuration", "it is valid")];
    findings.extend(facts.warnings.iter().map(|warning| {
        Finding::note(
            "configuration",
            warning,
            "docs/configuration.md has every key",
        )
    }));
    findings.push(data(&facts.data));
    findings.extend(clock(facts));
    match (&facts.registration.answer, &facts.as_app) {
        (Ok(app), Some(as_app)) => {
            findings.push(Finding::fine(
                "key",
                format!("GitHub knows us as {:?}", app.name),
            ));
            findings.extend(permissions(app));
            findings.extend(events(app));
            findings.extend(installations(app, as_app));
            findings.extend(webhook(app, as_app));
            findings.extend(deliveries(facts.now, as_app));
        }
        (Err(error), _) => {
            let is_dated_wrong = findings
                .iter()
                .any(|it| it.area == CLOCK && it.help.is_some());
            findings.push(not_known(error, is_dated_wrong));
        }
        (Ok(_), None) => {}
    }
    findings
}

fn data(data: &anyhow::Result<DataFolder>) -> Finding {
    const AREA: &str = "data folder";
    match data {
        Ok(DataFolder::Fine) => Finding::fine(AREA, "it can be read and written"),
        Ok(DataFolder::InUse) => Finding::fine(AREA, "`phase-mirror serve` works on it"),
        Ok(DataFolder::NotThere) => {
            Finding::fine(AREA, "it is not there yet; `phase-mirror serve` makes it")
        }
        // The error says what to do, too.
        Err(error) => Finding::lacking(AREA, error.to_string(), "docs/serve.md says what it needs"),
    }
}

fn clock(facts: &Facts) -> Option<Finding> {
    let ahead = facts.now.duration_since(facts.registration.date?);
    if ahead.abs() <= TOLERATED {
        return Some(Finding::fine(CLOCK, "it agrees with GitHub's"));
    }
    let side = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let what = format!("this machine's clock is {} {side} GitHub's", rounded(ahead));
    let help = "GitHub refuses tokens that are dated so: set the clock, and have it kept right (NTP; \
                `timedatectl set-ntp true`)";
    Some(Finding::lacking(CLOCK, what, help))
}

/// In the largest unit that tells it.
fn rounded(time: SignedDuration) -> String {
    let seconds = time.abs().as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", (seconds + 30) / 60),
        7_200..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

/// GitHub does not say who we are.
fn not_known(error: &GitHubError, is_dated_wrong: bool) -> Finding {
    const AREA: &str = "key";
    if is_dated_wrong && error.kind == GitHubErrorKind::Unauthorized {
        let what = "GitHub refuses what we sign; by this clock no key could be right";
        return Finding::note(AREA, what, "set the clock, and look again");
    }
    let said = with_cause(error);
    match error.kind {
        GitHubErrorKind::Unauthorized | GitHubErrorKind::Forbidden | GitHubErrorKind::NotFound => {
            let help = "compare `client_id` with the App's page at GitHub, and give a private key that is \
                        listed there; a clock that is wrong looks the same";
            Finding::lacking(AREA, format!("GitHub does not take it: {said}"), help)
        }
        _ => {
            let help = "see that this machine reaches the address of `github.api_url`";
            Finding::bad(
                AREA,
                State::Unseen,
                format!("GitHub was not reached: {said}"),
                help,
            )
        }
    }
}

fn permissions(app: &Registration) -> Vec<Finding> {
    let lacking = |permission: &&Permission| !grants(&app.permissions, permission);
    let missing: Vec<Finding> = PERMISSIONS
        .iter()
        .filter(lacking)
        .map(|permission| {
            let what = format!("the App lacks {}: {}", said(permission), permission.without);
            let help = format!(
                "grant it on the App's page at GitHub ({}), under Permissions & events; every \
                 installation's owner is then asked to accept it",
                app.html_url
            );
            of_weight(permission.required, "permissions", what, help)
        })
        .collect();
    if missing.is_empty() {
        return vec![Finding::fine(
            "permissions",
            "the App has all that it can use",
        )];
    }
    missing
}

fn events(app: &Registration) -> Vec<Finding> {
    let lacking = |(event, _): &&(&str, bool)| !app.events.iter().any(|known| known == event);
    let missing: Vec<Finding> = EVENTS
        .iter()
        .filter(lacking)
        .map(|(event, required)| {
            let what = format!("the App is not subscribed to {event}");
            let help = format!(
                "subscribe to it on the App's page at GitHub ({}), under Permissions & events",
                app.html_url
            );
            of_weight(*required, "events", what, help)
        })
        .collect();
    if missing.is_empty() {
        return vec![Finding::fine(
            "events",
            "the App hears of all that it works on",
        )];
    }
    missing
}

fn of_weight(required: bool, area: &'static str, what: String, help: String) -> Finding {
    if required {
        Finding::lacking(area, what, help)
    } else {
        Finding::note(area, what, help)
    }
}

fn installations(app: &Registration, as_app: &AsApp) -> Vec<Finding> {
    const AREA: &str = "installations";
    let all = match &as_app.installations {
        Ok(all) => all,
        Err(error) => return vec![unseen(AREA, error)],
    };
    if all.is_empty() {
        let help = format!("install it: {}/installations/new", app.html_url);
        return vec![Finding::lacking(AREA, "the App is installed nowhere", help)];
    }
    let mut findings: Vec<Finding> = all
        .iter()
        .flat_map(|one| of_installation(app, one))
        .collect();
    if findings.is_empty() {
        let names: Vec<&str> = all.iter().map(|one| one.account.login.as_str()).collect();
        findings.push(Finding::fine(AREA, names.join(", ")));
    }
    findings
}

/// What keeps the App from working there.
fn of_installation(app: &Registration, one: &Installed) -> Vec<Finding> {
    const AREA: &str = "installations";
    let name = &one.account.login;
    if one.suspended_at.is_some() {
        let help = format!("let its owner unsuspend it: {}", one.html_url);
        return vec![Finding::lacking(
            AREA,
            format!("{name} has suspended the App"),
            help,
        )];
    }
    // What the App itself lacks is told already.
    PERMISSIONS
        .iter()
        .filter(|permission| grants(&app.permissions, permission))
        .filter(|permission| !grants(&one.permissions, permission))
        .map(|permission| {
            let said = said(permission);
            let what = format!("{name} has not accepted {said}: {}", permission.without);
            let help = format!("let its owner accept the new permissions: {}", one.html_url);
            of_weight(permission.required, AREA, what, help)
        })
        .collect()
}

fn webhook(app: &Registration, as_app: &AsApp) -> Vec<Finding> {
    const AREA: &str = "webhook";
    let page = &app.html_url;
    let hook = match &as_app.hook {
        Ok(Some(hook)) => hook,
        Ok(None) => {
            let help = format!("set it on the App's page at GitHub ({page}): https://HOST/webhook");
            return vec![Finding::lacking(AREA, "the App has no webhook URL", help)];
        }
        Err(error) => return vec![unseen(AREA, error)],
    };
    let mut findings = Vec::new();
    if hook.content_type != "json" {
        let what = format!("its content type is {:?}", hook.content_type);
        let help = format!("set application/json on the App's page at GitHub ({page})");
        findings.push(Finding::lacking(AREA, what, help));
    }
    findings.extend(transport(hook, page));
    if findings.is_empty() {
        findings.push(Finding::fine(AREA, hook.url.clone()));
    }
    findings
}

/// How it is sent.
fn transport(hook: &Hook, page: &str) -> Option<Finding> {
    const AREA: &str = "webhook";
    if !hook.url.starts_with("https://") {
        let what = format!(
            "{} is not https://: others can read what GitHub sends",
            hook.url
        );
        let help = format!("put TLS in front, and change the URL on the App's page ({page})");
        return Some(Finding::note(AREA, what, help));
    }
    hook.is_insecure().then(|| {
        let help = format!("enable SSL verification on the App's page at GitHub ({page})");
        Finding::note(AREA, "GitHub does not check who answers there", help)
    })
}

fn deliveries(now: Timestamp, as_app: &AsApp) -> Vec<Finding> {
    const AREA: &str = "deliveries";
    let all = match &as_app.deliveries {
        Ok(all) => all,
        Err(error) => return vec![unseen(AREA, error)],
    };
    let recent = all
        .iter()
        .filter(|one| now.duration_since(one.at) <= RECENT);
    let recent = that_count(recent);
    if recent.is_empty() {
        let help = "open a pull request in a repository where the App is installed";
        return vec![Finding::note(
            AREA,
            "GitHub has sent nothing in the last three days",
            help,
        )];
    }
    let mut failed: BTreeMap<Option<u16>, usize> = BTreeMap::new();
    for one in recent.iter().filter(|one| !one.is_taken()) {
        *failed.entry(one.status).or_default() += 1;
    }
    if failed.is_empty() {
        let what = format!("all of the latest {} were taken", recent.len());
        return vec![Finding::fine(AREA, what)];
    }
    let total = recent.len();
    failed
        .into_iter()
        .map(|(status, count)| {
            let (what, help) = failure(status);
            Finding::lacking(AREA, format!("{count} of the latest {total} {what}"), help)
        })
        .collect()
}

/// The latest attempt at each delivery: what failed and was sent again since is mended. The ping comes
/// when the App is registered, and nobody need listen yet; once anything is taken it says nothing.
fn that_count<'a>(attempts: impl Iterator<Item = &'a HookDelivery>) -> Vec<&'a HookDelivery> {
    let mut latest: BTreeMap<&DeliveryId, &HookDelivery> = BTreeMap::new();
    for one in attempts {
        let known = latest.entry(&one.guid).or_insert(one);
        if (one.at, one.id) > (known.at, known.id) {
            *known = one;
        }
    }
    let taken = latest.values().filter(|one| one.is_taken());
    let last_taken = taken.map(|one| (one.at, one.id)).max();
    let is_outdated = |one: &HookDelivery| {
        one.event == "ping" && !one.is_taken() && Some((one.at, one.id)) < last_taken
    };
    latest
        .into_values()
        .filter(|one| !is_outdated(one))
        .collect()
}

/// What a receiver's status means.
fn failure(status: Option<u16>) -> (String, &'static str) {
    match status {
        None => (
            "reached nobody".to_owned(),
            "see that GitHub reaches the webhook's URL, and that `phase-mirror serve` runs behind it; \
             then redeliver from the App's page, Advanced",
        ),
        Some(401) => (
            "were refused for their signature (401): the webhook's secret at GitHub is not the one here"
                .to_owned(),
            "set the same secret on both sides; GitHub does not show its own, so set it anew",
        ),
        Some(404) => (
            "found no webhook (404)".to_owned(),
            "let the webhook's URL end in /webhook, and the proxy pass that path on",
        ),
        Some(status) => (
            format!("were answered {status}"),
            "look for the delivery in the log of `phase-mirror serve`; docs/errors.md explains its code",
        ),
    }
}

fn unseen(area: &'static str, error: &GitHubError) -> Finding {
    let what = format!("could not be looked at: {}", with_cause(error));
    Finding::bad(area, State::Unseen, what, "try again in a moment")
}

/// What GitHub said is in the cause.
fn with_cause(error: &GitHubError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn grants(granted: &Granted, permission: &Permission) -> bool {
    let rank = |access: &str| {
        ["read", "write", "admin"]
            .iter()
            .position(|it| *it == access)
    };
    let has = granted.get(permission.name).and_then(|access| rank(access));
    has.is_some_and(|has| Some(has) >= rank(permission.access))
}

/// `checks: write`
fn said(permission: &Permission) -> String {
    format!("{}: {}", permission.name, permission.access)
}
