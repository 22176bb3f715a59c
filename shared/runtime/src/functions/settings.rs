//! A function's settings: variables that template.yaml sets, checked as a whole at the start.

use std::collections::BTreeMap;

use aws::QueueUrls;
use aws::names::Names;

use crate::problem::{ConfigError, Place, Problem};
use crate::telemetry::{LogConfig, LogFormat};

/// A variable that a function reads.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What a value looks like.
    pub expected: &'static str,
    /// Which functions read it.
    pub readers: Readers,
}

/// Which functions read a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readers {
    /// All of them.
    Everybody,
    /// Those that call GitHub.
    CallersOfGitHub,
    /// Those that work on messages, which all call GitHub.
    Workers,
}

const fn variable(name: &'static str, expected: &'static str) -> Variable {
    read_by(Readers::Everybody, name, expected)
}

const fn read_by(readers: Readers, name: &'static str, expected: &'static str) -> Variable {
    Variable {
        name,
        expected,
        readers,
    }
}

const ENVIRONMENT: Variable = variable(
    "PHASE_MIRROR_ENVIRONMENT",
    "1 to 16 of a-z, 0-9 and hyphen, such as production",
);
const LOG_LEVEL: Variable = variable(
    "PHASE_MIRROR_LOG_LEVEL",
    "error, warn, info, debug or trace",
);
const PULL_REQUEST_QUEUE: Variable = variable(
    "PHASE_MIRROR_PULL_REQUEST_QUEUE_URL",
    "the URL of an SQS queue",
);
const CHECK_RUN_QUEUE: Variable = variable(
    "PHASE_MIRROR_CHECK_RUN_QUEUE_URL",
    "the URL of an SQS queue",
);
const LIFECYCLE_QUEUE: Variable = variable(
    "PHASE_MIRROR_LIFECYCLE_QUEUE_URL",
    "the URL of an SQS queue",
);
const BUCKET: Variable = read_by(
    Readers::Workers,
    "PHASE_MIRROR_BUCKET",
    "the name of an S3 bucket",
);
const MAX_RECEIVES: Variable = read_by(
    Readers::Workers,
    "PHASE_MIRROR_MAX_RECEIVES",
    "the queue's maxReceiveCount, a whole number from 2 to 1000",
);
const API_URL: Variable = read_by(
    Readers::CallersOfGitHub,
    "PHASE_MIRROR_GITHUB_API_URL",
    "an https URL without query (http only for a loopback address)",
);
const ACTIONS_APP_ID: Variable = read_by(
    Readers::CallersOfGitHub,
    "PHASE_MIRROR_GITHUB_ACTIONS_APP_ID",
    "a whole number from 1, or nothing",
);

/// Every variable; a test holds template.yaml to it.
pub const VARIABLES: &[Variable] = &[
    ENVIRONMENT,
    LOG_LEVEL,
    PULL_REQUEST_QUEUE,
    CHECK_RUN_QUEUE,
    LIFECYCLE_QUEUE,
    BUCKET,
    MAX_RECEIVES,
    API_URL,
    ACTIONS_APP_ID,
];

/// What every function is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Every name of the environment.
    pub names: Names,
    /// Log lines.
    pub log: LogConfig,
    /// Where messages are sent.
    pub queues: QueueUrls,
}

/// What a function that calls GitHub is told.
#[cfg(feature = "worker-functions")]
#[derive(Debug, Clone)]
pub struct GitHubSettings {
    /// What every function is told.
    pub common: Settings,
    /// Where GitHub's APIs are.
    pub api_url: github::ApiUrl,
    /// The id of the GitHub Actions App, where it is known.
    pub actions_app_id: Option<u64>,
}

/// What a function that works on messages is told.
#[cfg(feature = "worker-functions")]
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// What every function that calls GitHub is told.
    pub github: GitHubSettings,
    /// Where evaluations are kept.
    pub bucket: String,
    /// After how many receives a message becomes a dead letter.
    pub max_receives: u32,
}

impl Settings {
    /// Checks the variables of every function, and names every problem.
    pub fn read(environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(environment);
        let settings = reader.settings();
        reader.finish(settings)
    }
}

#[cfg(feature = "worker-functions")]
impl GitHubSettings {
    /// Checks all variables of a function that calls GitHub, and names every problem.
    pub fn read(environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(environment);
        let settings = reader.github();
        reader.finish(settings)
    }
}

#[cfg(feature = "worker-functions")]
impl WorkerSettings {
    /// Checks all variables of a function that works on messages, and names every problem.
    pub fn read(environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(environment);
        let github = reader.github();
        let bucket = reader.value(BUCKET, |text| (!text.is_empty()).then(|| text.to_owned()));
        let max_receives = reader.value(MAX_RECEIVES, |text| {
            let number = text.parse().ok();
            number.filter(|number| (2..=1000).contains(number))
        });
        let settings = (|| {
            Some(Self {
                github: github?,
                bucket: bucket?,
                max_receives: max_receives?,
            })
        })();
        reader.finish(settings)
    }
}

