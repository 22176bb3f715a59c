//! The file: lines, problems, and which rule decides a path.

use crate::index::Index;
use crate::{Owner, Pattern, PatternError};

/// Where GitHub looks, in this order; the first file that exists counts.
pub const LOCATIONS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// GitHub ignores a file of 3 MB or more.
pub const MAX_FILE_BYTES: usize = 3_000_000;

/// A rule: a pattern and those who own what it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The line, from 1.
    pub line: u32,
    /// The pattern as written.
    pub text: String,
    /// The pattern as understood.
    pub pattern: Pattern,
    /// The owners; empty: what matches has none, whatever earlier rules say.
    pub owners: Vec<Owner>,
}

/// A line that GitHub skips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The column of the offending word, in characters from 1.
    pub column: u32,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The offending word.
    pub word: String,
}

/// What is wrong with a line, in the kinds of GitHub's own
/// [error list](https://docs.github.com/en/rest/repos/repos#list-codeowners-errors).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// "Invalid pattern".
    Pattern(PatternError),
    /// "Invalid owner".
    Owner,
    /// The line is not UTF-8.
    NotUtf8,
}

impl ProblemKind {
    /// GitHub's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pattern(_) => "Invalid pattern",
            Self::Owner => "Invalid owner",
            Self::NotUtf8 => "Not UTF-8",
        }
    }

    /// What does not work, as a clause.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Owner => "expected @user, @org/team or an e-mail address",
            Self::NotUtf8 => "the line is not UTF-8",
            Self::Pattern(PatternError::Negation) => "`!` does not negate in CODEOWNERS",
            Self::Pattern(PatternError::Range) => "`[ ]` ranges do not work in CODEOWNERS",
            Self::Pattern(PatternError::EscapedHash) => {
                "a path that begins with `#` can't be owned"
            }
            Self::Pattern(PatternError::Empty) => "it names nothing",
            Self::Pattern(PatternError::ManyStars) => "three or more `*` in a row",
        }
    }
}

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Codeowners {
    rules: Vec<Rule>,
    problems: Vec<Problem>,
    pub(crate) index: Index,
}

/// Parses a file. A line with a problem is skipped as GitHub skips it.
pub fn parse(source: &[u8]) -> Codeowners {
    let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    for (number, line) in source.split(|byte| *byte == b'\n').enumerate() {
        let line_number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let parsed = match std::str::from_utf8(line) {
            Ok(text) => parse_line(line_number, text),
            Err(_) => Err(Problem {
                line: line_number,
                column: 1,
                kind: ProblemKind::NotUtf8,
                word: String::from_utf8_lossy(line).into_owned(),
            }),
        };
        match parsed {
            Ok(rule) => rules.extend(rule),
            Err(problem) => problems.push(problem),
        }
    }
    let index = Index::new(rules.iter().map(|rule: &Rule| &rule.pattern));
    Codeowners {
        rules,
        problems,
        index,
    }
}

impl Codeowners {
    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The lines that GitHub skips, in order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The rule that decides a path: the last that matches. `None`: nobody owns it.
    pub fn decide(&self, path: &str) -> Option<&Rule> {
        self.index
            .last_match(path, |at| self.rules[at].pattern.matches(path))
            .map(|at| &self.rules[at])
    }

    /// The owners of a path.
    pub fn owners(&self, path: &str) -> &[Owner] {
        self.decide(path).map_or(&[], |rule| &rule.owners)
    }
}

fn parse_line(line: u32, text: &str) -> Result<Option<Rule>, Problem> {
    let words = words(text);
    let Some(((column, word), owners)) = words.split_first() else {
        return Ok(None);
    };
    let problem = |column: u32, word: &str, kind| Problem {
        line,
        column,
        kind,
        word: word.to_owned(),
    };
    let pattern = Pattern::parse(word)
        .map_err(|error| problem(*column, word, ProblemKind::Pattern(error)))?;
    let owners = owners
        .iter()
        .map(|(column, word)| {
            Owner::parse(word).ok_or_else(|| problem(*column, word, ProblemKind::Owner))
        })
        .collect::<Result<_, _>>()?;
    Ok(Some(Rule {
        line,
        text: (*word).to_owned(),
        pattern,
        owners,
    }))
}

/// The words of a line with their columns: split at white space that no `\` escapes, up to a
/// word that starts with `#`.
fn words(text: &str) -> Vec<(u32, &str)> {
    let mut words = Vec::new();
    let (mut start, mut escaped) = (None, false);
    let ends = text.char_indices().map(|(at, c)| (at, Some(c)));
    let ends = ends.chain(std::iter::once((text.len(), None)));
    for (column, (at, c)) in (1_u32..).zip(ends) {
        let boundary = c.is_none_or(|c| c.is_whitespace() && !escaped);
        match (start, boundary) {
            (None, false) if c == Some('#') => break,
            (None, false) => start = Some((column, at)),
            (Some((column, from)), true) => {
                words.push((column, &text[from..at]));
                start = None;
            }
            (None, true) | (Some(_), false) => {}
        }
        escaped = c == Some('\\') && !escaped;
    }
    words
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(source: &str, paths: &[&str], expected: &Expect) {
        use std::fmt::Write;
        let file = parse(source.as_bytes());
        let mut seen = String::new();
        for path in paths {
            let decided = match file.decide(path) {
                Some(rule) => {
                    let owners: Vec<String> = rule.owners.iter().map(Owner::to_string).collect();
                    format!("line {} {} [{}]", rule.line, rule.text, owners.join(" "))
                }
                None => "nobody".to_owned(),
            };
            writeln!(seen, "{path}: {decided}").unwrap();
        }
        for Problem {
            line,
            column,
            kind,
            word,
        } in file.problems()
        {
            writeln!(seen, "{line}:{column}: {kind:?} {word:?}").unwrap();
        }
        expected.assert_eq(&seen);
    }

    #[test]
    fn the_last_match_decides_and_empty_owners_clear() {
        check(
            "*       @global\n*.js    @js # front end\n/apps/ @octocat\n/apps/github\n",
            &["README", "x.js", "apps/x.js", "apps/github/x.js"],
            &expect![[r"
                README: line 1 * [@global]
                x.js: line 2 *.js [@js]
                apps/x.js: line 3 /apps/ [@octocat]
                apps/github/x.js: line 4 /apps/github []
            "]],
        );
    }

    #[test]
    fn a_bad_line_is_skipped_and_the_rest_stands() {
        check(
            "* @global\n!x @a\ndocs/ doctocat\n  \n# only a comment\na.md @ok bad/owner@\n",
            &["docs/x", "a.md"],
            &expect![[r#"
                docs/x: line 1 * [@global]
                a.md: line 1 * [@global]
                2:1: Pattern(Negation) "!x"
                3:7: Owner "doctocat"
                6:10: Owner "bad/owner@"
            "#]],
        );
    }

    #[test]
    fn spaces_bom_carriage_returns_and_bytes_that_are_no_text() {
        check(
            "\u{feff}with\\ space/ @a\r\nx\t@b\r\n",
            &["with space/y", "x", "y"],
            &expect![[r"
                with space/y: line 1 with\ space/ [@a]
                x: line 2 x [@b]
                y: nobody
            "]],
        );
        let file = parse(b"a @a\n\xff @b\nc @c\n");
        assert_eq!(file.problems()[0].kind, ProblemKind::NotUtf8);
        assert_eq!(file.rules().len(), 2);
    }
}
