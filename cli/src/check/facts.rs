//! The facts that a checkout and a settings file give, or GitHub in place of either.

use std::path::Path;

use anyhow::anyhow;
use checkout::{Checkout, Remote};
use github::{ACTIONS_ON_GITHUB_COM, SettingsFile, unknown_settings};
use oracle::registry::wants;
use oracle::{
    BranchName, DefaultBranch, Fact, ObjectId, Reason, Settings, Snapshot, Subject, Unavailable,
};

use super::failure::read;
use super::live::Live;
use crate::args::Check;
use crate::exit::Failure;

/// The largest settings file that is read: ten pull requests with some hundred checks each are
/// well under one megabyte.
const SETTINGS_LIMIT: u64 = 32 << 20;

/// What Git writes where there is no commit.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

const NO_SETTINGS: &str = "A checkout does not have it; ask GitHub with --github OWNER/REPO, or \
                           give its settings with --settings (`phase-mirror settings export` writes \
                           them).";

/// Everything that is judged: what the command names is read.
pub(super) async fn collect(args: &Check, live: Option<&Live<'_>>) -> Result<Snapshot, Failure> {
    let Some(live) = live else {
        let file = args.settings.as_deref().map(settings).transpose()?;
        let path = args.path.as_deref().unwrap_or(Path::new("."));
        return of_checkout(args, path, file);
    };
    let of_pull_request = args
        .github
        .as_ref()
        .is_some_and(|it| it.pull_request.is_some());
    match &args.path {
        Some(_) if of_pull_request => Err(Failure::usage(
            anyhow!("a pull request at GitHub is not judged in a checkout"),
            "leave out PATH; or leave out `#N`, check the pull request out, and say --base",
        )),
        Some(path) => of_checkout(args, path, Some(live.settings().await?)),
        None if args.base.is_some() => Err(Failure::usage(
            anyhow!("--base is a revision of a checkout, and none is named"),
            "name one: `phase-mirror check . --github OWNER/REPO --base REV`",
        )),
        None if of_pull_request && args.branch.is_some() => Err(Failure::usage(
            anyhow!("a pull request has its own base branch"),
            "leave out --branch",
        )),
        None => live.snapshot().await,
    }
}

fn of_checkout(args: &Check, path: &Path, file: Option<SettingsFile>) -> Result<Snapshot, Failure> {
    let checkout = Checkout::open(path)?;
    let remote = checkout.remote();
    let branches = Branches::of(args, file.as_ref(), &checkout)?;
    let base_commit = match &args.base {
        Some(revision) => Some(checkout.merge_base(revision)?),
        None => None,
    };
    let before = match &base_commit {
        Some(commit) => Some(checkout.tree_of(commit, wants)?),
        None => None,
    };
    let default_branch = default_branch(&checkout, &branches)?;
    let (repository, settings) = match file {
        Some(file) => (file.repository, file.settings),
        None => (None, nothing_known(&branches.base, remote.as_ref())),
    };
    let commit = match checkout.head()? {
        Some(commit) => commit,
        None => no_commit()?,
    };
    Ok(Snapshot {
        subject: Subject {
            repository: repository.or(remote.map(|remote| remote.repository)),
            commit,
            base_commit,
            base_branch: branches.base,
            default_branch: branches.default,
        },
        settings,
        after: checkout.working_tree(wants)?,
        before,
        default_branch,
    })
}

/// The branches that count.
struct Branches {
    /// The one that would be merged into.
    base: BranchName,
    /// The repository's default branch.
    default: BranchName,
}

impl Branches {
    fn of(args: &Check, file: Option<&SettingsFile>, checkout: &Checkout) -> Result<Self, Failure> {
        let of_settings = file.map(|file| &file.settings.branch);
        if let (Some(wanted), Some(found)) = (&args.branch, of_settings)
            && wanted != found
        {
            let error = anyhow!("the settings are those of {found}, and --branch is {wanted}");
            return Err(Failure::usage(
                error,
                "export the settings of that branch: `phase-mirror settings export --branch`",
            ));
        }
        let default = file
            .and_then(|file| file.default_branch.clone())
            .or_else(|| checkout.default_branch());
        let base = args
            .branch
            .clone()
            .or_else(|| of_settings.cloned())
            .or_else(|| default.clone())
            .or_else(|| checkout.branch())
            .map_or_else(|| BranchName::new("main"), Ok);
        let base = base.map_err(|error| Failure::from(anyhow::Error::new(error)))?;
        Ok(Self {
            default: default.unwrap_or_else(|| base.clone()),
            base,
        })
    }
}

fn settings(path: &Path) -> Result<SettingsFile, Failure> {
    let help = "give a file that `phase-mirror settings export` wrote";
    let content = read(path, SETTINGS_LIMIT, help)?;
    SettingsFile::parse(&content).map_err(|error| {
        let place = format!("cannot use the settings in {}", path.display());
        Failure::usage(anyhow::Error::new(error).context(place), help)
    })
}

/// The settings where none are given: only the platform can be told, by the remote.
fn nothing_known(branch: &BranchName, remote: Option<&Remote>) -> Settings {
    let elsewhere = remote.is_some_and(|remote| remote.host != "github.com");
    let actions = (!elsewhere).then_some(ACTIONS_ON_GITHUB_COM);
    unknown_settings(branch.clone(), actions, NO_SETTINGS)
}

fn default_branch(checkout: &Checkout, branches: &Branches) -> Result<DefaultBranch, Failure> {
    if branches.default == branches.base {
        return Ok(DefaultBranch::IsBase);
    }
    let tree = match checkout.tip(&branches.default)? {
        Some(tip) => Fact::Known(checkout.tree_of(&tip, wants)?),
        None => Fact::Unavailable(Unavailable {
            fact: format!("the tree of `{}`", branches.default),
            reason: Reason::NotProvided,
            detail: "The checkout does not have this branch; fetch it.".to_owned(),
        }),
    };
    Ok(DefaultBranch::Other(tree))
}

fn no_commit() -> Result<ObjectId, Failure> {
    ObjectId::new(NO_COMMIT).map_err(|error| anyhow::Error::new(error).into())
}
