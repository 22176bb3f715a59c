//! Who may do what in a repository beside its owner, and what that makes of its CODEOWNERS
//! (<https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>).

use std::collections::BTreeMap;

use super::{Repository, State};
use crate::git::ObjectId;

/// A role in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// See.
    Read,
    /// See and manage issues.
    Triage,
    /// Push.
    Write,
    /// Push and manage the repository.
    Maintain,
    /// Everything.
    Admin,
}

/// Users, teams and addresses with their roles; names as CODEOWNERS writes them, in lower case.
pub(crate) type Collaborators = BTreeMap<String, Role>;

/// Where CODEOWNERS may be; the first that is there counts.
const LOCATIONS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// From this size on the file is ignored.
const TOO_LARGE: usize = 3_000_000;

/// Something wrong with a line of CODEOWNERS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeownersError {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
    /// The line's text.
    pub(crate) source: String,
    /// GitHub's word.
    pub(crate) kind: &'static str,
    /// What to do.
    pub(crate) suggestion: Option<String>,
}

impl State {
    /// The CODEOWNERS file of a commit with what is wrong with it; `None`: there is none, or it
    /// is too large.
    pub(crate) fn codeowners_errors(
        &self,
        repository: u64,
        commit: ObjectId,
    ) -> Option<(&'static str, Vec<CodeownersError>)> {
        let objects = self.objects(repository);
        let found = LOCATIONS.iter().find_map(|path| {
            let entry = objects.entry(commit, path)?;
            Some((*path, objects.blob(entry.id)?))
        });
        let (path, bytes) = found.filter(|(_, bytes)| bytes.len() < TOO_LARGE)?;
        let text = String::from_utf8_lossy(bytes);
        let repository = &self.repositories[&repository];
        let lines = text.lines().zip(1..);
        let errors = lines.flat_map(|(line, number)| repository.line_errors(number, line));
        Some((path, errors.collect()))
    }
}

impl Repository {
    /// A bad pattern or a malformed owner is the line's only error; else every owner counts who
    /// can't push.
    fn line_errors(&self, number: usize, line: &str) -> Vec<CodeownersError> {
        let words = words(line);
        let Some(((column, pattern), owners)) = words.split_first() else {
            return Vec::new();
        };
        let error = |column, kind, suggestion| CodeownersError {
            line: number,
            column,
            source: format!("{line}\n"),
            kind,
            suggestion,
        };
        if pattern.starts_with('!') || pattern.contains(['[', ']']) {
            return vec![error(*column, "Invalid pattern", None)];
        }
        let malformed = owners.iter().find(|(_, owner)| !owner.contains('@'));
        if let Some((column, _)) = malformed {
            return vec![error(*column, "Invalid owner", None)];
        }
        let unknown = owners.iter().filter(|(_, owner)| !self.may_own(owner));
        unknown
            .map(|(column, owner)| {
                let suggestion = if owner.contains('/') {
                    format!(
                        "make sure the team {owner} exists, is publicly visible, and has write \
                         access to the repository"
                    )
                } else {
                    format!("make sure {owner} exists and has write access to the repository")
                };
                error(*column, "Unknown owner", Some(suggestion))
            })
            .collect()
    }

    /// The role of a user; the owner's is `admin`.
    pub(crate) fn role_of(&self, login: &str) -> Option<Role> {
        if login.eq_ignore_ascii_case(&self.owner) {
            return Some(Role::Admin);
        }
        let name = format!("@{}", login.to_lowercase());
        self.collaborators.get(&name).copied()
    }

    fn may_own(&self, owner: &str) -> bool {
        let name = owner.to_lowercase();
        let role = self.collaborators.get(&name);
        name == format!("@{}", self.owner.to_lowercase())
            || role.is_some_and(|role| *role >= Role::Write)
    }
}

/// The words of a line before its comment, with their columns from 1.
fn words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut from = 0;
    for word in line.split(char::is_whitespace) {
        if word.starts_with('#') {
            break;
        }
        if !word.is_empty() {
            words.push((line[..from].chars().count() + 1, word));
        }
        from += word.len();
        from += line[from..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_columns_and_end_at_a_comment() {
        assert_eq!(words("*  @a\t@b # @c"), [(1, "*"), (4, "@a"), (7, "@b")]);
        assert_eq!(words("# @c"), []);
        assert_eq!(words("ü @a"), [(1, "ü"), (3, "@a")]);
    }
}
