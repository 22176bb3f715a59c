//! A repository whose base branches decide what is found, so that verdicts are known beforehand.

use std::collections::BTreeMap;

use app::event::{DeliveryId, Event, Head, MergeGroup, Message, Repository, Wish};
use app::ports::{MERGE_GROUP, PullRequest, TestMerge};
use app::testing::World;
use oracle::{
    ActionsPermissions, AllowedActions, BranchName, Decision, DefaultBranch, Evidence, Fact,
    Fingerprint, Item, Meta, Mode, ObjectId, Outcome, Policy, RepoPath, Report, RepositoryName,
    Run, RunMode, Settings, Severity, SeverityCounts, Snapshot, Status, StatusCounts, Subject,
    Summary, Tree,
};

/// The repository's id.
pub(crate) const REPOSITORY: u64 = 7;

/// Base branches by what merging into them introduces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// Nothing.
    Calm,
    /// Three findings that warn.
    Grumpy,
    /// 51 findings that block: two requests' worth of annotations.
    Strict,
}

impl Base {
    pub(crate) const ALL: [Self; 3] = [Self::Calm, Self::Grumpy, Self::Strict];

    pub(crate) fn branch(self) -> BranchName {
        let name = match self {
            Self::Calm => "calm",
            Self::Grumpy => "grumpy",
            Self::Strict => "strict",
        };
        BranchName::new(name).expect("a branch")
    }

    fn of(branch: &BranchName) -> Self {
        let is = |base: &Self| base.branch() == *branch;
        Self::ALL.into_iter().find(is).expect("a base of the stage")
    }

    pub(crate) fn findings(self) -> u32 {
        match self {
            Self::Calm => 0,
            Self::Grumpy => 3,
            Self::Strict => 51,
        }
    }
}

pub(crate) fn repository() -> Repository {
    Repository {
        installation_id: 1,
        id: REPOSITORY,
        name: RepositoryName::new("octo-org/hello").expect("a repository"),
    }
}

/// The `n`th commit.
pub(crate) fn commit(n: u8) -> ObjectId {
    ObjectId::new(&format!("{:040x}", 0xc0_u32 + u32::from(n))).expect("40 hex digits")
}

pub(crate) fn head(n: u8) -> Head {
    Head {
        repository_id: REPOSITORY,
        sha: commit(n),
    }
}

/// Puts a pull request on the stage, in place of the one with its number.
pub(crate) fn put(world: &World, number: u64, head: u8, base: Base) {
    world.put_pull_request(REPOSITORY, pull_request(number, head, base));
}

/// Changes a pull request that is on the stage.
pub(crate) fn change(world: &World, number: u64, change: impl FnOnce(&mut PullRequest)) {
    let now = world.pull_request_now(REPOSITORY, number);
    let mut now = now.expect("a pull request of the stage");
    change(&mut now);
    world.put_pull_request(REPOSITORY, now);
}

pub(crate) fn pull_request(number: u64, head: u8, base: Base) -> PullRequest {
    PullRequest {
        number,
        open: true,
        head: commit(head),
        from_fork: false,
        base: base.branch(),
        base_tip: commit(200),
        default_branch: Base::Calm.branch(),
        test_merge: TestMerge::Clean {
            commit: commit(201),
            base: commit(200),
        },
    }
}

/// A delivery of its own about a pull request.
pub(crate) fn message(delivery: u32, number: u64, head: u8, before: Option<u8>) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{delivery:08x}")).expect("hex digits"),
        trace: None,
        event: Event::PullRequest {
            repository: repository(),
            number,
            head: commit(head),
            before: before.map(commit),
            base_before: None,
        },
    }
}

/// Lets a merge queue make a group with this head.
pub(crate) fn put_group(world: &World, head: u8, base: Base) {
    let mut group = pull_request(MERGE_GROUP, head, base);
    group.test_merge = TestMerge::Clean {
        commit: commit(head),
        base: commit(200),
    };
    world.put_merge_group(REPOSITORY, group);
}

/// A delivery of its own about a merge group.
pub(crate) fn group(delivery: u32, head: u8, base: Base) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{delivery:08x}")).expect("hex digits"),
        trace: None,
        event: Event::MergeGroup {
            repository: repository(),
            head: commit(head),
            group: MergeGroup {
                branch: BranchName::new("gh-readonly-queue/main/pr-3").expect("a branch"),
                base: base.branch(),
                base_sha: commit(200),
            },
        },
    }
}

