//! Who owns: a user, a team or an e-mail address.

use std::fmt;

/// An owner as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// `@login`
    User(String),
    /// `@organisation/team`
    Team {
        /// The organisation's login.
        organization: String,
        /// The team's slug.
        team: String,
    },
    /// `name@example.com`: the address of a GitHub account.
    Email(String),
}

impl Owner {
    /// Reads one owner; `None` where GitHub reports "Invalid owner".
    pub fn parse(word: &str) -> Option<Self> {
        let Some(name) = word.strip_prefix('@') else {
            let (local, domain) = word.split_once('@')?;
            let fine = !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@');
            return fine.then(|| Self::Email(word.to_owned()));
        };
        match name.split_once('/') {
            None => is_login(name).then(|| Self::User(name.to_owned())),
            Some((organization, team)) => {
                (is_login(organization) && is_slug(team)).then(|| Self::Team {
                    organization: organization.to_owned(),
                    team: team.to_owned(),
                })
            }
        }
    }
}

/// Logins have letters, digits and hyphens; those of enterprise-managed users also an
/// underscore before the short code.
fn is_login(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(login) => write!(f, "@{login}"),
            Self::Team { organization, team } => write!(f, "@{organization}/{team}"),
            Self::Email(address) => f.write_str(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_teams_and_addresses() {
        for good in [
            "@octocat",
            "@octo-org/docs-team",
            "@me_corp",
            "docs@example.com",
        ] {
            let owner = Owner::parse(good).unwrap_or_else(|| panic!("{good}"));
            assert_eq!(owner.to_string(), good);
        }
        for bad in [
            "", "@", "octocat", "@/team", "@org/", "@org/a/b", "@-x", "a@b", "a@b@c.d", "@ö",
        ] {
            assert_eq!(Owner::parse(bad), None, "{bad}");
        }
    }
}
