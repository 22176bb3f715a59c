//! MD-007 codeowners-promise: what CODEOWNERS promises against who may review, and against the
//! files that are there.
//!
//! `review` says whether owners must approve, `coverage` which rule decides which file; then
//! each contradiction has its own part: `syntax`, `owners` (with `placeholder`), `patterns`,
//! `unowned`, `must_have`. `fold` counts what is too many of one kind.

mod coverage;
mod fold;
mod must_have;
mod owners;
mod patterns;
mod placeholder;
mod review;
mod syntax;
mod unowned;

#[cfg(test)]
mod tests;

use codeowners::{Codeowners, Owner};

use self::coverage::Coverage;
use self::review::Review;
use crate::registry::{Findings, Input, Rule, RuleMeta, RuleOption};
use crate::rules::text::{code, list, quoted};
use crate::{EntryKind, Evidence, Fact, Finding, Mode, RepoPath, Severity};

/// The rule.
pub(crate) static MD_007: CodeownersPromise = CodeownersPromise;

/// The rule's type.
pub(crate) struct CodeownersPromise;

/// The most findings of one kind that are told one by one, of new ones and of others. A file with more
/// has one trouble, and not hundreds.
const MOST_OF_A_KIND: usize = 25;

/// The option that names files which must have an owner.
const MUST_HAVE_OWNER: &str = "must_have_owner";

static META: RuleMeta = RuleMeta {
    id: "MD-007",
    name: "codeowners-promise",
    version: 2,
    default_mode: Mode::Warn,
    what: "\
The CODEOWNERS file that counts (the first of `.github/CODEOWNERS`, `CODEOWNERS`, \
`docs/CODEOWNERS`) against the users and teams that it names, what they may do, the files of the \
tree, and whether the branch requires a review by code owners. Who exists and may push is what \
GitHub itself says of the file; without its word only owners who are certainly placeholders are \
found (`@your-org/team`, `@username`, addresses at `example.com`), and the rest is listed as \
unavailable.

| finding | severity |\n\
|---|---|\n\
| an owner is unknown to GitHub, or may not push | high where a pattern is left without any other owner, else medium |\n\
| an owner is a placeholder | high |\n\
| review by code owners is required, and there is no CODEOWNERS file or no owner in it | high |\n\
| GitHub skips a line | high where such a review is required or the line covers governance files, else medium |\n\
| such a review is required, and files have no owner | medium |\n\
| workflows, CODEOWNERS, Phase Mirror's policy or infrastructure code have no owner, and other files do | medium |\n\
| the policy says that a file must have an owner (`must_have_owner`), and it has none | high |\n\
| a second CODEOWNERS file, which GitHub does not read | medium; low where it says the same |\n\
| later rules decide all that a pattern matches, now and for new files | medium; low where they name the same owners |\n\
| a pattern matches no file | medium where the change takes its last file away, else low |\n\n\
Of one kind at most 25 new findings are told one by one, and at most 25 that were there before; one more \
counts the rest of either. \
A line without owners is a decision that nobody owns what it matches, and no finding but where \
the policy says otherwise. A general \
pattern (`*`, `/src/`) all of whose files have rules of their own is a default for new files, and \
no finding either. Whether classic branch protection requires the review is not shown to the App \
without `administration: read`; rulesets are.",
    why: "\
GitHub does not warn when an owner leaves, a team loses access, a folder is renamed or a line is \
mistyped: the file goes on looking like a promise of review, and nobody is asked. Where a review \
by code owners is required, files that nobody owns are merged without one.",
    fix: "\
Name users and teams that exist, can see the repository and have write access themselves (a team \
must also be visible). Put general patterns first and special ones after them, because the last \
match decides. Give `.github/` an owner.",
    bad_example: "\
//@ code-owner-review by ruleset
//@ unknown-owner @octo-org/docs-team
//- .github/CODEOWNERS
/docs/ @octo-org/docs-team
*      @octo-org/maintainers
//- docs/guide.md
",
    good_example: "\
//@ code-owner-review by ruleset
//- .github/CODEOWNERS
*      @octo-org/maintainers
/docs/ @octo-org/docs-team
//- docs/guide.md
",
    facts: &[
        "the tree, and the CODEOWNERS files in it",
        "GitHub's own list of errors in the CODEOWNERS file, or what its owners may do",
        "branch rules of the base branch (`pull_request`)",
    ],
    options: &[RuleOption {
        name: MUST_HAVE_OWNER,
        what: "Files that must have a code owner, whatever the branch requires: each that has none \
               is a finding, also where a line without owners decides.",
    }],
};

