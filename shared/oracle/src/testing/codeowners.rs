//! What GitHub would say about a fixture's CODEOWNERS.

use codeowners::{Codeowners, Problem};

use crate::codeowners_files::parse;
use crate::{CodeownersError, Fact, Tree, Unavailable};

/// What is wrong with owners, as the fixture says; what is wrong with lines, GitHub sees itself.
#[derive(Default)]
pub(super) struct CodeownersVerdict {
    /// Owners whom GitHub does not know, or who may not push.
    pub(super) unknown: Vec<String>,
    /// Set where GitHub could not be asked.
    pub(super) unavailable: Option<Unavailable>,
}

impl CodeownersVerdict {
    /// The errors of the file that counts in a tree.
    pub(super) fn of(&self, tree: &Tree) -> Fact<Vec<CodeownersError>> {
        if let Some(why) = &self.unavailable {
            return Fact::Unavailable(why.clone());
        }
        let Fact::Known(files) = parse(tree) else {
            return Fact::Known(Vec::new());
        };
        let Some((path, Fact::Known(file))) = files.effective else {
            return Fact::Known(Vec::new());
        };
        let text = match tree.files.get(&path) {
            Some(Fact::Known(content)) => String::from_utf8_lossy(content).into_owned(),
            _ => String::new(),
        };
        let syntax = file.problems().iter().map(|problem| CodeownersError {
            path: path.to_string(),
            ..syntax(problem)
        });
        let owners = self.unknown_owners(&file, &text);
        let owners = owners.into_iter().map(|error| CodeownersError {
            path: path.to_string(),
            ..error
        });
        let mut errors: Vec<_> = syntax.chain(owners).collect();
        errors.sort_by_key(|error| (error.line, error.column));
        Fact::Known(errors)
    }

    fn unknown_owners(&self, file: &Codeowners, text: &str) -> Vec<CodeownersError> {
        let lines: Vec<&str> = text.lines().collect();
        let mut errors = Vec::new();
        for rule in file.rules() {
            for owner in rule.owners.iter().map(ToString::to_string) {
                if !self.unknown.contains(&owner) {
                    continue;
                }
                let line = lines[rule.line as usize - 1];
                let before = line.split(&owner).next().unwrap_or_default();
                let team = if owner.contains('/') { "the team " } else { "" };
                errors.push(CodeownersError {
                    path: String::new(),
                    line: rule.line,
                    column: u32::try_from(before.chars().count()).unwrap_or(0) + 1,
                    kind: "Unknown owner".to_owned(),
                    suggestion: Some(format!(
                        "make sure {team}{owner} exists and has write access to the repository"
                    )),
                });
            }
        }
        errors
    }
}

fn syntax(problem: &Problem) -> CodeownersError {
    CodeownersError {
        path: String::new(),
        line: problem.line,
        column: problem.column,
        kind: problem.kind.name().to_owned(),
        suggestion: None,
    }
}
