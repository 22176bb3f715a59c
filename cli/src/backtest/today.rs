//! What holds today: the settings and the policy of the branch, and what it took last.

use app::GitHubError;
use github::{GitHub, History};
use oracle::policy::PolicyFile;
use oracle::registry::wants;
use oracle::{Policy, RepositoryName, Snapshot};

use crate::api;
use crate::args::Backtest;
use crate::check::policy::{self, Named};
use crate::exit::Failure;

/// Read once, and the same for every pull request.
pub(super) struct Today {
    /// The repository, by the name that it has now.
    pub(super) name: RepositoryName,
    /// The branch as it is.
    pub(super) snapshot: Snapshot,
    /// Never a dry run: what it would do is the question.
    pub(super) policy: Policy,
    /// Whether it is one.
    pub(super) dry_run: bool,
    /// What was merged.
    pub(super) history: History,
}

impl Today {
    pub(super) async fn read(args: &Backtest, github: &GitHub) -> Result<Self, Failure> {
        let refused = |error: GitHubError| {
            api::refused(format!("cannot read {} at GitHub", args.github), error)
        };
        let branch = args.branch.as_ref();
        let snapshot = github.branch_snapshot(&args.github, branch, wants).await;
        let snapshot = snapshot.map_err(refused)?;
        let name = snapshot.subject.repository.clone();
        let name = name.unwrap_or_else(|| args.github.clone());
        let account = account_policy(args, github, &name).await?;
        let named = Named {
            policy: args.policy.as_deref(),
            organisation: args.organization_policy.as_deref(),
        };
        let policy = policy::in_force(named, &snapshot, account)?;
        let base = &snapshot.subject.base_branch;
        let history = github.merged_last(&name, base, args.last.into()).await;
        Ok(Self {
            history: history.map_err(refused)?,
            dry_run: policy.dry_run,
            policy: Policy {
                dry_run: false,
                ..policy
            },
            name,
            snapshot,
        })
    }
}

/// The account's policy, unless one was named.
async fn account_policy(
    args: &Backtest,
    github: &GitHub,
    name: &RepositoryName,
) -> Result<Option<PolicyFile>, Failure> {
    if args.organization_policy.is_some() {
        return Ok(None);
    }
    api::account_policy(github, name).await
}
