//! Files that the policy says must have an owner (`must_have_owner`), and that nobody owns.

use super::coverage::{Coverage, Ownerless};
use super::{Case, META, MUST_HAVE_OWNER};
use crate::registry::Input;
use crate::rules::text::{code, quoted};
use crate::{Evidence, Finding, Part, RepoPath, Severity, policy};

/// Where the policy says it.
const KEY: &str = "`rules.MD-007.options.must_have_owner`";

/// Each such file. A line without owners is no excuse for them.
pub(super) fn findings(case: &Case<'_>, coverage: &Coverage<'_>) -> Vec<Finding> {
    let candidates = coverage.must_have.iter();
    case.at_most(
        "files that must have an owner and have none",
        candidates.map(|file| (Severity::High, *file)).collect(),
        identity,
        |severity, file| finding(case, severity, file),
    )
}

/// The same where there is no CODEOWNERS file: nobody owns any of them.
pub(super) fn no_file(input: &Input<'_>) -> Option<Finding> {
    let patterns = input.option(&META, MUST_HAVE_OWNER)?;
    let entries = input.tree.entries.known().ok()?;
    let mut files = entries.keys().filter(|path| patterns.take(path.as_str()));
    let first = files.next()?;
    let others = files.count();
    let more = match others {
        0 => String::new(),
        1 => " and 1 more file".to_owned(),
        others => format!(" and {others} more files"),
    };
    Some(Finding {
        severity: Severity::High,
        title: "Policy wants code owners, and there is no CODEOWNERS file".to_owned(),
        why: format!(
            "{KEY} of the policy takes {}{more}, and none of `.github/CODEOWNERS`, `CODEOWNERS` and \
             `docs/CODEOWNERS` is there.",
            quoted(first.as_str())
        ),
        fix: "Add `.github/CODEOWNERS` with lines for these files and the teams that own them."
            .to_owned(),
        evidence: no_file_evidence(input, first).into_iter().collect(),
        identity: vec!["must-have-owner".into(), "no-file".into()],
    })
}

/// The file's first line, or else that of the policy: few files have their content read.
fn no_file_evidence(input: &Input<'_>, file: &RepoPath) -> Option<Evidence> {
    let policy = RepoPath::new(policy::PATH).ok();
    let policy = || policy.and_then(|path| input.evidence(&path, 1, 1));
    input.evidence(file, 1, 1).or_else(policy)
}

fn finding(case: &Case<'_>, severity: Severity, file: Ownerless<'_>) -> Finding {
    let codeowners = quoted(case.path.as_str());
    let says = match file.rule.map(|at| &case.file.rules()[at]) {
        Some(rule) => format!(
            "and in {codeowners} the line that decides, {}, names no owner",
            quoted(&rule.text)
        ),
        None => format!("and no line of {codeowners} matches it"),
    };
    Finding {
        severity,
        title: format!("{} has no code owner, and must", code(file.path, 60)),
        why: format!(
            "{KEY} of the policy takes {}, {says}. It is changed without an owner's review.",
            quoted(file.path)
        ),
        fix: format!(
            "Add a line for it with its owners at the end of {codeowners}. Where nobody is to own it, \
             take it out of {KEY} by a pattern that begins with `!`."
        ),
        evidence: evidence(case, file).into_iter().collect(),
        identity: identity(&file),
    }
}

fn identity(file: &Ownerless<'_>) -> Vec<Part> {
    vec![
        "must-have-owner".into(),
        RepoPath::new(file.path).map_or_else(|_| file.path.into(), Part::from),
    ]
}

/// The line without owners, or else the file's own first, or else that of CODEOWNERS.
fn evidence(case: &Case<'_>, file: Ownerless<'_>) -> Option<Evidence> {
    if let Some(at) = file.rule {
        return case.line(case.file.rules()[at].line);
    }
    let own = RepoPath::new(file.path).ok();
    let own = own.and_then(|path| case.input.evidence(&path, 1, 1));
    own.or_else(|| case.line(1))
}
