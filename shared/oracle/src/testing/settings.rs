//! The `//@` lines of a fixture.

use std::collections::BTreeMap;

use super::codeowners::CodeownersVerdict;
use super::fixture::{path_of, reason, unavailable};
use crate::{
    ActionsPermissions, ActionsWorkflow, AllowedActions, BranchName, BranchRule, ClassicProtection,
    EnforcementLevel, Fact, MergeQueue, Mode, OwnerAccess, Policy, Producer, PullRequestRule,
    Reason, RepoPath, RequiredCheck, RequiredStatusChecks, RequiredWorkflow, Rollup, RollupContext,
    RuleSource, SelectedActions, Settings, Thresholds, Tree, Unavailable,
};

/// Settings as they grow.
pub(super) struct Settled {
    pub(super) policy: Policy,
    pub(super) branch: String,
    pub(super) default_branch: String,
    pub(super) before: bool,
    /// The repository's name; what is none stands for an unknown one.
    pub(super) repository: String,
    /// Trees that could not be listed, by name.
    pub(super) trees: Vec<(String, Unavailable)>,
    rules: Vec<BranchRule>,
    classic: Option<ClassicProtection>,
    rollups: Vec<Rollup>,
    workflows: Vec<ActionsWorkflow>,
    actions: ActionsPermissions,
    app_id: u64,
    missing: Vec<(String, Unavailable)>,
    owners: BTreeMap<String, OwnerAccess>,
    pub(super) codeowners: CodeownersVerdict,
}

impl Default for Settled {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            branch: "main".to_owned(),
            default_branch: "main".to_owned(),
            before: false,
            repository: "octo-org/hello".to_owned(),
            trees: Vec::new(),
            rules: Vec::new(),
            classic: None,
            rollups: Vec::new(),
            workflows: Vec::new(),
            actions: allowing(AllowedActions::All),
            app_id: 15368,
            missing: Vec::new(),
            owners: BTreeMap::new(),
            codeowners: CodeownersVerdict::default(),
        }
    }
}

impl Settled {
    /// Takes one line, without its `//@ `.
    pub(super) fn line(&mut self, line: &str) {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["require", name, rest @ ..] => self.require(name, rest),
            ["classic", level] => self.classic().enforcement_level = enforcement(level),
            ["queue"] => self.rules.push(BranchRule::MergeQueue(MergeQueue {
                source: ruleset(),
                check_response_timeout_minutes: 60,
            })),
            ["required-workflow", path] => self.rules.push(BranchRule::Workflows {
                source: organization(),
                workflows: vec![RequiredWorkflow {
                    path: (*path).to_owned(),
                    repository_id: 7,
                }],
            }),
            ["rollup", number, rest @ ..] => self.rollups.push(rollup(number, rest)),
            ["workflow", path, state] => self.workflows.push(ActionsWorkflow {
                path: path_of(path),
                state: (*state).to_owned(),
            }),
            ["actions", policy, rest @ ..] => self.actions = actions(policy, rest),
            ["repository", name] => (*name).clone_into(&mut self.repository),
            ["code-owner-review", "by", by] => self.code_owner_review(by),
            ["owner", owner, access] => {
                self.owners.insert(owner.to_lowercase(), access_of(access));
            }
            ["unknown-owner", owner] => self.codeowners.unknown.push((*owner).to_owned()),
            ["app-id", id] => self.app_id = number(id),
            ["unavailable", what, why] => self.missing(what, why),
            ["branch", name] => (*name).clone_into(&mut self.branch),
            ["default-branch", name] => (*name).clone_into(&mut self.default_branch),
            ["before"] => self.before = true,
            ["mode", rule, mode] => {
                self.policy.modes.insert((*rule).to_owned(), mode_of(mode));
            }
            ["strict"] => self.policy.thresholds = Thresholds::STRICT,
            ["dry-run"] => self.policy.dry_run = true,
            _ => panic!("{line:?} is no setting"),
        }
    }

    /// The settings, once the tree is whole: its workflow files are active unless named.
    pub(super) fn into_settings(mut self, branch: BranchName, tree: &Tree) -> Settings {
        for path in tree.files.keys().filter(|path| is_workflow(path)) {
            if !self.workflows.iter().any(|known| known.path == *path) {
                self.workflows.push(ActionsWorkflow {
                    path: path.clone(),
                    state: "active".to_owned(),
                });
            }
        }
        let missing = self.missing;
        let missing = |what: &str| {
            let found = missing.iter().find(|(name, _)| name == what);
            found.map(|(_, why)| why.clone())
        };
        let no_owners = self
            .owners
            .is_empty()
            .then(|| unavailable("owners' access", Reason::NotProvided));
        Settings {
            branch,
            rules: fact(self.rules, missing("rules")),
            protection: fact(self.classic, missing("protection")),
            rollups: fact(self.rollups, missing("rollups")),
            workflows: fact(self.workflows, missing("workflows")),
            actions: fact(self.actions, missing("actions")),
            actions_app_id: fact(self.app_id, missing("app-id")),
            owners: fact(self.owners, no_owners),
        }
    }

    fn require(&mut self, context: &str, rest: &[&str]) {
        let (app_id, by) = match rest {
            ["from", app, "by", by] => (Some(number(app)), *by),
            ["by", by] => (None, *by),
            _ => panic!("`require \"NAME\" [from APP] by SOURCE`, not {rest:?}"),
        };
        let check = RequiredCheck {
            context: context.to_owned(),
            app_id,
        };
        let source = match by {
            "classic" => return self.classic().checks.push(check),
            "ruleset" => ruleset(),
            "organization" => organization(),
            other => panic!("{other:?} requires nothing"),
        };
        self.rules
            .push(BranchRule::RequiredStatusChecks(RequiredStatusChecks {
                source,
                checks: vec![check],
                strict: false,
            }));
    }

    fn classic(&mut self) -> &mut ClassicProtection {
        self.classic.get_or_insert(ClassicProtection {
            enforcement_level: EnforcementLevel::Everyone,
            checks: Vec::new(),
            require_code_owner_reviews: None,
        })
    }

    fn code_owner_review(&mut self, by: &str) {
        let source = match by {
            "classic" => return self.classic().require_code_owner_reviews = Some(true),
            "ruleset" => ruleset(),
            "organization" => organization(),
            other => panic!("{other:?} requires nothing"),
        };
        self.rules.push(BranchRule::PullRequest(PullRequestRule {
            source,
            require_code_owner_review: true,
            required_approving_review_count: 1,
        }));
    }

    fn missing(&mut self, what: &str, why: &str) {
        let entry = (what.to_owned(), unavailable(what, reason(why)));
        match what {
            "tree" | "before" | "default" => self.trees.push(entry),
            "codeowners-errors" => self.codeowners.unavailable = Some(entry.1),
            "rules" | "protection" | "rollups" | "workflows" | "actions" | "app-id" => {
                self.missing.push(entry);
            }
            other => panic!("{other:?} is no fact"),
        }
    }
}

