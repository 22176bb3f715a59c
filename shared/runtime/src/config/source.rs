//! Raw values from the file, the environment and the command line, each with its place.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{
    APP_ID, CLIENT_ID, KEYS, Key, PRIVATE_KEY, PRIVATE_KEY_FILE, WEBHOOK_SECRET,
    WEBHOOK_SECRET_FILE,
};
use crate::app_file::APP_FILE;
use crate::problem::{Place, Problem, Warning};

/// The largest configuration file that is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

const PREFIX: &str = "PHASE_MIRROR_";

/// Variables with our prefix that are not keys, but say where to look.
const LOCATORS: [&str; 2] = [CONFIG_VARIABLE, DATA_VARIABLE];

/// Names the configuration file.
pub(super) const CONFIG_VARIABLE: &str = "PHASE_MIRROR_CONFIG";

/// Names the data folder.
pub(super) const DATA_VARIABLE: &str = "PHASE_MIRROR_DATA";

/// Where a configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--config`
    pub file: Option<PathBuf>,
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// The environment; only variables that begin with `PHASE_MIRROR_` are looked at.
    pub environment: BTreeMap<String, OsString>,
}

impl Sources {
    /// Sources with the variables of this process.
    #[must_use]
    pub fn with_process_environment(mut self) -> Self {
        self.environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        self
    }
}

/// A value as found, before it is checked.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) value: RawValue,
    pub(super) place: Place,
    /// What a relative path is relative to.
    pub(super) folder: PathBuf,
}

#[derive(Debug, Clone)]
pub(super) enum RawValue {
    Text(String),
    Number(String),
    /// Not UTF-8. Never altered into text: a secret would be another one.
    NotText,
    /// Of a type that no key has.
    Other(&'static str),
}

/// What was found, by the key's variable (which every key has, and no two share).
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) values: BTreeMap<&'static str, Raw>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Warning>,
}

impl Found {
    /// Reads the file (which may be absent unless it was asked for) and the environment.
    pub(super) fn read(sources: &Sources, file: &Path, required: Required) -> Self {
        let mut found = Self::default();
        match read_file(file) {
            Ok(text) => found.take_file(file, &text),
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound && required == Required::No => {}
            Err(error) => found.problems.push(Problem {
                what: format!("the configuration file can't be read: {error}"),
                place: Place::File {
                    path: file.to_owned(),
                    line: 1,
                },
                expected: "a readable UTF-8 file in TOML, at most 1 MB".to_owned(),
                help: format!("create it, or correct --config or {CONFIG_VARIABLE}"),
            }),
        }
        found.take_environment(&sources.environment);
        found
    }

