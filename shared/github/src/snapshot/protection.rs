//! Classic branch protection, as far as reading contents shows it
//! (<https://docs.github.com/en/rest/branches/branches#get-a-branch>).

use app::GitHubError;
use app::event::Repository;
use oracle::{BranchName, ClassicProtection, EnforcementLevel, Fact, Reason, RequiredCheck};
use serde::Deserialize;

use super::rule::app_id;
use super::{permitted, unusable};
use crate::GitHub;
use crate::endpoint::BRANCH;

/// A branch as GitHub describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct BranchBody {
    #[serde(default)]
    protection: Option<Protection>,
}

#[derive(Debug, Deserialize)]
struct Protection {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    required_status_checks: Option<StatusChecks>,
}

#[derive(Debug, Deserialize)]
struct StatusChecks {
    #[serde(default)]
    enforcement_level: Option<String>,
    #[serde(default)]
    contexts: Vec<String>,
    #[serde(default)]
    checks: Vec<Check>,
}

#[derive(Debug, Deserialize)]
struct Check {
    context: String,
    #[serde(default)]
    app_id: Option<i64>,
}

impl GitHub {
    pub(super) async fn protection(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<Fact<Option<ClassicProtection>>, GitHubError> {
        let body = self
            .api
            .read(repository, BRANCH, &[branch.as_str()], "")
            .await;
        let protection = body.map(|body: BranchBody| classic(body, branch));
        permitted(fact(branch), "contents: read", protection)
    }
}

/// What the protection of a branch is, in words.
pub(crate) fn fact(branch: &BranchName) -> String {
    format!("classic protection of `{branch}`")
}

/// The protection of a branch.
pub(crate) fn classic(body: BranchBody, branch: &BranchName) -> Fact<Option<ClassicProtection>> {
    let Some(protection) = body.protection.filter(|it| it.enabled) else {
        return Fact::Known(None);
    };
    let Some(required) = protection.required_status_checks else {
        return Fact::Known(Some(ClassicProtection {
            enforcement_level: EnforcementLevel::Off,
            checks: Vec::new(),
            require_code_owner_reviews: None,
        }));
    };
    let enforcement_level = match required.enforcement_level.as_deref() {
        Some("off") => EnforcementLevel::Off,
        Some("non_admins") => EnforcementLevel::NonAdmins,
        Some("everyone") => EnforcementLevel::Everyone,
        _ => {
            return unusable(
                fact(branch),
                Reason::Unreadable,
                "GitHub names an enforcement level that this version of Phase Mirror does not \
                 know.",
            );
        }
    };
    let mut checks: Vec<RequiredCheck> = required
        .checks
        .into_iter()
        .map(|check| RequiredCheck {
            context: check.context,
            app_id: app_id(check.app_id),
        })
        .collect();
    for context in required.contexts {
        if !checks.iter().any(|check| check.context == context) {
            checks.push(RequiredCheck {
                context,
                app_id: None,
            });
        }
    }
    Fact::Known(Some(ClassicProtection {
        enforcement_level,
        checks,
        require_code_owner_reviews: None,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(protection: &Value) -> Fact<Option<ClassicProtection>> {
        let body = json!({ "name": "main", "protected": true, "protection": protection });
        classic(
            serde_json::from_value(body).unwrap(),
            &BranchName::new("main").unwrap(),
        )
    }

    #[test]
    fn contexts_complete_checks() {
        let fact = read(&json!({
            "enabled": true,
            "required_status_checks": {
                "enforcement_level": "non_admins",
                "contexts": ["build", "lint"],
                "checks": [{ "context": "build", "app_id": 15368 }],
            },
        }));
        let Fact::Known(Some(protection)) = fact else {
            panic!("{fact:?}");
        };
        assert_eq!(protection.enforcement_level, EnforcementLevel::NonAdmins);
        let checks: Vec<_> = protection
            .checks
            .iter()
            .map(|check| (&*check.context, check.app_id))
            .collect();
        assert_eq!(checks, [("build", Some(15_368)), ("lint", None)]);
    }

    #[test]
    fn protection_that_is_off_is_none() {
        assert_eq!(read(&json!({ "enabled": false })), Fact::Known(None));
        assert_eq!(read(&Value::Null), Fact::Known(None));
    }

    #[test]
    fn an_unknown_level_is_not_guessed() {
        let fact = read(&json!({
            "enabled": true,
            "required_status_checks": { "enforcement_level": "some", "contexts": [] },
        }));
        let unavailable = fact.known().unwrap_err();
        assert_eq!(unavailable.reason, Reason::Unreadable);
    }
}
