//! How the process ends: what is printed on the way out, and the exit code.

use std::io::Write as _;
use std::process::ExitCode;

use app::GitHubError;
use checkout::CheckoutError;
use codes::Code;
use github::{ClientError, SettingsFileError};
use oracle::PolicyError;
use runtime::config::ConfigError;

use crate::terminal::{BOLD, GREEN, RED, YELLOW, printable, styled};

/// Why a command did not do what was wanted.
#[derive(Debug)]
pub(crate) enum Failure {
    /// New findings block; the report was shown.
    Blocked,
    /// Something lacks; it was shown.
    Lacking,
    /// Something could not be looked at; it was shown.
    NotSeen,
    /// The check of `--once` is not as expected; the differences were shown.
    NotAsExpected,
    /// A policy has errors.
    Policy(Vec<PolicyError>),
    /// The configuration can't be used.
    Configuration(ConfigError),
    /// What was given can't be used, with what helps.
    Usage {
        error: anyhow::Error,
        help: &'static str,
    },
    /// Something else, with what helps.
    Other {
        error: anyhow::Error,
        help: Option<&'static str>,
    },
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other { error, help: None }
    }
}

impl Failure {
    /// What was given can't be used.
    pub(crate) fn usage(error: anyhow::Error, help: &'static str) -> Self {
        Self::Usage { error, help }
    }

    /// The code that docs/errors.md explains; `None` where nothing went wrong.
    fn error_code(&self) -> Option<Code> {
        match self {
            Self::Blocked | Self::Lacking | Self::NotSeen => None,
            Self::NotAsExpected => Some(codes::NOT_AS_EXPECTED),
            Self::Policy(_) => Some(codes::POLICY),
            Self::Configuration(error) => Some(error.code()),
            Self::Usage { error, .. } => Some(code_of(error).unwrap_or(codes::ARGUMENT)),
            Self::Other { error, .. } => Some(code_of(error).unwrap_or(codes::UNEXPECTED)),
        }
    }

    /// The exit code, as `--help` documents it.
    fn code(&self) -> u8 {
        match self {
            Self::Blocked | Self::Lacking | Self::NotAsExpected => 1,
            Self::Configuration(_) | Self::Policy(_) | Self::Usage { .. } => 2,
            Self::NotSeen | Self::Other { .. } => 3,
        }
    }

    /// Says on standard error what went wrong and what helps.
    fn print(&self) {
        let Some(code) = self.error_code() else {
            return;
        };
        let label = error_label(code);
        match self {
            Self::Blocked | Self::Lacking | Self::NotSeen | Self::NotAsExpected => {}
            Self::Policy(errors) => policy(&label, errors),
            Self::Configuration(error) => {
                for problem in &error.problems {
                    line(&format!("{}{problem}\n", word(RED, "error")));
                }
                line(&format!("{label}{error}; nothing was started"));
            }
            Self::Usage { error, help } => explain(&label, error, Some(help)),
            Self::Other { error, help } => explain(&label, error, *help),
        }
    }
}

/// Everything that is wrong with a policy, each with its place and what helps.
fn policy(label: &str, errors: &[PolicyError]) {
    for error in errors {
        let column = error
            .column
            .map_or_else(String::new, |column| format!(":{column}"));
        let key = error.key.as_ref();
        let key = key.map_or_else(String::new, |key| format!("{}: ", printable(key)));
        line(&format!(
            "{}{}{column}: {key}{}",
            word(RED, "error"),
            printable(&error.place()),
            printable(&error.message)
        ));
        line(&format!(
            "{}{}",
            word(GREEN, "help"),
            printable(&error.remedy)
        ));
    }
    let count = match errors.len() {
        1 => "1 error".to_owned(),
        n => format!("{n} errors"),
    };
    line(&format!(
        "{label}the policy has {count}; nothing was judged"
    ));
}

/// An error with its causes, and what helps.
fn explain(label: &str, error: &anyhow::Error, help: Option<&str>) {
    line(&format!("{label}{error}"));
    for cause in error.chain().skip(1) {
        line(&format!("  caused by: {cause}"));
    }
    if let Some(help) = help {
        line(&format!("{}{help}", word(GREEN, "help")));
    }
}

/// Ends the process.
pub(crate) fn conclude(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code())
        }
    }
}

/// A warning on standard error.
pub(crate) fn warn(warning: &impl std::fmt::Display) {
    line(&format!("{}{warning}", word(YELLOW, "warning")));
}

/// The code of what caused an error, where that has one.
fn code_of(error: &anyhow::Error) -> Option<Code> {
    error.chain().find_map(|cause| {
        let code = cause.downcast_ref().map(CheckoutError::code);
        let code = code.or_else(|| cause.downcast_ref().map(SettingsFileError::code));
        let code = code.or_else(|| cause.downcast_ref().map(GitHubError::code));
        let code = code.or_else(|| cause.downcast_ref().copied().map(ClientError::code));
        code.or_else(|| runtime::code_of(cause))
    })
}

/// The beginning of an error, as compilers write it.
fn error_label(code: Code) -> String {
    word(RED, &format!("error[{code}]"))
}

fn word(style: anstyle::Style, word: &str) -> String {
    format!("{}{}", styled(style, word), styled(BOLD, ": "))
}

/// A closed standard error leaves nobody to tell.
fn line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
