//! Files that nobody owns, where somebody should.

use super::Case;
use super::coverage::{Coverage, Files};
use super::owners::Told;
use super::review::Review;
use crate::registry::Input;
use crate::rules::text::quoted;
use crate::{Finding, RepoPath, Severity};

/// A review by code owners is required, and there is no file that says who they are.
pub(super) fn no_file(input: &Input<'_>, review: &Review) -> Option<Finding> {
    let has_files = input.tree.entries.known().is_ok_and(|it| !it.is_empty());
    (review.is_required() && has_files).then(|| Finding {
        severity: Severity::High,
        title: "Review by code owners is required, and there is no CODEOWNERS file".to_owned(),
        why: format!(
            "{}, and none of `.github/CODEOWNERS`, `CODEOWNERS` and `docs/CODEOWNERS` is there. \
             Without owners GitHub asks nobody and requires nothing.",
            review.sentence()
        ),
        fix: "Add `.github/CODEOWNERS` with a line `*` and the team that reviews what has no \
              other owner; or stop requiring the review."
            .to_owned(),
        evidence: Vec::new(),
        identity: vec!["no-code-owners".into()],
    })
}

/// What the file leaves without an owner.
pub(super) fn findings(case: &Case<'_>, told: &Told<'_>, coverage: &Coverage<'_>) -> Vec<Finding> {
    let required = case.review.is_required();
    match (required, case.names_owners()) {
        // Lines that are skipped are told already, and this follows from them.
        (true, false) if told.skips() => Vec::new(),
        (true, false) => vec![names_nobody(case)],
        (true, true) => {
            let files = files_without_owner(case, &coverage.unowned);
            files
                .into_iter()
                .chain(governance(case, coverage))
                .collect()
        }
        (false, true) => governance(case, coverage).into_iter().collect(),
        (false, false) => Vec::new(),
    }
}

fn names_nobody(case: &Case<'_>) -> Finding {
    let path = quoted(case.path.as_str());
    Finding {
        severity: Severity::High,
        title: "Review by code owners is required, and CODEOWNERS names nobody".to_owned(),
        why: format!(
            "{}, and no line of {path} that GitHub reads names an owner. Without owners it asks \
             nobody and requires nothing.",
            case.review.sentence()
        ),
        fix: format!(
            "Add a line `*` to {path}, with the team that reviews what has no other owner; or stop \
             requiring the review."
        ),
        evidence: case.line(1).into_iter().collect(),
        identity: vec!["no-code-owners".into()],
    }
}

fn files_without_owner(case: &Case<'_>, files: &Files<'_>) -> Option<Finding> {
    let path = quoted(case.path.as_str());
    (files.count > 0).then(|| Finding {
        severity: Severity::Medium,
        title: format!(
            "Review by code owners is required, and {} no owner",
            files.have()
        ),
        why: format!(
            "{}, and no line of {path} matches {}. Changes to them need no owner's approval.",
            case.review.sentence(),
            files.words()
        ),
        fix: format!(
            "Add a first line `*` to {path}, with the team that reviews what has no other owner. For \
             files that nobody is to own, add a line with their pattern and no owner."
        ),
        evidence: case.line(1).into_iter().collect(),
        identity: vec!["files-without-owner".into(), case.branch().into()],
    })
}

fn governance(case: &Case<'_>, coverage: &Coverage<'_>) -> Option<Finding> {
    let files = &coverage.unowned_governance;
    let path = quoted(case.path.as_str());
    let context = if case.review.is_required() {
        case.review.sentence()
    } else {
        "Other files have code owners".to_owned()
    };
    (files.count > 0).then(|| Finding {
        severity: Severity::Medium,
        title: format!("{} no code owner", files.govern()),
        why: format!(
            "{context}, and no line of {path} matches {}. These decide what runs, with which rights, \
             and who reviews it, and are changed without an owner's review.",
            files.words()
        ),
        fix: format!(
            "Add lines for them at the end of {path}, such as `/.github/` with the team that answers \
             for it."
        ),
        evidence: first_file(case, files).into_iter().collect(),
        identity: vec!["governance-without-owner".into()],
    })
}

/// The first line of the file that nobody owns, or of CODEOWNERS where its content was not read.
fn first_file(case: &Case<'_>, files: &Files<'_>) -> Option<crate::Evidence> {
    let own = files
        .first
        .first()
        .and_then(|path| RepoPath::new(path).ok());
    let own = own.and_then(|path| case.input.evidence(&path, 1, 1));
    own.or_else(|| case.line(1))
}

impl Case<'_> {
    fn branch(&self) -> &str {
        self.input.settings.branch.as_str()
    }
}

impl Files<'_> {
    /// "3 files have"
    fn have(&self) -> String {
        match self.count {
            1 => "1 file has".to_owned(),
            count => format!("{count} files have"),
        }
    }

    /// "3 governance files have"
    fn govern(&self) -> String {
        match self.count {
            1 => "1 governance file has".to_owned(),
            count => format!("{count} governance files have"),
        }
    }

    /// The first files, and how many more there are.
    fn words(&self) -> String {
        let names: Vec<String> = self.first.iter().map(|path| quoted(path)).collect();
        match self.count - names.len() {
            0 => crate::rules::text::list(&names),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}
