//! Checks raw values one by one and remembers what is wrong with them.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use github::{ACTIONS_ON_GITHUB_COM, ApiUrl, PrivateKey};
use secrecy::SecretString;

use super::keys::{self, Key, Kind};
use super::secret_file;
use super::source::{Found, Raw, RawValue};
use super::{
    Config, ConfigError, GitHubConfig, Loaded, LogConfig, LogFormat, Place, Problem, ServerConfig,
    Warning,
};

/// A problem was found and noted; what is read next may have more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted;

type Checked<T> = Result<T, Noted>;

/// Takes values by key.
pub(super) struct Reader {
    found: Found,
    warnings: Vec<Warning>,
}

impl Reader {
    pub(super) fn new(mut found: Found) -> Self {
        let warnings = std::mem::take(&mut found.warnings);
        Self { found, warnings }
    }

    pub(super) fn override_with_option(&mut self, key: Key, option: &'static str, value: &str) {
        let raw = Raw {
            value: RawValue::Text(value.to_owned()),
            place: Place::Option(option),
            folder: PathBuf::from("."),
        };
        self.found.values.insert(key.variable, raw);
    }

    /// The configuration, unless there was any problem.
    pub(super) fn finish(
        self,
        config: impl FnOnce() -> Checked<Config>,
    ) -> Result<Loaded, ConfigError> {
        let mut problems = self.found.problems;
        match config() {
            Ok(config) if problems.is_empty() => Ok(Loaded {
                config,
                warnings: self.warnings,
            }),
            _ => {
                problems.sort_by_key(|problem| order(&problem.place));
                Err(ConfigError { problems })
            }
        }
    }

    pub(super) fn server(&mut self) -> Checked<ServerConfig> {
        let listen = self.checked(keys::LISTEN, |text| text.parse::<SocketAddr>().ok());
        let max_body_bytes = self.count(keys::MAX_BODY_BYTES, 1024..=26_214_400);
        let max_connections = self.count(keys::MAX_CONNECTIONS, 1..=4096);
        let request_timeout = self.number(keys::REQUEST_TIMEOUT_SECONDS, 1..=60);
        let shutdown_grace = self.number(keys::SHUTDOWN_GRACE_SECONDS, 0..=300);
        Ok(ServerConfig {
            listen: listen?,
            max_body_bytes: max_body_bytes?,
            max_connections: max_connections?,
            request_timeout: Duration::from_secs(request_timeout?),
            shutdown_grace: Duration::from_secs(shutdown_grace?),
        })
    }

