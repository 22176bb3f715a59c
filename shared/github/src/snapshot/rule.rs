//! Rules of active rulesets, at all levels
//! (<https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch>).

use app::GitHubError;
use app::event::Repository;
use oracle::{
    BranchName, BranchRule, Fact, MergeQueue, PullRequestRule, Reason, RequiredCheck,
    RequiredStatusChecks, RequiredWorkflow, RuleSource,
};
use serde::Deserialize;
use serde_json::Value;

use super::{permitted, unusable};
use crate::GitHub;
use crate::api::Pages;
use crate::endpoint::RULES;

/// A rule as GitHub describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct RuleBody {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Value,
    #[serde(default)]
    ruleset_id: u64,
    #[serde(default)]
    ruleset_source_type: String,
    #[serde(default)]
    ruleset_source: String,
}

#[derive(Deserialize)]
struct StatusChecks {
    required_status_checks: Vec<StatusCheck>,
    #[serde(default)]
    strict_required_status_checks_policy: bool,
}

#[derive(Deserialize)]
struct StatusCheck {
    context: String,
    #[serde(default)]
    integration_id: Option<i64>,
}

#[derive(Deserialize)]
struct Queue {
    check_response_timeout_minutes: u32,
}

#[derive(Deserialize)]
struct PullRequests {
    require_code_owner_review: bool,
    required_approving_review_count: u32,
}

#[derive(Deserialize)]
struct Workflows {
    workflows: Vec<WorkflowFile>,
}

#[derive(Deserialize)]
struct WorkflowFile {
    path: String,
    repository_id: u64,
}

