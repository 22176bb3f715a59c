//! What commands take from the environment beside the configuration.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::SecretString;

/// Variables that hold a token for GitHub, the first that is set counts.
pub const TOKEN_VARIABLES: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// The user's token for GitHub, if there is one.
pub fn github_token() -> Option<SecretString> {
    TOKEN_VARIABLES
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|token| !token.trim().is_empty())
        .map(|token| SecretString::from(token.trim()))
}

/// The time that a report is to carry instead of now, for builds that are to be the same to the
/// byte: `SOURCE_DATE_EPOCH`, in seconds (<https://reproducible-builds.org/specs/source-date-epoch/>).
/// An error is the value that is no such time.
pub fn source_date_epoch() -> Result<Option<Timestamp>, String> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(None);
    };
    let value = value.to_string_lossy().into_owned();
    let seconds = value.parse().ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(Some).ok_or(value)
}

/// Where commands keep what they can do without: `$XDG_CACHE_HOME/phase-mirror`, or else
/// `~/.cache/phase-mirror` (<https://specifications.freedesktop.org/basedir-spec/latest/>). `None`
/// where neither variable names a folder in full.
pub fn cache_folder() -> Option<PathBuf> {
    let variable = |name| {
        let folder = std::env::var_os(name).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    variable("XDG_CACHE_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))
        .map(|folder| folder.join("phase-mirror"))
}
