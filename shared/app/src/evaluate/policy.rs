//! Which policy a pull request is judged by: that of its base over that of the account, or what
//! was last valid of either (docs/adr/0007-where-policy-comes-from.md).

use oracle::policy::{self, InTree, PATH, PolicyFile};
use oracle::{Policy, PolicyError, Snapshot};

use super::end::Stop;
use super::head::HeadWork;
use crate::error::GitHubErrorKind;
use crate::ports::{AccountPolicy, MERGE_GROUP, PolicyOf, PullRequest, StoredPolicy, TestMerge};

/// The repository in which an account keeps what holds for all its repositories.
const ACCOUNTS_OWN: &str = ".github";

/// What is to be said about where the policy came from.
#[derive(Default)]
struct Remarks {
    errors: Vec<PolicyError>,
    notes: Vec<PolicyError>,
}

impl HeadWork<'_> {
    /// The policy in force for a pull request.
    pub(super) async fn policy(
        &self,
        pull_request: &PullRequest,
        snapshot: &Snapshot,
    ) -> Result<Policy, Stop> {
        let mut remarks = Remarks::default();
        let name = &self.job.repository.name;
        let own = self.of_base(pull_request, snapshot, &mut remarks).await?;
        let account = if name.name() == ACCOUNTS_OWN {
            own.clone()
        } else {
            self.of_account(&mut remarks).await?
        };
        let base = &pull_request.base;
        let (mut policy, refused) = policy::resolve(account.as_ref(), own.as_ref(), base);
        policy.notes.extend(remarks.notes);
        Ok(policy.with_errors(remarks.errors).with_errors(refused))
    }

    /// The repository's own, as it stands at the base.
    async fn of_base(
        &self,
        pull_request: &PullRequest,
        snapshot: &Snapshot,
        remarks: &mut Remarks,
    ) -> Result<Option<PolicyFile>, Stop> {
        let of = PolicyOf::Branch {
            repository_id: self.job.repository.id,
            branch: pull_request.base.clone(),
        };
        // Without a test merge the base is where the branches parted, maybe long ago: its policy
        // judges, but is no copy of the branch's.
        // Nor is a merge group's base: it may be the head of another group, that is never merged.
        let is_current = matches!(pull_request.test_merge, TestMerge::Clean { .. })
            && pull_request.number != MERGE_GROUP;
        let base = snapshot.before.as_ref().unwrap_or(&snapshot.after);
        match policy::in_tree(base) {
            InTree::Valid(file, content) => {
                if is_current {
                    self.keep(&of, Some(content)).await?;
                }
                Ok(Some(file))
            }
            InTree::Absent => {
                if is_current {
                    self.keep(&of, None).await?;
                }
                Ok(None)
            }
            InTree::Invalid(errors) => {
                remarks.errors.extend(errors);
                let kept = self.ports().policies.last_valid(&of).await?;
                Ok(remarks.instead(PATH, kept))
            }
            InTree::NotSeen(why) => match self.ports().policies.last_valid(&of).await? {
                None => {
                    let detail = why.detail.trim_end_matches('.');
                    Err(Stop::PolicyNotSeen(format!(
                        "{PATH} was not seen: {detail}"
                    )))
                }
                kept => {
                    remarks.unreachable(PATH, why.detail.trim_end_matches('.'));
                    Ok(remarks.instead(PATH, kept))
                }
            },
        }
    }

    /// The account's.
    async fn of_account(&self, remarks: &mut Remarks) -> Result<Option<PolicyFile>, Stop> {
        let repository = self.job.repository;
        let path = format!("{}/{ACCOUNTS_OWN}/{PATH}", repository.name.owner());
        let of = PolicyOf::Account {
            installation_id: repository.installation_id,
        };
        let ports = self.ports();
        let found = ports.account_policies.account_policy(repository).await;
        match found {
            Ok(AccountPolicy::File(content)) => match policy::parse(&path, &content) {
                Ok(file) => {
                    self.keep(&of, Some(&content)).await?;
                    Ok(Some(file))
                }
                Err(errors) => {
                    remarks.errors.extend(errors);
                    let kept = ports.policies.last_valid(&of).await?;
                    Ok(remarks.instead(&path, kept))
                }
            },
            Ok(AccountPolicy::NoFile) => {
                self.keep(&of, None).await?;
                Ok(None)
            }
            Ok(AccountPolicy::NotInstalled) => {
                let kept = ports.policies.last_valid(&of).await?;
                // Who takes the repository from the App's sight does not take its policy back.
                if kept.as_ref().is_some_and(|kept| kept.content.is_some()) {
                    let why = "the App is not installed on that repository any more";
                    remarks.unreachable(&path, why);
                    return Ok(remarks.instead(&path, kept));
                }
                Ok(None)
            }
            // The whole event waits for a rate limit.
            Err(error) if matches!(error.kind, GitHubErrorKind::RateLimited { .. }) => {
                Err(error.into())
            }
            Err(error) => match ports.policies.last_valid(&of).await? {
                None => Err(error.into()),
                kept => {
                    remarks.unreachable(&path, &error.kind.to_string());
                    Ok(remarks.instead(&path, kept))
                }
            },
        }
    }

    /// Keeps a valid policy, unless it is the one that is kept already.
    async fn keep(&self, of: &PolicyOf, content: Option<&[u8]>) -> Result<(), Stop> {
        let policies = &self.ports().policies;
        // A valid policy is UTF-8.
        let content = content.map(|content| String::from_utf8_lossy(content).into_owned());
        let kept = policies.last_valid(of).await?;
        if kept.is_some_and(|kept| kept.content == content) {
            return Ok(());
        }
        let at = self.ports().clock.now();
        policies.keep(of, &StoredPolicy { content, at }).await?;
        Ok(())
    }
}

impl Remarks {
    fn unreachable(&mut self, path: &str, why: &str) {
        self.errors.push(PolicyError {
            path: path.to_owned(),
            line: None,
            column: None,
            key: None,
            message: format!("the policy could not be read: {why}"),
            remedy: "Let the App read it again; to end the policy, remove the file where the App \
                     can see that."
                .to_owned(),
        });
    }

    /// The last valid copy in place of a policy that can't be used, with a note that says so.
    fn instead(&mut self, path: &str, kept: Option<StoredPolicy>) -> Option<PolicyFile> {
        let at = kept.as_ref().map(|kept| kept.at);
        let content = kept.and_then(|kept| kept.content);
        // What was valid for an earlier version of this program may not be so any more.
        let file = content.and_then(|content| policy::parse(path, content.as_bytes()).ok());
        let message = match (&file, at) {
            (Some(_), Some(at)) => format!("the last valid policy is used, first seen at {at}"),
            _ => "no earlier valid policy is known; the default is used".to_owned(),
        };
        self.notes.push(PolicyError {
            path: path.to_owned(),
            line: None,
            column: None,
            key: None,
            message,
            remedy: "The policy is looked for anew with every pull request.".to_owned(),
        });
        file
    }
}