    /// Reads the App that `phase-mirror setup` stored, unless one is named already: two Apps are never
    /// mixed.
    pub(super) fn take_stored_app(&mut self, data: &Path) {
        if self.app_place().is_some() {
            return;
        }
        let path = data.join(APP_FILE);
        let mut stored = Self::default();
        match read_file(&path) {
            Ok(text) => stored.take_file(&path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => stored.problems.push(Problem {
                what: format!("the App that was set up can't be read: {error}"),
                place: Place::File { path, line: 1 },
                expected: "the file as `phase-mirror setup` wrote it".to_owned(),
                help: "let this user read it, or run `phase-mirror setup --replace`".to_owned(),
            }),
        }
        if stored.app_place().is_some() {
            self.warn_of_what_stands_before();
        }
        for (variable, raw) in stored.values {
            self.values.entry(variable).or_insert(raw);
        }
        self.problems.extend(stored.problems);
    }

    /// What goes before the stored App's own is meant for it, or left over from another App.
    fn warn_of_what_stands_before(&mut self) {
        for key in [
            PRIVATE_KEY,
            PRIVATE_KEY_FILE,
            WEBHOOK_SECRET,
            WEBHOOK_SECRET_FILE,
        ] {
            let Some(raw) = self.values.get(key.variable) else {
                continue;
            };
            let (name, place) = (key.name, &raw.place);
            self.warnings.push(Warning {
                what: format!(
                    "`{name}` ({place}) is used in place of what `phase-mirror setup` stored"
                ),
                help: "remove it, unless it is a renewed one of the App that was set up".to_owned(),
            });
        }
    }

    /// Where an App is named, if one is.
    pub(super) fn app_place(&self) -> Option<Place> {
        let mut keys = [CLIENT_ID, APP_ID].into_iter();
        keys.find_map(|key| self.values.get(key.variable))
            .map(|raw| raw.place.clone())
    }

    /// A value as it is written, where it is a text.
    pub(super) fn text(&self, key: Key) -> Option<String> {
        match &self.values.get(key.variable)?.value {
            RawValue::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn take_file(&mut self, path: &Path, text: &str) {
        let lines = Lines(text);
        let at = |span: std::ops::Range<usize>| Place::File {
            path: path.to_owned(),
            line: lines.number(span.start),
        };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            self.problems.push(Problem {
                // The parser's message names syntax only; the text, which may hold a secret in
                // the wrong place, is not repeated.
                what: format!("this is not TOML: {}", error.message()),
                place: at(error.span().unwrap_or(0..0)),
                expected: "`key = value` or `[table]`".to_owned(),
                help: "strings need quotes, and a table's name stands in brackets".to_owned(),
            });
        }
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        for (name, key_span, value) in flatten("", document.get_ref()) {
            let place = at(key_span);
            match KEYS.iter().find(|key| key.name == name) {
                Some(key) => {
                    let raw = Raw {
                        value: RawValue::of(value),
                        place,
                        folder: folder.clone(),
                    };
                    self.values.insert(key.variable, raw);
                }
                None => self.problems.push(unknown_key(&name, place)),
            }
        }
    }

    fn take_environment(&mut self, environment: &BTreeMap<String, OsString>) {
        for (name, value) in environment {
            if LOCATORS.contains(&name.as_str()) || !name.starts_with(PREFIX) {
                continue;
            }
            match KEYS.iter().find(|key| key.variable == name) {
                Some(key) => {
                    let raw = Raw {
                        value: value
                            .to_str()
                            .map_or(RawValue::NotText, |text| RawValue::Text(text.to_owned())),
                        place: Place::Variable(name.clone()),
                        folder: PathBuf::from("."),
                    };
                    self.values.insert(key.variable, raw);
                }
                None => self.take_unknown_variable(name),
            }
        }
    }

    /// A variable that is nearly a setting was meant as one. Any other with our prefix may come
    /// from elsewhere: Kubernetes sets `PHASE_MIRROR_PORT` where a service has our name.
    fn take_unknown_variable(&mut self, name: &str) {
        let suffix = |variable: &'static str| variable.strip_prefix(PREFIX).unwrap_or_default();
        let meant = name.strip_prefix(PREFIX).unwrap_or_default();
        match nearest(meant, KEYS.iter().map(|key| suffix(key.variable))) {
            Some(near) => self.problems.push(Problem {
                what: format!("there is no setting {name}"),
                place: Place::Variable(name.to_owned()),
                expected: "a variable of docs/configuration.md".to_owned(),
                help: format!("did you mean {PREFIX}{near}?"),
            }),
            None => self.warnings.push(Warning {
                what: format!("the environment variable {name} is no setting and is ignored"),
                help: "docs/configuration.md lists every variable".to_owned(),
            }),
        }
    }
}

/// Whether a file has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Required {
    Yes,
    No,
}

impl RawValue {
    fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.clone().into_owned()),
            DeValue::Integer(number) if number.radix() == 10 => {
                Self::Number(number.as_str().replace('_', ""))
            }
            other => Self::Other(other.type_str()),
        }
    }
}

fn read_file(path: &Path) -> std::io::Result<String> {
    let size = std::fs::metadata(path)?.len();
    if size > MAX_FILE_BYTES {
        return Err(std::io::Error::other(format!("it has {size} bytes")));
    }
    std::fs::read_to_string(path)
}

/// Every leaf of a document, as `table.key`.
fn flatten<'a, 'i>(
    prefix: &str,
    table: &'a DeTable<'i>,
) -> Vec<(String, std::ops::Range<usize>, &'a DeValue<'i>)> {
    let mut leaves = Vec::new();
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match Spanned::get_ref(value) {
            DeValue::Table(inner) => leaves.extend(flatten(&format!("{name}."), inner)),
            leaf => leaves.push((name, key.span(), leaf)),
        }
    }
    leaves
}

fn unknown_key(name: &str, place: Place) -> Problem {
    // A secret's key without `_file` is a secret in the wrong place.
    let as_file = format!("{name}_file");
    let secret = KEYS.iter().find(|key| key.name == as_file);
    let help = match secret {
        Some(Key { name, variable, .. }) => format!(
            "secrets don't belong in this file: put it into a file of its own and name that with \
             `{name}`, or set {}",
            variable.trim_end_matches("_FILE")
        ),
        None => nearest(name, KEYS.iter().map(|key| key.name)).map_or_else(
            || "remove it; docs/configuration.md lists every key".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
    };
    Problem {
        what: format!("there is no key `{name}`"),
        place,
        expected: "a key of docs/configuration.md".to_owned(),
        help,
    }
}

/// The most similar name, if one is similar enough to be what was meant.
fn nearest(name: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    names
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(name, candidate),
                candidate,
            )
        })
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn number(&self, offset: usize) -> usize {
        let before = self.0.get(..offset).unwrap_or(self.0);
        before.matches('\n').count() + 1
    }
}
