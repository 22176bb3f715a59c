//! Suppressions in the files themselves:
//! `# phase-mirror: ignore[MD-001] reason="…" until=2026-12-31`, at the end of the line that is
//! meant or on the line above it.
//!
//! A comment holds for the *text* of its line, so that it moves with the line and ends when the
//! line changes.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{PATH, PolicyError, read};
use crate::registry::{self, file_limit};
use crate::rules::text::{clause, code};
use crate::{Fact, RepoPath, Tree};

/// What every comment has in it.
const MARKER: &str = "phase-mirror:";
/// The word behind it.
const IGNORE: &str = "ignore";
/// The most comments of a tree that are read.
const MOST_COMMENTS: usize = 1000;
/// The most lines down from a comment to the one that it is about.
const MOST_STACKED: usize = 20;
/// The most errors that are named.
const MOST_ERRORS: usize = 50;

/// The comments of a tree's files, by path.
#[derive(Debug, Default)]
pub(crate) struct Comments(BTreeMap<RepoPath, Vec<Comment>>);

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Ids of the rules that it is about.
    pub(crate) rules: Vec<&'static str>,
    /// Why.
    pub(crate) reason: String,
    /// The last day, in UTC, on which it holds.
    pub(crate) until: Option<Date>,
    /// The line on which it stands, from 1.
    pub(crate) line: u32,
    /// The line that it is about, without comment and blanks around it.
    covers: String,
}

impl Comments {
    /// The comments about a line of a file, for a rule.
    pub(crate) fn about<'a>(
        &'a self,
        rule_id: &'a str,
        path: &RepoPath,
        line: &str,
    ) -> impl Iterator<Item = &'a Comment> + use<'a> {
        let text = without_comment(path, line).to_owned();
        let here = self.0.get(path).into_iter().flatten();
        here.filter(move |comment| comment.covers == text && comment.rules.contains(&rule_id))
    }

    /// Whether a file has any.
    pub(crate) fn any_in(&self, path: &RepoPath) -> bool {
        self.0.contains_key(path)
    }

    /// Every comment with its file.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&RepoPath, &Comment)> {
        self.0
            .iter()
            .flat_map(|(path, comments)| comments.iter().map(move |comment| (path, comment)))
    }
}

/// Reads the comments of every file that rules read, and what is wrong with them.
pub(crate) fn comments(tree: &Tree) -> (Comments, Vec<PolicyError>) {
    let mut reading = Reading::default();
    for (path, content) in &tree.files {
        let Fact::Known(content) = content else {
            continue;
        };
        // The policy's own examples suppress nothing.
        if path.as_str() != PATH && content.len() as u64 <= file_limit(path) {
            reading.file(path, &String::from_utf8_lossy(content));
        }
    }
    (reading.comments, reading.errors)
}

/// Comments and errors as they are found.
#[derive(Default)]
struct Reading {
    comments: Comments,
    errors: Vec<PolicyError>,
    count: usize,
}

impl Reading {
    fn file(&mut self, path: &RepoPath, text: &str) {
        if !text.contains(MARKER) {
            return;
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some((before, body)) = split(path, line) else {
                continue;
            };
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            self.count += 1;
            if self.count > MOST_COMMENTS {
                // What follows is not read, and so suppresses nothing.
                if self.count == MOST_COMMENTS + 1 {
                    self.error(path, line, too_many());
                }
                return;
            }
            let covers = covered(path, &lines, index, before);
            match parse(body).and_then(|comment| comment.at(line, covers)) {
                Ok(comment) => {
                    let here = self.comments.0.entry(path.clone()).or_default();
                    here.push(comment);
                }
                Err(wrong) => self.error(path, line, wrong),
            }
        }
    }

    fn error(&mut self, path: &RepoPath, line: u32, (message, remedy): Wrong) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(PolicyError {
                path: path.to_string(),
                line: Some(line),
                column: None,
                key: None,
                message,
                remedy,
            });
        }
    }
}

/// What was wrong, and what to do.
type Wrong = (String, String);

fn too_many() -> Wrong {
    (
        format!("expected at most {MOST_COMMENTS} comments in all files, found more"),
        "Exclude files or suppress findings by rule and path in the policy.".to_owned(),
    )
}

/// How comments begin in a file, by the end of its name.
fn openers(path: &RepoPath) -> &'static [&'static str] {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    match extension {
        Some("md" | "markdown" | "html" | "htm" | "xml") => &["<!--"],
        Some("tf" | "tfvars" | "hcl") => &["#", "//"],
        Some("json" | "jsonc" | "json5" | "js" | "cjs" | "mjs" | "ts" | "rs" | "go") => &["//"],
        _ => &["#"],
    }
}

