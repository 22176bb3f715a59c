//! Owners that nobody meant: what templates say until somebody fills them in.
//!
//! Only names that are certainly placeholders: somebody may be called `@owner`, and `@acme` is a
//! company.

use codeowners::Owner;

/// Organisations, and users, that are certainly none. Compared without `-` and `_`.
const NAMES: [&str; 17] = [
    "changeme",
    "exampleorg",
    "exampleorganization",
    "fillmein",
    "githubusername",
    "nameofyourorg",
    "orgname",
    "organisationname",
    "organizationname",
    "placeholder",
    "replaceme",
    "replacewithyourteam",
    "someuser",
    "teamname",
    "todofillin",
    "tobedetermined",
    "username",
];

/// What may follow "your" (`@your-org`, `@yourcompany`, `@YOUR_GITHUB_USERNAME`).
const YOURS: [&str; 15] = [
    "company",
    "github",
    "githubhandle",
    "githublogin",
    "githuborg",
    "githubusername",
    "handle",
    "login",
    "name",
    "org",
    "organisation",
    "organization",
    "team",
    "user",
    "username",
];

/// Organisations that may be somebody's, unless the team is a placeholder too.
const DOUBTFUL: [&str; 8] = [
    "company",
    "example",
    "myorg",
    "mycompany",
    "org",
    "organisation",
    "organization",
    "owner",
];

/// Teams that make a doubtful organisation a certain placeholder.
const TEAMS: [&str; 7] = [
    "exampleteam",
    "myteam",
    "team",
    "teamname",
    "teamslug",
    "yourteam",
    "yourteamname",
];

/// Notes to oneself, in capitals: `@todo` may be a person. Spelt in halves, so that none is found
/// here.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), "TBD"];

/// Whether an owner is certainly a placeholder.
pub(super) fn is_placeholder(owner: &Owner) -> bool {
    match owner {
        Owner::User(login) => NOTES.contains(&&**login) || is_nobody(login),
        Owner::Team { organization, team } => {
            is_nobody(organization)
                || NOTES.contains(&&**team)
                || (DOUBTFUL.contains(&&*plain(organization)) && TEAMS.contains(&&*plain(team)))
                || is_nobody(team) && team.to_lowercase().starts_with("your")
        }
        Owner::Email(address) => {
            let (local, domain) = address.split_once('@').unwrap_or(("", address));
            is_reserved(&domain.to_lowercase()) || is_nobody(local) && is_yours(local)
        }
    }
}

fn is_nobody(name: &str) -> bool {
    is_yours(name) || NAMES.contains(&&*plain(name))
}

fn is_yours(name: &str) -> bool {
    let plain = plain(name);
    let rest = plain.strip_prefix("your");
    rest.is_some_and(|rest| YOURS.contains(&rest))
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_' | '.'));
    letters.flat_map(char::to_lowercase).collect()
}

/// Domains that belong to nobody (<https://www.rfc-editor.org/rfc/rfc2606>), and those that
/// templates invent.
fn is_reserved(domain: &str) -> bool {
    let within = |reserved: &str| {
        let rest = domain.strip_suffix(reserved);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    [
        "example.com",
        "example.net",
        "example.org",
        "example",
        "invalid",
        "test",
        "localhost",
        "yourcompany.com",
        "yourdomain.com",
    ]
    .iter()
    .any(|reserved| within(reserved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(owner: &str) -> bool {
        is_placeholder(&Owner::parse(owner).unwrap_or_else(|| panic!("{owner} is no owner")))
    }

    #[test]
    fn what_templates_say() {
        for owner in [
            "@your-org/your-team",
            "@your-org/backend",
            "@YOUR_ORG/backend",
            "@yourcompany/platform",
            "@org/team-name",
            "@my-org/my-team",
            "@acme/your-team",
            "@username",
            "@your-username",
            "@YOUR-GITHUB-USERNAME",
            "@org-name/security",
            concat!("@TO", "DO"),
            "@CHANGEME",
            "docs@example.com",
            "a@mail.example.org",
            "you@yourcompany.com",
            "your-name@acme.io",
        ] {
            assert!(of(owner), "{owner}");
        }
    }

    #[test]
    fn what_may_be_somebody() {
        for owner in [
            "@owner",
            "@todo",
            "@user",
            "@octocat",
            "@example",
            "@my-org/backend",
            "@org/core",
            "@acme/team-name-service",
            "@yourself",
            "@yourkit",
            "@team",
            "@octo-org/team",
            "@octo-org/owners",
            "docs@examples.com",
            "docs@myexample.com",
            "test@acme.io",
            "@phase-mirror/maintainers",
        ] {
            assert!(!of(owner), "{owner}");
        }
    }
}
