//! A repository at GitHub, or one of its pull requests.

use std::fmt;
use std::str::FromStr;

use oracle::RepositoryName;

/// `OWNER/REPO` or `OWNER/REPO#NUMBER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The repository.
    pub(crate) repository: RepositoryName,
    /// One of its pull requests.
    pub(crate) pull_request: Option<u64>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (repository, number) = match text.split_once('#') {
            Some((repository, number)) => (repository, Some(number)),
            None => (text, None),
        };
        let pull_request = number.map(|number| {
            let number: Option<u64> = number.parse().ok();
            number.filter(|number| *number > 0).ok_or_else(|| {
                "after `#` stands a pull request's number, such as octo-org/hello#7".to_owned()
            })
        });
        Ok(Self {
            pull_request: pull_request.transpose()?,
            repository: RepositoryName::new(repository).map_err(|error| error.to_string())?,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pull_request {
            Some(number) => write!(f, "{}#{number}", self.repository),
            None => self.repository.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_or_one_of_its_pull_requests() {
        let read = |text: &str| text.parse::<Target>();
        assert_eq!(read("octo-org/hello").unwrap().pull_request, None);
        assert_eq!(read("octo-org/hello#7").unwrap().pull_request, Some(7));
        assert_eq!(
            read("octo-org/hello#7").unwrap().to_string(),
            "octo-org/hello#7"
        );
        for wrong in [
            "",
            "hello",
            "octo-org/hello#",
            "octo-org/hello#0",
            "octo-org/hello#x",
            "#7",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