impl GitHub {
    pub(super) async fn rules(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<Fact<Vec<BranchRule>>, GitHubError> {
        let pages = self
            .api
            .read_all(
                repository,
                RULES,
                &[branch.as_str()],
                "",
                |page: Vec<RuleBody>| page,
            )
            .await;
        let rules = pages.map(|pages| match pages {
            Pages::Complete(all) => rules(all, branch),
            Pages::TooMany => unusable(
                fact(branch),
                Reason::Truncated,
                "There are more rules than are read (2,000).",
            ),
        });
        permitted(fact(branch), "metadata: read", rules)
    }
}

/// What the rules of a branch are, in words.
pub(crate) fn fact(branch: &BranchName) -> String {
    format!("branch rules of `{branch}`")
}

/// All rules of a branch, if each can be understood.
pub(crate) fn rules(bodies: Vec<RuleBody>, branch: &BranchName) -> Fact<Vec<BranchRule>> {
    let rules: Option<Vec<_>> = bodies.into_iter().map(rule).collect();
    rules.map_or_else(
        || {
            unusable(
                fact(branch),
                Reason::Unreadable,
                "GitHub describes a rule in a way that this version of Phase Mirror does not know.",
            )
        },
        Fact::Known,
    )
}

/// One rule. `None`: its type is known and its parameters can't be understood, so that taking
/// it for any other rule would hide what it requires.
fn rule(body: RuleBody) -> Option<BranchRule> {
    let source = RuleSource {
        ruleset_id: body.ruleset_id,
        source_type: body.ruleset_source_type,
        source: body.ruleset_source,
    };
    match &*body.kind {
        "required_status_checks" => {
            let parameters: StatusChecks = serde_json::from_value(body.parameters).ok()?;
            let checks = parameters.required_status_checks.into_iter();
            Some(BranchRule::RequiredStatusChecks(RequiredStatusChecks {
                source,
                checks: checks.map(StatusCheck::required).collect(),
                strict: parameters.strict_required_status_checks_policy,
            }))
        }
        "merge_queue" => {
            let parameters: Queue = serde_json::from_value(body.parameters).ok()?;
            Some(BranchRule::MergeQueue(MergeQueue {
                source,
                check_response_timeout_minutes: parameters.check_response_timeout_minutes,
            }))
        }
        // GitHub's description leaves the parameters out of what must be there.
        "pull_request" if !body.parameters.is_null() => {
            let parameters: PullRequests = serde_json::from_value(body.parameters).ok()?;
            Some(BranchRule::PullRequest(PullRequestRule {
                source,
                require_code_owner_review: parameters.require_code_owner_review,
                required_approving_review_count: parameters.required_approving_review_count,
            }))
        }
        "workflows" => {
            let parameters: Workflows = serde_json::from_value(body.parameters).ok()?;
            let workflows = parameters
                .workflows
                .into_iter()
                .map(|file| RequiredWorkflow {
                    path: file.path,
                    repository_id: file.repository_id,
                });
            Some(BranchRule::Workflows {
                source,
                workflows: workflows.collect(),
            })
        }
        _ => Some(BranchRule::Other {
            kind: body.kind,
            source,
        }),
    }
}

impl StatusCheck {
    fn required(self) -> RequiredCheck {
        RequiredCheck {
            context: self.context,
            app_id: app_id(self.integration_id),
        }
    }
}

/// GitHub writes "any App" as absent, as null and as -1.
pub(super) fn app_id(id: Option<i64>) -> Option<u64> {
    id.and_then(|id| u64::try_from(id).ok())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Option<BranchRule> {
        rule(serde_json::from_value(body).unwrap())
    }

    #[test]
    fn rules_as_github_describes_them() {
        let checks = read(json!({
            "type": "required_status_checks",
            "parameters": {
                "required_status_checks": [
                    { "context": "build", "integration_id": 15368 },
                    { "context": "lint" },
                    { "context": "any", "integration_id": -1 },
                    { "context": "null", "integration_id": null },
                ],
                "strict_required_status_checks_policy": true,
                "do_not_enforce_on_create": false,
            },
            "ruleset_source_type": "Organization",
            "ruleset_source": "octo-org",
            "ruleset_id": 42,
        }));
        expect![[r#"
            Some(RequiredStatusChecks(RequiredStatusChecks { source: RuleSource { ruleset_id: 42, source_type: "Organization", source: "octo-org" }, checks: [RequiredCheck { context: "build", app_id: Some(15368) }, RequiredCheck { context: "lint", app_id: None }, RequiredCheck { context: "any", app_id: None }, RequiredCheck { context: "null", app_id: None }], strict: true }))"#]]
        .assert_eq(&format!("{checks:?}"));
        let workflows = read(json!({
            "type": "workflows",
            "parameters": { "workflows": [{ "path": ".github/workflows/ci.yml", "repository_id": 7, "ref": "main" }] },
        }));
        assert!(matches!(workflows, Some(BranchRule::Workflows { .. })));
    }

    #[test]
    fn a_pull_request_rule_may_have_no_parameters() {
        let rule = read(json!({
            "type": "pull_request",
            "parameters": {
                "dismiss_stale_reviews_on_push": false,
                "require_code_owner_review": true,
                "require_last_push_approval": false,
                "required_approving_review_count": 2,
                "required_review_thread_resolution": false,
            },
        }));
        let Some(BranchRule::PullRequest(rule)) = rule else {
            panic!("{rule:?}");
        };
        assert!(rule.require_code_owner_review);
        assert_eq!(rule.required_approving_review_count, 2);
        let bare = read(json!({ "type": "pull_request" }));
        assert!(matches!(bare, Some(BranchRule::Other { .. })));
    }

    #[test]
    fn unknown_types_are_kept_and_known_ones_must_be_understood() {
        let new = read(json!({ "type": "rule_of_2030", "parameters": { "x": [1] } }));
        assert!(matches!(new, Some(BranchRule::Other { kind, .. }) if kind == "rule_of_2030"));
        let broken = read(json!({ "type": "merge_queue", "parameters": { "x": 1 } }));
        assert_eq!(broken, None);
        let bare = read(json!({ "type": "required_status_checks" }));
        assert_eq!(bare, None);
    }
}