fn fact<T>(value: T, missing: Option<Unavailable>) -> Fact<T> {
    missing.map_or(Fact::Known(value), Fact::Unavailable)
}

fn rollup(pull_request: &str, rest: &[&str]) -> Rollup {
    let (from_fork, rest) = match rest {
        ["fork", rest @ ..] => (true, rest),
        _ => (false, rest),
    };
    let contexts = rest.chunks(3).map(|chunk| match chunk {
        [name, "by", producer] => RollupContext {
            name: (*name).to_owned(),
            producer: match producer.trim_end_matches(',') {
                "status" => Producer::Status,
                "unknown" => Producer::CheckRun { app_id: None },
                id => Producer::CheckRun {
                    app_id: Some(number(id)),
                },
            },
        },
        other => panic!("`\"NAME\" by PRODUCER`, not {other:?}"),
    });
    Rollup {
        pull_request: number(pull_request.trim_start_matches('#')),
        from_fork,
        contexts: contexts.collect(),
    }
}

fn actions(policy: &str, rest: &[&str]) -> ActionsPermissions {
    let mut selected = SelectedActions::default();
    if rest == ["unavailable"] {
        let why = unavailable("selected actions", Reason::Failed);
        return allowing(AllowedActions::Selected(Fact::Unavailable(why)));
    }
    for word in rest {
        match *word {
            "github" => selected.github_owned_allowed = true,
            "verified" => selected.verified_allowed = true,
            pattern => selected.patterns_allowed.push(pattern.to_owned()),
        }
    }
    match policy {
        "off" => ActionsPermissions::Disabled,
        "all" => allowing(AllowedActions::All),
        "local_only" => allowing(AllowedActions::LocalOnly),
        "selected" => allowing(AllowedActions::Selected(Fact::Known(selected))),
        "pinned" => ActionsPermissions::Enabled {
            allowed_actions: AllowedActions::All,
            sha_pinning_required: true,
        },
        other => panic!("{other:?} is no policy"),
    }
}

fn allowing(allowed_actions: AllowedActions) -> ActionsPermissions {
    ActionsPermissions::Enabled {
        allowed_actions,
        sha_pinning_required: false,
    }
}

fn enforcement(level: &str) -> EnforcementLevel {
    match level {
        "off" => EnforcementLevel::Off,
        "non_admins" => EnforcementLevel::NonAdmins,
        "everyone" => EnforcementLevel::Everyone,
        other => panic!("{other:?} is no enforcement level"),
    }
}

fn is_workflow(path: &RepoPath) -> bool {
    workflows::is_workflow_path(path.as_str())
}

fn access_of(access: &str) -> OwnerAccess {
    match access {
        "missing" => OwnerAccess::Missing,
        "read" => OwnerAccess::Read,
        "write" => OwnerAccess::Write,
        other => panic!("{other:?} is no access"),
    }
}

fn mode_of(mode: &str) -> Mode {
    match mode {
        "observe" => Mode::Observe,
        "warn" => Mode::Warn,
        "block" => Mode::Block,
        other => panic!("{other:?} is no mode"),
    }
}

fn number(word: &str) -> u64 {
    word.parse()
        .unwrap_or_else(|_| panic!("{word:?} is no number"))
}

fn ruleset() -> RuleSource {
    RuleSource {
        ruleset_id: 1,
        source_type: "Repository".to_owned(),
        source: "octo-org/hello".to_owned(),
    }
}

fn organization() -> RuleSource {
    RuleSource {
        ruleset_id: 2,
        source_type: "Organization".to_owned(),
        source: "octo-org".to_owned(),
    }
}

/// Words of a line; text in double quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