/// A line before its comment to us, and what the comment says after the marker.
fn split<'line>(path: &RepoPath, line: &'line str) -> Option<(&'line str, &'line str)> {
    for (at, _) in line.match_indices(MARKER) {
        let (before, body) = line.split_at(at);
        let before = before.trim_end();
        let body = &body[MARKER.len()..];
        for opener in openers(path) {
            let Some(before) = before.strip_suffix(opener) else {
                continue;
            };
            if !before.is_empty() && !before.ends_with(char::is_whitespace) {
                continue;
            }
            let body = match *opener {
                "<!--" => body.trim_end().strip_suffix("-->").unwrap_or(body),
                _ => body,
            };
            return is_meant(body).then_some((before, body.trim()));
        }
    }
    None
}

/// Whether the first word is `ignore`, or nearly: other words are somebody's prose.
fn is_meant(body: &str) -> bool {
    let body = body.trim_start();
    let end = body.find(|c: char| !c.is_ascii_alphabetic());
    let word = &body[..end.unwrap_or(body.len())];
    word.len() <= 2 * IGNORE.len() && strsim::osa_distance(word, IGNORE) <= 2
}

/// A line without its comment to us and the blanks around it.
fn without_comment<'line>(path: &RepoPath, line: &'line str) -> &'line str {
    match split(path, line) {
        Some((before, _)) => before.trim(),
        None => line.trim(),
    }
}

/// The text that the comment of a line is about: its own line's, or the next line's where it
/// stands alone.
fn covered(path: &RepoPath, lines: &[&str], index: usize, before: &str) -> String {
    if !before.trim().is_empty() {
        return before.trim().to_owned();
    }
    // Several comments may stand above one line.
    let below = lines.iter().skip(index + 1).take(MOST_STACKED);
    let mut below = below.filter(|line| !is_only_comment(path, line));
    let next = below.next().map(|line| without_comment(path, line));
    next.unwrap_or_default().to_owned()
}

fn is_only_comment(path: &RepoPath, line: &str) -> bool {
    split(path, line).is_some_and(|(before, _)| before.trim().is_empty())
}

/// A comment of which the place is not known yet.
struct Parsed {
    rules: Vec<&'static str>,
    reason: String,
    until: Option<Date>,
}

impl Parsed {
    fn at(self, line: u32, covers: String) -> Result<Comment, Wrong> {
        if covers.is_empty() {
            return Err((
                "expected a line at or below the comment, found none".to_owned(),
                "Put it at the end of the line that is meant, or directly above it.".to_owned(),
            ));
        }
        Ok(Comment {
            rules: self.rules,
            reason: self.reason,
            until: self.until,
            line,
            covers,
        })
    }
}

/// Reads `ignore[RULE, …] reason="…" until=DATE`.
fn parse(body: &str) -> Result<Parsed, Wrong> {
    let shape = || {
        let message = format!(
            "expected `ignore[RULE] reason=\"…\"`, found {}",
            code(body, 40)
        );
        let remedy = "Write `phase-mirror: ignore[MD-001] reason=\"why\" until=2026-12-31`; the \
                      day may be left out.";
        (message, remedy.to_owned())
    };
    let list = body.strip_prefix(IGNORE).map(str::trim_start);
    let list = list.and_then(|rest| rest.strip_prefix('['));
    let (list, mut rest) = list
        .and_then(|rest| rest.split_once(']'))
        .ok_or_else(shape)?;
    let rules: Vec<&'static str> = list.split(',').map(rule).collect::<Result<_, _>>()?;
    let (mut reason, mut until) = (None, None);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        if let Some(text) = rest.strip_prefix("reason=\"") {
            let (text, after) = text.split_once('"').ok_or_else(shape)?;
            reason = Some(text.trim());
            rest = after;
        } else if let Some(text) = rest.strip_prefix("until=") {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            until = Some(day(&text[..end])?);
            rest = &text[end..];
        } else {
            return Err(shape());
        }
    }
    match reason {
        Some(reason) if !reason.is_empty() => Ok(Parsed {
            rules,
            reason: clause(reason),
            until,
        }),
        _ => Err((
            "expected a reason, found none".to_owned(),
            "Add `reason=\"why the finding does not count\"`.".to_owned(),
        )),
    }
}

fn rule(text: &str) -> Result<&'static str, Wrong> {
    let text = text.trim();
    registry::rule(text).map(|meta| meta.id).ok_or_else(|| {
        let message = format!("expected a rule's id or name, found {}", code(text, 40));
        let known = registry::RULES.iter();
        let known: Vec<&str> = known
            .flat_map(|rule| [rule.meta().id, rule.meta().name])
            .collect();
        let remedy = match read::nearest(text, &known) {
            Some(nearest) => format!("Did you mean `{nearest}`?"),
            None => "The rules are listed in docs/rules.".to_owned(),
        };
        (message, remedy)
    })
}

fn day(text: &str) -> Result<Date, Wrong> {
    read::day(text).ok_or_else(|| {
        let message = format!(
            "expected a day such as `2026-12-31`, found {}",
            code(text, 40)
        );
        let remedy = "Write year, month and day with dashes; it is the last day, in UTC.";
        (message, remedy.to_owned())
    })
}
