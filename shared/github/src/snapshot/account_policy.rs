//! [`AccountPolicies`]: the policy file of an account's repository `.github`, kept for minutes.

use std::time::Duration;

use app::event::Repository;
use app::ports::{AccountPolicies, AccountPolicy};
use app::{GitHubError, GitHubErrorKind};
use async_trait::async_trait;
use moka::future::Cache;
use serde_json::json;

use super::blob::BlobNode;
use crate::GitHub;
use crate::auth::Purpose;
use crate::endpoint::GRAPHQL;
use crate::error;

/// How long an answer is good: a change of the account's policy holds everywhere after that.
const KEPT: Duration = Duration::from_mins(5);

/// How many accounts are remembered; a policy has at most 256 KiB, and most have little.
const MOST_ACCOUNTS: u64 = 1_000;

const QUERY: &str = "query($owner: String!) {
  repository(owner: $owner, name: \".github\") {
    policy: object(expression: \"HEAD:.github/phase-mirror.yml\") {
      ... on Blob { byteSize isTruncated text }
    }
  }
}";

/// Policies by installation and account.
pub(super) struct Policies(Cache<(u64, String), AccountPolicy>);

impl Policies {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(MOST_ACCOUNTS);
        let cache = cache.time_to_live(KEPT).support_invalidation_closures();
        Self(cache.build())
    }

    /// Forgets the policy of an installation's account.
    pub(super) fn forget_installation(&self, installation_id: u64) {
        // An error is that of a cache without closures.
        let of_it = move |key: &(u64, String), _: &_| key.0 == installation_id;
        let _ = self.0.invalidate_entries_if(of_it);
    }

    /// Forgets the policy of a repository's account.
    pub(super) async fn forget(&self, repository: &Repository) {
        let owner = repository.name.owner().to_owned();
        self.0
            .invalidate(&(repository.installation_id, owner))
            .await;
    }
}

#[async_trait]
impl AccountPolicies for GitHub {
    async fn account_policy(&self, repository: &Repository) -> Result<AccountPolicy, GitHubError> {
        let owner = repository.name.owner();
        let key = (repository.installation_id, owner.to_owned());
        if let Some(kept) = self.kept.policies.0.get(&key).await {
            return Ok(kept);
        }
        let variables = json!({ "owner": owner });
        let purpose = Purpose::AccountPolicy;
        let reply = self.api.query_for(purpose, repository, QUERY, &variables);
        let found = match reply.await {
            Err(error) if error.kind == GitHubErrorKind::NotFound => AccountPolicy::NotInstalled,
            Err(error) => return Err(error),
            Ok(reply) => match reply.field::<Option<BlobNode>>("policy")? {
                None => AccountPolicy::NoFile,
                Some(node) => AccountPolicy::File(node.exact().ok_or_else(|| {
                    error::unexpected(GRAPHQL, "the account's policy is no UTF-8 text")
                })?),
            },
        };
        self.kept.policies.0.insert(key, found.clone()).await;
        Ok(found)
    }
}