    pub(super) fn log(&mut self) -> Checked<LogConfig> {
        let format = self.checked(keys::LOG_FORMAT, |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        let level = self.checked(keys::LOG_LEVEL, |text| {
            let known = ["error", "warn", "info", "debug", "trace"].contains(&text);
            known.then(|| text.parse().ok()).flatten()
        });
        Ok(LogConfig {
            format: format?,
            level: level?,
        })
    }

    pub(super) fn github(&mut self) -> Checked<GitHubConfig> {
        let api_url = self.checked(keys::API_URL, |text| ApiUrl::new(text).ok());
        let issuer = self.issuer();
        let private_key = self.private_key();
        let webhook_secret = self.required_secret(keys::WEBHOOK_SECRET, keys::WEBHOOK_SECRET_FILE);
        let previous = self.secret(
            keys::WEBHOOK_SECRET_PREVIOUS,
            keys::WEBHOOK_SECRET_PREVIOUS_FILE,
        );
        let actions = self.optional_number(keys::ACTIONS_APP_ID);
        let api_url = api_url?;
        let known = api_url.is_github_com().then_some(ACTIONS_ON_GITHUB_COM);
        Ok(GitHubConfig {
            issuer: issuer?,
            private_key: private_key?,
            webhook_secret: webhook_secret?,
            webhook_secret_previous: previous?,
            actions_app_id: actions?.or(known),
            api_url,
        })
    }

    pub(super) fn workers(&mut self) -> Checked<NonZeroUsize> {
        let workers = self.count(keys::WORKERS, 1..=64)?;
        NonZeroUsize::new(workers).ok_or(Noted)
    }

    /// A number that counts things in memory.
    fn count(&mut self, key: Key, range: RangeInclusive<u64>) -> Checked<usize> {
        // Every range ends far below what `usize` holds on any platform.
        let number = self.number(key, range)?;
        usize::try_from(number).map_err(|_| Noted)
    }

    fn number(&mut self, key: Key, range: RangeInclusive<u64>) -> Checked<u64> {
        let fits = |number: u64| range.contains(&number).then_some(number);
        self.checked(key, |text| text.parse().ok().and_then(fits))
    }

    /// `None` when it is not set.
    fn optional_number(&mut self, key: Key) -> Checked<Option<u64>> {
        if !self.found.values.contains_key(key.variable) {
            return Ok(None);
        }
        self.number(key, 1..=u64::MAX).map(Some)
    }

    /// A value that is set, or its default, if `check` accepts it.
    fn checked<T>(&mut self, key: Key, check: impl Fn(&str) -> Option<T>) -> Checked<T> {
        let Some(raw) = self.found.values.get(key.variable) else {
            // Every key read by this method has a default or is set.
            return check(key.default).ok_or(Noted);
        };
        let in_file = matches!(raw.place, Place::File { .. });
        let (fine, shown) = match (&raw.value, key.kind) {
            (RawValue::Text(text), Kind::Number) if in_file => (None, format!("the text {text:?}")),
            (RawValue::Text(text), _) => (check(text), format!("{text:?}")),
            (RawValue::Number(digits), Kind::Number) => (check(digits), digits.clone()),
            (RawValue::Number(digits), Kind::Text) => (None, format!("the number {digits}")),
            (RawValue::NotText, _) => (None, "not UTF-8".to_owned()),
            (RawValue::Other(kind), _) => (None, format!("a TOML {kind}")),
        };
        let problem = Problem {
            what: format!("{} is {shown}", name_of(key, &raw.place)),
            place: raw.place.clone(),
            expected: key.expected.to_owned(),
            help: match key.default {
                "" => "correct it, or remove it where it is not needed".to_owned(),
                default => format!("correct it, or remove it to use the default, {default}"),
            },
        };
        fine.ok_or_else(|| self.note(problem))
    }

    fn note(&mut self, problem: Problem) -> Noted {
        self.found.problems.push(problem);
        Noted
    }

    fn issuer(&mut self) -> Checked<String> {
        let set = |reader: &Self, key: Key| reader.found.values.contains_key(key.variable);
        let has_client_id = set(self, keys::CLIENT_ID);
        let app_id = self.optional_number(keys::APP_ID);
        if has_client_id {
            return self.checked(keys::CLIENT_ID, |text| {
                let fine = (1..=64).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
                fine.then(|| text.to_owned())
            });
        }
        match app_id? {
            Some(id) => Ok(id.to_string()),
            None => Err(self.missing(
                "the App has neither client ID nor id",
                "the App's client ID or its id",
                keys::CLIENT_ID,
            )),
        }
    }

    fn private_key(&mut self) -> Checked<PrivateKey> {
        let pem = self.required_secret(keys::PRIVATE_KEY, keys::PRIVATE_KEY_FILE)?;
        let error = match PrivateKey::from_pem(&pem) {
            Ok(key) => return Ok(key),
            Err(error) => error,
        };
        let place = [keys::PRIVATE_KEY, keys::PRIVATE_KEY_FILE]
            .iter()
            .find_map(|key| self.found.values.get(key.variable))
            .map_or(Place::Missing, |raw| raw.place.clone());
        Err(self.note(Problem {
            what: error.to_string(),
            place,
            expected: keys::PRIVATE_KEY.expected.to_owned(),
            help: "use the .pem file that GitHub gave you, unchanged, with its line breaks; if it \
                   is lost, generate a new key on the App's page"
                .to_owned(),
        }))
    }

    fn required_secret(&mut self, variable: Key, file: Key) -> Checked<SecretString> {
        self.secret(variable, file)?.ok_or_else(|| {
            let what = format!("`{}` is not set", file.name);
            self.missing(&what, variable.expected, file)
        })
    }

    /// `None` when it is not set.
    fn secret(&mut self, variable: Key, file: Key) -> Checked<Option<SecretString>> {
        if let Some(raw) = self.found.values.get(variable.variable) {
            let RawValue::Text(text) = &raw.value else {
                return self.checked(variable, |_| None);
            };
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            let place = raw.place.clone();
            return self.not_empty(text, variable, place).map(Some);
        }
        let Some(raw) = self.found.values.get(file.variable).cloned() else {
            return Ok(None);
        };
        let path = match &raw.value {
            RawValue::Text(path) if !path.is_empty() => raw.folder.join(path),
            _ => return self.checked(file, |_| None),
        };
        match secret_file::read(&path) {
            Ok(read) => {
                self.warnings.extend(read.warning);
                self.not_empty(read.text, file, raw.place).map(Some)
            }
            Err(error) => Err(self.note(Problem {
                what: format!("`{}` names {}: {error}", file.name, path.display()),
                place: raw.place,
                expected: file.expected.to_owned(),
                help: "correct the path, or let this user read the file".to_owned(),
            })),
        }
    }

    fn not_empty(&mut self, text: String, key: Key, place: Place) -> Checked<SecretString> {
        if text.trim().is_empty() {
            return Err(self.note(Problem {
                what: format!("{} holds nothing", name_of(key, &place)),
                place,
                expected: key.expected.to_owned(),
                help: "put the secret there".to_owned(),
            }));
        }
        Ok(SecretString::from(text))
    }

    fn missing(&mut self, what: &str, expected: &str, key: Key) -> Noted {
        self.note(Problem {
            what: what.to_owned(),
            place: Place::Missing,
            expected: expected.to_owned(),
            help: format!("set `{}` in the file, or {}", key.name, key.variable),
        })
    }
}

/// A key as its reader wrote it.
fn name_of(key: Key, place: &Place) -> String {
    match place {
        Place::Variable(name) => name.clone(),
        Place::Option(name) => (*name).to_owned(),
        Place::File { .. } | Place::Missing => format!("`{}`", key.name),
    }
}

fn order(place: &Place) -> (u8, usize) {
    match place {
        Place::Option(_) => (0, 0),
        Place::File { line, .. } => (1, *line),
        Place::Variable(_) => (2, 0),
        Place::Missing => (3, 0),
    }
}
