//! Rulesets of repositories and organizations.

use serde_json::{Value, json};

use super::{AppId, State};
use crate::pattern;

/// Whether a ruleset binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enforcement {
    /// It binds.
    #[default]
    Active,
    /// It only reports what it would have done.
    Evaluate,
    /// It is off.
    Disabled,
}

/// Where a ruleset is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// In the repository.
    Repository,
    /// In the organization that owns it.
    Organization,
}

impl Source {
    /// GitHub's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Repository => "Repository",
            Self::Organization => "Organization",
        }
    }
}

/// One rule of a ruleset.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// GitHub's word, as in `required_status_checks`.
    pub(crate) kind: String,
    /// As GitHub's API gives them.
    pub(crate) parameters: Option<Value>,
}

/// A ruleset for branches, active unless told otherwise
/// (<https://docs.github.com/en/rest/repos/rules>).
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) enforcement: Enforcement,
    /// Patterns over full ref names, or `~DEFAULT_BRANCH`, `~ALL`.
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) rules: Vec<Rule>,
}

impl Ruleset {
    /// A ruleset with this name for the default branch.
    pub fn named(name: &str) -> Self {
        Self {
            id: 0,
            name: name.to_owned(),
            enforcement: Enforcement::Active,
            include: vec!["~DEFAULT_BRANCH".to_owned()],
            exclude: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// For these refs instead of the default branch: full ref names, patterns, `~ALL` or
    /// `~DEFAULT_BRANCH`.
    #[must_use]
    pub fn on(mut self, patterns: &[&str]) -> Self {
        self.include = patterns.iter().map(ToString::to_string).collect();
        self
    }

    /// Not for these refs.
    #[must_use]
    pub fn except(mut self, patterns: &[&str]) -> Self {
        self.exclude = patterns.iter().map(ToString::to_string).collect();
        self
    }

    /// With this enforcement.
    #[must_use]
    pub fn enforced(mut self, enforcement: Enforcement) -> Self {
        self.enforcement = enforcement;
        self
    }

    /// Requires a check of this name from anybody.
    #[must_use]
    pub fn requires_check(self, context: &str) -> Self {
        self.require(json!({"context": context}))
    }

    /// Requires a check of this name from this App.
    #[must_use]
    pub fn requires_check_from(self, context: &str, app: AppId) -> Self {
        self.require(json!({"context": context, "integration_id": app}))
    }

    /// Requires a merge queue, with GitHub's defaults.
    #[must_use]
    pub fn merge_queue(self) -> Self {
        self.rule(
            "merge_queue",
            Some(json!({
                "check_response_timeout_minutes": 60,
                "grouping_strategy": "ALLGREEN",
                "max_entries_to_build": 5,
                "max_entries_to_merge": 5,
                "merge_method": "MERGE",
                "min_entries_to_merge": 1,
                "min_entries_to_merge_wait_minutes": 5,
            })),
        )
    }

    /// Requires a pull request with this many approvals.
    #[must_use]
    pub fn requires_pull_request(self, approvals: u64) -> Self {
        self.rule("pull_request", Some(pull_request(approvals)))
    }

    /// Requires a pull request with an approval of an owner of what it changes.
    #[must_use]
    pub fn requires_code_owner_review(self) -> Self {
        let mut parameters = pull_request(1);
        parameters["require_code_owner_review"] = json!(true);
        self.rule("pull_request", Some(parameters))
    }

    /// With any other rule, in GitHub's words.
    #[must_use]
    pub fn rule(mut self, kind: &str, parameters: Option<Value>) -> Self {
        self.rules.push(Rule {
            kind: kind.to_owned(),
            parameters,
        });
        self
    }

    fn require(mut self, check: Value) -> Self {
        const KIND: &str = "required_status_checks";
        if !self.rules.iter().any(|rule| rule.kind == KIND) {
            let parameters = json!({
                KIND: [],
                "strict_required_status_checks_policy": false,
                "do_not_enforce_on_create": false,
            });
            self = self.rule(KIND, Some(parameters));
        }
        let checks = self
            .rules
            .iter_mut()
            .find(|rule| rule.kind == KIND)
            .and_then(|rule| rule.parameters.as_mut())
            .and_then(|parameters| parameters[KIND].as_array_mut());
        if let Some(checks) = checks {
            checks.push(check);
        }
        self
    }

    /// Whether it speaks of this branch.
    pub(crate) fn targets(&self, branch: &str, default_branch: &str) -> bool {
        let reference = format!("refs/heads/{branch}");
        let fits = |patterns: &[String]| {
            patterns.iter().any(|it| match it.as_str() {
                "~ALL" => true,
                "~DEFAULT_BRANCH" => branch == default_branch,
                other => pattern::matches(other, &reference),
            })
        };
        fits(&self.include) && !fits(&self.exclude)
    }
}

/// The parameters of a `pull_request` rule.
fn pull_request(approvals: u64) -> Value {
    json!({
        "dismiss_stale_reviews_on_push": false,
        "require_code_owner_review": false,
        "require_last_push_approval": false,
        "required_approving_review_count": approvals,
        "required_review_thread_resolution": false,
    })
}

/// A rule that binds a branch, with where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct ActiveRule<'state> {
    /// The rule.
    pub(crate) rule: &'state Rule,
    /// Its ruleset.
    pub(crate) ruleset: &'state Ruleset,
    /// At which level.
    pub(crate) source: Source,
    /// The repository's full name, or the organization's login.
    pub(crate) source_name: String,
}

impl State {
    /// Every ruleset that applies to a repository, whatever its enforcement: the repository's
    /// own, then its organization's.
    pub(crate) fn rulesets(&self, repository: u64) -> Vec<(Source, String, &Ruleset)> {
        let Some(repository) = self.repositories.get(&repository) else {
            return Vec::new();
        };
        let own = repository
            .rulesets
            .iter()
            .map(|it| (Source::Repository, repository.full_name(), it));
        let organization = self.accounts.get(&repository.owner);
        let shared = organization.into_iter().flat_map(|account| {
            let rulesets = account.rulesets.iter();
            rulesets.map(|it| (Source::Organization, account.login.clone(), it))
        });
        own.chain(shared).collect()
    }

    /// The rules that bind a branch, which need not exist.
    pub(crate) fn active_rules(&self, repository: u64, branch: &str) -> Vec<ActiveRule<'_>> {
        let Some(default_branch) = self
            .repositories
            .get(&repository)
            .map(|it| &it.default_branch)
        else {
            return Vec::new();
        };
        let rulesets = self.rulesets(repository).into_iter().filter(|(_, _, it)| {
            it.enforcement == Enforcement::Active && it.targets(branch, default_branch)
        });
        rulesets
            .flat_map(|(source, source_name, ruleset)| {
                ruleset.rules.iter().map(move |rule| ActiveRule {
                    rule,
                    ruleset,
                    source,
                    source_name: source_name.clone(),
                })
            })
            .collect()
    }
}
