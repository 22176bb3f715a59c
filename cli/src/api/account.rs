//! The policy of a repository's account.

use app::ports::{AccountPolicies, AccountPolicy};
use github::GitHub;
use oracle::RepositoryName;
use oracle::policy::{self, PolicyFile};

use super::refused;
use crate::exit::Failure;

/// The policy of the account, unless the repository is the account's own.
pub(crate) async fn account_policy(
    github: &GitHub,
    name: &RepositoryName,
) -> Result<Option<PolicyFile>, Failure> {
    if name.name() == ".github" {
        return Ok(None);
    }
    let found = github.account_policy(&GitHub::by_name(name)).await;
    let found = found.map_err(|error| {
        refused(
            format!("cannot read the policy of {} at GitHub", name.owner()),
            error,
        )
    })?;
    match found {
        AccountPolicy::File(content) => {
            // How errors name it.
            let path = format!("{}/.github/{}", name.owner(), policy::PATH);
            let file = policy::parse(&path, &content);
            file.map(Some).map_err(Failure::Policy)
        }
        AccountPolicy::NoFile | AccountPolicy::NotInstalled => Ok(None),
    }
}