impl Rule for CodeownersPromise {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check(&self, input: &Input<'_>) -> Findings {
        let mut found = Findings::default();
        let files = match input.codeowners {
            Fact::Known(files) => files,
            Fact::Unavailable(why) => {
                found.unavailable.push(why.clone());
                return found;
            }
        };
        let review = Review::of(input.settings);
        found.unavailable.extend(review.unavailable.clone());
        let Some((path, parsed)) = &files.effective else {
            let none = unowned::no_file(input, &review);
            found
                .findings
                .extend(none.or_else(|| must_have::no_file(input)));
            return found;
        };
        let second = files.ignored.iter();
        found
            .findings
            .extend(second.filter_map(|other| second_file(input, path, other)));
        match parsed {
            Fact::Unavailable(why) => found.unavailable.push(why.clone()),
            Fact::Known(file) => Case {
                input,
                path,
                file,
                review: &review,
            }
            .judge(&mut found),
        }
        found
    }
}

/// The file that counts, with what it is held against.
#[derive(Clone, Copy)]
struct Case<'a> {
    input: &'a Input<'a>,
    path: &'a RepoPath,
    file: &'a Codeowners,
    review: &'a Review,
}

impl Case<'_> {
    fn judge(&self, found: &mut Findings) {
        let told = owners::Told::new(self);
        let coverage = Coverage::new(self, &told);
        if let Err(why) = &coverage {
            found.unavailable.push(why.clone());
        }
        let coverage = coverage.ok();
        let governance = coverage.as_ref().map(|it| it.governance.as_slice());
        let findings = &mut found.findings;
        findings.extend(syntax::findings(
            self,
            &told,
            governance.unwrap_or_default(),
        ));
        findings.extend(owners::findings(self, &told));
        if let Some(coverage) = &coverage {
            findings.extend(patterns::unused(self, coverage));
            findings.extend(patterns::shadowed(self, coverage));
            findings.extend(unowned::findings(self, &told, coverage));
            findings.extend(must_have::findings(self, coverage));
        }
        found.unavailable.extend(told.unavailable());
    }

    /// A line of the file.
    fn line(&self, line: u32) -> Option<Evidence> {
        self.input.evidence(self.path, line, line)
    }

    /// Whether anybody owns anything.
    fn names_owners(&self) -> bool {
        self.file.rules().iter().any(|rule| !rule.owners.is_empty())
    }
}

/// A file that looks like it counted. A link to the one that counts says nothing of its own.
fn second_file(input: &Input<'_>, first: &RepoPath, other: &RepoPath) -> Option<Finding> {
    let entries = input.tree.entries.known().ok()?;
    if entries.get(other)?.kind == EntryKind::Symlink {
        return None;
    }
    let content = |path| input.tree.files.get(path)?.known().ok();
    let same = content(other).is_some() && content(other) == content(first);
    Some(Finding {
        severity: if same {
            Severity::Low
        } else {
            Severity::Medium
        },
        title: format!("{} is not read by GitHub", code(other.as_str(), 40)),
        why: format!(
            "GitHub reads the first of `.github/CODEOWNERS`, `CODEOWNERS` and `docs/CODEOWNERS` that \
             is there, which is {}. {}",
            quoted(first.as_str()),
            if same {
                "The other says the same today, and nothing keeps it so."
            } else {
                "What the other says differs, and has no effect."
            }
        ),
        fix: format!(
            "Move what is still meant into {}, and delete {}.",
            quoted(first.as_str()),
            quoted(other.as_str())
        ),
        evidence: input.evidence(other, 1, 1).into_iter().collect(),
        identity: vec!["second-file".into(), other.clone().into()],
    })
}

/// Owners in words.
fn names(owners: &[Owner]) -> String {
    let names: Vec<String> = owners
        .iter()
        .map(|owner| quoted(&owner.to_string()))
        .collect();
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        list(&names)
    }
}