/// A delivery of its own that wants the check of a commit again.
pub(crate) fn rerun(delivery: u32, head: u8, named: &[u64]) -> Message {
    wish(delivery, head, named, Wish::Again)
}

/// The same, with more to it.
pub(crate) fn wish(delivery: u32, head: u8, named: &[u64], wish: Wish) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{delivery:08x}")).expect("hex digits"),
        trace: None,
        event: Event::rerequested(repository(), commit(head), named.to_vec(), wish),
    }
}

/// A delivery of its own about a push that may have changed the policy of a base.
pub(crate) fn policy_pushed(delivery: u32, base: Base) -> Message {
    Message {
        delivery: DeliveryId::new(&format!("{delivery:08x}")).expect("hex digits"),
        trace: None,
        event: Event::PolicyPushed {
            repository: repository(),
            branch: base.branch(),
            before: Some(before_push()),
        },
    }
}

/// The tip of a base before a push.
pub(crate) fn before_push() -> ObjectId {
    ObjectId::new(&"b".repeat(40)).expect("40 hex digits")
}

pub(crate) fn snapshot(of: &PullRequest) -> Snapshot {
    Snapshot {
        subject: Subject {
            repository: None,
            commit: of.head.clone(),
            base_commit: Some(of.base_tip.clone()),
            base_branch: of.base.clone(),
            default_branch: of.default_branch.clone(),
        },
        settings: Settings {
            branch: of.base.clone(),
            rules: Fact::Known(Vec::new()),
            protection: Fact::Known(None),
            rollups: Fact::Known(Vec::new()),
            workflows: Fact::Known(Vec::new()),
            actions: Fact::Known(ActionsPermissions::Enabled {
                allowed_actions: AllowedActions::All,
                sha_pinning_required: false,
            }),
            actions_app_id: Fact::Known(15_368),
            owners: Fact::Known(BTreeMap::new()),
        },
        after: Tree::empty(),
        before: Some(Tree::empty()),
        default_branch: DefaultBranch::IsBase,
    }
}

/// Judges by the base branch alone.
pub(crate) fn judge(snapshot: &Snapshot, _policy: &Policy, run: &Run) -> Report {
    let base = Base::of(&snapshot.subject.base_branch);
    let (severity, outcome) = match base {
        Base::Calm => (Severity::Low, Outcome::Pass),
        Base::Grumpy => (Severity::Medium, Outcome::Warn),
        Base::Strict => (Severity::High, Outcome::Block),
    };
    Report {
        meta: Meta {
            schema_version: 3,
            run_id: run.id.clone(),
            timestamp: run.timestamp,
            rules_hash: String::new(),
            policy_hash: String::new(),
            mode: RunMode::Enforce,
            repository: None,
            commit: snapshot.subject.commit.clone(),
            base_commit: None,
            degraded: None,
            demotions: Vec::new(),
            unavailable: Vec::new(),
            rule_errors: Vec::new(),
            policy_errors: Vec::new(),
            policy_notes: Vec::new(),
        },
        items: (1..=base.findings())
            .map(|line| item(base, severity, line))
            .collect(),
        summary: Summary {
            total: base.findings(),
            by_severity: SeverityCounts::default(),
            by_status: StatusCounts::default(),
        },
        decision: Decision {
            outcome,
            reasons: vec!["By the base branch.".to_owned()],
        },
    }
}

fn item(base: Base, severity: Severity, line: u32) -> Item {
    let fingerprint = Fingerprint::of(
        "MD-900",
        &[base.branch().as_str().into(), line.to_string().into()],
    );
    Item {
        id: fingerprint.short(5),
        fingerprint: fingerprint.to_string(),
        rule_id: "MD-900".to_owned(),
        rule_version: 1,
        severity,
        mode: Mode::Block,
        title: format!("Line {line}"),
        why: "Why.".to_owned(),
        fix: "Fix.".to_owned(),
        evidence: vec![Evidence {
            path: RepoPath::new(&format!("{}.yml", base.branch())).expect("a path"),
            start_line: line,
            end_line: line,
            snippet: redaction::RedactedText::default(),
            hash: String::new(),
        }],
        status: Status::New,
        suppression: None,
        aliases: Vec::new(),
    }
}

/// How often each annotated line appears in a run.
pub(crate) fn annotated(run: &app::testing::RecordedRun) -> BTreeMap<(String, u32), usize> {
    let mut lines = BTreeMap::new();
    for annotation in &run.annotations {
        let line = (annotation.path.to_string(), annotation.start_line);
        *lines.entry(line).or_default() += 1;
    }
    lines
}
