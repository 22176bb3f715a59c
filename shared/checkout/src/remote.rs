//! Where a repository is on the web, by the address of its remote.

use oracle::RepositoryName;

/// A repository on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The host, in lower case, such as `github.com`.
    pub host: String,
    /// `owner/name`.
    pub repository: RepositoryName,
}

impl Remote {
    /// Reads a remote's address: `https://HOST/OWNER/NAME.git`, `ssh://git@HOST/OWNER/NAME.git`
    /// or `git@HOST:OWNER/NAME.git`. `None` for what has not exactly an owner and a name.
    pub fn parse(url: &str) -> Option<Self> {
        let (authority, path) = match url.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?,
            None => url.split_once(':')?,
        };
        let host = authority.rsplit('@').next()?;
        let host = host.split(':').next()?.to_ascii_lowercase();
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let repository = RepositoryName::new(path).ok()?;
        (!host.is_empty()).then_some(Self { host, repository })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_their_three_forms() {
        for url in [
            "https://github.com/octo-org/hello.git",
            "https://github.com/octo-org/hello",
            "https://user:token@GitHub.com/octo-org/hello/",
            "ssh://git@github.com:22/octo-org/hello.git",
            "git@github.com:octo-org/hello.git",
        ] {
            let remote = Remote::parse(url).unwrap();
            assert_eq!(remote.host, "github.com", "{url}");
            assert_eq!(remote.repository.as_str(), "octo-org/hello", "{url}");
        }
    }

    #[test]
    fn what_has_no_owner_and_name_is_nowhere() {
        for url in [
            "",
            "/srv/git/hello.git",
            "../hello",
            "https://gitlab.example/group/sub/hello.git",
            "file:///srv/git/hello.git",
        ] {
            assert_eq!(Remote::parse(url), None, "{url}");
        }
    }
}