/// Takes variables one by one and remembers what is wrong with them.
struct Reader<'a> {
    environment: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn new(environment: &'a BTreeMap<String, String>) -> Self {
        Self {
            environment,
            problems: Vec::new(),
        }
    }

    fn settings(&mut self) -> Option<Settings> {
        let names = self.value(ENVIRONMENT, |text| Names::new(text).ok());
        let level = self.value(LOG_LEVEL, |text| {
            let known = ["error", "warn", "info", "debug", "trace"].contains(&text);
            known.then(|| text.parse().ok()).flatten()
        });
        let url = |text: &str| {
            let fine = text.starts_with("https://") || text.starts_with("http://");
            fine.then(|| text.to_owned())
        };
        let pull_request = self.value(PULL_REQUEST_QUEUE, url);
        let check_run = self.value(CHECK_RUN_QUEUE, url);
        let lifecycle = self.value(LIFECYCLE_QUEUE, url);
        Some(Settings {
            names: names?,
            log: LogConfig {
                format: LogFormat::Json,
                level: level?,
            },
            queues: QueueUrls {
                pull_request: pull_request?,
                check_run: check_run?,
                lifecycle: lifecycle?,
            },
        })
    }

    #[cfg(feature = "worker-functions")]
    fn github(&mut self) -> Option<GitHubSettings> {
        let common = self.settings();
        let api_url = self.value(API_URL, |text| github::ApiUrl::new(text).ok());
        let actions_app_id = self.value(ACTIONS_APP_ID, |text| match text {
            "" => Some(None),
            text => text.parse().ok().filter(|id| *id > 0).map(Some),
        });
        let api_url = api_url?;
        let known = api_url
            .is_github_com()
            .then_some(github::ACTIONS_ON_GITHUB_COM);
        Some(GitHubSettings {
            common: common?,
            actions_app_id: actions_app_id?.or(known),
            api_url,
        })
    }

    fn value<T>(&mut self, variable: Variable, check: impl Fn(&str) -> Option<T>) -> Option<T> {
        let Variable { name, expected, .. } = variable;
        let (what, place) = match self.environment.get(name) {
            Some(text) => match check(text) {
                Some(value) => return Some(value),
                None => (
                    format!("{name} is {text:?}"),
                    Place::Variable(name.to_owned()),
                ),
            },
            None => (format!("{name} is not set"), Place::Missing),
        };
        self.problems.push(Problem {
            what,
            place,
            expected: expected.to_owned(),
            help: "template.yaml sets every variable of the functions: deploy it again".to_owned(),
        });
        None
    }

    fn finish<T>(self, settings: Option<T>) -> Result<T, ConfigError> {
        match settings {
            Some(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(ConfigError {
                problems: self.problems,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(changes: &[(&str, Option<&str>)]) -> BTreeMap<String, String> {
        let mut environment: BTreeMap<String, String> = [
            (ENVIRONMENT, "production"),
            (LOG_LEVEL, "info"),
            (PULL_REQUEST_QUEUE, "https://sqs.example/1/a"),
            (CHECK_RUN_QUEUE, "https://sqs.example/1/b"),
            (LIFECYCLE_QUEUE, "https://sqs.example/1/c"),
            (BUCKET, "phase-mirror-production-baselines-1"),
            (MAX_RECEIVES, "12"),
            (API_URL, "https://api.github.com"),
            (ACTIONS_APP_ID, ""),
        ]
        .into_iter()
        .map(|(variable, value)| (variable.name.to_owned(), value.to_owned()))
        .collect();
        for (name, value) in changes {
            match value {
                Some(value) => environment.insert((*name).to_owned(), (*value).to_owned()),
                None => environment.remove(*name),
            };
        }
        environment
    }

    #[cfg(feature = "worker-functions")]
    #[test]
    fn what_the_template_sets_is_taken() {
        let settings = WorkerSettings::read(&environment(&[])).unwrap();
        let github = &settings.github;
        assert_eq!(github.common.names.environment(), "production");
        assert_eq!(settings.max_receives, 12);
        assert_eq!(github.actions_app_id, Some(github::ACTIONS_ON_GITHUB_COM));
        let enterprise = environment(&[
            (API_URL.name, Some("https://ghe.example/api/v3")),
            (ACTIONS_APP_ID.name, Some("7")),
        ]);
        let settings = GitHubSettings::read(&enterprise).unwrap();
        assert_eq!(settings.actions_app_id, Some(7));
    }

    #[cfg(feature = "worker-functions")]
    #[test]
    fn every_problem_is_named_at_once() {
        let wrong = environment(&[
            (ENVIRONMENT.name, Some("Production")),
            (LOG_LEVEL.name, Some("loud")),
            (PULL_REQUEST_QUEUE.name, None),
            (BUCKET.name, Some("")),
            (MAX_RECEIVES.name, Some("1")),
            (API_URL.name, Some("http://ghe.example")),
            (ACTIONS_APP_ID.name, Some("0")),
        ]);
        let error = WorkerSettings::read(&wrong).unwrap_err();
        let named: Vec<_> = error.problems.iter().map(|p| p.what.as_str()).collect();
        assert_eq!(
            named,
            [
                r#"PHASE_MIRROR_ENVIRONMENT is "Production""#,
                r#"PHASE_MIRROR_LOG_LEVEL is "loud""#,
                "PHASE_MIRROR_PULL_REQUEST_QUEUE_URL is not set",
                r#"PHASE_MIRROR_GITHUB_API_URL is "http://ghe.example""#,
                r#"PHASE_MIRROR_GITHUB_ACTIONS_APP_ID is "0""#,
                r#"PHASE_MIRROR_BUCKET is """#,
                r#"PHASE_MIRROR_MAX_RECEIVES is "1""#,
            ]
        );
    }

    #[test]
    fn nobody_needs_what_is_for_others() {
        let without = |least: Readers| {
            let mut environment = environment(&[]);
            for variable in VARIABLES.iter().filter(|it| it.readers >= least) {
                environment.remove(variable.name);
            }
            environment
        };
        assert!(Settings::read(&without(Readers::CallersOfGitHub)).is_ok());
        #[cfg(feature = "worker-functions")]
        assert!(GitHubSettings::read(&without(Readers::Workers)).is_ok());
    }
}
